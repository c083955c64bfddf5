"""Every law at the ends of its support and of double precision: mpmath, and what all must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from itertools import product
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfc_sim._core.errors import InputError
from sfc_sim.distributions import (
    KINDS,
    Beta,
    Discrete,
    Distribution,
    Exponential,
    Fixed,
    InverseUniform,
    LogLog,
    LogNormal,
    LogNormal10,
    LogOddsUniform,
    LogUniform,
    Mixture,
    Normal,
    PowerOfTen,
    TruncatedGeometric,
    TruncatedLogNormal,
    Uniform,
    UniformInteger,
    between,
    law_from_text,
)

LEAST, MOST = 5e-324, 1.7e308
PROBABILITIES = [1e-300, 1e-12, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-12, 1 - 2**-53]

EXTREME: list[Distribution] = [
    *(Uniform(*e) for e in [(-MOST, MOST), (0, LEAST), (0, 1e-300), (0, MOST), (1, 1 + 2**-52)]),
    Uniform(-MOST, -1e308),
    *(
        LogUniform(*e)
        for e in [(LEAST, MOST), (1e-300, 1e300), (1e300, 1.0000001e300), (1e-310, 1e-300)]
    ),
    LogUniform(0.1, 0.1 * (1 + 1e-12)),
    *(InverseUniform(*e) for e in [(1e-300, 1), (1, 1e300), (1e300, 1.0000001e300)]),
    *(LogLog(e) for e in [-1e-12, -1e-3, -0.1, -2, -1e9, -7e307]),
    *(
        LogOddsUniform(*e)
        for e in [(1e-10, 1e10), (LEAST, MOST), (1e-300, 1e-290), (1e290, 1e300), (1, 1 + 2**-52)]
    ),
    *(Normal(*e) for e in [(0, 1), (-MOST, 1e308), (1e300, 1e-300), (0, LEAST), (0, 1e300)]),
    *(LogNormal(*e) for e in [(0, 1), (0, 1e-12), (-700, 1), (0, 1e5), (0, 1e200), (-1e300, 1)]),
    *(LogNormal10(*e) for e in [(0, 50), (300, 1e-3), (-300, 10), (0, 1e155)]),
    TruncatedLogNormal(0, 115.13, 0, 1),
    TruncatedLogNormal(0, 115.129, 0, 1),
    *(TruncatedLogNormal(0, s, 0, 1) for s in (1e-10, 0.1, 40, 1e4, 1e10)),
    *(TruncatedLogNormal(0, s, 1, np.e) for s in (0.2, 5, 100, 1e6, 1e10)),
    TruncatedLogNormal(0, 1, 400, 1e300),
    TruncatedLogNormal(0, 1, 0, 2e-3),
    TruncatedLogNormal(0, 0.3, 0.99, 1.01),
    TruncatedLogNormal(0, 1, 1, 1 + 1e-9),
    TruncatedLogNormal(700, 50, 1e-300, MOST),
    *(Exponential(s) for s in (LEAST, 1e-300, 1, 1e300, MOST)),
    *(Beta(a, b) for a, b in product((1e-3, 0.5, 1, 30), (1e-2, 1, 30))),
    Beta(2, 3, -MOST, MOST),
    Beta(2, 3, 0, 1e-300),
    *(PowerOfTen(e) for e in (1e-299, 1e-10, 0.2, 1e10, 1e299)),
    *(PowerOfTen(e, sign=-1) for e in (1e-299, 1e-10, 0.4, 50, 1e10, 1e299)),
    *(PowerOfTen(e, sign=-1, lower=0.01) for e in (1e-3, 0.4, 1e10, 1e299)),
    *(PowerOfTen(e, upper=MOST) for e in (0.1, 0.7, 1e10, 1e299)),
    *(PowerOfTen(0.7, shift=s, upper=2e4) for s in (-1, 0, 5)),
    PowerOfTen(0.7, lower=3, upper=3.0000001),
    PowerOfTen(0.1, shift=1.5e308),
    PowerOfTen(0.3, sign=-1, shift=-0.5, lower=0),
    Fixed(0),
    Fixed(LEAST),
    Fixed(-MOST),
    Discrete([0, LEAST, MOST], [0.2, 0.3, 0.5]),
    Discrete([-MOST, MOST], [0.5, 0.5]),
    UniformInteger(-50, 50),
    TruncatedGeometric(LEAST),
    TruncatedGeometric(1 - 2**-53, hi=400),
    Mixture([LogUniform(LEAST, MOST), Fixed(0)], [0.75, 0.25]),
    Mixture([Uniform(-MOST, MOST), Normal(0, 1)], [0.5, 0.5]),
    Mixture([TruncatedLogNormal(0, 115.13, 0, 1), LogLog(-1e9)], [0.5, 0.5]),
]


def one(x: object) -> mp.mpf:
    return mp.mpf(x)


def gauss(z: mp.mpf) -> mp.mpf:
    return one(int(z > 0)) if abs(z) > 10**20 else mp.erfc(-z / mp.sqrt(2)) / 2


def exponents(d: PowerOfTen) -> tuple[mp.mpf, mp.mpf]:
    """The ends of e, from the definition."""
    lo, hi = (one(1), mp.inf) if d.sign > 0 else (one(0), one(1))
    lo = lo if d.lower is None else max(lo, one(d.lower) - one(d.shift))
    hi = hi if d.upper is None else min(hi, one(d.upper) - one(d.shift))
    ends = [-d.sign * mp.inf if x == 0 else x if x == mp.inf else mp.log10(x) for x in (lo, hi)]
    ends = [mp.inf if mp.isinf(x) else d.sign * x for x in ends]
    return min(ends), max(ends)


def power_cdf(d: PowerOfTen, x: mp.mpf) -> mp.mpf:
    low, high = exponents(d)
    if x - one(d.shift) <= 0:
        return one(0)
    at = min(max(d.sign * mp.log10(x - one(d.shift)), low), high)

    mean, whole = one(d.exponent), mp.expm1(-(high - low) / one(d.exponent))
    if d.sign > 0:
        return mp.expm1(-(at - low) / mean) / whole
    return mp.exp(-(at - low) / mean) * mp.expm1(-(high - at) / mean) / whole


def power_mean(d: PowerOfTen) -> mp.mpf:
    low, high = exponents(d)
    mean, rate = one(d.exponent), d.sign * mp.log(10) - 1 / one(d.exponent)
    first = one(10) ** (d.sign * low)
    if high == mp.inf:
        return mp.inf if rate >= 0 else one(d.shift) + first / mean / -rate
    span = high - low
    return one(d.shift) + first / mean * mp.expm1(rate * span) / rate / -mp.expm1(-span / mean)


def cut(d: TruncatedLogNormal, x: mp.mpf, tilt: float = 0) -> mp.mpf:
    """What lies between the lower bound and x, of the density times x^tilt."""

    def below(y: mp.mpf) -> mp.mpf:
        z = (mp.log(y) - one(d.mu)) / one(d.sigma) if y > 0 else -mp.inf
        return gauss(z - tilt * one(d.sigma)) if y > 0 else one(0)

    scale = mp.exp(tilt * (one(d.mu) + tilt * one(d.sigma) ** 2 / 2))
    return scale * (below(x) - below(one(d.lower)))


def table(d: Any) -> list[tuple[mp.mpf, mp.mpf]]:
    match d:
        case Fixed():
            return [(one(d.value), one(1))]
        case Discrete():
            pairs = [(one(v), one(w)) for v, w in zip(d.values, d.weights, strict=True)]
        case UniformInteger():
            pairs = [(one(k), one(1)) for k in range(d.lo, d.hi + 1)]
        case _:
            pairs = [(one(k), (1 - one(d.p)) ** (k - d.lo)) for k in range(d.lo, d.hi + 1)]
    total = sum(w for _, w in pairs)
    return [(v, w / total) for v, w in pairs]


def points_cdf(d: Any, x: mp.mpf) -> mp.mpf:
    return sum((w for v, w in table(d) if v <= x), one(0))


def points_mean(d: Any) -> mp.mpf:
    return sum(v * w for v, w in table(d))


def log_log_cdf(d: LogLog, x: mp.mpf) -> mp.mpf:
    if x <= 0:
        return one(0)
    return 1 - mp.log(1 - mp.log(x)) / mp.log(1 - one(d.lowest_exponent) * mp.log(10))


def log_log_mean(d: LogLog) -> mp.mpf:
    deep = -one(d.lowest_exponent) * mp.log(10)
    return mp.e * (mp.e1(1) - mp.e1(1 + deep)) / mp.log(1 + deep)


def lognormal_cdf(d: Any, x: mp.mpf) -> mp.mpf:
    logarithm = mp.log if d.kind == "log-normal" else mp.log10
    return gauss((logarithm(x) - one(d.mu)) / one(d.sigma)) if x > 0 else one(0)


def lognormal_mean(d: Any) -> mp.mpf:
    base = one(1) if d.kind == "log-normal" else mp.log(10)
    return mp.exp(base * one(d.mu) + (base * one(d.sigma)) ** 2 / 2)


def width(d: Any) -> mp.mpf:
    return one(d.hi) - one(d.lo)


def shares(d: Mixture) -> list[mp.mpf]:
    return [one(w) / sum(map(one, d.weights)) for w in d.weights]


# kind -> (cdf inside the support, mean), from the definitions
EXACT: dict[str, tuple[Callable[[Any, mp.mpf], mp.mpf], Callable[[Any], mp.mpf]]] = {
    "uniform": (lambda d, x: (x - one(d.lo)) / width(d), lambda d: (one(d.lo) + one(d.hi)) / 2),
    "log-uniform": (
        lambda d, x: mp.log(x / one(d.lo)) / mp.log(one(d.hi) / one(d.lo)),
        lambda d: width(d) / mp.log(one(d.hi) / one(d.lo)),
    ),
    "inverse-uniform": (
        lambda d, x: (1 / one(d.lo) - 1 / x) / (1 / one(d.lo) - 1 / one(d.hi)),
        lambda d: mp.log(one(d.hi) / one(d.lo)) / (1 / one(d.lo) - 1 / one(d.hi)),
    ),
    "log-log": (log_log_cdf, log_log_mean),
    "log-odds-uniform": (
        lambda d, x: mp.log(x / (1 - x) / one(d.lo)) / mp.log(one(d.hi) / one(d.lo)),
        lambda d: mp.log((1 + one(d.hi)) / (1 + one(d.lo))) / mp.log(one(d.hi) / one(d.lo)),
    ),
    "normal": (lambda d, x: gauss((x - one(d.mu)) / one(d.sigma)), lambda d: one(d.mu)),
    "log-normal": (lognormal_cdf, lognormal_mean),
    "log-normal-10": (lognormal_cdf, lognormal_mean),
    "truncated-log-normal": (
        lambda d, x: cut(d, x) / cut(d, one(d.upper)),
        lambda d: cut(d, one(d.upper), 1) / cut(d, one(d.upper)),
    ),
    "exponential": (lambda d, x: -mp.expm1(-x / one(d.scale)), lambda d: one(d.scale)),
    "beta": (
        lambda d, x: mp.betainc(d.a, d.b, 0, (x - one(d.lo)) / width(d), regularized=True),
        lambda d: one(d.lo) + width(d) * one(d.a) / (one(d.a) + one(d.b)),
    ),
    "power-of-ten": (power_cdf, power_mean),
    "mixture": (
        lambda d, x: sum(w * exact_cdf(c, x) for w, c in zip(shares(d), d.components, strict=True)),
        lambda d: sum(
            w * EXACT[c.kind][1](c) for w, c in zip(shares(d), d.components, strict=True)
        ),
    ),
} | dict.fromkeys(
    ("fixed", "discrete", "uniform-integer", "truncated-geometric"), (points_cdf, points_mean)
)


def exact_cdf(d: Distribution, x: mp.mpf) -> mp.mpf:
    lo, hi = map(one, d.support)
    if x >= hi or (not d.discrete and d.kind != "mixture" and x <= lo):
        return one(int(x >= hi))
    return one(0) if x < lo else EXACT[d.kind][0](d, x)


def digits(d: Distribution) -> int:
    """Decimal digits of the reference: a shift hides what is next to zero."""
    return 400 if d.kind == "power-of-ten" else 60


def name(value: object) -> str:
    return repr(value) if isinstance(value, Distribution) else ""


# A law of scipy is as exact as scipy; for the other two see test_shapes.
ELSEWHERE = {"scipy", "quantiles", "empirical"}


def test_every_law_has_an_exact_reference() -> None:
    assert set(EXACT) == set(KINDS) - ELSEWHERE == {d.kind for d in EXTREME}


def bracketed(d: Distribution, low: mp.mpf, high: mp.mpf, u: float) -> bool:
    """Whether the exact quantile is between: a probability of rounding off is forgiven."""
    off = one(2) ** -51 if u > 0.01 else one(u) * one(10) ** -11
    below = exact_cdf(d, low) - off <= u
    return bool(below and (u <= exact_cdf(d, high) + off))


@pytest.mark.parametrize("d", EXTREME, ids=name)
def test_quantile_is_right_to_the_ends_of_double_precision(d: Distribution) -> None:
    ends = [abs(x) for x in d.support if np.isfinite(x)]
    with mp.workdps(digits(d)):
        for u, x in zip(PROBABILITIES, d.ppf(PROBABILITIES), strict=True):
            # a sum that passes through 0, or starts from a far end, is right to a rounding of it
            part = max(ends, default=0.0) if d.support[0] < 0 else 0.0
            part = max(part, abs(getattr(d, "shift", 0.0)), abs(getattr(d, "mu", 0.0)))
            off = one(4e-16) * one(part if d.kind != "log-normal" else 0.0)
            if d.kind.startswith(("log-normal", "truncated-log")):
                off = one(0)
            room = off + one(LEAST) + one(1e-11) * abs(one(x) if np.isfinite(x) else 0)
            if np.isinf(x):
                low, high = sorted([one(1.79e308) * int(np.sign(x)), mp.inf * int(np.sign(x))])
                assert bracketed(d, low, high, u), (u, x)
            else:
                assert bracketed(d, one(x) - room, one(x) + room, u), (u, x)


@pytest.mark.parametrize("d", [d for d in EXTREME if d.support[0] >= 0], ids=name)
def test_log_quantile_is_right_where_doubles_end(d: Distribution) -> None:
    with mp.workdps(digits(d)):
        for u, e in zip(PROBABILITIES, d.log10_ppf(PROBABILITIES), strict=True):
            assert not np.isnan(e)
            if np.isinf(e) or abs(e) > 1e15:  # no double, or nothing at all
                assert e < 0 or d.kind.startswith("log-normal") or d.support[1] == np.inf
                continue
            room = one(1e-11) * (1 + abs(one(e)))
            low, high = one(10) ** (one(e) - room), one(10) ** (one(e) + room)
            if d.ppf(u) < 1e-307:  # a sum of such numbers has few digits
                low, high = low - 2 * one(LEAST), high + 2 * one(LEAST)
            assert bracketed(d, low, high, u), (u, e)


@pytest.mark.parametrize("d", EXTREME, ids=name)
def test_mean_is_right(d: Distribution) -> None:
    with mp.workdps(400):
        right = EXACT[d.kind][1](d)
        mean = d.mean()
        if abs(right) > one(1.797e308):
            assert mean == np.sign(float(mp.sign(right))) * np.inf
        else:
            part = one(4e-16) * max(
                (abs(one(x)) for x in d.support if np.isfinite(x) and d.support[0] < 0),
                default=one(0),
            )
            assert abs(one(mean) - right) <= abs(right) * one(1e-11) + one(LEAST) + part, right


@pytest.mark.parametrize("d", EXTREME, ids=name)
def test_cdf_is_right_at_both_ends(d: Distribution) -> None:
    lo, hi = d.support
    near = [x for u in PROBABILITIES for x in [float(d.ppf(u))] if np.isfinite(x)]
    edges = [x for x in (lo, hi, np.nextafter(lo, hi), np.nextafter(hi, lo)) if np.isfinite(x)]
    with mp.workdps(digits(d)):
        for x in {*near, *edges, -MOST, MOST}:
            # right for a number next to x, as its logarithm is rounded; next to the smallest
            # double a probability has no digits
            step = abs(one(x)) * one(4e-16) * (1 + abs(mp.log(abs(one(x))) if x else 0))
            low, high = (exact_cdf(d, one(x) + s) for s in (-step, step))
            off = high * one(1e-11) + one(1e-307)
            assert low - off <= one(float(d.cdf(x))) <= high + off, (x, float(d.cdf(x)))


def test_named_values() -> None:
    assert TruncatedLogNormal(0, 115.13, 0, 1).mean() == pytest.approx(0.00693, abs=5e-6)
    low = TruncatedLogNormal(0, 115.129, 0, 1).log10_ppf(1e-12)
    assert low == pytest.approx(-356.525, abs=5e-4)
    assert LogUniform(5e-324, 1.7e308).ppf(0.5) == pytest.approx(2.898e-8, rel=1e-4)
    assert Uniform(-1.7e308, 1.7e308).ppf([0, 0.5, 1]).tolist() == [-1.7e308, 0, 1.7e308]


# What any law must hold, whatever its fields are called: made from the registry alone.

SIZES = [LEAST, 1e-310, 1e-300, 1e-9, 0.01, 0.3, 0.5, 1, 1 + 2**-52, 2, 3, 20, 115.13, 1e4, 1e300]
NUMBERS = st.sampled_from(SIZES + [MOST, 0.0] + [-x for x in [*SIZES, MOST]])


def normalised(items: list[float]) -> list[float]:
    total = sum(abs(x) for x in items) or 1.0
    return [abs(x) / total for x in items]


@st.composite
def laws(draw: st.DrawFn, family: type[Distribution], depth: int = 1) -> Distribution | None:
    """An instance with extreme fields, or None where the law refuses all that was tried."""
    for _ in range(12):
        size = draw(st.integers(1, 3))
        given = {}
        for field in fields(family):
            if field.default is not MISSING and draw(st.booleans()):
                continue
            several = st.lists(NUMBERS, min_size=size, max_size=size)
            choices = {
                "float": NUMBERS,
                "float | None": NUMBERS,
                "int": st.integers(-3, 30),
                "tuple[float, ...]": st.one_of(
                    several.map(sorted),
                    st.lists(st.floats(0.1, 1), min_size=size, max_size=size).map(normalised),
                ),
            }
            if field.type in choices:
                given[field.name] = draw(choices[str(field.type)])
            else:
                others = [k for k in KINDS.values() if k is not family]
                parts = [draw(laws(draw(st.sampled_from(others)), 0)) for _ in range(size)]
                given[field.name] = [part or Fixed(1) for part in parts]
        try:
            return family(**given)
        except InputError:  # anything else is a failure
            continue
    return None


@pytest.mark.parametrize("family", KINDS.values(), ids=list(KINDS))
@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_every_law_holds(family: type[Distribution], data: st.DataObject) -> None:
    d = data.draw(laws(family))
    if d is None:
        return
    lo, hi = d.support
    u = np.array([0.0, *PROBABILITIES, 1.0])
    x = d.ppf(u)
    assert (x[0], x[-1]) == (lo, hi)
    assert not np.isnan(x).any()
    assert (np.diff(x[np.isfinite(x)]) >= -1e-13 * np.abs(x[np.isfinite(x)][1:])).all()
    assert lo <= d.mean() <= hi
    below, *inside, above = d.cdf([np.nextafter(lo, -np.inf), *x, np.nextafter(hi, np.inf)])
    assert below == 0 or lo == -np.inf
    assert above == inside[-1] == 1
    assert (np.diff(inside) >= -1e-13).all()
    assert inside[0] >= 0
    if lo >= 0:
        e = d.log10_ppf(u)
        assert not np.isnan(e).any()
        assert (np.diff(e[np.isfinite(e)]) >= -1e-13 * (1 + np.abs(e[np.isfinite(e)][1:]))).all()
        seen = (x > 1e-290) & np.isfinite(x)
        np.testing.assert_allclose(e[seen], np.log10(x[seen]), rtol=1e-12, atol=1e-12)
    if np.isfinite([lo, hi]).all() and hi - lo < MOST:
        # the mean lies between the sums of the lower and of the upper ends of slices
        fine = np.concatenate([[0], np.geomspace(1e-15, 1e-3, 40), np.linspace(0.002, 1, 999)])
        q = d.ppf(fine)
        room = 1e-9 * max(abs(lo), abs(hi)) + LEAST
        assert np.diff(fine) @ q[:-1] - room <= d.mean() <= np.diff(fine) @ q[1:] + room


@pytest.mark.parametrize("family", [k for k in KINDS.values() if k.kind != "scipy"])
def test_the_search_makes_laws_of_every_kind(family: type[Distribution]) -> None:
    made = []

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(laws(family))
    def look(d: Distribution | None) -> None:
        made.append(d is not None)

    look()
    assert sum(made) >= 8


@pytest.mark.parametrize("whole", [LogNormal(-1, 0.5), LogNormal10(-0.5, 0.25), between(0.01, 0.9)])
def test_a_log_normal_beyond_bounds_is_refused_with_what_does_it(whole: Any) -> None:
    import sfc_sim as sfc

    with pytest.raises(InputError, match=r"cut there it is TruncatedLogNormal\(mu=") as caught:
        sfc.load_scenario("cook2022-balanced").replace(expansion_speed=whole)
    text, _, kind = str(caught.value).partition("cut there it is ")[2].partition(", in a file ")
    assert kind == 'kind = "truncated-log-normal"'
    cut = law_from_text(text, "what the message says")
    inside = whole.cdf(1.0)
    np.testing.assert_allclose(cut.cdf([0.1, 0.5]), whole.cdf([0.1, 0.5]) / inside, rtol=1e-12)
    again = sfc.load_scenario("cook2022-balanced").replace(expansion_speed=cut)
    assert again["expansion_speed"].distribution == cut


def test_another_law_beyond_bounds_is_refused_as_before() -> None:
    import sfc_sim as sfc

    with pytest.raises(InputError, match="allowed") as caught:
        sfc.load_scenario("cook2022-balanced").replace(expansion_speed=Uniform(0.5, 2))
    assert "cut there" not in str(caught.value)


def test_a_cut_that_leaves_next_to_nothing_is_refused_on_either_side() -> None:
    # what is left is 3e-12 and 1e-12 / 4: the rule is at 1e-12
    for low, high in [(6.9, 9.0), (-9.0, -6.9)]:
        TruncatedLogNormal(0, 1, np.exp(low), np.exp(high))
    for low, high in [(7.2, 9.0), (-9.0, -7.2)]:
        with pytest.raises(InputError, match="next to nothing"):
            TruncatedLogNormal(0, 1, np.exp(low), np.exp(high))
