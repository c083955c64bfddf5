"""What a model declares of itself: its parameters, its options, what it needs and what it gives.

An appearance or expansion model is a frozen dataclass that derives from `Model`. Its parameters are
declared in the class, its options are its fields, and scenario files, tables, labels and docs
take their words from there. Two models go together if one gives what the other needs.

Examples
--------
>>> from sfc_sim.appearance import HardSteps
>>> HardSteps.parameters[1].unit, HardSteps().options["completion"]
('Gyr', 'gamma')
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from math import nan
from numbers import Real
from typing import Any, ClassVar, Literal, Self, cast, final, get_args, get_origin, get_type_hints

from sfc_sim._core.errors import InputError, bare, choice, shown, text, unknown
from sfc_sim._core.importable import path_of
from sfc_sim._core.variables import is_result
from sfc_sim.distributions import Distribution, Fixed, Mixture
from sfc_sim.distributions.contested import Contested, other_values

__all__ = ["REQUIRED", "Contested", "Declared", "Free", "Interval", "Model", "Option", "option"]

REQUIRED: Any = MISSING
"""The default of an option that must be given."""


@dataclass(frozen=True)
class Interval:
    """A range of allowed numbers, written like ``(0, 1]``."""

    text: str

    def __post_init__(self) -> None:
        try:
            _ = self.ends
            bracketed = self.text[0] in "[(" and self.text[-1] in "])"
        except (ValueError, TypeError, IndexError):
            bracketed = False
        if not bracketed:
            raise InputError(f"an interval is {shown(self.text)}; allowed such as '(0, 1]'")

    @property
    def ends(self) -> tuple[float, float]:
        """Lower and upper end."""
        lo, hi = self.text[1:-1].split(",")
        return float(lo), float(hi)

    def contains(self, x: float) -> bool:
        """Tell whether the number `x` is allowed."""
        (lo, hi), (left, right) = self.ends, (self.text[0], self.text[-1])
        return (lo < x or (left == "[" and x == lo)) and (x < hi or (right == "]" and x == hi))

    def admits(self, distribution: Distribution) -> bool:
        """Tell whether no value outside can be drawn; a density may reach an open end."""
        if isinstance(distribution, Mixture):
            return all(self.admits(part) for part in distribution.components)
        lo, hi = distribution.support
        if distribution.discrete:
            return self.contains(lo) and self.contains(hi)
        return self.ends[0] <= lo and hi <= self.ends[1]


EVERYTHING = Interval("(-inf, inf)")


@final
@dataclass(frozen=True)
class Declared:
    """A parameter as a model declares it; one with a `default` may be left out of a scenario.

    An `optional` one that is left out stays out: the scenario is the same as if the model did not
    have it, and the model reads the default. What is `contested` of it is a premise of every
    scenario that has it; `told_by` says whose results would tell of it.
    """

    name: str
    symbol: str
    unit: str
    meaning: str
    bounds: Interval = EVERYTHING
    integer: bool = False
    default: float | None = None
    contested: Contested | None = None
    told_by: str = ""
    optional: bool = False

    def __post_init__(self) -> None:
        for key in ("name", "symbol", "unit", "meaning", "told_by"):
            text(getattr(self, key), f"{key} of a declared parameter")
        if self.optional and self.default is None:
            raise InputError(f"{self.name}: an optional parameter needs a default")
        if not isinstance(self.bounds, Interval):
            raise InputError(f"{self.name}: bounds is {shown(self.bounds)}; it must be an Interval")
        for label, value in other_values(self.contested, self.name).items():
            prior = value if isinstance(value, Distribution) else Fixed(value)
            if not self.bounds.admits(prior):
                came = f"contested '{label}' is {shown(value)}"
                raise InputError(f"{self.name}: {came}; allowed {self.bounds.text}")


@final
@dataclass(frozen=True)
class Option:
    """A switch of a model: one of `choices`, a number within `bounds`, or a list of either.

    The items of a list are names of `factors`, or `numbers` within `bounds`. What is `contested`
    of it is a premise of every scenario of the model.
    """

    name: str
    default: Any
    meaning: str
    choices: tuple[str, ...] = ()
    bounds: Interval | None = None
    factors: bool = False
    numbers: bool = False
    contested: Contested | None = None

    def __post_init__(self) -> None:
        for value in other_values(self.contested, self.name).values():
            self.checked(value)

    def checked(self, value: Any) -> Any:
        """Return a value of the option, if it is one."""
        if self.choices:
            return choice(value, self.name, self.choices)
        if not (self.factors or self.numbers):
            return value if self.bounds is None else self._number(value)
        if not isinstance(value, list | tuple):
            kind = "factors" if self.factors else "numbers"
            raise InputError(f"{self.name} must be a list of {kind}, got {shown(value)}")
        return tuple(value) if self.factors else tuple(map(self._number, value))

    def _number(self, value: Any) -> float:
        plain, bounds = bare(value, self.name, ""), self.bounds or EVERYTHING
        real = isinstance(plain, Real) and not isinstance(plain, bool)
        try:
            found = float(plain) if real else nan
        except OverflowError:
            found = nan
        if not bounds.contains(found):
            raise InputError(f"{self.name} must be a number in {bounds.text}, got {shown(value)}")
        return found


def option(
    default: Any,
    meaning: str,
    bounds: str = "",
    *,
    factors: bool = False,
    contested: Contested | None = None,
) -> Any:
    """Return a field of a model that is one of its options.

    Parameters
    ----------
    default : object
        What it is where nothing is said; `REQUIRED` if something must be.
    meaning : str
        What it decides.
    bounds : str, optional
        Of a number, or of every number of a tuple: the interval, such as ``"(0, 1]"``. The
        choices of a text are those of its annotation, a `typing.Literal`.
    factors : bool, optional
        Whether it is a tuple of names of factors, of parameters that the model takes by any name.
    contested : Contested, optional
        What it might be instead, a premise of every scenario of the model.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Mine(Model):
    ...     galaxies: float = option(1e10, "galaxies per observable universe", "(0, inf)")
    >>> Mine(galaxies=0)
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: galaxies must be a number in (0, inf), got 0
    """
    said = {"meaning": meaning, "bounds": bounds, "factors": factors, "contested": contested}
    return dataclasses.field(default=default, metadata=said)


@final
@dataclass(frozen=True)
class Free:
    """Parameters that a model takes under any name that fits: a pattern, and a unit if any."""

    bounds: Interval
    meaning: str
    names: str = "*"
    unit: str | None = None

    def fits(self, name: str, unit: str) -> bool:
        """Tell whether a parameter of that name and unit is one of these."""
        return fnmatchcase(name, self.names) and self.unit in (None, unit)


@dataclass(frozen=True)
class Model:
    """What every appearance and expansion model is: a frozen dataclass that says what it reads.

    Attributes
    ----------
    name : str
        What scenario files call it; a class of one's own goes by its path, ``module:Class``.
    title, source : str
        What it is in words, and the work that it follows.
    parameters : tuple of Declared
        What it reads of every draw.
    free : tuple of Free
        What it reads under names of the user's own: the first entry that fits gives the bounds.
    needs, gives : frozenset of str
        What the model that it meets must give, and what it gives itself.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    source: ClassVar[str] = ""
    parameters: ClassVar[tuple[Declared, ...]] = ()
    free: ClassVar[tuple[Free, ...]] = ()

    def __post_init__(self) -> None:
        for name, one in declared_options(type(self)).items():
            object.__setattr__(self, name, one.checked(getattr(self, name)))

    def __str__(self) -> str:
        # One that derives from a model of the package is another model, and goes by its path.
        return vars(type(self)).get("name") or path_of(type(self))

    @property
    def needs(self) -> frozenset[str]:
        """What the model that it meets must give."""
        return frozenset()

    @property
    def gives(self) -> frozenset[str]:
        """What it gives."""
        return frozenset()

    @property
    def options(self) -> dict[str, Any]:
        """Its options: every field by name."""
        return {name: getattr(self, name) for name in declared_options(type(self))}

    def with_options(self, **options: Any) -> Self:
        """Return the model with some options changed."""
        return dataclasses.replace(self, **options)

    def check_factors(self, factors: Collection[str]) -> None:
        """Refuse an option that names what is no factor."""
        for name, one in declared_options(type(self)).items():
            for factor in getattr(self, name) if one.factors else ():
                choice(factor, f"{name} factor", factors)


