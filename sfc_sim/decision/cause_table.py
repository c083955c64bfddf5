"""What reducing extinction risk is worth, by what would end us: a table by theory and cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.schema import label, require
from sfc_sim.decision.aftermath import aftermath, background_of, refuse_counted
from sfc_sim.decision.causes import USUAL, Causes, CausesLike
from sfc_sim.decision.causes_files import as_causes

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["by_cause"]

ENDS: Final = ("", "_standard_error")


@validated()
def by_cause(report: xr.Dataset, causes: CausesLike = USUAL) -> xr.Dataset:
    """Return by how much survival is worth less if each cause is what would end us, by theory.

    Parameters
    ----------
    report : xarray.Dataset or Study
        From `sfc_sim.assess`, without causes.
    causes : Causes, str or path, default "ord2020"
        What might end humanity, and what comes after it on Earth.

    Returns
    -------
    xarray.Dataset
        Dims (theory, cause): ``discount_by_cause``, r kappa q of the successor plus (1 - r) s kappa
        q of others, with standard errors. Dim ``theory``: ``extinction_discount``, that of the
        report, of nobody on Earth after us; ``discount_over_causes``, the mean by share of the
        risk. Dim ``cause``: ``risk_share``, ``successor_chance``, with its error, and
        ``successor_worth``, kappa q; coordinates ``outcome``, a word for what it leaves, the
        same for causes after which the same comes, ``meaning``, ``source`` and ``status``.

    Raises
    ------
    InputError
        If the report has causes already, or these are not what they must be.

    Notes
    -----
    The successor's chance is taken to be the same in all worlds and under all theories, and what
    it reaches later to be what it would reach alone.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> found = by_cause(study)
    >>> float(found.discount_by_cause.sel(theory="prior", cause="unaligned_ai"))
    0.0
    >>> bool(found.discount_over_causes > found.extinction_discount)
    True
    """
    import xarray as xr

    require(report, ["extinction_discount"], "assess")
    refuse_counted(report)
    known = as_causes(causes)
    after = aftermath(known, background_of(report))
    others = [
        report.get(f"extinction_discount{end}", 0.0 * report["extinction_discount"]).values
        for end in ENDS
    ]
    pairs = list(zip(*others, strict=True))
    each = np.array([[one.expected(*pair) for one in after.each()] for pair in pairs])
    whole = np.array([after.expected(*pair) for pair in pairs])
    two = ("theory", "cause")
    table: dict[str, Any] = {
        "extinction_discount" + end: ("theory", others[k]) for k, end in enumerate(ENDS)
    }
    table |= {"discount_by_cause" + end: (two, each[:, :, k]) for k, end in enumerate(ENDS)}
    table |= {"discount_over_causes" + end: ("theory", whole[:, k]) for k, end in enumerate(ENDS)}
    table |= {
        "risk_share": ("cause", after.share[:, 0]),
        "successor_chance": ("cause", after.chance[:, 0]),
        "successor_chance_standard_error": ("cause", after.error[:, 0]),
        "successor_worth": ("cause", after.worth[:, 0]),
    }
    words = {
        key: ("cause", [getattr(cause, key) for cause in known.causes.values()])
        for key in ("meaning", "source", "status")
    }
    words["outcome"] = ("cause", _outcomes(known))
    names = ("ess", "k_hat", "decision_weight", "judges_existence")
    kept = {name: report[name] for name in names if name in report}
    coords = {"theory": report["theory"].values, "cause": list(known.causes), **words}
    return label(xr.Dataset(table, coords, report.attrs | {"causes": known.name}).assign(kept))


def _outcomes(causes: Causes) -> list[str]:
    """Return a word for what each cause leaves, the same for those alike."""
    known = {word: causes[name].alike for word, name in causes.outcomes.items()}
    return [
        next(word for word, alike in known.items() if alike == cause.alike)
        for cause in causes.causes.values()
    ]
