"""What is believed about one number: frozen probability distributions with exact quantiles.

Every parameter of a scenario is one of these. All draws are made by pushing a probability ``u``
through `Distribution.ppf`, so a distribution is truncated by renormalising its quantile function
(the same as redrawing) and never by clipping. Positive kinds also give ``log10_ppf``, which holds
where the value itself would overflow or underflow.

Examples
--------
>>> from sfc_sim.distributions import LogUniform, TruncatedGeometric, between
>>> LogUniform(0.1, 10)
LogUniform(lo=0.1, hi=10)
>>> round(LogUniform(0.1, 10).median(), 12)
1.0
>>> TruncatedGeometric(0.35).ppf([0.1, 0.5, 0.99])
array([ 1.,  2., 11.])
>>> between(1, 100).kind
'log-normal'
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from functools import cached_property
from math import inf, isfinite, isinf, log, log10
from typing import Any, ClassVar, TypeAlias, final

import numpy as np
import numpy.typing as npt
from scipy import special

from sfc_sim._errors import InputError, unknown

__all__ = [
    "KINDS",
    "Beta",
    "Discrete",
    "Distribution",
    "Exponential",
    "Fixed",
    "LogNormal",
    "LogNormal10",
    "LogUniform",
    "Mixture",
    "Normal",
    "PowerOfTen",
    "TruncatedGeometric",
    "Uniform",
    "UniformInteger",
    "between",
]

FloatArray: TypeAlias = npt.NDArray[np.float64]
Random: TypeAlias = int | np.random.SeedSequence | np.random.Generator | None

LN10 = log(10.0)
_SMALL_BETA = 1e-30  # the leading term of I_z errs by a fraction of about b z: far below rounding


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
        for field in fields(self):  # type: ignore[arg-type]
            where = f"{type(self).__name__}: {field.name}"
            convert = _CONVERT[str(field.type)]
            object.__setattr__(self, field.name, convert(getattr(self, field.name), where))
        self._check()

    def _check(self) -> None:  # noqa: B027 (most kinds, not all, have a rule)
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
        with np.errstate(over="ignore"):
            return float(self._mean())

    def scaled(self, factor: float) -> Distribution:
        """Return the distribution of `factor` times this number, as after a change of unit.

        Raises
        ------
        InputError
            If `factor` is not positive and finite, or the kind has no scaled form.

        Examples
        --------
        >>> LogUniform(100, 1000).scaled(0.001)
        LogUniform(lo=0.1, hi=1)
        """
        if not (isfinite(factor) and factor > 0):
            raise InputError(f"a scale factor must be positive and finite, got {factor}")
        return self if factor == 1 else self._scaled(factor)

    def _scaled(self, factor: float) -> Distribution:
        self._require(bool(self._linear), "has no other unit; state it in the model's unit")
        return replace(self, **{k: _times(getattr(self, k), factor) for k in self._linear})  # type: ignore[type-var]

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
        return _float(np.log10(self._ppf(u)))

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        """Return the cdf at ``10**exponent``."""
        return self._cdf_everywhere(_float(10.0**exponent))

    def _cdf_everywhere(self, x: FloatArray) -> FloatArray:
        lo, hi = self.support
        out = (x >= hi).astype(float)
        inside = (x >= lo) & (x < hi)
        out[inside] = self._cdf(x[inside])
        return out

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
        >>> PowerOfTen(2, sign=-1).ppf([0.0, 0.25, 1.0])
        array([0.    , 0.0016..., 1.    ])
        """
        return _apply(self._ppf, _probabilities(u))

    quantile = ppf

    def log10_ppf(self, u: npt.ArrayLike) -> FloatArray:
        """Return the base-10 logarithm of ``ppf(u)``, free of overflow and underflow.

        Raises
        ------
        InputError
            If values below zero are possible, or `u` is outside [0, 1].

        Examples
        --------
        >>> LogNormal10(0, 50).log10_ppf([1e-300, 0.5])
        array([-1852.3...,     0. ])
        """
        self._require(self.support[0] >= 0, "log10_ppf needs values that are never negative")
        return _apply(self._log10_ppf, _probabilities(u))

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """Return the probability of a value not above `x`, in the shape of `x`.

        Examples
        --------
        >>> Uniform(0, 4).cdf([-1, 1, 5])
        array([0.  , 0.25, 1.  ])
        """
        return _apply(self._cdf_everywhere, _numbers(x))

    def logpdf(self, x: npt.ArrayLike) -> FloatArray:
        """Return the natural log of the density (of the probability, for discrete kinds) at `x`.

        The result is -inf outside the support, and has the shape of `x`.

        Examples
        --------
        >>> Exponential(2).logpdf([-1, 0, 2])
        array([       -inf, -0.693..., -1.693...])
        """

        def log_density(x: FloatArray) -> FloatArray:
            out = np.full(x.shape, -inf)
            inside = (x >= self.support[0]) & (x <= self.support[1]) & np.isfinite(x)
            out[inside] = self._logpdf(x[inside])
            return out

        return _apply(log_density, _numbers(x))

    def median(self) -> float:
        """Return the value with half of the probability below it."""
        return float(self.ppf(0.5))

    def sample(self, size: int | tuple[int, ...], *, rng: Random = None) -> FloatArray:
        """Return independent draws in an array of shape `size`.

        Parameters
        ----------
        size : int or tuple of int
            Shape of the result.
        rng : None, int, SeedSequence or Generator, optional
            Source of randomness; the default is fresh entropy.

        Examples
        --------
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
        >>> LogUniform(1, 2).to_dict()
        {'kind': 'log-uniform', 'lo': 1.0, 'hi': 2.0}
        """
        named = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {"kind": self.kind} | {k: _plain(v) for k, v in named.items() if v is not None}

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
        >>> Distribution.from_dict({"kind": "fixed", "value": 3})
        Fixed(value=3)
        """
        return _from_dict(mapping, where)

    def __repr__(self) -> str:
        named = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        inner = ", ".join(f"{k}={_short(v)}" for k, v in named.items() if v is not None)
        return f"{type(self).__name__}({inner})"


class _Tabulated(Distribution):
    """A distribution on finitely many points, given by a table of values and weights."""

    discrete = True

    @abstractmethod
    def _points(self) -> tuple[FloatArray, FloatArray]:
        """Return increasing values and their weights (> 0, any normalisation)."""

    @cached_property
    def table(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Values (increasing), weights, and cumulative probabilities (ending at exactly 1)."""
        values, weights = self._points()
        cumulative = np.cumsum(weights)
        return values, weights, cumulative / cumulative[-1]

    @property
    def integral(self) -> bool:
        """Whether every possible value is an integer."""
        return bool(np.all(self.table[0] % 1 == 0))

    def _support(self) -> tuple[float, float]:
        values = self.table[0]
        return float(values[0]), float(values[-1])

    def _mean(self) -> float:
        values, weights, _ = self.table
        return float(values @ weights / weights.sum())

    def _ppf(self, u: FloatArray) -> FloatArray:
        values, _, cumulative = self.table
        return values[np.searchsorted(cumulative, u, side="left")]

    def _cdf(self, x: FloatArray) -> FloatArray:
        values, _, cumulative = self.table
        return cumulative[np.searchsorted(values, x, side="right") - 1]

    def _logpdf(self, x: FloatArray) -> FloatArray:
        values, weights, _ = self.table
        at = np.searchsorted(values, x)
        return np.where(values[at] == x, np.log(weights[at] / weights.sum()), -inf)


