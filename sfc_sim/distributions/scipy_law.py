"""Any continuous law of ``scipy.stats`` by its name, and the shapes that are asked for most."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite, isnan, log
from typing import Any, Final, final

import numpy as np
from scipy import special

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, unknown
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.arrays import floats
from sfc_sim.distributions.base import Distribution
from sfc_sim.distributions.continuous import Beta

__all__ = ["ScipyLaw", "gamma", "pareto", "pert", "student_t", "triangular", "truncated_normal"]

# Probabilities beyond which scipy's quantiles of some laws are on the wrong side.
_TRUSTED: Final = (1e-100, 1.0 - 2.0**-53)
# Normal scores over which the mean of a law within finite bounds is summed.
_Z: Final = np.linspace(-8.3, 8.3, 4001)


@final
@dataclass(frozen=True, repr=False)
class ScipyLaw(Distribution):
    """A continuous law of ``scipy.stats``: its name, its shapes in their order, and a cut if any.

    What lies outside `lower` and `upper` is drawn again. Where SciPy has no formula of quantiles,
    such as for "genhyperbolic", it searches for each: a thousand draws then take a second or more.

    Examples
    --------
    >>> ScipyLaw("weibull_min", [2.0], scale=3.0).cdf(3.0).round(6)
    np.float64(0.632121)
    >>> ScipyLaw("norm", lower=0.0).median().__round__(6)
    0.67449
    """

    kind = "scipy"
    law: str
    shapes: tuple[float, ...] = ()
    loc: float = 0.0
    scale: float = 1.0
    lower: float | None = None
    upper: float | None = None

    def _check(self) -> None:
        maker = _maker(self.law)
        needed = _shapes_of(maker)
        named = f" ({', '.join(needed)})" if needed else ""
        came = f"needs {len(needed) or 'no'} shapes{named}, got {len(self.shapes)}"
        self._require(len(needed) == len(self.shapes), came)
        self._require(self.scale > 0, "scale must be positive")
        low, high = self._law.support()
        # scipy gives NaN for shapes that it does not allow
        self._require(not (isnan(low) or isnan(high)), f"scipy does not allow these shapes{named}")
        self._require(self.support[0] < self.support[1], "needs lower < upper, with some of it in")
        self._require(self._inside > 1e-12, "next to nothing of it lies within the bounds")

    @cached_property
    def _law(self) -> Any:
        return _maker(self.law)(*self.shapes, loc=self.loc, scale=self.scale)

    @property
    def _cut(self) -> bool:
        return self.lower is not None or self.upper is not None

    @cached_property
    def _ends(self) -> tuple[float, float, float, float]:
        """Probabilities below and above the lower bound, and below and above the upper one."""
        ends = self.support
        below, above = ([float(f(x)) for x in ends] for f in (self._law.cdf, self._law.sf))
        return below[0], above[0], below[1], above[1]

    @cached_property
    def _inside(self) -> float:
        """The probability within the bounds, from the side where the difference has its digits."""
        below, above, upto, beyond = self._ends
        return upto - below if below <= 0.5 else above - beyond

    def _scaled(self, factor: float) -> ScipyLaw:
        ends = [None if end is None else end * factor for end in (self.lower, self.upper)]
        return ScipyLaw(self.law, self.shapes, self.loc * factor, self.scale * factor, *ends)

    def _support(self) -> tuple[float, float]:
        low, high = (float(end) for end in self._law.support())
        low = low if self.lower is None else max(low, self.lower)
        return low, high if self.upper is None else min(high, self.upper)

    def _mean(self) -> float:
        low, high = self.support
        with np.errstate(all="ignore"):
            whole = float(self._law.mean())
            if not self._cut:
                self._require(not isnan(whole), "has no mean; cut it with lower and upper")
                return whole
            if isfinite(low) and isfinite(high):
                weight = np.exp(-0.5 * _Z**2)
                return float(weight @ self._ppf(special.ndtr(_Z)) / weight.sum())
            if not isfinite(whole):
                return inf if high == inf else -inf
            return float(self._law.expect(lb=low, ub=high)) / self._inside

    def _ppf(self, u: FloatArray) -> FloatArray:
        wrong = InputError(f"{self!r}: scipy finds no quantiles of it")
        try:
            with np.errstate(all="ignore"):
                found = self._inverse(np.clip(u, *_TRUSTED))
        except (ValueError, RuntimeError, ArithmeticError) as error:
            raise wrong from error
        if np.isnan(found).any():
            raise wrong
        return floats(found)

    def _inverse(self, u: FloatArray) -> FloatArray:
        if not self._cut:
            return floats(self._law.ppf(u))
        below, _, _, beyond = self._ends
        p, q = below + u * self._inside, beyond + (1.0 - u) * self._inside
        return floats(np.where(p <= 0.5, self._law.ppf(p), self._law.isf(q)))

    def _cdf(self, x: FloatArray) -> FloatArray:
        below, above, _, _ = self._ends
        with np.errstate(all="ignore"):
            part = self._law.cdf(x) - below if below <= 0.5 else above - self._law.sf(x)
        return floats(part / self._inside)

    def _logpdf(self, x: FloatArray) -> FloatArray:
        with np.errstate(all="ignore"):
            return floats(self._law.logpdf(x) - log(self._inside))


@validated()
def triangular(lo: float, mode: float, hi: float) -> ScipyLaw:
    """Return the law whose density rises from `lo` to `mode` and falls to `hi`, in straight lines.

    Parameters
    ----------
    lo, mode, hi : float
        Least, likeliest and greatest value.

    Raises
    ------
    InputError
        If they are not in that order.

    Examples
    --------
    >>> triangular(1, 2, 6).mean()
    3.0
    """
    _ordered("triangular", lo, mode, hi)
    return ScipyLaw("triang", ((mode - lo) / (hi - lo),), lo, hi - lo)


@validated()
def pert(lo: float, mode: float, hi: float, weight: float = 4.0) -> Beta:
    """Return the beta law of project planning: mean (lo + weight x mode + hi) / (weight + 2).

    Parameters
    ----------
    lo, mode, hi : float
        Least, likeliest and greatest value.
    weight : float, default 4
        How much the likeliest counts; 0 gives a uniform law.

    Raises
    ------
    InputError
        If they are not in that order, or the weight is negative.

    Examples
    --------
    >>> round(pert(1, 2, 6).mean(), 12)
    2.5
    """
    _ordered("pert", lo, mode, hi)
    if weight < 0.0:
        raise InputError(f"pert: weight is {weight:g}; it must be 0 or more")
    near = (mode - lo) / (hi - lo)
    return Beta(1.0 + weight * near, 1.0 + weight * (1.0 - near), lo, hi)


@validated()
def truncated_normal(
    mu: float, sigma: float, lower: float | None = None, upper: float | None = None
) -> ScipyLaw:
    """Return a normal law that is drawn again until within its bounds.

    Parameters
    ----------
    mu, sigma : float
        Mean and standard deviation before the cut.
    lower, upper : float, optional
        Bounds; by default none.

    Raises
    ------
    InputError
        If sigma is not positive, or next to nothing lies within the bounds.

    Examples
    --------
    >>> round(truncated_normal(0, 1, 0).mean(), 6)    # sqrt(2/pi)
    0.797885
    """
    _positive("truncated_normal", sigma=sigma)
    return ScipyLaw("norm", (), mu, sigma, lower, upper)


@validated()
def gamma(shape: float, scale: float) -> ScipyLaw:
    """Return the gamma law: a waiting time for `shape` events, each of mean `scale`.

    Parameters
    ----------
    shape, scale : float
        Both positive.

    Raises
    ------
    InputError
        If one is not.

    Examples
    --------
    >>> gamma(3, 2).mean()
    6.0
    """
    _positive("gamma", shape=shape, scale=scale)
    return ScipyLaw("gamma", (shape,), 0.0, scale)


@validated()
def pareto(lo: float, exponent: float) -> ScipyLaw:
    """Return the Pareto law: above `lo`, P(X > x) = (lo / x) ** exponent.

    Parameters
    ----------
    lo, exponent : float
        Both positive.

    Raises
    ------
    InputError
        If one is not.

    Examples
    --------
    >>> pareto(1, 2).cdf(10).round(12)
    np.float64(0.99)
    """
    _positive("pareto", lo=lo, exponent=exponent)
    return ScipyLaw("pareto", (exponent,), 0.0, lo)


@validated()
def student_t(freedom: float, loc: float = 0.0, scale: float = 1.0) -> ScipyLaw:
    """Return Student's t law, of heavier tails the fewer its degrees of freedom.

    Parameters
    ----------
    freedom : float
        Degrees of freedom, positive.
    loc, scale : float, optional
        Its median, and its width.

    Raises
    ------
    InputError
        If freedom or scale is not positive.

    Examples
    --------
    >>> student_t(1, 5).cdf(6).round(12)
    np.float64(0.75)
    """
    _positive("student_t", freedom=freedom, scale=scale)
    return ScipyLaw("t", (freedom,), loc, scale)


def _ordered(name: str, lo: float, mode: float, hi: float) -> None:
    if not (lo <= mode <= hi and lo < hi):
        came = f"lo={lo:g}, mode={mode:g}, hi={hi:g}"
        raise InputError(f"{name}: needs lo <= mode <= hi and lo < hi, got {came}")


def _positive(name: str, **given: float) -> None:
    for key, value in given.items():
        if not value > 0.0:
            raise InputError(f"{name}: {key} is {value:g}; it must be positive")


def _maker(law: str) -> Any:
    """Return a continuous law of scipy."""
    from scipy import stats  # half a second, which a scenario without such a law does not need

    found = getattr(stats, law, None)
    if isinstance(found, stats.rv_continuous):
        return found
    known = [name for name in dir(stats) if isinstance(getattr(stats, name), stats.rv_continuous)]
    raise unknown("law of scipy.stats", law, known)


def _shapes_of(maker: Any) -> list[str]:
    return [name.strip() for name in (maker.shapes or "").split(",") if name.strip()]
