"""What becomes of borders: who holds, in the end, what more than one could have held.

The rest of the package has it that who comes first keeps. Here are the alternatives: everything is
divided by all who get there; one wins it all (Cook 2022); neighbours trade (Cook 2022).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import share_of
from sfc_sim._core.errors import number, unknown
from sfc_sim._core.renamed import renamed
from sfc_sim._core.schema import label, require
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.world import World
from sfc_sim.decision.outcomes import Picked, arrivals_of, chosen_worlds
from sfc_sim.expansion.arrivals import Arrivals
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["CONTESTS", "Contest", "contest"]


class Border(NamedTuple):
    """Inputs of a rule: arrivals and outcomes of the worlds, and the choices of the user."""

    arrivals: Arrivals
    world: World
    conflict: float
    contested: FloatArray
    affectable: float
    trade: float

    @property
    def taken(self) -> FloatArray:
        """Fraction of space that fronts ever take."""
        return -np.expm1(-np.exp(self.world["log_covered_final"]))


class Contest(NamedTuple):
    """A rule: what humanity holds in the end (Gly^3), what that is worth, and its words."""

    held: Callable[[Border], FloatArray]
    meaning: str
    source: str
    worth: Callable[[Border], FloatArray] | None = None


def _first(x: Border) -> FloatArray:
    return x.arrivals.grabbed()


def _winner(x: Border) -> FloatArray:
    first = x.arrivals.grabbed()
    # Never more than one: in an all but empty universe, humanity is all that there is to win.
    chance = np.minimum(1.0, first / np.maximum(x.taken * x.affectable, first))
    return np.asarray((1.0 - x.conflict) * first + x.conflict * chance * x.contested)


def _trade(x: Border) -> FloatArray:
    # Trades are made that return more than they cost: the mean of max(x - 1, 0) is exp(-k) / k.
    gain = x.trade * np.exp(-1.0 / x.trade) if x.trade > 0.0 else 0.0
    return np.asarray(x.arrivals.grabbed() * (1.0 + gain * x.taken))


CONTESTS: Final[dict[str, Contest]] = {
    "first-come": Contest(_first, "who comes first keeps", "Hanson et al. (2021), Cook (2022)"),
    "shared": Contest(
        lambda x: x.arrivals.shared(),
        "all who would ever get to a place divide it, whoever came first",
        "derived here; counts those that fronts would have precluded, a lower bound",
    ),
    "winner-takes-all": Contest(
        _winner,
        "with the chance of a conflict, one of all expanding civilizations wins what is contested, "
        "in proportion to what each took first",
        "the form of Cook (2022), in which 1 - p is the chance of a conflict; what is contested is "
        "our choice",
    ),
    "trade": Contest(
        _first,
        "first come, and trade makes what we hold worth more, by the space that others hold",
        "after Cook (2022): returns fall exponentially, over a volume in proportion to 1 - g; only"
        " trades that return more than they cost are made",
        _trade,
    ),
}
"""Rules of borders by name."""


@takes_study
@renamed(sampled="size")
@validated()
def contest(
    draws: xr.Dataset,
    weights: xr.Dataset,
    rule: str = "first-come",
    *,
    conflict: float = 0.5,
    contested: str = "reachable",
    trade: float = 1.0,
    size: int = 1000,
    rng: RandomLike = None,
) -> xr.Dataset:
    """Return the volumes that humanity holds and others recover under a rule of borders.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    rule : str, default "first-come"
        A name out of `CONTESTS`.
    conflict : float, default 0.5
        Chance that there is a conflict which one civilization wins. Cook's p is one minus this.
    contested : {"reachable", "observable"}, default "reachable"
        What is won: all that humanity can reach, or an observable-universe-size volume.
    trade : float, default 1
        Mean return x of possible trades over their cost, 1/k of Cook's density k exp(-k x). Those
        of x > 1 are made, which gains exp(-k) / k where fronts take all of space; at the default,
        our choice, a possible trade breaks even on average and trade gains 0.37.
    size : int, default 1000
        Worlds taken, per theory.
    rng : optional
        See `sfc_sim.decision.retention`.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``held_of_alone``, held (or worth as much) of the reachable volume, and
        ``recovered_share``, with standard errors.

    Raises
    ------
    InputError
        If the rule is unknown, or a number is out of its range.

    Notes
    -----
    Without humanity nobody takes the marginal volume U under any rule, so that others recover
    H - U of what humanity would hold, H; trade makes H worth more, which nobody recovers. In a
    conflict humanity's chance is its share A of what all take, (1 - g) x one affectable-universe-
    size volume: the unit of Cook (2022), note 20. A winner may take even what nobody else would
    have come to, so that H is below U where fronts are slow; then others recover nothing, and the
    share is 0.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("finnveden2019", 1000, rng=1)
    >>> weights = sfc.weigh(draws, "none", theories=["prior"])
    >>> held = contest(draws, weights, "trade", trade=0.0, size=100)
    >>> bool(held.held_of_alone[0] <= 1)
    True
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    if rule not in CONTESTS:
        raise unknown("rule of borders", rule, CONTESTS)
    if contested not in ("reachable", "observable"):
        raise unknown("contested volume", contested, ("reachable", "observable"))
    number(conflict, "conflict", 0.0, 1.0)
    number(trade, "trade", 0.0)
    background = origin_of(draws).background
    observable = float(background.observable_volume_now)
    affectable = float(background.affectable_volume(background.age))
    rows = []
    for theory in weights["theory"].values:
        picked = chosen_worlds(draws, weights, str(theory), size, rng)
        found = arrivals_of(draws, weights, picked)
        prize = picked.world.alone if contested == "reachable" else np.full(1, observable)
        border = Border(found, picked.world, conflict, prize, affectable, trade)
        rows.append(_row(CONTESTS[rule], border, picked))
    table = {name: ("theory", np.array([row[name] for row in rows])) for name in rows[0]}
    attrs = weights.attrs | {"contest": rule}
    return label(xr.Dataset(table, coords={"theory": weights["theory"].values}, attrs=attrs))


def _row(rule: Contest, border: Border, picked: Picked) -> dict[str, float]:
    held = rule.held(border)
    worth = held if rule.worth is None else rule.worth(border)
    lost = held - border.arrivals.marginal()
    recovered, error = share_of(picked.log_copies, lost, worth)
    share, of_share = share_of(picked.log_copies, worth, picked.world.alone)
    return {
        "held_of_alone": share,
        "held_of_alone_standard_error": of_share,
        "recovered_share": max(recovered, 0.0),
        "recovered_share_standard_error": error,
    }
