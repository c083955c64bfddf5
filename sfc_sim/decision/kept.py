"""What resources keep that others recover later than humanity would have grabbed them: kappa.

A weighting says what a place reached at a date is worth; s kappa is what others recover, by its
worth at their arrival, over what humanity would grab, by its worth at ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import carriers, least_error
from sfc_sim._core.renamed import renamed
from sfc_sim._core.schema import label, require
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.weighted import product_of_ratios, ratio_of_sums
from sfc_sim.decision.outcomes import Picked, arrivals_of, chosen_worlds
from sfc_sim.decision.shares import is_one, saturation
from sfc_sim.decision.study import Study
from sfc_sim.decision.weightings import Worth, worth_of
from sfc_sim.expansion.arrivals import Arrivals
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Kept", "kept_of", "retention"]


PICKS: Final = 1000
"""Worlds at least that stand for all of a theory."""


@final
@dataclass(frozen=True)
class Kept:
    """Worlds that stand for all of a theory, or one number for all that keep the same.

    Parameters
    ----------
    places : ndarray of int, shape (pick,)
        Which draws they are.
    log_copies : ndarray, shape (pick,)
        For how many copies each stands.
    parts : ndarray, shape (4, pick)
        What others recover there and what humanity grabs, by worth and by volume.
    span : float, default 0
        By how much worth differs between dates, in units of its mean at our arrival.
    number : float, optional
        What is kept everywhere, where nothing goes by dates.
    """

    places: np.ndarray
    log_copies: FloatArray
    parts: FloatArray
    span: float = 0.0
    number: float | None = None

    def at(self, some: np.ndarray) -> Kept:
        """Return those among some of the draws, a mask."""
        own = some[self.places]
        parts = self.parts[:, own]
        return Kept(self.places[own], self.log_copies[own], parts, self.span, self.number)

    def value(self) -> tuple[float, float]:
        """Return the value kept and its standard error, see `sfc_sim.decision.retention`.

        Examples
        --------
        >>> Kept(np.arange(2), np.zeros(2), np.ones((4, 2))).value()
        (1.0, 0.0)
        """
        if self.number is not None:
            return self.number, 0.0
        worth, grabbed_worth, volume, grabbed = self.parts
        if not volume.any():  # nothing is recovered there, or it is not known what
            return 1.0, float(not self.places.size)
        copies = np.exp(self.log_copies - self.log_copies.max())
        kept, error = product_of_ratios(copies, [worth, grabbed], [grabbed_worth, volume])
        return kept, max(error, self._if_few(copies, kept))

    def _if_few(self, copies: FloatArray, kept: float) -> float:
        """Return the least error where few draws carry the volumes, else 0.

        One effective draw may keep nothing, or all of what it would be worth if it were ours; but a
        worth that hardly changes hardly changes what is kept.
        """
        volumes = self.parts[2:]
        if is_one({"recovered": volumes[0], "grabbed": volumes[1]}):
            return 0.0
        few = min(carriers(copies * volume) for volume in volumes)
        return least_error(0.0, few, few) * min(self.span, max(1.0, abs(kept)))

    def influence(self, draws: int) -> FloatArray:
        """Return the influence of each draw on the log of what is kept, to first order.

        Examples
        --------
        >>> Kept(np.array([0, 2]), np.zeros(2), np.ones((4, 2))).influence(3)
        array([0., 0., 0.])
        """
        moved = np.zeros(draws)
        if self.number is None and self.parts[2].any():
            copies = np.exp(self.log_copies - self.log_copies.max())
            shares = copies * self.parts / (self.parts @ copies)[:, None]
            moved[self.places] = shares[0] - shares[1] - shares[2] + shares[3]
        return moved


def picks_of(draws: int) -> int:
    """Return how many worlds stand for all: their error shrinks as that of all draws does.

    Examples
    --------
    >>> picks_of(2000), picks_of(20_000)
    (1000, 4000)
    """
    return max(PICKS, draws // 5)


def kept_in(found: Arrivals, picked: Picked, worth: Worth) -> Kept:
    """Return what is kept in worlds that were picked, of which the arrivals are known."""
    parts = found.recovered(worth), found.grabbed(worth), found.recovered(), found.grabbed()
    copies = np.exp(picked.log_copies - picked.log_copies.max())
    span = float(np.ptp(worth(found.dates())) * (copies @ parts[3]) / (copies @ parts[1]))
    return Kept(picked.places, picked.log_copies, np.array(parts), abs(span))


def kept_of(study: Study, theory: str, among: np.ndarray | None = None) -> Kept:
    """Return what resources keep in the worlds of a theory, as the study values dates.

    In all, or in those among some of the draws, a mask.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["prior"], retention=0.8)
    >>> kept_of(study, "prior").value()
    (0.8, 0.0)
    """
    if not isinstance(study.retention, str):
        kept = float(study.report["retention"].sel(theory=theory))
        return Kept(np.zeros(0, dtype=int), np.zeros(0), np.zeros((4, 0)), number=kept)
    draws, weights = study.draws, study.weights
    many = picks_of(draws.sizes["draw"])
    picked = chosen_worlds(draws, weights, theory, many, among=among)
    worth = worth_of(study.retention, origin_of(draws).background)
    return kept_in(arrivals_of(draws, weights, picked), picked, worth)


@takes_study
@renamed(sampled="size")
@validated()
def retention(
    draws: xr.Dataset,
    weights: xr.Dataset,
    weighting: str | Worth = "starlight",
    *,
    size: int | None = None,
    rng: RandomLike = None,
) -> xr.Dataset:
    """Return the value that recovered resources keep, as others arrive later.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    weighting : str or callable, default "starlight"
        A name out of `WEIGHTINGS`, or a function of the date (Gyr since Big Bang, any shape) that
        says what a place reached then is worth.
    size : int, optional
        Worlds taken, per theory, in proportion to copies x volume grabbed; by default 1000, or a
        fifth of the draws if that is more.
    rng : None, int, SeedSequence or Generator, optional
        By default that of the draws, so that the same draws give the same answer.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``, with standard errors: ``recovered_worth`` (s kappa) and ``retention``
        (kappa), and ``date_grabbed`` and ``date_recovered``, mean dates (Gyr) of our arrival and
        of theirs; ``worlds``, how many different ones were taken.

    Raises
    ------
    InputError
        If the weighting is unknown or the scenario has no fronts.

    Notes
    -----
    s kappa = sum n R_w / sum n A_w: R_w is the worth at others' arrival of what they recover, A_w
    the worth at ours of all that humanity would grab; and s = sum n R / sum n A, of volumes. kappa
    may be above 1, as what lies near is both worth more and recovered sooner than what lies far; a
    weighting that does not change gives 1. The worlds taken give kappa, all draws s.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("finnveden2019", 2000, rng=1)
    >>> weights = sfc.weigh(draws, "none", theories=["prior"])
    >>> kept = retention(draws, weights, "volume", size=100)
    >>> kept.retention.values.round(6)
    array([1.])
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    background = origin_of(draws).background
    worth = worth_of(weighting, background)
    many = picks_of(draws.sizes["draw"]) if size is None else size
    share = saturation(draws, weights)
    rows = []
    for theory in weights["theory"].values:
        picked = chosen_worlds(draws, weights, str(theory), many, rng)
        found = arrivals_of(draws, weights, picked)
        rows.append(_row(found, picked, worth, share.sel(theory=theory)))
    table = {name: ("theory", np.array([row[name] for row in rows])) for name in rows[0]}
    name = weighting if isinstance(weighting, str) else "own"
    return label(
        xr.Dataset(
            table,
            coords={"theory": weights["theory"].values},
            attrs=weights.attrs | {"weighting": name},
        )
    )


def _row(found: Arrivals, picked: Picked, worth: Worth, share: xr.Dataset) -> dict[str, float]:
    """Return s kappa, kappa and dates of one theory."""
    s, error = (
        float(share[name]) for name in ("recovered_share", "recovered_share_standard_error")
    )
    kept, spread = kept_in(found, picked, worth).value()
    volume, date = found.recovered(), (np.inf, 0.0)
    if volume.any():  # else nothing is recovered, at no date
        date = ratio_of_sums(picked.log_copies, found.recovered(_date), volume)
    ours = ratio_of_sums(picked.log_copies, found.grabbed(_date), found.grabbed())
    return {
        "recovered_worth": s * kept,
        "recovered_worth_standard_error": float(np.hypot(kept * error, s * spread)),
        "retention": kept,
        "retention_standard_error": spread,
        "date_grabbed": ours[0],
        "date_grabbed_standard_error": ours[1],
        "date_recovered": date[0],
        "date_recovered_standard_error": date[1],
        "worlds": float(picked.log_copies.size),
    }


def _date(dates: FloatArray) -> FloatArray:
    return dates