# What a model says of itself in its class; a field of such a name is one that slipped in.
_DECLARATIONS = (
    "name", "title", "source", "parameters", "free", "given", "amount", "amount_last", "expanders",
)  # fmt: skip


def declared_options(kind: type[Model]) -> Mapping[str, Option]:
    """Return the options of a model: its fields besides parameters, by name.

    Examples
    --------
    >>> from sfc_sim.expansion import Reach
    >>> declared_options(Reach)["probe"].choices
    ('hopping', 'coasting')
    """
    return _options_of(cast("Any", kind))


@lru_cache
def _options_of(kind: Any) -> Mapping[str, Option]:
    for field in dataclasses.fields(kind):
        if field.name in _DECLARATIONS:
            raise InputError(
                f"{field.name} of {kind.__name__} has an annotation, which makes it an option;"
                " leave the annotation out, or write it as a ClassVar"
            )
    hints: dict[str, Any] = {}
    for base in kind.__mro__:
        try:
            hints = get_type_hints(base)
            break
        except NameError:  # it names what only type checkers import
            continue
    return {field.name: _option(field, hints.get(field.name)) for field in dataclasses.fields(kind)}


def _option(field: dataclasses.Field[Any], hint: Any) -> Option:
    said = dict(field.metadata)
    bounds = Interval(said["bounds"]) if said.get("bounds") else None
    factors = said.get("factors", False)
    return Option(
        field.name,
        None if field.default is MISSING else field.default,
        said.get("meaning", ""),
        choices=get_args(hint) if get_origin(hint) is Literal else (),
        bounds=bounds,
        factors=factors,
        numbers=bounds is not None and not factors and get_origin(hint) is tuple,
        contested=said.get("contested"),
    )