@final
@dataclass(frozen=True, repr=False)
class Fixed(_Tabulated):
    """A number taken as known.

    Examples
    --------
    >>> Fixed(4.5).ppf([0.1, 0.9])
    array([4.5, 4.5])
    """

    kind = "fixed"
    _linear = ("value",)
    value: float

    def _points(self) -> tuple[FloatArray, FloatArray]:
        return np.array([self.value]), np.ones(1)


@final
@dataclass(frozen=True, repr=False)
class UniformInteger(_Tabulated):
    """Any integer from `lo` to `hi`, both included, with equal probability.

    Examples
    --------
    >>> UniformInteger(1, 30).mean()
    15.5
    """

    kind = "uniform-integer"
    lo: int
    hi: int

    def _check(self) -> None:
        self._require(self.lo <= self.hi, "lo must not exceed hi")

    def _points(self) -> tuple[FloatArray, FloatArray]:
        values = np.arange(self.lo, self.hi + 1, dtype=float)
        return values, np.ones_like(values)


@final
@dataclass(frozen=True, repr=False)
class TruncatedGeometric(_Tabulated):
    """Trials up to the first success, at probability `p` each; redrawn above `hi`.

    P(k) is proportional to (1 - p)^(k - lo) for k = lo..hi (default 1..20).

    Examples
    --------
    >>> TruncatedGeometric(0.35).median()
    2.0
    """

    kind = "truncated-geometric"
    p: float
    lo: int = 1
    hi: int = 20

    def _check(self) -> None:
        self._require(0 < self.p < 1, "p must lie in (0, 1)")
        self._require(self.lo <= self.hi, "lo must not exceed hi")

    def _points(self) -> tuple[FloatArray, FloatArray]:
        steps = np.arange(self.hi - self.lo + 1, dtype=float)
        return self.lo + steps, np.exp(steps * np.log1p(-self.p))


