"""What every distribution can do; a kind fills in the underscored methods."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from math import inf
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError, number, shown, unknown
from sfc_sim._core.importable import at_path, path_of
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim.distributions.arrays import apply_flat, floats, numbers, probabilities
from sfc_sim.distributions.fields import CONVERT, annotation, as_given, several, short, times

__all__ = ["KINDS", "MAKERS", "PARTS", "Distribution", "check_weights"]


@dataclass(frozen=True, repr=False)
class Distribution(ABC):
    """A probability distribution of one real number.

    The public methods check their argument and accept scalars or arrays of any shape; a kind fills
    in the underscored ones, which see one-dimensional arrays inside the support.
    """

    kind: ClassVar[str]
    """Name of the kind in TOML files."""
    discrete: ClassVar[bool] = False
    """Whether all probability sits on separate points."""
    _linear: ClassVar[tuple[str, ...]] = ()
    """Fields that are multiplied when the number is."""

    def __post_init__(self) -> None:
        for field in fields(self):
            where = f"{type(self).__name__}: {field.name}"
            kind = annotation(field)
            convert = _parts if kind == PARTS else CONVERT.get(kind, as_given)
            object.__setattr__(self, field.name, convert(getattr(self, field.name), where))
        with np.errstate(all="ignore"):
            self._check()

    def _check(self) -> None:  # noqa: B027 (not abstract: some kinds have no rule)
        """Raise InputError if the fields do not make a distribution."""

    def _require(self, condition: bool, rule: str) -> None:
        if not condition:
            raise InputError(f"{self!r}: {rule}")

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value, possibly infinite."""
        return self._support()

    @property
    def integral(self) -> bool:
        """Whether every possible value is an integer."""
        return False

    def mean(self) -> float:
        """Return the expectation (inf where it diverges or exceeds a double)."""
        with np.errstate(divide="ignore", over="ignore", under="ignore", invalid="raise"):
            lo, hi = self.support  # a rounding must not pass an end
            return float(min(max(self._mean(), lo), hi))

    def scaled(self, factor: float) -> Distribution:
        """Return the distribution of `factor` times this number, as after a change of unit.

        Raises
        ------
        InputError
            If `factor` is not positive and finite, or the kind has no scaled form.

        Examples
        --------
        >>> from sfc_sim.distributions import LogUniform
        >>> LogUniform(100, 1000).scaled(0.001)
        LogUniform(lo=0.1, hi=1)
        """
        factor = number(factor, "factor")
        if factor <= 0:
            raise InputError(f"a scale factor must be positive and finite, got {factor}")
        return self if factor == 1 else self._scaled(factor)

    def _scaled(self, factor: float) -> Distribution:
        self._require(bool(self._linear), "has no other unit; state it in the model's unit")
        return replace(self, **{k: times(getattr(self, k), factor) for k in self._linear})

    @abstractmethod
    def _support(self) -> tuple[float, float]: ...

    @abstractmethod
    def _mean(self) -> float: ...

    @abstractmethod
    def _ppf(self, u: FloatArray) -> FloatArray: ...

    @abstractmethod
    def _cdf(self, x: FloatArray) -> FloatArray: ...

    @abstractmethod
    def _logpdf(self, x: FloatArray) -> FloatArray: ...

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        return floats(np.log10(self._ppf(u)))

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        """Return the cdf at ``10**exponent``."""
        return self._cdf_everywhere(floats(10.0**exponent))

    def _cdf_everywhere(self, x: FloatArray) -> FloatArray:
        lo, hi = self.support
        out = (x >= hi).astype(float)
        inside = (x >= lo) & (x < hi)
        out[inside] = np.minimum(np.maximum(self._cdf(x[inside]), 0.0), 1.0)
        return out

    def _log10_support(self) -> tuple[float, float]:
        """Return log10 of the ends of a support that is not negative."""
        with np.errstate(divide="ignore"):
            lo, hi = np.log10(self.support)
        return float(lo), float(hi)

    def ppf(self, u: npt.ArrayLike) -> FloatArray:
        """Return the value below which the probability is `u` (array-like in [0, 1]).

        The result has the shape of `u`. For discrete kinds it is the smallest value whose
        cumulative probability reaches `u`. A value beyond the range of a double is 0 or inf; use
        `log10_ppf` there.

        Raises
        ------
        InputError
            If `u` is NaN or outside [0, 1].

        Examples
        --------
        >>> from sfc_sim.distributions import PowerOfTen
        >>> PowerOfTen(2, sign=-1).ppf([0.0, 0.25, 1.0])
        array([0.    , 0.0016..., 1.    ])
        """
        lo, hi = self.support
        return apply_flat(lambda u: _between_ends(self._ppf(u), u, lo, hi), probabilities(u))

    quantile = ppf

    def log10_ppf(self, u: npt.ArrayLike) -> FloatArray:
        """Return the base-10 logarithm of ``ppf(u)``, free of overflow and underflow.

        Raises
        ------
        InputError
            If values below zero are possible, or `u` is outside [0, 1].

        Examples
        --------
        >>> from sfc_sim.distributions import LogNormal10
        >>> LogNormal10(0, 50).log10_ppf([1e-300, 0.5])
        array([-1852.3...,     0. ])
        """
        self._require(self.support[0] >= 0, "log10_ppf needs values that are never negative")
        lo, hi = self._log10_support()
        return apply_flat(lambda u: _between_ends(self._log10_ppf(u), u, lo, hi), probabilities(u))

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """Return the probability of a value not above `x`, in the shape of `x`.

        Examples
        --------
        >>> from sfc_sim.distributions import Uniform
        >>> Uniform(0, 4).cdf([-1, 1, 5])
        array([0.  , 0.25, 1.  ])
        """
        return apply_flat(self._cdf_everywhere, numbers(x))

    def logpdf(self, x: npt.ArrayLike) -> FloatArray:
        """Return the natural log of the density (of the probability, for discrete kinds) at `x`.

        The result is -inf outside the support, and has the shape of `x`.

        Examples
        --------
        >>> from sfc_sim.distributions import Exponential
        >>> Exponential(2).logpdf([-1, 0, 2])
        array([       -inf, -0.693..., -1.693...])
        """

        def log_density(x: FloatArray) -> FloatArray:
            out = np.full(x.shape, -inf)
            inside = (x >= self.support[0]) & (x <= self.support[1]) & np.isfinite(x)
            out[inside] = self._logpdf(x[inside])
            return out

        return apply_flat(log_density, numbers(x))

    def median(self) -> float:
        """Return the value with half of the probability below it."""
        return float(self.ppf(0.5))

    def sample(self, size: int | tuple[int, ...], *, rng: RandomLike = None) -> FloatArray:
        """Return independent draws in an array of shape `size`.

        Parameters
        ----------
        size : int or tuple of int
            Shape of the result.
        rng : None, int, SeedSequence or Generator, optional
            Source of randomness; the default is fresh entropy.

        Examples
        --------
        >>> from sfc_sim.distributions import UniformInteger
        >>> UniformInteger(1, 6).sample(3, rng=1).shape
        (3,)
        """
        # midpoints of 2**52 cells: never 0 or 1, where unbounded kinds are infinite
        cell = np.random.default_rng(rng).integers(0, 2**52, size=size)
        return self.ppf((cell + 0.5) * 2.0**-52)

    def to_dict(self) -> dict[str, Any]:
        """Return the kind and the fields as plain values, as they stand in a TOML table.

        Examples
        --------
        >>> from sfc_sim.distributions import LogUniform
        >>> LogUniform(1, 2).to_dict()
        {'kind': 'log-uniform', 'lo': 1.0, 'hi': 2.0}
        """
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        # A class of the user's own goes by its path, as no file knows its name.
        known = KINDS.get(getattr(self, "kind", "")) is type(self)
        kind = self.kind if known else path_of(type(self))
        return {"kind": kind} | {k: _plain(v) for k, v in named.items() if v is not None}

    @staticmethod
    def from_dict(mapping: Mapping[str, Any], where: str = "distribution") -> Distribution:
        """Build a distribution from the table that `to_dict` gives.

        Parameters
        ----------
        mapping : mapping
            ``kind`` and the fields of that kind.
        where : str, optional
            What the table describes, for error messages.

        Raises
        ------
        InputError
            If the kind or a field is unknown, missing or of the wrong type.

        Examples
        --------
        >>> from sfc_sim.distributions import Distribution
        >>> Distribution.from_dict({"kind": "fixed", "value": 3})
        Fixed(value=3)
        """
        return _from_dict(mapping, where)

    def __repr__(self) -> str:
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        inner = ", ".join(f"{k}={short(v)}" for k, v in named.items() if v is not None)
        return f"{type(self).__name__}({inner})"


