"""The words that go with the tables of a report: a row read aloud, and what each term means."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from sfc_sim._core.digits import RULE, estimate
from sfc_sim._core.few import SMALL_SAMPLE
from sfc_sim._core.rows import filled, items
from sfc_sim.decision.rows import few_draws, rows

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.decision.study import Study

__all__ = ["conclusion", "hangs", "marked", "read_aloud", "sentence", "survival", "terms"]


INSIDE: Final = {
    "inside": "we live inside fronts that we do not see, and nothing is at stake for us "
    "(probability_inside); shares of volumes are of those outside",
}


def conclusion(study: Study) -> str:
    """Return the text after the tables: a row in words, what drives it, what terms mean."""
    report = study.report
    told = [name for name, row in rows(report).items() if isfinite(row["extinction_discount"])]
    parts = [filled(read_aloud(report, told[0]))] if told else []
    drivers = "\n".join(filled(line, indent="    ") for line in hangs(report))
    parts += [f"What drives it\n{drivers}", f"What the terms mean\n{items(terms(study))}"]
    return "\n" + "\n\n".join(parts)


def hangs(report: xr.Dataset) -> list[str]:
    """Return the lines on what drives the discount; those by theory are indented."""
    return [f"{line}." if line[0] != " " else line for line in report.attrs["hangs_on"].split("\n")]


def number(row: dict[str, Any], name: str, scale: float = 1.0) -> str:
    """Return a variable with the digits that its standard error allows."""
    return estimate(scale * row[name], abs(scale) * row[f"{name}_standard_error"], abs(scale))


def change(row: dict[str, Any], name: str) -> str:
    """Return a discount in words: how much less, or more, in per cent."""
    less = row[name] >= 0.0
    return f"{number(row, name, 100.0 if less else -100.0)} % {'less' if less else 'more'}"


def survival(row: dict[str, Any]) -> str:
    """Return the effect of others on the value of survival, against both baselines, in words."""
    text = (
        "reducing extinction risk is worth "
        f"{change(row, 'extinction_discount')} than if nobody else would recover it"
    )
    if "discount_with_nobody_else" in row:
        text += f", and {change(row, 'discount_with_nobody_else')} than with nobody else at all"
    return text


def read_aloud(report: xr.Dataset, theory: str, called: str = "") -> str:
    """Return the row of a theory in sentences; `called` says more than its name, if given.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> read_aloud(study.report, "prior").split(":")[0]
    'Under prior'
    """
    row = rows(report)[theory]
    held = ""
    if "held_of_alone" in row:
        held = (
            "Others come first to some places: humanity would get "
            f"{number(row, 'held_of_alone', 100)} % of what it would hold with nobody else. "
        )
    return (
        f"Under {called or theory}: fewer than one intelligent civilization is expected in the "
        f"observable universe with probability {number(row, 'probability_alone')}. "
        f"{held}Without humanity, others would take "
        f"{number(row, 'recovered_share', 100)} % of what it would get. So {survival(row)}."
    )


def terms(study: Study) -> dict[str, str]:
    """Return the words of a report's tables, each with what it means."""
    from sfc_sim.decision.wording import in_words

    words = {theory.name: theory.meaning for theory in study.theories}
    words |= {
        "alone": "fewer than one expected intelligent civilization in the observable universe "
        "(probability_alone)",
        "no other": "the chance of none in the observable universe besides us: no intelligent "
        "civilization (probability_alone_poisson), or no expanding one (probability_no_expanding)",
        "displaced": "what others would hold of what we take; its worth is at their value per "
        "resource, with ours as the unit",
        "nearest": "comoving distance from here to what an SFC holds today; first contact is of "
        "its front with ours, in Gyr since the Big Bang, if we expand from today",
        "SFC": "space-faring civilization: one that expands at a sizeable fraction of "
        "the speed of light",
        **(INSIDE if "probability_inside" in study.report else {}),
        "held": "of the volume that humanity would hold with nobody else, what it would still get "
        "to first; the rest is pre-empted",
        "s": "share of what humanity would get that others would take without it",
        "κ": f"value that a resource keeps until others come, here {study.retention}",
        "q": f"value per resource of others over ours, here {in_words(study.similarity)}",
        "s κ q": "the discount: how much less survival is worth than if humanity got the same "
        "and nobody else would recover it",
        "nobody else": "the other baseline: humanity would hold all that it can reach",
        "effective draws": "how many equally weighted draws the weighted ones are worth",
        "digits": RULE,
    }
    return words


def sentence(report: xr.Dataset, theory: str) -> str:
    """Return the verdict of a theory in words, against both baselines.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> sentence(study.report, "prior").split(":")[0]
    'Under prior'
    """
    return read_aloud(report, theory, marked(report, theory))


def marked(report: xr.Dataset, theory: str) -> str:
    """Return a theory, with why its numbers are unsteady if they are.

    Examples
    --------
    >>> import xarray as xr
    >>> marked(xr.Dataset({"ess": ("theory", [99.0])}, coords={"theory": ["sia"]}), "sia")
    'sia (unsteady: 99 effective draws)'
    """
    if theory not in few_draws(report):
        return theory
    size = float(report["ess"].sel(theory=theory))
    why = f"{size:.0f} effective draws" if size < SMALL_SAMPLE else "a heavy tail of weights"
    return f"{theory} (unsteady: {why})"