@final
@dataclass(frozen=True, repr=False)
class Discrete(_Tabulated):
    """The given increasing `values` with the given `weights`, which sum to 1.

    Examples
    --------
    >>> Discrete([1, 2], [0.25, 0.75]).mean()
    1.75
    """

    kind = "discrete"
    _linear = ("values",)
    values: tuple[float, ...]
    weights: tuple[float, ...]

    def _check(self) -> None:
        self._require(len(self.values) == len(self.weights) > 0, "needs one weight for each value")
        self._require(bool(np.all(np.diff(self.values) > 0)), "values must increase")
        _check_weights(self, self.weights)

    def _points(self) -> tuple[FloatArray, FloatArray]:
        return np.array(self.values), np.array(self.weights)


@final
@dataclass(frozen=True, repr=False)
class Uniform(Distribution):
    """Equal density between `lo` and `hi`.

    Examples
    --------
    >>> Uniform(0, 0.2).mean()
    0.1
    """

    kind = "uniform"
    _linear = ("lo", "hi")
    lo: float
    hi: float

    def _check(self) -> None:
        self._require(self.lo < self.hi, "lo must be below hi")

    def _support(self) -> tuple[float, float]:
        return self.lo, self.hi

    def _mean(self) -> float:
        return (self.lo + self.hi) / 2

    def _ppf(self, u: FloatArray) -> FloatArray:
        return _interpolate(self.lo, self.hi, u)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return (x - self.lo) / (self.hi - self.lo)

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return np.full(x.shape, -log(self.hi - self.lo))


@final
@dataclass(frozen=True, repr=False)
class LogUniform(Distribution):
    """Equal probability per decade between `lo` and `hi`, both positive.

    Examples
    --------
    >>> round(LogUniform(0.1, 4.5).median(), 2)
    0.67
    """

    kind = "log-uniform"
    _linear = ("lo", "hi")
    lo: float
    hi: float

    def _check(self) -> None:
        self._require(0 < self.lo < self.hi, "needs 0 < lo < hi")

    def _support(self) -> tuple[float, float]:
        return self.lo, self.hi

    @property
    def _width(self) -> float:
        """ln(hi / lo), without overflow and without cancellation when hi is close to lo."""
        if self.hi < 2 * self.lo:
            return float(np.log1p((self.hi - self.lo) / self.lo))
        return log(self.hi) - log(self.lo)

    def _mean(self) -> float:
        return (self.hi - self.lo) / self._width

    def _ppf(self, u: FloatArray) -> FloatArray:
        # from the nearer end, so that both ends are met exactly and never passed
        near_lo = self.lo * np.exp(np.minimum(u, 0.5) * self._width)
        return np.where(u <= 0.5, near_lo, self.hi * np.exp((u - 1) * self._width))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        return _interpolate(log10(self.lo), log10(self.hi), u)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return _float((np.log(x) - log(self.lo)) / self._width)

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return _float(-np.log(x) - log(self._width))


