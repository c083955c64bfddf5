"""The page in a browser: what it shows, shares and refuses, for whom and how fast."""

from __future__ import annotations

import dataclasses
import json
import shlex
import tomllib
from typing import Any

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.digits import with_error
from sfc_sim.cli import main
from sfc_sim.decision import load_causes
from sfc_sim.distributions import law_from_text
from sfc_sim.explorer import family_of
from sfc_sim.explorer.draws import carried
from sfc_sim.explorer.page import MODULES, page_of, script
from tests.explorer import twin
from tests.explorer.browser import opened
from tests.explorer.test_arithmetic import setting

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&${title}<!--"
FULL = "[...document.querySelectorAll('#full textarea')].map(each => each.value)"


def set_to(tab: Any, **changes: Any) -> Any:
    return tab.evaluate("changes => sfc.set(changes)", changes)


def test_it_begins_with_a_verdict_a_table_and_two_figures(tab):
    assert tab.inner_text("#verdict").startswith("Under adt-total")
    rows = tab.locator("#tables table >> nth=0").locator("tbody tr")
    assert rows.count() == 6
    assert tab.locator("#figures svg").count() == 2
    assert "±" in tab.inner_text("#tables")


@pytest.mark.parametrize(
    ("value", "error"),
    [(0.6934, 0.0041), (0.9387, 0.0004), (3.76e-5, 2e-6), (0.998, 0.02), (0.00134, 0.00021),
     (0.0513, 0.0061), (2.0, 0.1), (-0.34, 0.02), (0.00016, 0.00002), (12.3, 0.4)],
)  # fmt: skip
def test_errors_are_printed_as_by_the_package(tab, value, error):
    assert tab.evaluate("pair => sfc.withError(...pair)", [value, error]) == with_error(
        value, error
    )


def test_a_slider_moves_the_verdict_by_keyboard_alone(tab):
    before = tab.inner_text("#verdict")
    tab.focus("fieldset:has(legend:text('try once')) input[type=range]")
    for _ in range(30):
        tab.keyboard.press("PageDown")
    tab.wait_for_function(
        "before => document.querySelector('#verdict').textContent !== before", arg=before
    )
    assert "exponent" in tab.evaluate("JSON.stringify(sfc.state().laws.try_once)")
    assert "l.try_once" in tab.url


def test_settings_are_in_the_address(tab, chromium, page_file):
    page = twin.contents(page_file.read_text(encoding="utf-8"))
    for seed in range(6):
        state = setting(np.random.default_rng(100 + seed), page)
        asked = tab.evaluate(
            "state => { const n = sfc.set(state); return [n, sfc.address()]; }", state
        )
        with opened(chromium, page_file, f"#{asked[1]}") as other:
            assert other.evaluate("sfc.numbers()") == asked[0]


@pytest.mark.parametrize(
    "address",
    [
        "p=nobody&evidence=x&visible=7&kept=-1&q=fixed,zz&c.sia=2&x.machine=1",
        "l.delay=uniform,3,1&l.try_once=constructor,1&l.hard_steps=uniform-integer,1,1e9&q=",
        "p=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&l.__proto__=fixed,1&theory=toString",
    ],
)
def test_a_broken_address_leaves_what_it_begins_with(tab, chromium, page_file, address):
    with opened(chromium, page_file, f"#{address}") as other:
        assert other.evaluate("sfc.numbers()") == tab.evaluate("sfc.numbers()")


@pytest.mark.parametrize("seed", range(6))
def test_the_file_is_the_scenario_that_is_set(tab, page_file, tmp_path, seed):
    page = twin.contents(page_file.read_text(encoding="utf-8"))
    state = setting(np.random.default_rng(50 + seed), page)
    set_to(tab, **state)
    command, file, *causes = tab.evaluate(FULL)
    path = tmp_path / "explored.toml"
    path.write_text(file, encoding="utf-8")
    scenario = sfc.load_scenario(path)
    for name, law in state["laws"].items():
        plain = {key: value for key, value in law.items() if key != "each"}
        assert scenario[name].distribution == sfc.distributions.Distribution.from_dict(plain)
        if "each" in law:
            assert (name in scenario.appearance.repeated) == law["each"]
    if state["evidence"] == "nothing-visible" and state["visible"] != 1:
        assert scenario["visible_fraction"].distribution == sfc.Fixed(state["visible"])
        if state["engulfed"]:
            assert scenario["engulfed_observers"].distribution == sfc.Fixed(state["engulfed"])
    if causes:
        path = tmp_path / "causes.toml"
        path.write_text(causes[0], encoding="utf-8")
        shares = sum(each.share for each in load_causes(path).causes.values())
        assert shares == pytest.approx(1.0)
    assert command.startswith("sfc-sim run explored.toml")
    if "--similarity" in command:
        law = law_from_text(command.partition("--similarity '")[2].partition("'")[0], "similarity")
        mean = law if isinstance(law, float) else law.mean()
        assert mean == pytest.approx(twin.similarity_of(state["q"]).mean())


def test_it_says_what_its_draws_cannot_answer(tab):
    laws = tab.evaluate("sfc.state().laws")
    point = {"kind": "fixed", "value": 1e-9}
    set_to(tab, laws={**laws, "try_once": point}, theory="sia")
    assert "cannot answer" in tab.inner_text("#verdict")
    assert "effective draws" in tab.inner_text("#warning")
    assert "–" in tab.inner_text("#tables")


