"""What a draw is worth to any prior: one over the density with which draws like it were made.

Members whose steps are drawn in one way share their space, so that the densities of all of their
proposals are known at each other's draws, and the balance heuristic lays them together (Veach and
Guibas 1995). Groups of members that do not are laid together by their priors, with the power
heuristic of the same work: a draw of a group G is worth P_G^2 / (q_G sum P_H^2), with P_H the mean
of the priors of a group's members, and q_G that of its proposals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.explorer.densities import log_density, log_density_of_mean
from sfc_sim.sampling.axes import SPREAD
from sfc_sim.sampling.placing import log_prior_over
from sfc_sim.sampling.plan import Plan
from sfc_sim.sampling.proposal import Proposal
from sfc_sim.scenario.scenario import Scenario

__all__ = ["Made", "Values", "log_prior", "log_worth"]

LIT: Final = {"fronts": "log_covered_now", "light": "log_seen_now", "": "log_seen_now"}
"""The variable in which the amount is linear, by the cone that a proposal knows to be empty."""


@final
@dataclass(frozen=True)
class Made:
    """Draws that were made together.

    Attributes
    ----------
    member : Scenario
        Which they are of.
    proposal : Proposal
        Which they are aimed by.
    size : int
        How many.
    """

    member: Scenario
    proposal: Proposal
    size: int

    @property
    def space(self) -> object:
        """What must be the same for two to share a space: the laws of what is drawn repeatedly."""
        repeated = self.member.appearance.repeated
        return tuple((name, self.member[name].distribution) for name in repeated)


@final
@dataclass(frozen=True)
class Values:
    """What is known of draws where densities are evaluated.

    Attributes
    ----------
    named : mapping of str to ndarray, shape (draw,)
        Parameters and results by name; normal scores of what is drawn repeatedly, by axis.
    atoms : mapping of str to tuple of float
        Values of parameters that some member takes as known; none of whole numbers.
    """

    named: Mapping[str, FloatArray]
    atoms: Mapping[str, tuple[float, ...] | None]

    @property
    def size(self) -> int:
        """How many draws."""
        return next(iter(self.named.values())).size

    def at_atom(self, name: str) -> np.ndarray | None:
        """Which draws have an atom; None of a whole number."""
        atoms = self.atoms[name]
        return None if atoms is None else np.isin(self.named[name], atoms)

    def only(self, which: np.ndarray) -> Values:
        """Return some of the draws."""
        return Values({name: column[which] for name, column in self.named.items()}, self.atoms)


def log_worth(made: Sequence[Made], values: Values) -> FloatArray:
    """Return the log of what each draw is worth, draws in the order in which they were made.

    Parameters
    ----------
    made : sequence of Made
        All draws.
    values : Values
        Of all of them.
    """
    spaces = list(dict.fromkeys(each.space for each in made))
    place = np.repeat([spaces.index(each.space) for each in made], [each.size for each in made])
    priors = np.full((len(spaces), values.size), -np.inf)
    aimed = np.full(values.size, -np.inf)
    for each in made:
        group = spaces.index(each.space)
        prior = log_prior(each.member, values) + np.log(each.size / values.size)
        priors[group] = np.logaddexp(priors[group], prior)
        here = np.flatnonzero((place == group) & np.isfinite(prior))
        proposed = prior[here] - log_ratio(each, values.only(here))
        aimed[here] = np.logaddexp(aimed[here], proposed)
    own = priors[place, np.arange(values.size)]
    with np.errstate(invalid="ignore"):
        worth = 2.0 * own - np.logaddexp.reduce(2.0 * priors, axis=0) - aimed
    return np.where(np.isfinite(own), worth, -np.inf)  # rounding may move one out of all priors


def log_prior(member: Scenario, values: Values) -> FloatArray:
    """Return the log density of the prior of a scenario, shape (draw,).

    Of what is drawn repeatedly, it is that of the geometric mean.
    """
    total = np.zeros(values.size)
    repeated = member.appearance.repeated
    for name in values.atoms:
        law, at = member[name].distribution, values.named[name]
        if name in repeated:
            steps = values.named.get(repeated[name])
            if steps is None:
                steps = np.full(values.size, member[repeated[name]].distribution.mean())
            total += log_density_of_mean(law, at, steps)
        else:
            total += log_density(law, at, values.at_atom(name))
    return total


def log_ratio(made: Made, values: Values) -> FloatArray:
    """Return the log of prior over proposal of the member at any draws, shape (draw,)."""
    from scipy.special import ndtri

    axes, member = made.proposal.axes, made.member
    z = np.empty((values.size, len(axes.continuous)))
    for k, name in enumerate(axes.continuous):
        if name.removesuffix(SPREAD) in member.appearance.repeated:
            z[:, k] = values.named[f"z {name}"]
        else:
            z[:, k] = ndtri(within(member[name].distribution.cdf(values.named[name])))
    codes = []
    for name, steps in axes.discrete:
        reached = member[name].distribution.cdf(values.named[name])
        codes.append(np.abs(np.array(steps) - reached[:, None]).argmin(axis=1))
    tilted = None
    if axes.amount:
        plan = Plan(member, 0, proposal=made.proposal)
        amount = values.named[axes.amount]
        model = plan.dated
        unit = model.log_amount(values.named) - model.log_others(values.named)
        lit = values.named[LIT[made.proposal.cone]] - unit
        u = within(member[axes.amount].distribution.cdf(amount))
        tilted = plan.tilts.at(lit, u, np.full(u.size, -1))
    return log_prior_over(made.proposal, z, codes, tilted)


def within(u: FloatArray) -> FloatArray:
    """Return quantiles that are neither 0 nor 1."""
    return np.clip(u, 1e-300, 1.0 - 2.0**-53)
