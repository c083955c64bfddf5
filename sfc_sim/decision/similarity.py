"""How good others' use of resources is by our lights, per resource and relative to ours: q.

A similarity is a number, a distribution, or a model that gives every world its own. Riche (2025)
calls q near 1 Civ-Similarity; others take it to be lower or below zero (Brauner & Grosse-Holz
2018). Nobody has measured it: here it is a premise, to be varied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, sqrt
from numbers import Real
from typing import Any, Final, Protocol, TypeAlias, cast, final, runtime_checkable

import numpy as np
from scipy.special import ndtri

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, bare, mapping, number, shown
from sfc_sim._core.renamed import renamed_members
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions import Distribution, Fixed, Mixture

__all__ = [
    "Filters",
    "Independent",
    "Similarity",
    "SimilarityLike",
    "SpeedLinked",
    "as_similarity",
    "mixed_similarity",
    "selected_value",
]

Worlds: TypeAlias = Mapping[str, FloatArray]


@runtime_checkable
class Similarity(Protocol):
    """What a model of similarity must do: say how good others are in every world."""

    def draw(self, u: FloatArray, worlds: Worlds) -> FloatArray:
        """Return q in every world, shape (draw,).

        Parameters
        ----------
        u : ndarray, shape (draw,)
            Uniform numbers in (0, 1).
        worlds : mapping of str to ndarray
            From `sfc_sim.sampling.worlds`.
        """
        ...


LARGEST: Final = 1e100
"""The greatest similarity, of either sign: squares of greater ones are no numbers."""

SimilarityLike: TypeAlias = float | Distribution | Similarity


@final
@dataclass(frozen=True)
class Independent:
    """The same distribution in every world.

    Parameters
    ----------
    distribution : Distribution
        Of q; its mean must be finite.

    Examples
    --------
    >>> import numpy as np, sfc_sim as sfc
    >>> Independent(sfc.Uniform(0, 2)).draw(np.array([0.25, 0.75]), {})
    array([0.5, 1.5])
    """

    distribution: Distribution

    def __post_init__(self) -> None:
        if not isfinite(self.distribution.mean()):
            raise InputError(
                f"similarity is {shown(self.distribution)}, whose mean is not finite; it must "
                "have a finite mean, as Fixed, Beta, Normal or a Mixture of these do"
            )

    def mean(self) -> float:
        """Return E[q]."""
        return self.distribution.mean()

    def draw(self, u: FloatArray, worlds: Worlds) -> FloatArray:
        """Return q in every world; see `Similarity`."""
        return self.distribution.ppf(u)


@final
@renamed_members(evidence="observed")
@dataclass(frozen=True)
class Filters:
    """Civilizations that expand have passed filters that make them alike.

    Parameters
    ----------
    spread : float, default 0.5
        Standard deviation of value per resource between civilizations before any filter, in
        units of its mean over civilizations.
    passed : mapping of str to float
        What each filter leaves of the variance, in [0, 1]; by default all of it.
    observed : float, default 1
        What is seen of humanity's value, in units of the mean over civilizations.
    noise : float, default 1
        Standard deviation of the error of that, in the same units; 0 or more.
    recoverers : float, default 10
        How many civilizations share what is recovered; 1 or more. In worlds that decisions for
        total utility are made for, humanity's place is in reach of some ten others.

    Raises
    ------
    InputError
        If a number is out of its range, or the expected value of humanity is not above 0.

    Notes
    -----
    The variance between civilizations that is left is V = spread^2 x product of `passed`.
    Evidence of reliability r = V / (V + noise^2) gives E[u_H | e] = 1 + r (e - 1), and others
    have mean 1: q = u_A / E[u_H | e] has mean 1 / E[u_H | e]. What is recovered goes to several
    civilizations, over which u_A is a mean: normal, of variance V / `recoverers`. Where filters
    leave nothing, r = 0 and q = 1: mediocrity. The names of the filters follow Riche (2025, post
    6, as summarised); their strengths are nobody's estimate.

    Examples
    --------
    >>> Filters(observed=1.5).mean().__round__(3)
    0.909
    >>> Filters(observed=1.5, passed={"political system": 0.0}).mean()
    1.0
    """

    spread: float = 0.5
    passed: Mapping[str, float] = field(default_factory=dict)
    observed: float = 1.0
    noise: float = 1.0
    recoverers: float = 10.0

    def __post_init__(self) -> None:
        held: dict[str, Any] = {
            name: number(getattr(self, name), name, 0.0, LARGEST) for name in ("spread", "noise")
        }
        held["observed"] = number(self.observed, "observed", -LARGEST, LARGEST)
        held["recoverers"] = number(self.recoverers, "recoverers", 1.0)
        held["passed"] = {
            name: number(share, f"what filter '{name}' leaves of the variance", 0.0, 1.0)
            for name, share in mapping(self.passed, "passed").items()
        }
        for name, value in held.items():
            object.__setattr__(self, name, value)
        if self.expected_value <= 0.0:
            raise InputError(
                f"observed is {shown(self.observed)}, which leaves humanity an expected value of "
                f"{self.expected_value:.3g}; it must be above 0, as q is relative to it"
            )

    @property
    def variance(self) -> float:
        """Variance of value between the civilizations that pass."""
        return float(self.spread**2 * np.prod(list(self.passed.values())))

    @property
    def reliability(self) -> float:
        """Share of what is observed of us that is not noise, r."""
        total = self.variance + self.noise**2
        return self.variance / total if total > 0.0 else 0.0

    @property
    def expected_value(self) -> float:
        """Expected value of humanity, in units of the mean over civilizations."""
        return 1.0 + self.reliability * (self.observed - 1.0)

    def mean(self) -> float:
        """Return E[q]."""
        return 1.0 / self.expected_value

    def draw(self, u: FloatArray, worlds: Worlds) -> FloatArray:
        """Return q in every world; see `Similarity`."""
        spread = sqrt(self.variance / self.recoverers)
        return np.asarray((1.0 + spread * ndtri(u)) / self.expected_value)


@final
@dataclass(frozen=True)
class SpeedLinked:
    """Others' values go with the speed at which they spread: q is linear in the speed.

    Parameters
    ----------
    slow, fast : float
        q of civilizations that spread at next to no speed, and at that of light.

    Notes
    -----
    Where values that spread faster win more (Buhler 2023), worlds of fast fronts are worlds of
    other values, and E[s q] is not E[s] E[q]. That the relation is linear is our choice.

    Examples
    --------
    >>> import numpy as np
    >>> SpeedLinked(1.0, 0.5).draw(np.zeros(2), {"expansion_speed": np.array([0.0, 0.5])})
    array([1.  , 0.75])
    """

    slow: float
    fast: float

    def __post_init__(self) -> None:
        for name in ("slow", "fast"):
            object.__setattr__(self, name, number(getattr(self, name), name, -LARGEST, LARGEST))

    def draw(self, u: FloatArray, worlds: Worlds) -> FloatArray:
        """Return q in every world; see `Similarity`."""
        if "expansion_speed" not in worlds:
            raise InputError("similarity depends on expansion_speed; this scenario has none")
        return np.asarray(self.slow + (self.fast - self.slow) * worlds["expansion_speed"])


def as_similarity(value: SimilarityLike) -> Similarity:
    """Return a model of similarity from a number, a distribution or a model.

    Raises
    ------
    InputError
        If it is none of these, or has no finite mean.

    Examples
    --------
    >>> as_similarity(0.5)
    Independent(distribution=Fixed(value=0.5))
    """
    if isinstance(value, Distribution):
        return Independent(value)
    plain = bare(value, "similarity", "")
    if not isinstance(plain, bool) and isinstance(plain, Real):
        return Independent(Fixed(number(plain, "similarity", -LARGEST, LARGEST)))
    if not isinstance(value, type) and callable(getattr(value, "draw", None)):
        return cast("Similarity", value)  # what has the one method is a model
    raise InputError(
        f"similarity is {shown(value)}; it must be a finite number, a distribution such as "
        "sfc_sim.Beta(2, 2), or a model with a method draw(u, worlds)"
    )


def drawn_from(model: Similarity, u: FloatArray, worlds: Worlds) -> FloatArray:
    """Return the similarity of others in every world, by any model, checked.

    Raises
    ------
    InputError
        If it does not give a finite number for every world.

    Examples
    --------
    >>> drawn_from(Independent(Fixed(0.5)), np.array([0.1, 0.2]), {})
    array([0.5, 0.5])
    """
    found = model.draw(u, worlds)
    try:
        q = np.broadcast_to(np.asarray(found, dtype=float), u.shape)
    except (TypeError, ValueError):
        q = np.full(1, np.nan)
    if not (np.abs(q) <= LARGEST).all():
        raise InputError(
            f"draw of the similarity gives {shown(found)}; it must give a finite number for each "
            f"of {u.size} worlds, from {-LARGEST:g} to {LARGEST:g}"
        )
    return q


@validated()
def mixed_similarity(
    aligned: float,
    indifferent: float,
    misaligned: float,
    *,
    values: Sequence[float | Distribution] = (1.0, 0.0, -1.0),
) -> Mixture:
    """Return the similarity of others of which some are aligned, indifferent, or misaligned.

    Parameters
    ----------
    aligned, indifferent, misaligned : float
        Shares of others, which sum to 1.
    values : three floats or Distributions, default (1, 0, -1)
        q of each kind.

    Raises
    ------
    InputError
        If the shares are negative or do not sum to 1.

    Examples
    --------
    >>> mixed_similarity(0.5, 0.3, 0.2).mean()
    0.3
    """
    given = {"aligned": aligned, "indifferent": indifferent, "misaligned": misaligned}
    shares = tuple(number(share, name) for name, share in given.items())
    if min(shares) < 0.0 or abs(sum(shares) - 1.0) > 1e-6:
        raise InputError(
            f"shares of others are {shares}; they must be 0 or more and sum to 1, not "
            f"{sum(shares):g}"
        )
    if len(values) != 3:
        raise InputError(f"values are {shown(values)}; give one for each of the three kinds")
    kinds = [v if isinstance(v, Distribution) else Fixed(v) for v in values]
    present = [(kind, share) for kind, share in zip(kinds, shares, strict=True) if share > 0.0]
    return Mixture(tuple(kind for kind, _ in present), tuple(share for _, share in present))


@validated(speeds="c")
def selected_value(
    shares: Sequence[float], speeds: Sequence[float], values: Sequence[float]
) -> float:
    """Return the mean value per resource of types that spread at different speeds.

    Where civilizations are sparse, a type of share p and speed v holds resources in proportion
    to p v^3.

    Parameters
    ----------
    shares, speeds, values : sequences of float
        Of the types: share of civilizations, speed in units of c, value per resource.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If lengths differ, a share or speed is negative, or nobody spreads.

    Notes
    -----
    Selection of expansionist values: Buhler 2023; the weight is derived here.

    Examples
    --------
    >>> selected_value([0.9, 0.1], [0.5, 1.0], [1.0, 0.0]).__round__(3)
    0.529
    """
    p, v, u = (np.asarray(list(each), dtype=float) for each in (shares, speeds, values))
    if not (p.size == v.size == u.size > 0):
        raise InputError(
            f"{p.size} shares, {v.size} speeds and {u.size} values; give the same number of each"
        )
    held = p * v**3
    if not (np.all(p >= 0.0) and np.all(v >= 0.0) and held.sum() > 0.0 and np.isfinite(u).all()):
        raise InputError(
            "shares and speeds must be 0 or more and not all 0, and values finite numbers"
        )
    return float(held @ u / held.sum())
