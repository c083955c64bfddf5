"""What might end humanity, and what would come after it on Earth.

The discount s kappa q asks what others far away recover. Earth itself may yield another
civilization that spreads: a machine that ended us, or the next species that learns to think. For
each cause there is its share of the risk, the chance of a successor, the value per resource of
that over ours, and the delay after which it starts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import fsum
from typing import Any, Final, TypeAlias, final

import numpy as np

from sfc_sim._core.errors import InputError, choice, mapping, number, one_line, shown, text, unknown
from sfc_sim.distributions import Distribution
from sfc_sim.earth.again import chance_again
from sfc_sim.earth.history import steps_of
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.parameter import STATUSES
from sfc_sim.scenario.scenario import Scenario

__all__ = ["USUAL", "Cause", "Causes", "EvolvesAgain"]

Uncertain: TypeAlias = float | Distribution

# How far shares may be from a sum of one: they may be written by hand, with six digits.
ROUNDING: Final = 1e-6


@final
@dataclass(frozen=True)
class EvolvesAgain:
    """The chance that intelligence evolves on Earth again, and then spreads, from Earth's dates.

    Parameters
    ----------
    history : Scenario or str
        One whose appearance model is "earth-history".
    left : float, default 0.9
        Time that Earth stays habitable from now on, Gyr.
    step : str, optional
        The step that is to be passed again; by default the last.
    expands : float, default 1
        Chance that what has evolved goes on to spread through space.

    Raises
    ------
    InputError
        If the scenario is of another model, or a number is out of its range.

    Examples
    --------
    >>> chance, error = EvolvesAgain("kipping2020", "900 Myr").chance
    >>> round(chance, 2)
    0.09
    """

    history: Scenario | str
    left: float = 0.9
    step: str | None = None
    expands: float = 1.0

    def __post_init__(self) -> None:
        steps = steps_of(scenario_of(self.history))
        if self.step is not None and text(self.step, "step") not in steps:
            raise unknown("step", self.step, steps)
        object.__setattr__(self, "left", number(self.left, "left", 0.0, unit="Gyr"))
        object.__setattr__(self, "expands", number(self.expands, "expands", 0.0, 1.0))

    @property
    def chance(self) -> tuple[float, float]:
        """The chance and its standard error; see `sfc_sim.earth.chance_again`."""
        found = chance_again(self.history, self.left, step=self.step)
        mean, error = (found[f"chance_again{end}"].item() for end in ("", "_standard_error"))
        return self.expands * mean, self.expands * error

    def to_dict(self) -> dict[str, Any]:
        """Return the table of a file."""
        named = self.history.name if isinstance(self.history, Scenario) else str(self.history)
        own = {"left": self.left, "expands": self.expands}
        return {"history": named, **own, **({"step": self.step} if self.step else {})}


@final
@dataclass(frozen=True)
class Cause:
    """What might end humanity, and what comes after.

    Parameters
    ----------
    share : float
        Of the risk of extinction, w; those of all causes sum to 1.
    successor : float, Distribution or EvolvesAgain, default 0
        Chance that Earth yields another civilization that spreads, r.
    value : float or Distribution, default 1
        Value per resource of that civilization over ours, q; may be negative.
    delay : float or Distribution, default 0
        By how much later than ours it starts, Gyr; what this loses, see `kept_after`.
    leaves : str, optional
        What it leaves on Earth, in a word, such as "biosphere".
    meaning, source : str, optional
        What it is, and where the numbers come from.
    status : {"verified", "secondary", "assumed"}, default "assumed"
        How sure we are of them.

    Raises
    ------
    InputError
        If a chance is outside [0, 1], a delay is negative, or a mean is not finite.

    Examples
    --------
    >>> Cause(0.3, EvolvesAgain("kipping2020"), delay="200 Myr").delay
    0.2
    """

    share: float
    successor: float | Distribution | EvolvesAgain = 0.0
    value: Uncertain = 1.0
    delay: Uncertain = 0.0
    leaves: str = ""
    meaning: str = ""
    source: str = "set by the user"
    status: str = "assumed"

    def __post_init__(self) -> None:
        held: dict[str, Any] = {"share": number(self.share, "share", 0.0, 1.0)}
        for key in ("leaves", "meaning", "source"):
            held[key] = one_line(text(getattr(self, key), key))
        if not isinstance(self.successor, EvolvesAgain):
            held["successor"] = _within(self.successor, "successor", 0.0, 1.0)
        held["value"] = _within(self.value, "value", -np.inf, np.inf)
        held["delay"] = _within(self.delay, "delay", 0.0, np.inf, unit="Gyr")
        choice(self.status, "status", STATUSES)
        for key, value in held.items():
            object.__setattr__(self, key, value)

    @property
    def alike(self) -> tuple[Any, Any, Any]:
        """What comes after it: causes of which this is the same have the same discount."""
        return self.successor, self.value, self.delay

    def to_dict(self) -> dict[str, Any]:
        """Return the table of a file, without what is empty."""
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {k: v.to_dict() if hasattr(v, "to_dict") else v for k, v in held.items()}
        return {key: value for key, value in plain.items() if value != ""}


@final
@dataclass(frozen=True)
class Causes:
    """Causes of extinction, by name, whose shares of the risk sum to 1.

    Parameters
    ----------
    causes : mapping of str to Cause
        By name.
    name : str, default "own"
        What the set of them is called.
    title, source, assumes : str, optional
        What it is, where it comes from, and what it takes for granted.

    Raises
    ------
    InputError
        If shares do not sum to 1, or something is no `Cause`.

    See Also
    --------
    load_causes : Read them from a file.

    Examples
    --------
    >>> mine = Causes({
    ...     "machine": Cause(0.6, successor=1.0, value=0.0),
    ...     "pandemic": Cause(0.4, EvolvesAgain("kipping2020")),
    ... })
    >>> mine.only("pandemic")["pandemic"].share
    1.0
    """

    causes: Mapping[str, Cause]
    name: str = "own"
    title: str = ""
    source: str = ""
    assumes: str = ""

    def __post_init__(self) -> None:
        given = dict(mapping(self.causes, "causes"))
        for key, cause in given.items():
            if not isinstance(cause, Cause):
                raise InputError(f"cause '{key}' is {shown(cause)}; it must be a Cause")
        for key in ("name", "title", "source", "assumes"):
            object.__setattr__(self, key, one_line(text(getattr(self, key), key)))
        total = fsum(cause.share for cause in given.values())
        if not abs(total - 1.0) <= ROUNDING:
            raise InputError(
                f"shares of the causes sum to {total:.9g}; they must sum to 1: Causes.of_risks "
                "takes risks of any sum"
            )
        object.__setattr__(self, "causes", given)

    @classmethod
    def of_risks(cls, causes: Mapping[str, Cause], **words: str) -> Causes:
        """Return causes whose ``share`` is a risk, in any unit: the share is that over their sum.

        Parameters
        ----------
        causes : mapping of str to Cause
            By name.
        **words : str
            Name, title, source and what is assumed.

        Examples
        --------
        >>> Causes.of_risks({"war": Cause(0.01), "machine": Cause(0.03)})["war"].share
        0.25
        """
        total = fsum(cause.share for cause in causes.values())
        if not total > 0.0:
            raise InputError("risks of the causes sum to 0; at least one must be above 0")
        shared = {key: replace(each, share=each.share / total) for key, each in causes.items()}
        return cls(shared, **words)

    def __getitem__(self, name: str) -> Cause:
        if name not in self.causes:
            raise unknown("cause", name, self.causes)
        return self.causes[name]

    @property
    def uncertain(self) -> list[str]:
        """What has a distribution: the name of a cause and of a field of it."""
        named = ((f"{key} {name}", getattr(each, name)) for key, each in self.causes.items()
                 for name in ("successor", "value", "delay"))  # fmt: skip
        return [key for key, value in named if isinstance(value, Distribution)]

    def only(self, *names: str) -> Causes:
        """Return some of the causes, given that one of them it is."""
        if not names:
            raise InputError("only needs the name of at least one cause")
        return self._with({key: self[key] for key in names})

    def replace(self, name: str, **changes: Any) -> Causes:
        """Return the causes with one changed in something else than its share.

        Examples
        --------
        >>> from sfc_sim.decision import load_causes
        >>> cruel = load_causes("ord2020").replace("unaligned_ai", value=-1.0)
        >>> cruel["unaligned_ai"].value
        -1.0
        """
        allowed = [field.name for field in fields(Cause) if field.name != "share"]
        for key in changes:
            if key not in allowed:
                raise unknown("field of a cause", key, allowed)
        return self._with({**self.causes, name: replace(self[name], **changes)})

    @property
    def outcomes(self) -> dict[str, str]:
        """What causes leave, in a word, and the greatest cause after which that comes."""
        found: dict[str, str] = {}
        for name, cause in sorted(self.causes.items(), key=lambda each: -each[1].share):
            if cause.alike not in [self[known].alike for known in found.values()]:
                free = bool(cause.leaves) and cause.leaves not in found
                found[cause.leaves if free else name] = name
        return found

    def law(self, what: str) -> Distribution:
        """Return the distribution of something out of `uncertain`."""
        name, _, key = what.rpartition(" ")
        found: Distribution = getattr(self[name], key)
        return found

    def between(self, what: str, low: float, high: float) -> Causes:
        """Return the causes with one of what is uncertain at its mean between two quantiles.

        Examples
        --------
        >>> import sfc_sim as sfc
        >>> mine = Causes({"war": Cause(1.0, sfc.Uniform(0, 1))})
        >>> round(mine.between("war successor", 0.0, 0.1)["war"].successor, 6)
        0.05
        """
        name, _, key = what.rpartition(" ")
        middles = low + (high - low) * (np.arange(200) + 0.5) / 200
        return self.replace(name, **{key: float(self.law(what).ppf(middles).mean())})

    def _with(self, causes: Mapping[str, Cause]) -> Causes:
        words = {key: getattr(self, key) for key in ("title", "source", "assumes")}
        return Causes.of_risks(causes, name=f"{self.name}, changed", **words)


CausesLike: TypeAlias = Causes | str | os.PathLike[str]

USUAL: Final = "ord2020"
"""The causes that are taken where none are named, by the name of their file."""


def _within(value: Any, name: str, low: float, high: float, unit: str = "") -> Uncertain:
    """Return a number or a distribution in a range, with a finite mean."""
    if not isinstance(value, Distribution):
        return number(value, name, low, high, unit=unit)
    least, most = value.support
    if not (low <= least and most <= high and np.isfinite(value.mean())):
        allowed = f"within [{low:g}, {high:g}]" if np.isfinite(high) else "with a finite mean"
        allowed = f"{low:g} or more, {allowed}" if low == 0.0 and high == np.inf else allowed
        raise InputError(f"{name} is {shown(value)}; it must be {allowed}")
    return value
