"""The panels of the page of a study: moved in a browser as the package moves its draws."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim._core.rows import Html, fill
from sfc_sim.decision import Cause, Causes, Filters
from sfc_sim.decision.rows import steady
from sfc_sim.decision.rows import tables as printed
from sfc_sim.explorer import panels
from sfc_sim.explorer.panels import carries, law_of, panels_of, q_of
from sfc_sim.inference import THEORIES, aggregate
from sfc_sim.report import web
from sfc_sim.report.web_panels import moved
from tests.explorer.browser import opened
from tests.hostile import HARMLESS, HOSTILE, Shape, same_shape
from tests.once import once

pytestmark = [
    pytest.mark.filterwarnings("ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"),
    pytest.mark.usefixtures("quick"),
]

CREDIBLE = [name for name, theory in THEORIES.items() if theory.judges_existence]
ROUNDING = 2e-7  # of a share: draws are carried as numbers of 32 bits, rounded by 6e-8
KINDS = [
    "usual", "quiet", "observed",
    *(pytest.param(each, marks=pytest.mark.verification) for each in ("given", "other law")),
]  # fmt: skip
QUIET = {"visible_fraction": 0.1, "engulfed_observers": 0.5}


@once
def study_of(kind: str) -> sfc.decision.Study:
    """Return a study of one of several kinds."""
    base = sfc.load_scenario("cook2022-balanced")
    assess = partial(sfc.assess, draws=2000, rng=7)
    if kind == "usual":
        return assess(base, theories=dict.fromkeys(CREDIBLE, 0.2))
    if kind == "quiet":
        return assess(base.replace(**QUIET))
    if kind == "given":
        return assess("hanson2021-n6-half", theories=["prior"])
    if kind == "observed":
        known = ["not-engulfed", "stars-searched"]
        return assess("finnveden2019", evidence=known, similarity=sfc.Uniform(0, 1), retention=0.5)
    beta = sfc.Beta(2, 2)  # a law of which the explorer knows nothing
    return assess(base.replace(delay=sfc.Uniform(0.0, 4.0)), similarity=beta, theories=CREDIBLE)


def written(folder: Path, study: sfc.decision.Study, causes: Any = "ord2020") -> Path:
    """Write a page of the panels alone."""
    path = folder / "panels.html"
    body = fill("page", title="panels", opening=Html(), sections=moved(study, causes))
    # Nothing to choose a theory from here.
    path.write_text(body.replace('getElementById("theory")', "body"), encoding="utf-8")
    return path


def settings(seed: int, theories: list[str]) -> dict[str, Any]:
    """Return random values and credences in those of the theories that one may believe."""
    rng = np.random.default_rng(seed)
    q = [
        {"kind": "fixed", "value": float(rng.uniform(-1, 1.5))},
        {"kind": "uniform", "lo": float(rng.uniform(-1, 0)), "hi": float(rng.uniform(0.5, 2))},
        {"kind": "normal", "mu": float(rng.uniform(0, 1)), "sigma": float(rng.uniform(0.1, 1))},
        {"kind": "discrete", "values": [-1, 0, 1], "weights": rng.dirichlet(np.ones(3)).tolist()},
    ][seed % 4]
    return {
        "q": q, "kept": float(rng.uniform()), "correlated": 0.5,
        "credences": {name: float(rng.uniform()) for name in CREDIBLE if name in theories},
        "counted": seed % 2 == 1,
    }  # fmt: skip


def by_package(study: sfc.decision.Study, asked: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return the numbers of a study under other values, by the package, by theory."""
    from sfc_sim.distributions import Distribution

    share = sfc.saturation(study.draws, study.weights, correlated=[asked["correlated"]])
    value = sfc.value_adjustment(
        share,
        Distribution.from_dict(asked["q"]),
        retention=asked["kept"],
        causes="ord2020" if asked["counted"] else None,
        draws=study.draws,
        weights=study.weights,
    )
    table = share.merge(value, compat="override")
    names = {
        "extinction_discount", "discount_with_nobody_else", "takeover_ratio", "recovered_worth",
        "recovered_share", "held_of_alone", "mcs_correlated", "probability_alone",
    }  # fmt: skip
    known = table.merge(sfc.summarize(study.draws, study.weights), compat="override")
    names |= {"probability_inside"} & set(known.data_vars)
    found: dict[str, dict[str, float]] = {}
    for theory in study.names:
        row = known.sel(theory=theory)
        found[theory] = {"ess": float(row["ess"])}
        for name in names:
            found[theory][name] = float(row[name].squeeze())
            found[theory][f"{name}_error"] = float(row[f"{name}_standard_error"].squeeze())
    total = sum(asked["credences"].values())
    rules = aggregate(table, {name: x / total for name, x in asked["credences"].items()})
    for rule in rules["aggregation"].values.tolist():
        row = rules.sel(aggregation=rule)
        found[rule] = {
            "discount": float(row["aggregated_discount"]),
            "error": float(row["aggregated_discount_standard_error"]),
        }
    return found