@final
@dataclass(frozen=True, repr=False)
class Normal(Distribution):
    """Gaussian with mean `mu` and standard deviation `sigma`.

    Examples
    --------
    >>> Normal(4.55, 1).median()
    4.55
    """

    kind = "normal"
    _linear = ("mu", "sigma")
    mu: float
    sigma: float

    def _check(self) -> None:
        self._require(self.sigma > 0, "sigma must be positive")

    def _support(self) -> tuple[float, float]:
        return -inf, inf

    def _mean(self) -> float:
        return self.mu

    def _ppf(self, u: FloatArray) -> FloatArray:
        return _float(self.mu + self.sigma * special.ndtri(u))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return _float(special.ndtr((x - self.mu) / self.sigma))

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return _log_gauss(x, self.mu, self.sigma)


class _LogNormal(Distribution):
    """A number whose logarithm to the base exp(`_log_base`) is Gaussian."""

    mu: float
    sigma: float
    _log_base: ClassVar[float]

    def _check(self) -> None:
        self._require(self.sigma > 0, "sigma must be positive")

    def _support(self) -> tuple[float, float]:
        return 0.0, inf

    def _mean(self) -> float:
        return float(np.exp(self._log_base * (self.mu + self._log_base * self.sigma**2 / 2)))

    def _scaled(self, factor: float) -> Distribution:
        return replace(self, mu=self.mu + log(factor) / self._log_base)  # type: ignore[type-var]

    def _ppf(self, u: FloatArray) -> FloatArray:
        return _float(np.exp(self._log_base * (self.mu + self.sigma * special.ndtri(u))))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        return _float((self.mu + self.sigma * special.ndtri(u)) * (self._log_base / LN10))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return _float(special.ndtr((np.log(x) / self._log_base - self.mu) / self.sigma))

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        return _float(special.ndtr((exponent * (LN10 / self._log_base) - self.mu) / self.sigma))

    def _logpdf(self, x: FloatArray) -> FloatArray:
        ln = np.log(np.where(x > 0, x, 1.0))
        density = _log_gauss(ln / self._log_base, self.mu, self.sigma) - ln - log(self._log_base)
        return np.where(x > 0, density, -inf)


@final
@dataclass(frozen=True, repr=False)
class LogNormal(_LogNormal):
    """A number whose natural logarithm is Gaussian with mean `mu` and deviation `sigma`.

    Examples
    --------
    >>> LogNormal(0, 1).mean()
    1.6487...
    """

    kind = "log-normal"
    _log_base = 1.0
    mu: float
    sigma: float


@final
@dataclass(frozen=True, repr=False)
class LogNormal10(_LogNormal):
    """A number whose decimal logarithm is Gaussian: mean `mu`, deviation `sigma` decades.

    Examples
    --------
    >>> LogNormal10(2, 1).median()
    100.0
    """

    kind = "log-normal-10"
    _log_base = LN10
    mu: float
    sigma: float

    def _ppf(self, u: FloatArray) -> FloatArray:
        return _float(10.0 ** (self.mu + self.sigma * special.ndtri(u)))


@final
@dataclass(frozen=True, repr=False)
class Exponential(Distribution):
    """Waiting time with mean `scale`.

    Examples
    --------
    >>> Exponential(2).mean()
    2.0
    """

    kind = "exponential"
    _linear = ("scale",)
    scale: float

    def _check(self) -> None:
        self._require(self.scale > 0, "scale must be positive")

    def _support(self) -> tuple[float, float]:
        return 0.0, inf

    def _mean(self) -> float:
        return self.scale

    def _ppf(self, u: FloatArray) -> FloatArray:
        return _float(-self.scale * np.log1p(-u))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return _float(-np.expm1(-x / self.scale))

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return -x / self.scale - log(self.scale)


