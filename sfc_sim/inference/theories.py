"""Anthropic theories, and decision weights: how much a world counts beyond prior and evidence.

A theory says which world we are likely in, so that one may have credence in it. A decision weight
counts, besides, what is decided there: it says what a choice is for, and no more how likely a world
is. Sources: Cook 2022, chapter 3; Armstrong 2011 for anthropic decision theory (ADT).

References
----------
T. Cook (2022), "Replicating and extending the grabby aliens model".
S. Armstrong (2011), "Anthropic decision theory for self-locating beliefs", arXiv:1110.6437.

Examples
--------
>>> from sfc_sim.inference import THEORIES
>>> [name for name, theory in THEORIES.items() if theory.stakes]
['adt-total', 'adt-average']
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias, final

import numpy as np

from sfc_sim._core.errors import InputError, shown, unknown, warn_user
from sfc_sim._core.typing import FloatArray
from sfc_sim.inference.fronts import FrontEvidence
from sfc_sim.inference.observation import check_kind
from sfc_sim.inference.observation import variable_of as values

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "OURS",
    "THEORIES",
    "AllObservers",
    "AverageUtility",
    "Civilizations",
    "DecisionWeight",
    "EffectiveSampleSizeWarning",
    "EvidenceAlone",
    "ReferenceClassWarning",
    "SelfIndication",
    "Theories",
    "Theory",
    "TheoryLike",
    "TotalUtility",
    "theories_of",
]


# Below this expanding fraction observers outside expanders are too many to leave out.
FEW_EXPAND: Final = 0.01
SAMPLED: Final = frozenset(["self-sampling"])


class EffectiveSampleSizeWarning(UserWarning):
    """A theory rests on too few draws for its numbers to be trusted."""


class ReferenceClassWarning(EffectiveSampleSizeWarning):
    """``ssa-all`` leaves out observers who are not nearly none: do not trust its numbers."""


@dataclass(frozen=True)
class Theory(ABC):
    """How much more a world counts than prior and evidence say.

    One of your own is a frozen dataclass with a name, a meaning and a factor; it goes wherever the
    name of one of ours goes.

    Attributes
    ----------
    name : str
        What it is called, in tables too.
    meaning : str
        What it counts, in a line.
    stakes : bool
        Whether it counts the volume that humanity would grab already; see `DecisionWeight`.
    counts_expanders : bool
        Whether, of those who decide as we do, it counts only the part that goes on to expand: its
        factor has the expanding fraction in it.
    needs : frozenset of str
        What a scenario must give (its ``gives``) for it to be weighed: "self-sampling" if our own
        date and place may count only once.
    judges_existence : bool
        Whether it may weigh a choice of whether there is a future, not only of how good it is:
        without it no discount is given.
    """

    name: ClassVar[str]
    meaning: ClassVar[str]
    stakes: ClassVar[bool] = False
    counts_expanders: ClassVar[bool] = False
    judges_existence: ClassVar[bool] = True
    needs: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def log_factor(self, draws: xr.Dataset, front: FrontEvidence) -> FloatArray:
        """Return the natural log of what multiplies prior and evidence, shape (draw,).

        Parameters
        ----------
        draws : xarray.Dataset
            From `sfc_sim.sample`, with the volumes given `front`: all has dim ``draw`` alone.
        front : FrontEvidence
            What is known of fronts.
        """

    def check(self, draws: xr.Dataset) -> None:  # noqa: B027 (not abstract: most need none)
        """Warn of draws for which it is not defined well; by default of none."""


@dataclass(frozen=True)
class DecisionWeight(Theory):
    """A theory that counts what a choice is for: who decides as we do, and on how much.

    It is no credence in worlds. Tables show it apart.
    """

    stakes: ClassVar[bool] = True


def logged(draws: xr.Dataset, name: str) -> FloatArray:
    """Return the natural log of a variable; minus infinity at zero."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values(draws, name)))


