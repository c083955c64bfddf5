"""Every number of a page is that of the package for the same draws and settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sfc_sim.explorer import explorer_page
from tests.explorer import twin
from tests.explorer.browser import opened


def law_for(rng: np.random.Generator, info: dict[str, Any]) -> dict[str, Any]:
    """Return a random law of a parameter, over a good part of its range."""
    low, high = info["low"], info["high"]
    if info["whole"]:
        ends = {"lo": int(rng.integers(1, 4)), "hi": int(rng.integers(6, 30))}
        return [
            {"kind": "uniform-integer", **ends},
            {"kind": "truncated-geometric", "p": float(rng.uniform(0.1, 0.7)), **ends},
            {"kind": "fixed", "value": int(rng.integers(1, 5))},
        ][rng.integers(3)]
    cut = rng.uniform(0.0, 0.3), rng.uniform(0.7, 1.0)
    lo, hi = (float(low * (high / low) ** u) for u in cut)
    if info["stepOf"]:
        return {
            "kind": "log-uniform",
            "lo": lo,
            "hi": max(hi, 10 * lo),
            "each": bool(rng.integers(2)),
        }
    middle = float(np.sqrt(lo * hi))
    return [
        {"kind": "log-uniform", "lo": lo, "hi": hi},
        {"kind": "uniform", "lo": lo, "hi": float(high)},
        {
            "kind": "truncated-log-normal",
            "mu": float(np.log(middle)),
            "sigma": 1.5,
            "lower": low,
            "upper": high,
        },
        {"kind": "fixed", "value": middle},
    ][rng.choice(4, p=[0.4, 0.15, 0.4, 0.05])]


def setting(rng: np.random.Generator, page: dict[str, Any]) -> dict[str, Any]:
    """Return random settings."""
    preset = page["presets"][rng.integers(len(page["presets"]))]
    laws = dict(preset["laws"])
    for k in rng.permutation(len(page["parameters"]))[: rng.integers(0, 3)]:
        info = page["parameters"][k]
        laws[info["name"]] = law_for(rng, info)
    q = [
        {"kind": "fixed", "value": float(rng.uniform(-1, 1.5))},
        {"kind": "uniform", "lo": float(rng.uniform(-1, 0)), "hi": float(rng.uniform(0.5, 2))},
        {"kind": "normal", "mu": float(rng.uniform(0, 1)), "sigma": float(rng.uniform(0.1, 1))},
        {"kind": "discrete", "values": [-1, 0, 1], "weights": rng.uniform(0, 1, 3).tolist()},
    ][rng.integers(4)]
    usual = bool(rng.integers(2))
    causes = None
    if rng.integers(2):
        kept = [each["kept"] for each in page["delays"]]
        shares = rng.dirichlet(np.ones(3))
        causes = page["causes"]["rows"] if usual else [
            {"leaves": row["leaves"], "share": float(share), "chance": float(rng.uniform()),
             "value": float(rng.uniform(-1, 1)), "kept": float(rng.choice(kept)), "error": 0.0}
            for row, share in zip(page["causes"]["rows"], shares, strict=True)
        ]  # fmt: skip
    credences = None
    if rng.integers(2):
        credences = {name: float(rng.uniform()) for name in twin.CREDIBLE}
    return {
        "preset": preset["name"], "laws": laws, "q": q, "causes": causes, "credences": credences,
        "evidence": page["evidence"][rng.integers(3)]["name"],
        "visible": page["stops"][rng.integers(len(page["stops"]))],
        "kept": float(rng.uniform()), "correlated": float(rng.uniform()),
        "theory": "sia", "usual": usual, "delays": page["delays"],
        "engulfed": float(rng.uniform()) if rng.integers(2) else 0.0,
    }  # fmt: skip


# What is shown of a theory with however few effective draws.
ALWAYS = ("ess", "k_hat")


def shown(row: dict[str, Any]) -> bool:
    """Tell whether a page gives numbers: below 30 effective draws it gives none."""
    return row.get("ess", np.inf) >= 30


def differences(got: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers that are shown and not the same to 1e-6."""
    found = {}
    for part, row in asked.items():
        for name, value in row.items():
            if not (shown(row) or name in ALWAYS):
                continue
            came = got[part].get(name)
            if came is None or not np.isclose(came, value, rtol=1e-6, atol=1e-9, equal_nan=True):
                found[part, name] = (came, value)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_every_number_is_that_of_the_package(tab: Any, page_file: Path, seed: int) -> None:
    html = page_file.read_text(encoding="utf-8")
    state = setting(np.random.default_rng(seed), twin.contents(html))
    got = tab.evaluate("state => sfc.set(state)", state)
    asked = twin.numbers(html, state)
    assert not differences(got["theories"], asked["theories"])
    assert not differences({"prior": got["prior"]}, {"prior": asked["prior"]})
    assert not differences(got["credences"] or {}, asked["credences"] or {})


def test_a_wrong_number_is_found(tab: Any, page_file: Path) -> None:
    html = page_file.read_text(encoding="utf-8")
    state = setting(np.random.default_rng(1), twin.contents(html))
    got = tab.evaluate("state => sfc.set(state)", state)
    asked = twin.numbers(html, {**state, "kept": state["kept"] + 1e-5})
    assert differences(got["theories"], asked["theories"])


def test_most_numbers_are_shown(tab: Any, page_file: Path) -> None:
    page = twin.contents(page_file.read_text(encoding="utf-8"))
    rows = []
    for seed in range(20):
        got = tab.evaluate("state => sfc.set(state)", setting(np.random.default_rng(seed), page))
        rows += got["theories"].values()
    assert sum(map(shown, rows)) > 60


@pytest.mark.parametrize("name", ["finnveden2019", "mills2025"])
def test_pages_of_other_scenarios_are_right_too(chromium: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / "page.html"
    html = explorer_page(name, 2000, rng=7, pilot=500)
    path.write_text(html, encoding="utf-8")
    with opened(chromium, path) as tab:
        state = tab.evaluate("sfc.state()")
        got = tab.evaluate("sfc.numbers()")
    asked = twin.numbers(html, state)
    assert sum(map(shown, asked["theories"].values())) >= 4
    assert not differences(got["theories"], asked["theories"])
    assert not differences({"prior": got["prior"]}, {"prior": asked["prior"]})