@final
@dataclass(frozen=True, repr=False)
class Beta(Distribution):
    """Beta(a, b) stretched from [0, 1] to [lo, hi].

    With shapes above about 1e4 quantiles hold only to probabilities of about 1e-250, where
    the incomplete beta function of scipy underflows.

    Examples
    --------
    >>> Beta(2, 2, lo=0, hi=10).median()
    5.0
    """

    kind = "beta"
    _linear = ("lo", "hi")
    a: float
    b: float
    lo: float = 0.0
    hi: float = 1.0

    def _check(self) -> None:
        self._require(self.a > 0 and self.b > 0, "a and b must be positive")
        self._require(self.lo < self.hi, "lo must be below hi")

    def _support(self) -> tuple[float, float]:
        return self.lo, self.hi

    def _mean(self) -> float:
        return self.lo + (self.hi - self.lo) * self.a / (self.a + self.b)

    def _ln_small(self, u: FloatArray) -> FloatArray:
        """Return ln of the quantile z on [0, 1] where it is small, from I_z = z^a / (a B(a, b))."""
        return _float((np.log(u) + log(self.a) + special.betaln(self.a, self.b)) / self.a)

    def _ppf(self, u: FloatArray) -> FloatArray:
        z = np.exp(self._ln_small(u))
        large = z > _SMALL_BETA
        # scipy's inverse loses digits, then fails, at probabilities below about 1e-250
        far, near = large & (u < 1e-200), large & (u >= 1e-200)
        z[near] = special.betaincinv(self.a, self.b, u[near])
        z[far] = _invert(self._betainc, u[far], np.zeros(far.sum()), np.ones(far.sum()))
        return _interpolate(self.lo, self.hi, z)

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        if self.lo > 0:
            return super()._log10_ppf(u)
        ln_z = self._ln_small(u)
        return np.where(
            ln_z <= log(_SMALL_BETA), ln_z / LN10 + log10(self.hi), super()._log10_ppf(u)
        )

    def _cdf(self, x: FloatArray) -> FloatArray:
        return self._betainc((x - self.lo) / (self.hi - self.lo))

    def _betainc(self, z: FloatArray) -> FloatArray:
        return _float(special.betainc(self.a, self.b, z))

    def _logpdf(self, x: FloatArray) -> FloatArray:
        z = (x - self.lo) / (self.hi - self.lo)
        shape = special.xlogy(self.a - 1, z) + special.xlog1py(self.b - 1, -z)
        return _float(shape - special.betaln(self.a, self.b) - log(self.hi - self.lo))