def log_taken(draws: xr.Dataset) -> FloatArray:
    """Return the log of the fraction of space that fronts ever take, 1 - exp(-V), shape (draw,).

    Examples
    --------
    >>> import xarray as xr
    >>> print(log_taken(xr.Dataset({"log_covered_final": ("draw", [-800.0, 0.0])})).round(2))
    [-8.0e+02 -4.6e-01]
    """
    log_covered = values(draws, "log_covered_final")
    # For V below 1e-13, 1 - exp(-V) is V to double precision; above, V does not underflow.
    exact = np.log(-np.expm1(-np.exp(np.maximum(log_covered, -30.0))))
    return np.where(log_covered < -30.0, log_covered, exact)


def per(log_upper: FloatArray, log_lower: FloatArray) -> FloatArray:
    """Return the log of a ratio; minus infinity where the upper part is nothing.

    Examples
    --------
    >>> print(per(np.array([0.0, -np.inf]), np.array([-1.0, -np.inf])))
    [  1. -inf]
    """
    lower = np.where(log_upper == -np.inf, 0.0, log_lower)
    return np.asarray(log_upper - lower)


@final
@dataclass(frozen=True)
class EvidenceAlone(Theory):
    """The prior, times the evidence."""

    name: ClassVar[str] = "prior"
    meaning: ClassVar[str] = "the evidence alone: a world counts by how likely it makes what we see"

    def log_factor(self, draws: xr.Dataset, front: FrontEvidence) -> FloatArray:
        """Return zeros; see `Theory`."""
        return np.zeros(draws.sizes["draw"])


@final
@dataclass(frozen=True)
class SelfIndication(Theory):
    """Self-indication: by the number of civilizations exactly like us."""

    name: ClassVar[str] = "sia"
    meaning: ClassVar[str] = (
        "self-indication (SIA): by how many civilizations like us it holds, too"
    )

    def log_factor(self, draws: xr.Dataset, front: FrontEvidence) -> FloatArray:
        """Return log N; see `Theory`."""
        return values(draws, "log_observers_like_us")


@final
@dataclass(frozen=True)
class Civilizations(Theory):
    """Self-sampling among civilizations."""

    name: ClassVar[str] = "ssa-civilizations"
    meaning: ClassVar[str] = (
        "self-sampling (SSA): by the share of its civilizations that are like us"
    )
    needs: ClassVar[frozenset[str]] = SAMPLED

    def log_factor(self, draws: xr.Dataset, front: FrontEvidence) -> FloatArray:
        """Return log N / #N_IC; see `Theory`."""
        return per(values(draws, "log_observers_like_us"), values(draws, "log_intelligent_actual"))


@final
@dataclass(frozen=True)
class AllObservers(Theory):
    """Self-sampling among all observers, nearly all of whom live in expanders."""

    name: ClassVar[str] = "ssa-all"
    meaning: ClassVar[str] = "self-sampling among all observers, those of expanders too"
    needs: ClassVar[frozenset[str]] = SAMPLED

    def log_factor(self, draws: xr.Dataset, front: FrontEvidence) -> FloatArray:
        """Return log N / (1 - g_v(final)); see `Theory`."""
        return per(values(draws, "log_observers_like_us"), log_taken(draws))

    def check(self, draws: xr.Dataset) -> None:
        """Warn where so few expand that observers elsewhere may not be left out."""
        least = float(draws["expanding_fraction"].min())
        if least < FEW_EXPAND:
            text = (
                f"expanding_fraction is {least:.2g} in a draw; ssa-all counts the observers of"
                f" expanders alone, which is allowed for {FEW_EXPAND:g} or more"
            )
            warn_user(text, ReferenceClassWarning)


