"""Rows that rest on draws, and what is published and not reproduced."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import xarray as xr
from rows import EXAMPLE, SEED, Row

import sfc_sim as sfc

THEORIES = ("sia", "adt-total", "adt-average", "ssa-all", "ssa-civilizations")
COOK = {
    "cook2022-bullish": (None, 0.2, 70.0, 68.0, 64.0),
    "cook2022-balanced": (None, 0.2, 89.0, 89.0, 85.0),
    "cook2022-bearish": (None, 0.2, 94.0, 95.0, 92.0),
}
"""Percent alone by theory; None is published as below 0.1 %."""
LIT = {"cook2022-bullish": 44.0, "cook2022-balanced": 26.0, "cook2022-bearish": 16.0}


@cache
def sampled(name: str, draws: int) -> xr.Dataset:
    """Return the draws of a scenario, made once."""
    return sfc.sample(name, draws, rng=SEED)


def cook(draws: int) -> Iterator[Row]:
    """Cook (2022): P(alone | nothing visible) by theory and prior, and the share that is lit."""
    for name, published in COOK.items():
        drawn = sampled(name, draws)
        report = sfc.summarize(drawn, sfc.weigh(drawn))
        prior = name.removeprefix("cook2022-")
        for theory, percent in zip(THEORIES, published, strict=True):
            found = report.sel(theory=theory)
            alone = 100.0 * float(found["probability_alone"])
            error = 100.0 * float(found["probability_alone_standard_error"])
            ess = float(found["ess"])
            few = f"; only {ess:,.0f} effective draws" if ess < 1000 else ""
            target, tolerance, reason, shown = published_alone(theory, percent)
            label = f"P(alone), {prior}, {theory}, %"
            yield Row(label, target, alone, tolerance, reason + few, ".3g", error, shown)
        lit = 100.0 * float((drawn["log_seen_now"] > np.log(20.0)).mean())
        error = np.sqrt(lit * (100.0 - lit) / draws)
        yield Row(
            f"Prior mass in which fronts are in sight from everywhere now, {prior}, %",
            LIT[name], lit, 5.0, "his threshold is not stated; ours is V > 20", ".3g", float(error),
        )  # fmt: skip


def published_alone(theory: str, percent: float | None) -> tuple[float, float, str, str]:
    """Return the published percentage, its tolerance, the reason and how it is printed."""
    if percent is None:
        return 0.0, 0.1, "published as a bound", "< 0.1"
    if theory == "adt-total":
        return percent, 0.05, "half a unit of the last digit", ""
    return percent, 5.0, "the form of habitability, not stated, moves it by some 4", ""


def differs(draws: int) -> list[tuple[str, str, str, str]]:
    """Return what is published and not reproduced: quantity, published, ours, why."""
    full = sfc.drake_distribution(sfc.load_scenario("sandberg2018"))
    drawn = sampled("cook2022-balanced", draws)
    weights = sfc.weigh(drawn, theories=["prior", "sia", "adt-total"])
    share = sfc.saturation(drawn, weights)
    few = 100.0 * float((drawn["log_intelligent_actual"] < 0.0).mean())
    reach = sfc.Background.named("Planck18")
    affectable = reach.affectable_volume(reach.age) / reach.observable_volume_now
    middle = float(
        sfc.summarize(drawn, weights).civilizations_actual.sel(theory="adt-total", quantile=0.5)
    )
    example = sfc.load_scenario("cook2022-flat").replace(**EXAMPLE)
    counts = [
        sfc.sample(example.replace(delay_form=form), 1, rng=1) for form in ("shift", "exponential")
    ]
    free = sfc.sample(example.replace(delay=0.0), 1, rng=1)
    potential = " or ".join(f"{float(c['civilizations_potential'][0]):.0f}" for c in counts)
    actual = " or ".join(f"{float(c['civilizations_actual'][0]):.0f}" for c in counts)
    recovered = ", ".join(
        f"{100.0 * float(share.recovered_share.sel(theory=t)):.0f} ± "
        f"{100.0 * float(share.recovered_share_standard_error.sel(theory=t)):.0f} % ({t})"
        for t in ("sia", "adt-total")
    )
    return [
        (
            "Alone in the observable universe, prior (Sandberg, Drexler & Ord 2018)",
            "38 %",
            f"{100.0 * float(full['probability_alone']):.1f} %",
            "At N < 10⁻¹⁰, one in 10¹⁰ galaxies. The source does not state its threshold in what "
            "we read; 7 × 10¹⁰ galaxies or more bring it nearer (see the choices page).",
        ),
        (
            "Expanding civilizations in an example, n = 5, h = 5,000 Gyr (Cook 2022)",
            "380 per volume",
            f"{potential} potential, {actual} actual",
            "As a shift or as an exponential delay. With no delay at all and preclusion ignored it "
            f"is {float(free['civilizations_potential'][0]):.0f}.",
        ),
        (
            "Prior probability of fewer than one civilization, balanced (Cook 2022)",
            "about 50 %",
            f"{few:.0f} %",
            "“About” may cover it.",
        ),
        (
            "Expanding civilizations per affectable volume, adt-total (Cook 2022)",
            "about 40",
            f"{middle * affectable:.0f} (median)",
            "Which statistic is meant is not stated.",
        ),
        (
            "Share of our resources that others would recover (Riché 2025)",
            "84 % or more",
            recovered,
            "Not verified: which density, theory and statistic the figure stands on is not known "
            "to us.",
        ),
        (
            "Discount on reducing extinction risk (Riché 2025)",
            "about 75 %",
            recovered,
            "A takeaway in words. We compare with it and tune nothing to it.",
        ),
    ]