KINDS: dict[str, type[Distribution]] = {}
"""Every distribution by the name of its kind; filled where all of them are known."""
MAKERS: dict[str, Callable[..., Distribution]] = {}
"""Functions that give one of these, by what files call them; filled there too."""
PARTS = "tuple[Distribution, ...]"
"""Annotation of a field that holds distributions."""


def _between_ends(x: FloatArray, u: FloatArray, lo: float, hi: float) -> FloatArray:
    """Return quantiles that meet the ends of the support at u = 0 and 1, and never pass them."""
    inside = np.minimum(np.maximum(x, lo), hi)
    return np.where(u == 0, lo, np.where(u == 1, hi, inside))


def check_weights(owner: Distribution, weights: tuple[float, ...]) -> None:
    """Require positive weights that sum to 1."""
    owner._require(min(weights) > 0, "weights must be positive")
    # six decimals: thirds of single precision, or written by hand, are accepted, then normalised
    owner._require(abs(sum(weights) - 1) <= 1e-6, f"weights must sum to 1, not {sum(weights):.9g}")


def _plain(value: Any) -> Any:
    """Return a value as it stands in a TOML table."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.to_dict() if isinstance(value, Distribution) else value


def _parts(value: Any, where: str) -> tuple[Distribution, ...]:
    """Return the items of a list of distributions."""
    parts = several(value, where)
    for part in parts:
        if not isinstance(part, Distribution):
            raise InputError(f"{where} must be distributions, got {shown(part)}")
    return parts


def _from_dict(mapping: Mapping[str, Any], where: str) -> Distribution:
    if not isinstance(mapping, Mapping) or "kind" not in mapping:
        raise InputError(f"{where} must be a table with a kind ({', '.join([*KINDS, *MAKERS])})")
    kind = mapping["kind"]
    given = {key: value for key, value in mapping.items() if key != "kind"}
    if not isinstance(kind, str) or not (kind in KINDS or kind in MAKERS or ":" in kind):
        raise unknown(f"{where} kind", kind, [*KINDS, *MAKERS])
    if kind in MAKERS:
        return _made(MAKERS[kind], given, where)
    family = KINDS[kind] if kind in KINDS else _own(kind, where)
    _check_keys(family, given, where)
    for field in fields(family):
        if annotation(field) == PARTS and field.name in given:
            tables = several(given[field.name], f"{where} {field.name}")
            name = f"{where} {field.name.removesuffix('s')}"
            given[field.name] = tuple(_from_dict(table, name) for table in tables)
    try:
        return family(**given)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _own(path: str, where: str) -> type[Distribution]:
    """Return a class of the user's own, by the path that it can be imported from."""
    found = at_path(path, where)
    if not (isinstance(found, type) and issubclass(found, Distribution)):
        raise InputError(f"{where} is of '{path}', which is no class of a distribution")
    return found


def _made(maker: Callable[..., Distribution], given: Mapping[str, Any], where: str) -> Distribution:
    """Return the law that a function gives, called with the keys of a table."""
    declared = inspect.signature(maker).parameters
    for key in given:
        if key not in declared:
            raise unknown(f"{where} key", key, declared)
    for key, one in declared.items():
        if one.default is one.empty and key not in given:
            raise InputError(f"{where}: {maker.__name__} needs {key}")
    try:
        return maker(**given)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _check_keys(family: type[Distribution], given: Mapping[str, Any], where: str) -> None:
    """Require every field without a default, and no other key."""
    declared = {field.name: field.default for field in fields(family)}
    for key in given:
        if key not in declared:
            raise unknown(f"{where} key", key, declared)
    for key, default in declared.items():
        if default is MISSING and key not in given:
            raise InputError(f"{where}: {getattr(family, 'kind', family.__name__)} needs {key}")
