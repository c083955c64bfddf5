"""How far the answer moves with choices that the sources leave open.

Run ``python docs/_ext/choices.py --draws 200000`` to see it with more draws than the docs use.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator

from pages import making, table

import sfc_sim as sfc

DRAWS, SEED, BASE = 20_000, 7, "cook2022-balanced"

Variant = tuple[str, sfc.Scenario, str]


def variants() -> Iterator[Variant]:
    """Yield label, scenario and evidence of every variant, the defaults first."""
    base, seen = sfc.load_scenario(BASE), "nothing-visible"
    yield "as shipped: midpoint 7, width 1 Gyr", base, seen
    for middle, width in ((3.0, 1.0), (5.0, 1.0), (9.0, 0.7), (10.0, 0.5)):
        changed = base.replace(habitability_onset=middle, habitability_width=width)
        yield f"habitability: midpoint {middle:g}, width {width:g} Gyr", changed, seen
    rates = {name: inverted(base, name) for name in EXPONENTIAL}
    yield "10^Exp(x) read with x the rate, not the mean", base.replace(**rates), seen
    exact = base.replace(completion="hypoexponential")
    yield "completion: exact sum of unequal steps", exact, seen
    yield "delay: exponential, not a shift", base.replace(delay_form="exponential"), seen
    yield "evidence: not engulfed", base, "not-engulfed"


EXPONENTIAL = ("try_once", "longest_habitability", "expanding_fraction", "expansion_speed")


def inverted(scenario: sfc.Scenario, name: str) -> sfc.PowerOfTen:
    """Return a parameter's prior with the rate of its exponent where its mean stood."""
    prior = scenario[name].distribution
    assert isinstance(prior, sfc.PowerOfTen)
    return sfc.PowerOfTen(1.0 / prior.exponent, prior.sign, prior.shift, prior.lower, prior.upper)


GALAXIES = {
    1e10: "Sandberg et al. 2018", 7e10: "Frank & Sullivan 2016", 2e12: "Conselice et al. 2016"
}  # fmt: skip

HEAD = (
    "Choice",
    "P(alone), ssa-civilizations",
    "the same, as E[exp(−N)]",
    "P(alone), adt-average",
    "s, prior",
    "s, sia",
    "s, adt-total",
)
THEORIES = ("prior", "sia", "ssa-civilizations", "adt-total", "adt-average")


def line(variant: Variant, draws: int) -> tuple[str, ...]:
    """Return the row of a variant."""
    label, scenario, evidence = variant
    report = sfc.assess(scenario, draws, rng=SEED, evidence=evidence, theories=THEORIES).report

    def cell(name: str, theory: str) -> str:
        found = report.sel(theory=theory)
        return f"{float(found[name]):.3f} ± {float(found[f'{name}_standard_error']):.3f}"

    return (
        label,
        cell("probability_alone", "ssa-civilizations"),
        cell("probability_alone_poisson", "ssa-civilizations"),
        cell("probability_alone", "adt-average"),
        cell("recovered_share", "prior"),
        cell("recovered_share", "sia"),
        cell("recovered_share", "adt-total"),
    )


def galaxies() -> Iterator[tuple[str, str]]:
    """Yield the probability of being alone by the number of galaxies (Sandberg et al. 2018)."""
    scenario = sfc.load_scenario("sandberg2018")
    for number, who in GALAXIES.items():
        found = sfc.drake.drake_distribution(scenario.replace(galaxies=number))
        yield f"{number:.0e} ({who})", f"{float(found['probability_alone']):.4f}"


def lines(draws: int) -> list[tuple[str, ...]]:
    """Return all rows; the standard errors in them say what the draws are worth."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return [line(variant, draws) for variant in variants()]


def pages(draws: int = DRAWS) -> dict[str, str]:
    """Return the tables as pages to include."""
    moved = table(HEAD, lines(draws), (28, 12, 12, 12, 12, 12, 12))
    return {
        "choices.inc": f"{draws:,} draws of ``{BASE}``, seed {SEED}.\n\n{moved}",
        "galaxies.inc": table(("Galaxies in the observable universe", "P(alone)"), galaxies()),
    }


setup = making(pages)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS)
    for cells in [HEAD, *lines(parser.parse_args().draws), *galaxies()]:
        print(" | ".join(cells))