@final
@dataclass(frozen=True, repr=False)
class PowerOfTen(Distribution):
    """``shift + 10**(sign * e)`` with e exponential of mean `exponent`: a power law with a name.

    With sign +1 it starts at shift + 1 and has a long upper tail; with sign -1 it lies in
    (shift, shift + 1] with a long tail towards `shift`. Optional bounds `lower` and `upper`
    truncate it: probability outside is spread over the rest, as if redrawn. The prior family of
    Cook 2022, whose ``10^Exp(x)`` is read with x the mean.

    Examples
    --------
    >>> lifetime = PowerOfTen(0.7, sign=1, shift=5, upper=20000)
    >>> lifetime.support
    (6.0, 20000.0)
    >>> round(PowerOfTen(0.43, sign=-1).median(), 3)
    0.503
    """

    kind = "power-of-ten"
    exponent: float
    sign: int = 1
    shift: float = 0.0
    lower: float | None = None
    upper: float | None = None

    def _check(self) -> None:
        self._require(self.exponent > 0, "exponent must be positive")
        self._require(self.sign in (-1, 1), "sign must be 1 or -1")
        lo, hi = self.support
        self._require(lo < hi, "lower and upper leave no room")

    def _support(self) -> tuple[float, float]:
        lo, hi = (self.shift + 1, inf) if self.sign > 0 else (self.shift, self.shift + 1)
        return (
            lo if self.lower is None else max(lo, self.lower),
            hi if self.upper is None else min(hi, self.upper),
        )

    @cached_property
    def _exponents(self) -> tuple[float, float]:
        """Smallest and largest e that the support allows."""
        ends = [_log10_or_infinite(x - self.shift) * self.sign for x in self.support]
        return min(ends), max(ends)

    @property
    def _width(self) -> float:
        """The range of e in units of its mean."""
        return (self._exponents[1] - self._exponents[0]) / self.exponent

    @property
    def _mass(self) -> float:
        """The probability that an exponential stays within `_width`."""
        return -float(np.expm1(-self._width))

    def _mean(self) -> float:
        # the integral of 10^(sign e) over the truncated exponential density of e
        low, high = self._exponents
        growth = self.sign * LN10 - 1 / self.exponent
        if isinf(high):
            area = inf if growth >= 0 else -1 / growth
        else:
            area = (high - low) * float(special.exprel(growth * (high - low)))
        density: float = 10.0 ** (self.sign * low) / (self.exponent * self._mass)
        return self.shift + density * area

    def _drawn_exponent(self, u: FloatArray) -> FloatArray:
        """Return sign * e at the probability `u` of the value."""
        if self.sign > 0:
            return _float(self._exponents[0] - self.exponent * np.log1p(-u * self._mass))
        # small u is the far tail: keep its digits; near u = 1 never pass the upper end
        tail = np.log(np.exp(-self._width) + u * self._mass)
        ln_survival = np.where(u < 0.5, tail, np.log1p((u - 1) * self._mass))
        return _float(self.exponent * ln_survival - self._exponents[0])

    def _ppf(self, u: FloatArray) -> FloatArray:
        return _float(self.shift + 10.0 ** self._drawn_exponent(u))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        e = self._drawn_exponent(u)
        if self.shift == 0:
            return e
        if self.shift < 0:
            return _float(e + np.log1p(self.shift * 10.0**-e) / LN10)
        return _float(np.logaddexp(log(self.shift), e * LN10) / LN10)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return self._cdf_of_exponent(_float(np.log10(x - self.shift)))

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        if self.shift != 0:
            return super()._log10_cdf(exponent)
        return self._cdf_of_exponent(exponent)

    def _cdf_of_exponent(self, signed: FloatArray) -> FloatArray:
        excess = (self.sign * signed - self._exponents[0]) / self.exponent
        inside = np.minimum(np.maximum(excess, 0.0), self._width)
        if self.sign > 0:
            return _float(-np.expm1(-inside) / self._mass)
        return _float((np.exp(-inside) - np.exp(-self._width)) / self._mass)

    def _logpdf(self, x: FloatArray) -> FloatArray:
        power = -self.sign / (self.exponent * LN10) - 1
        ln_norm = log(self.exponent * LN10 * self._mass) - self._exponents[0] / self.exponent
        return _float(special.xlogy(power, x - self.shift) - ln_norm)


@final
@dataclass(frozen=True, repr=False)
class Mixture(Distribution):
    """One of several `components`, chosen with probability `weights` (which sum to 1).

    Examples
    --------
    >>> speed = Mixture([LogUniform(0.01, 1), Fixed(1)], [0.75, 0.25])
    >>> speed.ppf([0.375, 0.9])
    array([0.1, 1. ])
    """

    kind = "mixture"
    components: tuple[Distribution, ...]
    weights: tuple[float, ...]

    def _check(self) -> None:
        same = len(self.components) == len(self.weights) > 0
        self._require(same, "needs one weight for each component")
        _check_weights(self, self.weights)

    @property
    def integral(self) -> bool:
        """Whether every possible value is an integer."""
        return all(component.integral for component in self.components)

    def _support(self) -> tuple[float, float]:
        ends = np.array([component.support for component in self.components])
        return float(ends[:, 0].min()), float(ends[:, 1].max())

    def _mean(self) -> float:
        pairs = zip(self.weights, self.components, strict=True)
        return sum(weight * component.mean() for weight, component in pairs) / sum(self.weights)

    def _scaled(self, factor: float) -> Mixture:
        return Mixture(tuple(c.scaled(factor) for c in self.components), self.weights)

    def _average(self, parts: list[FloatArray]) -> FloatArray:
        return _float(np.tensordot(self.weights, parts, axes=1) / sum(self.weights))

    def _ppf(self, u: FloatArray) -> FloatArray:
        ends = [component._ppf(u) for component in self.components]
        return _invert(self._cdf_everywhere, u, np.min(ends, axis=0), np.max(ends, axis=0))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        ends = [component._log10_ppf(u) for component in self.components]
        return _invert(self._log10_cdf, u, np.min(ends, axis=0), np.max(ends, axis=0))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return self._average([component._cdf_everywhere(x) for component in self.components])

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        return self._average([component._log10_cdf(exponent) for component in self.components])

    def _logpdf(self, x: FloatArray) -> FloatArray:
        kinds = {leaf.discrete for leaf in _leaves(self)}
        self._require(len(kinds) == 1, "points and densities mixed have no common log density")
        logs = np.array([component.logpdf(x) for component in self.components])
        weights = np.array(self.weights)[:, np.newaxis] / sum(self.weights)
        return _float(special.logsumexp(logs, axis=0, b=weights))