def differences(got: dict[str, Any], asked: dict[str, dict[str, float]]) -> dict[Any, Any]:
    """Return the numbers that are shown and not the same to 1e-6."""
    rows = {**got["theories"], **(got["credences"] or {})}
    found = {}
    for part, row in asked.items():
        if row.get("ess", 30) < 30:
            continue
        for name, value in row.items():
            came = rows[part].get(name)
            if not np.isfinite(value):
                assert came is None or not np.isfinite(came)
            elif not np.isclose(came, value, rtol=1e-6, atol=ROUNDING):
                found[part, name] = (came, value)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_those_of_the_package(chromium: Any, tmp_path: Path, kind: str) -> None:
    study = study_of(kind)
    rows = "JSON.parse(document.getElementById('contents').textContent).causes.rows"
    with opened(chromium, written(tmp_path, study)) as tab:
        for seed in range(4 if kind == "usual" else 2):
            asked = settings(seed, study.names)
            state = {key: asked[key] for key in ("q", "kept", "correlated", "credences")}
            got = tab.evaluate(
                f"([state, counted]) => sfc.set({{...state, causes: counted ? {rows} : null}})",
                [state, asked["counted"]],
            )
            known = by_package(study, asked)
            assert not differences(got, known)
            assert sum(row.get("ess", 0) >= 30 for row in known.values()) >= 1
        # The control: one value moved by a little more is seen.
        other = by_package(study, asked | {"kept": asked["kept"] * (1.0 + 1e-4)})
        assert differences(got, other)


@pytest.mark.parametrize("kind", ["usual", "quiet", "observed"])
def test_until_something_is_moved_it_has_what_the_tables_have(chromium, tmp_path, kind):
    study = study_of(kind)
    with opened(chromium, written(tmp_path, study)) as tab:
        shown = tab.evaluate(
            "Object.fromEntries([...document.querySelectorAll('#tables tbody tr')].map(row =>"
            " [row.cells[0].textContent.replace(' †', ''), [...row.cells].slice(1, 4).map("
            " each => each.textContent)]))"
        )
        told = tab.evaluate("sfc.numbers().theories")
    columns = ("recovered_share", "extinction_discount", "discount_with_nobody_else")
    rows = {str(row["theory"]).rstrip("*"): row for row in printed(study.report)[-1].rows}
    some = 0
    for theory, row in rows.items():
        if told[theory]["ess"] < 30:
            continue
        for name, words in zip(columns, shown[theory], strict=True):
            known = steady(name)(row)
            assert words.replace("–", "-") == known
            some += "±" in known
    assert some >= 6


def test_a_page_of_fewer_draws_says_so(chromium, tmp_path, monkeypatch):
    study = study_of("usual")
    assert "all 2,000 draws" in carries(study)
    monkeypatch.setattr(panels, "MOST", 1500)
    assert "first 1,500 of the 2,000 draws" in carries(study)
    few = sfc.assess(study.scenario, 1500, rng=7, theories=CREDIBLE, aim=study.proposal)
    with opened(chromium, written(tmp_path, study)) as tab:
        got = tab.evaluate("sfc.numbers().theories")
    for name in ("prior", "sia"):
        asked = float(few.report["extinction_discount"].sel(theory=name))
        assert got[name]["extinction_discount"] == pytest.approx(asked, rel=1e-6)
        own = study.report.sel(theory=name)
        error = float(own["extinction_discount_standard_error"])
        assert got[name]["extinction_discount_error"] > error
        off = abs(got[name]["extinction_discount"] - float(own["extinction_discount"]))
        assert 0.0 < off < 4.0 * error


def test_a_slider_moves_sentence_table_and_line(chromium, tmp_path):
    with opened(chromium, written(tmp_path, study_of("usual"))) as tab:
        assert tab.locator("#figures svg").count() == 1
        assert tab.locator("#tables table").count() == 1
        before = tab.inner_text("#verdict"), tab.inner_text("#tables"), tab.inner_html("#figures")
        tab.focus("fieldset:has(legend:text('similarity')) input[type=range]")
        tab.keyboard.press("PageDown")
        tab.wait_for_function(
            "before => document.querySelector('#verdict').textContent !== before", arg=before[0]
        )
        after = tab.inner_text("#verdict"), tab.inner_text("#tables"), tab.inner_html("#figures")
        assert all(one != other for one, other in zip(before, after, strict=True))
        assert "q=" in tab.url
        tab.click("text=Set all back")
        tab.wait_for_function(
            "before => document.querySelector('#verdict').textContent === before", arg=before[0]
        )