def declared_parameters(models: tuple[Model, ...]) -> dict[str, Declared]:
    """Return the parameters that the models declare, by name.

    Raises
    ------
    InputError
        If a name is declared twice, or is that of a result, whose column it would take.
    """
    found: dict[str, Declared] = {}
    for model in models:
        for one in model.parameters:
            if one.name in found or is_result(one.name):
                what = "declared twice" if one.name in found else "the name of a result"
                raise InputError(f"parameter '{one.name}' of '{model}' is {what}; rename it")
            found[one.name] = one
    return found


def free_entry(models: tuple[Model, ...], name: str, unit: str) -> Free:
    """Return the declaration of a parameter that no model names, or raise `InputError`."""
    entries = [entry for model in models for entry in model.free]
    if not entries:
        raise unknown("parameter", name, declared_parameters(models))
    for entry in entries:
        if entry.fits(name, unit):
            return entry
    allowed = ", or ".join(f"'{entry.unit}', {entry.meaning}" for entry in entries)
    raise InputError(f"{name}: unit is '{unit}'; allowed {allowed}")


def apart(kinds: tuple[type[Model], ...], options: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return the options of each model out of those of all; refuse one that is of none."""
    known = [declared_options(kind) for kind in kinds]
    for name in options:
        if not any(name in of for of in known):
            raise unknown("option", name, [key for of in known for key in of])
    return tuple({k: v for k, v in options.items() if k in of} for of in known)