def between(lo: float, hi: float, mass: float = 0.9) -> LogNormal | Normal:
    """Return the distribution that puts the central probability `mass` between `lo` and `hi`.

    Parameters
    ----------
    lo, hi : float
        Ends of the interval. A positive `lo` gives a `LogNormal`, otherwise a `Normal`.
    mass : float, optional
        Probability inside, default 0.9; the rest is split evenly.

    Raises
    ------
    InputError
        If lo >= hi, or `mass` is not in (0, 1).

    Examples
    --------
    >>> between(-1, 1).cdf(1).round(12)
    np.float64(0.95)
    """
    if not (isfinite(lo) and isfinite(hi) and lo < hi):
        raise InputError(f"between: needs finite lo < hi, got lo={lo}, hi={hi}")
    if not 0 < mass < 1:
        raise InputError(f"between: mass must lie in (0, 1), got {mass}")
    family, a, b = (LogNormal, log(lo), log(hi)) if lo > 0 else (Normal, lo, hi)
    return family((a + b) / 2, (b - a) / (2 * float(special.ndtri((1 + mass) / 2))))


_ALL: tuple[type[Distribution], ...] = (
    Fixed,
    Uniform,
    LogUniform,
    Normal,
    LogNormal,
    LogNormal10,
    TruncatedGeometric,
    Exponential,
    PowerOfTen,
    Beta,
    Discrete,
    UniformInteger,
    Mixture,
)
KINDS: dict[str, type[Distribution]] = {family.kind: family for family in _ALL}
"""Every distribution by the name of its kind in TOML."""


def _apply(function: Callable[[FloatArray], FloatArray], x: FloatArray) -> FloatArray:
    """Evaluate on a flat array and give the shape back; infinities are answers, not accidents."""
    with np.errstate(divide="ignore", over="ignore", under="ignore", invalid="raise"):
        return function(x.ravel()).reshape(x.shape)[()]


def _float(x: npt.ArrayLike) -> FloatArray:
    return np.asarray(x, dtype=float)


def _numbers(x: npt.ArrayLike) -> FloatArray:
    values = _float(x)
    if np.isnan(values).any():
        raise InputError("x must be a number, got nan")
    return values


def _probabilities(u: npt.ArrayLike) -> FloatArray:
    values = _float(u)
    good = (values >= 0) & (values <= 1)
    if not good.all():
        raise InputError(f"a probability must lie in [0, 1], got {values[~good].flat[0]}")
    return values


def _interpolate(lo: float, hi: float, u: FloatArray) -> FloatArray:
    """Return lo + u (hi - lo), from the nearer end so that both ends are met exactly."""
    return np.where(u <= 0.5, lo + u * (hi - lo), hi - (1 - u) * (hi - lo))


def _log_gauss(x: FloatArray, mu: float, sigma: float) -> FloatArray:
    return _float(-0.5 * ((x - mu) / sigma) ** 2 - log(sigma) - 0.5 * log(2 * np.pi))


def _log10_or_infinite(x: float) -> float:
    return x if isinf(x) else -inf if x == 0 else log10(x)


