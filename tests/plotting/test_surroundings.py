"""What we can reach: the still picture, and the page that turns."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from tests.plotting.made import PLANCK, made_here


@pytest.fixture(scope="module")
def here() -> xr.Dataset:
    return made_here()


def data_of(page) -> dict:
    (found,) = re.findall(
        r'<script id="data" type="application/json">(.*?)</script>', page.read_text("utf-8"), re.S
    )
    return json.loads(found)


def test_surroundings_place_size_and_colour_the_others(here: xr.Dataset) -> None:
    ax = plotting.surroundings(here)
    dots = next(c for c in ax.collections if c.get_label() == "others")
    np.testing.assert_allclose(np.transpose(dots._offsets3d), here["position"].values)
    np.testing.assert_array_equal(np.argsort(dots.get_sizes()), np.argsort(here.volume_held))
    np.testing.assert_array_equal(dots.get_array(), here.birth_time.values)
    assert ax.get_title() == "Of what we can reach we would hold 25 % and 30 others the rest"
    assert ax.get_zlabel() == "z [Gly]"
    assert ax.figure.axes[1].get_ylabel() == "Date of birth [Gyr]"
    assert "hash 0123abcd" in ax.figure.get_supxlabel()
    (edge,) = [line for line in ax.get_lines() if line.get_label() == "what we can reach"]
    radius = np.sqrt(sum(np.asarray(x) ** 2 for x in edge.get_data_3d()))
    np.testing.assert_allclose(radius, float(here.attrs["reach"]))


def test_an_empty_world_is_drawn(here: xr.Dataset, tmp_path) -> None:
    ax = plotting.surroundings(here, realisation=1)
    assert ax.get_title() == "Of what we can reach we would hold 100 % and nobody else any"
    page = plotting.surroundings_page(here, tmp_path / "empty.html", realisation=1)
    assert data_of(page)["others"]["x"] == []


def test_who_holds_nothing_of_ours_is_left_out(here: xr.Dataset, tmp_path) -> None:
    held = here.volume_held.values.copy()
    held[1:] = 0.0
    lone = here.assign(volume_held=("civilization", held))
    ax = plotting.surroundings(lone)
    assert ax.get_title().endswith("and 1 other the rest")
    dots = next(c for c in ax.collections if c.get_label() == "others")
    np.testing.assert_allclose(np.transpose(dots._offsets3d), here["position"].values[:1])
    page = plotting.surroundings_page(lone, tmp_path / "here.html")
    assert len(data_of(page)["others"]["x"]) == 1


def test_the_page_holds_the_world(here: xr.Dataset, tmp_path) -> None:
    page = plotting.surroundings_page(here, tmp_path / "here.html")
    text, data = page.read_text("utf-8"), data_of(page)
    assert [path.name for path in tmp_path.iterdir()] == ["here.html"]
    # Five digits are written.
    np.testing.assert_allclose(data["others"]["volume"], here.volume_held, rtol=1e-4)
    np.testing.assert_allclose(data["others"]["date"], here.birth_time, rtol=1e-4)
    now = PLANCK.conformal_time(PLANCK.age)
    born = here.birth_conformal_time.values - now
    np.testing.assert_allclose(data["others"]["born"], born, rtol=1e-4)
    assert data["reach"] == float(here.attrs["reach"])
    assert data["ticks"][-1] == pytest.approx(PLANCK.future_conformal_time - now, rel=1e-4)
    clock = np.array(data["clock"][:-1])
    np.testing.assert_allclose(
        PLANCK.conformal_time(clock) - now, data["ticks"][:-1], rtol=1e-3, atol=1e-3
    )
    assert data["clock"][-1] is None
    assert "hash 0123abcd · seed 7 · realisation 0" in text
    assert len(data["colours"]) == 30
    assert "{{" not in text


def test_the_page_needs_no_network(here: xr.Dataset, tmp_path) -> None:
    text = plotting.surroundings_page(here, tmp_path / "here.html").read_text("utf-8")
    assert not re.search(r"https?:|//cdn|@import|\bsrc=|\bhref=|fetch\(", text)


def test_a_crowded_page_stays_small(tmp_path) -> None:
    page = plotting.surroundings_page(made_here(5000), tmp_path / "many.html")
    assert page.stat().st_size < 300_000


def test_the_page_is_not_led_astray(tmp_path) -> None:
    evil = made_here(scenario="</script><script>alert('{{data}}')</script>&amp;")
    page = plotting.surroundings_page(evil, tmp_path / "here.html")
    text = page.read_text("utf-8")
    assert text.count("<script") == 2
    assert "&lt;script&gt;alert(&#x27;{{data}}&#x27;)" in text
    assert data_of(page)["speed"] == 0.8


def test_the_page_is_never_replaced_unasked(here: xr.Dataset, tmp_path) -> None:
    page = plotting.surroundings_page(here, tmp_path / "here.html")
    before = page.read_bytes()
    with pytest.raises(sfc.InputError, match="exists"):
        plotting.surroundings_page(here, page)
    assert plotting.surroundings_page(here, page, force=True).read_bytes() == before


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_the_script_of_the_page_parses(here: xr.Dataset, tmp_path) -> None:
    text = plotting.surroundings_page(here, tmp_path / "here.html").read_text("utf-8")
    script = tmp_path / "page.js"
    script.write_text(re.findall(r"<script>(.*?)</script>", text, re.S)[0], encoding="utf-8")
    node = str(shutil.which("node"))
    done = subprocess.run([node, "--check", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_fronts_of_the_page_end_where_another_came_first(here: xr.Dataset, tmp_path) -> None:
    """Just short of its limit a front is the first of all to come, just beyond it is not."""
    text = plotting.surroundings_page(here, tmp_path / "here.html").read_text("utf-8")
    functions = re.findall(r"(function directions.*?)// End of the geometry", text, re.S)[0]
    generator = np.random.default_rng(1)
    births = np.column_stack([generator.uniform(-9, 9, (12, 3)), generator.uniform(-3, 8, 12)])
    births = np.vstack([births, np.zeros(4)])
    asked = f"[directions(60), limits({births.tolist()}, directions(60), .7)]"
    ask = f"console.log(JSON.stringify({asked}))"
    script = tmp_path / "limits.js"
    script.write_text(functions + ask, encoding="utf-8")
    node = str(shutil.which("node"))
    done = subprocess.run([node, script], capture_output=True, check=True, text=True)
    rays, limits = json.loads(done.stdout)
    assert np.linalg.norm(rays, axis=1) == pytest.approx(np.ones(60))

    def arrivals(place):
        return births[:, 3] + np.linalg.norm(place - births[:, :3], axis=1) / 0.7

    met = 0
    for own, row in enumerate(limits):
        for ray, limit in zip(np.array(rays), row, strict=True):
            if limit is None:  # never met: first as far as it goes
                assert arrivals(births[own, :3] + 1e3 * ray).argmin() == own
            elif limit > 0.0:
                met += 1
                assert arrivals(births[own, :3] + 0.999 * limit * ray).argmin() == own
                assert arrivals(births[own, :3] + 1.001 * limit * ray).argmin() != own
            else:
                others = np.delete(arrivals(births[own, :3]), own)
                assert others.min() <= births[own, 3]
    assert met > 100


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda h: plotting.surroundings(xr.Dataset()), "'position'.*simulate_here"),
        (lambda h: plotting.surroundings(h, realisation=2), "realisation is 2.*0 to 1"),
        (lambda h: plotting.surroundings(h, realisation=-1), "realisation is -1"),
        (lambda h: plotting.surroundings(h, ax=Figure().subplots()), "'rectilinear'.*'3d'"),
        (lambda h: plotting.surroundings_page([1], "a.html"), "got list.*simulate_here"),
        (lambda h: plotting.surroundings_page(h, ""), "path is ''; it must be the path of a file"),
    ],
)
def test_a_wrong_argument_is_named(call, words: str, here: xr.Dataset) -> None:
    with pytest.raises(sfc.InputError, match=words):
        call(here)