def test_without_a_script_the_page_is_whole(chromium, tmp_path):
    path = written(tmp_path, study_of("usual"))
    tab = chromium.new_context(java_script_enabled=False).new_page()
    tab.goto(path.as_uri())
    assert not tab.is_visible("#panels")
    assert "switch JavaScript on" in tab.inner_text("body")
    tab.close()


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("mixture", {"scenario": {"cook2022-balanced": 0.5, "finnveden2019": 0.5}}),
        ("has no dates", {"scenario": "sandberg2018-toy"}),
        ("by dates", {"retention": "starlight"}),
        ("goes with the world", {"similarity": Filters()}),
    ],
)
def test_what_a_page_cannot_compute_is_left_out_with_a_reason(words, changes):
    asked = {"scenario": "cook2022-balanced"} | changes
    study = sfc.assess(asked.pop("scenario"), 200, rng=7, theories=["prior"], **asked)
    with pytest.raises(InputError, match=words) as caught:
        panels_of(study)
    assert len(str(caught.value)) < 200


def test_a_theory_of_ones_own_is_left_out_with_a_reason():
    study = study_of("usual")

    @dataclasses.dataclass(frozen=True)
    class Mine(type(study.theories[0]).__mro__[1]):
        name = "mine"
        meaning = "mine alone"

        def log_factor(self, draws, front):
            return np.zeros(draws.sizes["draw"])

    other = dataclasses.replace(study, theories=(Mine(),))
    with pytest.raises(InputError, match="theory 'mine', which is one of your own"):
        panels_of(other)


@pytest.mark.parametrize(
    ("similarity", "told"),
    [
        (0.5, {"kind": "fixed", "value": 0.5}),
        (sfc.Normal(0.5, 0.2), {"kind": "normal", "mu": 0.5, "sigma": 0.2}),
        (sfc.Discrete([0.0, 1.0], [0.5, 0.5]),
         {"kind": "discrete", "values": [-1, 0, 1], "weights": [0, 0.5, 0.5]}),
        (sfc.Discrete([0.5, 1.0], [0.5, 0.5]), {"kind": "fixed", "value": 0.75}),
        (sfc.Beta(8, 2), {"kind": "fixed", "value": 0.8}),
    ],
)  # fmt: skip
def test_similarity_begins_as_it_is_or_at_its_mean(similarity, told):
    study = dataclasses.replace(study_of("usual"), similarity=similarity)
    assert q_of(law_of(study)) == told
    mean = told["kind"] == "fixed" and not isinstance(similarity, float)
    assert ("begins at the mean" in carries(study)) == mean


def hostile(words: str) -> tuple[sfc.decision.Study, Causes]:
    """Return a study and causes that have some words wherever text of a user may be."""
    base = sfc.load_scenario("olson-ord2021")
    said = dict.fromkeys(("meaning", "source", "symbol"), words)
    speed = dataclasses.replace(base["expansion_speed"], **said)
    scenario = dataclasses.replace(
        base, name=words, title=words, source=words, assumes=words,
        parameters={**base.parameters, "expansion_speed": speed},
    )  # fmt: skip
    cause = Cause(1.0, 0.5, 0.5, 0.0, leaves=words, meaning=words, source=words)
    causes = Causes({words: cause}, name=words, title=words, source=words, assumes=words)
    return sfc.assess(scenario, 300, rng=7, theories=["prior", "sia"]), causes


def test_no_text_of_a_user_leaves_its_place(chromium, tmp_path):
    pages = {words: moved(*hostile(words)) for words in (HOSTILE, HARMLESS)}
    same_shape(pages[HOSTILE], pages[HARMLESS])
    shape = Shape(pages[HOSTILE])
    assert not [names for _, names in shape.elements if any(n.startswith("on") for n in names)]
    with opened(chromium, written(tmp_path, *hostile(HOSTILE))) as tab:
        tab.on("dialog", lambda dialog: pytest.fail(dialog.message))
        tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        tab.click("text=count what comes after us on Earth")
        tab.wait_for_function("sfc.state().causes !== null")
        assert tab.locator("#panels img, #panels script").count() == 0
        assert HOSTILE in tab.evaluate("document.querySelector('#controls').textContent")


def test_the_page_has_the_panels_between_causes_and_worlds():
    titles = list(web.SECTIONS)
    at = titles.index(web.VALUES)
    assert titles[at - 1 : at + 2] == [web.BY_CAUSE, web.VALUES, "The worlds"]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_phone_and_desktop_by_day_and_night(chromium, tmp_path, width, scheme):
    view = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with opened(chromium, written(tmp_path, study_of("usual")), **view) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        panel, body = (
            tab.evaluate(f"getComputedStyle(document.querySelector('{each}')).backgroundColor")
            for each in ("#panels", "body")
        )
        assert (panel == "rgb(255, 255, 255)") == (body == "rgb(255, 255, 255)")
        assert (panel == "rgb(255, 255, 255)") == (scheme == "light")