def test_it_says_how_much_of_a_prior_it_misses(tab):
    laws = tab.evaluate("sfc.state().laws")
    found = set_to(tab, laws=laws)["prior"]
    assert abs(found["covered"] - 1.0) < 4.0 * found["covered_error"]
    assert "lies where" not in tab.inner_text("#warning")
    wider = {"kind": "log-uniform", "lo": 0.1 / 45.0, "hi": 4.5}  # half of it below all draws
    found = set_to(tab, laws={**laws, "delay": wider})["prior"]
    assert abs(found["covered"] - 0.5) < 4.0 * found["covered_error"]
    assert " % of your prior lies where" in tab.inner_text("#warning")


def test_text_of_users_stays_text(chromium, tmp_path):
    base = sfc.load_scenario("olson-ord2021").replace(
        name=HOSTILE.replace("\n", ""), title=HOSTILE, source=HOSTILE, assumes=HOSTILE
    )
    speed = dataclasses.replace(base["expansion_speed"], source=HOSTILE, meaning=HOSTILE)
    hostile = dataclasses.replace(base, parameters={**base.parameters, "expansion_speed": speed})
    html = page_of(carried(family_of(hostile), 500, seed=7, pilot=200))
    path = tmp_path / "hostile.html"
    path.write_text(html, encoding="utf-8")
    assert "<img" not in html
    with opened(chromium, path) as tab:
        tab.on("dialog", lambda dialog: pytest.fail(dialog.message))
        assert tab.locator("img").count() == 0
        assert tab.locator("script").count() == 3
        assert HOSTILE in tab.inner_text("h1")
        laws = tab.evaluate("sfc.state().laws")
        laws["expansion_speed"] = {"kind": "uniform", "lo": 0.2, "hi": 0.9}
        set_to(tab, laws=laws)
        file = tab.evaluate(FULL)[1]
    assert tomllib.loads(file)["title"].endswith(HOSTILE)
    written = tmp_path / "explored.toml"
    written.write_text(file, encoding="utf-8")
    found = sfc.load_scenario(written)
    assert found["expansion_speed"].distribution == sfc.Uniform(0.2, 0.9)
    assert found["appearance_probability"] == hostile["appearance_probability"]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_phone_and_desktop_by_day_and_night(chromium, page_file, width, scheme):
    view = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with opened(chromium, page_file, **view) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        dark = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (dark == "rgb(255, 255, 255)") == (scheme == "light")


def test_everything_that_is_set_has_a_name_and_says_what_it_is(tab):
    tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    nameless = tab.evaluate(
        "[...document.querySelectorAll('select, input:not([hidden]), textarea, button')].filter("
        "each => !(each.labels?.length || each.ariaLabel || each.textContent)).map(e => e.id)"
    )
    assert nameless == []
    told = tab.evaluate(
        "[...document.querySelectorAll('#controls fieldset[aria-describedby]')].map(each =>"
        " [each.title, document.getElementById(each.getAttribute('aria-describedby')).textContent])"
    )
    assert len(told) >= 14
    assert all(title == words and words for title, words in told)
    assert any("Cook 2022, chapter 1" in title and "verified" in title for title, _ in told)
    assert tab.get_attribute("#verdict", "aria-live") == "polite"
    ids = tab.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))


def test_a_change_takes_less_than_a_tenth_of_a_second(chromium, tmp_path):
    found = carried(family_of("olson-ord2021"), 500, seed=7, pilot=200)
    columns = {
        name: dataclasses.replace(each, codes=np.resize(each.codes, 50_000))
        for name, each in found.columns.items()
    }
    path = tmp_path / "large.html"
    path.write_text(page_of(dataclasses.replace(found, columns=columns)), encoding="utf-8")
    with opened(chromium, path) as tab:
        took = []
        for k in range(12):  # the least: of a machine that does other work, too
            law = {"kind": "log-uniform", "lo": 1e-30 / (k + 1), "hi": 1.0}
            set_to(tab, laws={**tab.evaluate("sfc.state().laws"), "appearance_probability": law})
            took.append(tab.evaluate("sfc.elapsed().shown"))
    assert min(took) < 100.0


def test_it_prints(chromium, page_file, tmp_path):
    with opened(chromium, page_file) as tab:
        paper = tab.pdf(path=tmp_path / "page.pdf", format="A4")
    assert paper.startswith(b"%PDF")


def test_scripts_are_plain_and_small():
    whole = script()
    assert "import " not in "\n".join(
        line for line in whole.splitlines() if line.startswith("import")
    )
    assert len(whole) < 100_000
    names = [
        line.split()[1].split("(")[0] for line in whole.splitlines() if line.startswith("function ")
    ]
    assert len(names) == len(set(names))
    assert len(MODULES) == len(set(MODULES))
    for forbidden in ("innerHTML", "eval(", "fetch(", "XMLHttpRequest", "document.write"):
        assert forbidden not in whole


def test_the_command_runs(tab, page_file, tmp_path, monkeypatch, capsys):
    page = twin.contents(page_file.read_text(encoding="utf-8"))
    state = setting(np.random.default_rng(3), page)
    rows = [{**row, "chance": 0.5, "error": 0.0} for row in page["causes"]["rows"]]
    q = {"kind": "discrete", "values": [-1, 0, 1], "weights": [0.2, 0.0, 0.5]}
    set_to(tab, **state | {"causes": rows, "q": q, "kept": 0.5, "credences": {"prior": 1.0}})
    command, file, causes = tab.evaluate(FULL)
    (tmp_path / "explored.toml").write_text(file, encoding="utf-8")
    (tmp_path / "causes.toml").write_text(causes, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)[1:]
    assert main([*words, "--draws", "300", "--seed", "7", "--format", "json", "--quiet"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "prior" in json.dumps(told)