def _invert(
    cdf: Callable[[FloatArray], FloatArray], u: FloatArray, lo: FloatArray, hi: FloatArray
) -> FloatArray:
    """Return the smallest double in [lo, hi] where `cdf` reaches `u`.

    Bisects the doubles in their order as 64-bit integers: 64 halvings find the last bit whatever
    the scale, and jumps of the cdf need no special care.
    """
    below, above = _rank(lo), _rank(hi)
    for _ in range(64):
        middle = (below >> 1) + (above >> 1) + (below & above & 1)
        reached = cdf(_unrank(middle)) >= u
        above = np.where(reached, middle, above)
        below = np.where(reached, below, np.minimum(middle + 1, above))
    return _unrank(above)


def _rank(x: FloatArray) -> npt.NDArray[np.int64]:
    """Return integers in the order of the doubles `x`."""
    bits = np.ascontiguousarray(x).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def _unrank(rank: npt.NDArray[np.int64]) -> FloatArray:
    return np.where(rank < 0, np.int64(-(2**63)) - rank, rank).view(np.float64)


def _leaves(distribution: Distribution) -> list[Distribution]:
    """Return the distributions that a (nested) mixture is made of."""
    if isinstance(distribution, Mixture):
        return [leaf for part in distribution.components for leaf in _leaves(part)]
    return [distribution]


def _check_weights(owner: Distribution, weights: tuple[float, ...]) -> None:
    owner._require(min(weights) > 0, "weights must be positive")
    # nine decimals: a third written by hand to that length is accepted, then normalised
    owner._require(abs(sum(weights) - 1) <= 1e-9, f"weights must sum to 1, not {sum(weights):g}")


def _times(value: Any, factor: float) -> Any:
    return tuple(v * factor for v in value) if isinstance(value, tuple) else value * factor


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_short, value))}]"
    plain = repr(value).removesuffix(".0")
    if isinstance(value, float) and float(f"{value:g}") == value:
        return min(plain, f"{value:g}", key=len)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.to_dict() if isinstance(value, Distribution) else value


def _real(value: Any, where: str) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        raise InputError(f"{where} must be a number, got {value!r}")
    if not isfinite(value):
        raise InputError(f"{where} must be finite, got {value}")
    return float(value)


def _whole(value: Any, where: str) -> int:
    number = _real(value, where)
    if number != int(number):
        raise InputError(f"{where} must be an integer, got {value}")
    return int(number)


def _several(value: Any, where: str) -> tuple[Any, ...]:
    if isinstance(value, str | Mapping) or not hasattr(value, "__iter__"):
        raise InputError(f"{where} must be a list, got {value!r}")
    return tuple(value)


def _part(value: Any, where: str) -> Distribution:
    if not isinstance(value, Distribution):
        raise InputError(f"{where} must be distributions, got {value!r}")
    return value


_CONVERT: dict[str, Callable[[Any, str], Any]] = {
    "float": _real,
    "int": _whole,
    "float | None": lambda value, where: None if value is None else _real(value, where),
    "tuple[float, ...]": lambda value, where: tuple(
        _real(item, where) for item in _several(value, where)
    ),
    "tuple[Distribution, ...]": lambda value, where: tuple(
        _part(item, where) for item in _several(value, where)
    ),
}


def _from_dict(mapping: Mapping[str, Any], where: str) -> Distribution:
    if not isinstance(mapping, Mapping) or "kind" not in mapping:
        raise InputError(f"{where} must be a table with a kind ({', '.join(KINDS)})")
    if mapping["kind"] not in list(KINDS):
        raise unknown(f"{where} kind", mapping["kind"], KINDS)
    family = KINDS[mapping["kind"]]
    given = {key: value for key, value in mapping.items() if key != "kind"}
    declared = {field.name: field.default for field in fields(family)}  # type: ignore[arg-type]
    for key in given:
        if key not in declared:
            raise unknown(f"{where} key", key, declared)
    for key, default in declared.items():
        if default is MISSING and key not in given:
            raise InputError(f"{where}: {family.kind} needs {key}")
    if family is Mixture:
        parts = _several(given["components"], f"{where} components")
        given["components"] = tuple(_from_dict(part, f"{where} component") for part in parts)
    try:
        return family(**given)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