@final
@dataclass(frozen=True)
class TotalUtility(DecisionWeight):
    """Anthropic decision theory of total utility."""

    name: ClassVar[str] = "adt-total"
    meaning: ClassVar[str] = (
        "anthropic decision theory (ADT), total utility: by how many decide as we do, times "
        "what each decides on"
    )
    counts_expanders: ClassVar[bool] = True

    def log_factor(self, draws: xr.Dataset, front: FrontEvidence) -> FloatArray:
        """Return log f_GC N A; see `Theory`."""
        return log_decided(draws)


@final
@dataclass(frozen=True)
class AverageUtility(DecisionWeight):
    """Anthropic decision theory of average utility."""

    name: ClassVar[str] = "adt-average"
    meaning: ClassVar[str] = "ADT, average utility: for choices of how good the future is"
    counts_expanders: ClassVar[bool] = True
    # It does not change with the number of those who are as well off (Cook 2022).
    judges_existence: ClassVar[bool] = False
    # It divides by all observers, as ssa-all does.
    needs: ClassVar[frozenset[str]] = SAMPLED

    def log_factor(self, draws: xr.Dataset, front: FrontEvidence) -> FloatArray:
        """Return log f_GC N A / (1 - g_v(final)); see `Theory`."""
        return per(log_decided(draws), log_taken(draws))


def log_decided(draws: xr.Dataset) -> FloatArray:
    """Return the log of f_GC N A: how many decide as we do, times the volume that each grabs.

    Examples
    --------
    >>> import xarray as xr
    >>> names = ("expanding_fraction", "volume_grabbed", "log_observers_like_us")
    >>> log_decided(xr.Dataset({name: ("draw", [1.0]) for name in names}))
    array([1.])
    """
    expanding = logged(draws, "expanding_fraction")
    return expanding + values(draws, "log_observers_like_us") + logged(draws, "volume_grabbed")


THEORIES: Final[Mapping[str, Theory]] = MappingProxyType(
    {
        each.name: each
        for each in (
            EvidenceAlone(),
            SelfIndication(),
            Civilizations(),
            AllObservers(),
            TotalUtility(),
            AverageUtility(),
        )
    }
)
"""Those of the package, by name; first those that one may have credence in."""

OURS: Final = tuple(THEORIES)

TheoryLike: TypeAlias = str | Theory
Theories: TypeAlias = Sequence[TheoryLike] | Mapping[str, float] | Mapping[Theory, float]
"""Names or objects, or the credence in each."""


def theories_of(theories: Theories) -> tuple[Theory, ...]:
    """Return theories by their names, or as they are.

    Raises
    ------
    InputError
        If there is none, a name is unknown, or two have the same.

    Examples
    --------
    >>> theories_of(["prior", SelfIndication()])
    (EvidenceAlone(), SelfIndication())
    """
    if isinstance(theories, str | bytes) or not len(theories):
        raise InputError(f"theories is {shown(theories)}; it must be a list of names or theories")
    found = tuple(theory_of(each) for each in theories)
    names = [each.name for each in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"theories has '{twice}' twice; give each once, by a name of its own")
    return found


def name_of(theory: TheoryLike) -> str:
    """Return the name that results have a theory by.

    Raises
    ------
    InputError
        If it is neither a name nor a theory.

    Examples
    --------
    >>> name_of("sia"), name_of(SelfIndication())
    ('sia', 'sia')
    """
    return theory if isinstance(theory, str) else theory_of(theory).name


def theory_of(theory: TheoryLike | object) -> Theory:
    """Return a theory by its name, or as it is.

    Raises
    ------
    InputError
        If the name is unknown.

    Examples
    --------
    >>> theory_of("sia")
    SelfIndication()
    """
    if isinstance(theory, Theory):
        flags = (True, False)
        check_kind(
            theory, "theory", THEORIES,
            stakes=flags, counts_expanders=flags, judges_existence=flags,
        )  # fmt: skip
        return theory
    if isinstance(theory, type):
        raise InputError(f"theory is the class {theory.__name__}; pass an object of it")
    if isinstance(theory, str) and theory in THEORIES:
        return THEORIES[theory]
    raise unknown("theory", theory, THEORIES)
