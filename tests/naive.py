"""Cook's (2022) chain the slow, obvious way: rate of appearance -> coverage -> volumes.

An oracle for the tests, written from the formulas and from nothing in the package. Times in Gyr,
lengths in comoving Gly, c = 1. Every integral is a sum over Gauss-Legendre panels, every sum has
positive terms only, and the panels are split until the covered volume rises by little in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, lgamma, log, pi, sqrt
from typing import Any

import numpy as np
from numpy.polynomial import legendre
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import expit, logsumexp

BALL = 4 * pi / 3
EARTH_AGE = 4.5  # Gyr, the age at which our planet made us
PLANETS = 5e18  # per observable volume and per sqrt(longest habitability / Gyr), Cook 2022
BIRTH_SPAN = 240.0  # Gyr; 3e-22 of the habitable stars form later than this
EXPANSION_END = 700.0  # Gyr; a front started then gains 1e-16 Gly
START = 1e-4  # Gyr; nobody is born earlier
SATURATED = 60.0  # covered volume beyond which exp(-covered) adds nothing
RHO_NORM = log(6.0) + 4 * log(4.0)  # of t^3 exp(-t/4)

NODE, WEIGHT = legendre.leggauss(12)
#: PRIMITIVE @ f(NODE) = the integrals of f from -1 to each node
PRIMITIVE = np.array(
    [
        legendre.legval(NODE, legendre.legint(c, lbnd=-1))
        for c in np.linalg.inv(legendre.legvander(NODE, len(NODE) - 1)).T
    ]
).T

LogRate = Callable[[np.ndarray], np.ndarray]


# Geometry


def lens(first: Any, second: Any, distance: Any) -> np.ndarray:
    """Volume common to two balls, by the textbook formula."""
    r, s, d = np.broadcast_arrays(*map(np.asarray, (first, second, distance)))
    r, s, d = (x.astype(float) for x in (r, s, d))
    apart = np.where(d > 0, d, 1.0)
    common = pi * (r + s - d) ** 2 * (d**2 + 2 * d * (r + s) - 3 * (r - s) ** 2) / (12 * apart)
    common = np.where(d <= abs(r - s), BALL * np.minimum(r, s) ** 3, common)
    return np.where(d >= r + s, 0.0, common)


def ball_outside(inner: Any, excess: Any, distance: Any) -> np.ndarray:
    """Volume of a ball of radius `inner + excess` outside another of radius `inner`.

    Same as ball minus lens, in a form without cancellation: `reach` is how far the first sticks
    out of the second.
    """
    outer = inner + excess
    reach = distance + excess
    lune = pi * reach**2 * (12 * outer * inner - 4 * distance * reach + 3 * reach**2)
    lune = lune / (12 * distance)
    nested = BALL * excess * (outer**2 + outer * inner + inner**2)
    lune = np.where(excess >= distance, nested, lune)
    lune = np.where(distance >= outer + inner, BALL * outer**3, lune)
    return np.where(reach <= 0, 0.0, lune)


# Rate of appearance


def log_gamma_density(steps: float, step_time: float, delay: float) -> LogRate:
    """Log density of `delay` plus a Gamma(steps, scale step_time)."""
    norm = steps * log(step_time) + lgamma(steps)

    def density(age: np.ndarray) -> np.ndarray:
        y = np.where(age > delay, age - delay, 1.0)
        value = (steps - 1) * np.log(y) - y / step_time - norm
        return np.where(age > delay, value, -inf)

    return density


def log_chain_density(step_times: Sequence[float], delay: float = 0.0) -> LogRate:
    """Log density of `delay` plus a sum of independent exponential times, any mixture of means.

    The transfer matrix of the chain is exponentiated at 32 fractions of an octave from a tiny
    time, then squared octave by octave: positive terms only, so nothing cancels.
    """
    rates = 1 / np.asarray(step_times, float)
    size, fastest, slowest = len(rates), rates.max(), rates.min()
    first = min(1e-3, 1e-4 / fastest)
    times = first * 2 ** (np.arange(32) / 32)
    chain = np.diag(fastest - rates) + np.eye(size, k=1)
    matrix = term = np.broadcast_to(np.eye(size), (32, size, size))
    for k in range(1, size + 30):
        term = term @ chain * (times / k)[:, None, None]
        matrix = matrix + term
    matrix = matrix * np.exp(-fastest * times)[:, None, None]
    knots, values = [], []
    while times[0] < 4e4:
        knots.append(times)
        values.append(matrix[:, 0, -1])
        times, matrix = 2 * times, matrix @ matrix
    knot, value = np.concatenate(knots), np.concatenate(values)
    knot, value = knot[value > 1e-290], value[value > 1e-290]
    curve = CubicSpline(np.log(knot), np.log(value) + slowest * knot)
    norm = np.log(rates).sum()

    def density(age: np.ndarray) -> np.ndarray:
        y = np.clip(age - delay, knot[0], knot[-1])
        value = norm + curve(np.log(y)) - slowest * y
        with np.errstate(divide="ignore"):  # below the first knot the law is a pure power
            power = (size - 1) * np.log(np.maximum(age - delay, 0) / y) if size > 1 else 0.0
        inside = (age > delay) & (age - delay <= knot[-1])
        return np.where(inside, value + np.where(age - delay < y, power, 0.0), -inf)

    return density


def completion_law(
    p: Mapping[str, float], completion: str, delay_form: str, step_times: Sequence[float] | None
) -> tuple[LogRate, float, float]:
    """Log density of the age at which a planet makes a civilization, its start and its end."""
    n, d = int(p["hard_steps"]), p["delay"]
    steps = [p["step_time"]] * n if completion == "gamma" else list(step_times or ())
    if len(steps) != n:
        raise ValueError(f"{n} hard steps need {n} step_times, got {len(steps)}")
    if delay_form == "exponential":
        steps, d = [*steps, d], 0.0
    end = d + sum(steps) + 10 * sqrt(len(steps)) * max(steps) + 60 * max(steps)
    if completion == "gamma" and delay_form == "shift":
        return log_gamma_density(n, p["step_time"], d), d, end
    return log_chain_density(steps, d), d, end


def habitability(p: Mapping[str, float], t: np.ndarray | float) -> np.ndarray:
    """Share of planets that can bear life at t: from early_habitability up to one."""
    u = p["early_habitability"]
    return u + (1 - u) * expit((t - p["habitability_onset"]) / p["habitability_width"])


def log_appearance(
    p: Mapping[str, float], density: LogRate, start: float, end: float, order: int = 96
) -> LogRate:
    """Log rate of appearance per Gyr and observable volume, precluding nothing."""
    node, weight = legendre.leggauss(order)
    x, weight = (node + 1) / 2, weight / 2
    longest = p["longest_habitability"]
    norm = log(p["try_once"]) + log(PLANETS) + log(longest) / 2 - RHO_NORM

    def log_rate(t: np.ndarray) -> np.ndarray:
        shape, t = np.shape(t), np.ravel(t)[:, None]
        low = np.maximum(start, t - BIRTH_SPAN)
        high = np.minimum(t, min(longest, end))
        span = np.where(high > low, high - low, 1.0)
        age = low + span * x**2  # squared: fine where the sqrt and the completion law begin
        birth = (t - high) + span * (1 - x**2)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = density(age) + np.log1p(-np.sqrt(age / longest))
            value += 3 * np.log(birth) - birth / 4 + np.log(2 * x * weight * span)
        value = np.where(high > low, value, -inf)
        total = logsumexp(value, axis=1) + norm + np.log(habitability(p, t[:, 0]))
        return total.reshape(shape)

    return log_rate


# Coverage


@dataclass(frozen=True)
class Panels:
    """Intervals of time [anchor + low, anchor + high]; offsets keep their digits near anchor."""

    anchor: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, anchor: float, offsets: np.ndarray) -> Panels:
        return cls(np.full(len(offsets) - 1, anchor), offsets[:-1], offsets[1:])

    def __add__(self, other: Panels) -> Panels:
        return Panels(*(np.concatenate(x) for x in zip(_fields(self), _fields(other), strict=True)))

    @property
    def half(self) -> np.ndarray:
        return ((self.high - self.low) / 2)[:, None]

    @property
    def times(self) -> np.ndarray:
        return self.anchor[:, None] + (self.low[:, None] + self.half * (1 + NODE))

    def cut(self, times: Iterable[float]) -> Panels:
        """Make each of `times` an edge."""
        panels = self
        for t in times:
            at = t - panels.anchor
            panels = panels.split((panels.low < at) & (at < panels.high), at)
        return panels

    def split(self, chosen: np.ndarray, at: np.ndarray | None = None) -> Panels:
        """Split the chosen panels at offsets `at`, by default in the middle."""
        at = (self.low + self.high) / 2 if at is None else at
        keep = np.stack([chosen, np.full_like(chosen, True)], 1)
        anchor = np.stack([self.anchor, self.anchor], 1)[keep]
        low = np.stack([self.low, np.where(chosen, at, self.low)], 1)[keep]
        return Panels(anchor, low, np.stack([at, self.high], 1)[keep])


def _fields(panels: Panels) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return panels.anchor, panels.low, panels.high


def past_panels(start: float, now: float, ratio: float) -> Panels:
    """From `start` to `now`, finer towards both: births begin at one, lunes begin at the other."""
    middle = (start + now) / 2
    rising, falling = ladder(START, middle - start, ratio), ladder(1e-6, now - middle, ratio)
    if start == 0:
        rising = rising[1:]  # from START on
    return Panels.of(start, rising) + Panels.of(now, -falling[::-1])


def ladder(first: float, last: float, ratio: float) -> np.ndarray:
    """0, first, ..., last with steps in constant ratio, at most `ratio`."""
    count = max(1, int(np.ceil(log(last / first) / log(ratio))))
    return np.concatenate([[0.0], np.geomspace(first, last, count + 1)])


@dataclass(frozen=True)
class Births:
    """Births on panels, and where light goes meanwhile. Arrays are (panel, node)."""

    log_rate: np.ndarray  # ln of births per Gyr and observable volume
    log_weight: np.ndarray  # ln of the quadrature weight in time
    gained: np.ndarray  # conformal time since the left end of the panel, at each node
    path_weight: np.ndarray  # quadrature weight in conformal time
    left: np.ndarray  # conformal time from the first edge to each edge

    @property
    def peak(self) -> float:
        return float(np.max(self.log_rate))

    @property
    def path(self) -> np.ndarray:
        return self.left[:-1, None] + self.gained

    @property
    def to_go(self) -> np.ndarray:
        """Conformal time from each node to the last edge, summed from the far end."""
        width = self.path_weight.sum(1)
        after = np.append(np.cumsum(width[::-1])[::-1][1:], 0.0)
        return after[:, None] + (width[:, None] - self.gained)

    @property
    def number(self) -> np.ndarray:
        """Births at each node, in units of exp(peak)."""
        return np.exp(self.log_rate + self.log_weight - self.peak)

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Sum of births x (conformal age)^k: (edges, 4) for k = 0..3, and k = 3 at the nodes."""
        number, width = self.number, self.path_weight.sum(1)
        new = np.stack([(number * (width[:, None] - self.gained) ** k).sum(1) for k in range(4)], 1)
        edges = np.zeros((len(width) + 1, 4))
        for i, step in enumerate(width):
            edges[i + 1] = aged(edges[i], step) + new[i]
        density = number / WEIGHT
        own = density[:, None] * (self.gained[:, :, None] - self.gained[:, None]) ** 3
        older = aged(edges[:-1].T[:, :, None], self.gained)[3]
        return edges, older + (PRIMITIVE * own).sum(2)


def aged(m: np.ndarray, step: Any) -> np.ndarray:
    """Moments 0..3 (first axis) after a wait of `step` without births."""
    a, b, c, d = m
    fourth = d + step * (3 * c + step * (3 * b + step * a))
    return np.array([a + 0 * step, b + a * step, c + step * (2 * b + step * a), fourth])


def births(panels: Panels, log_rate: LogRate, background: Any) -> Births:
    t, half = panels.times, panels.half
    slowness = np.exp(-background.log_scale_factor(t))
    path_weight = half * WEIGHT * slowness
    gained = half * (slowness @ PRIMITIVE.T)
    left = np.concatenate([[0.0], np.cumsum(path_weight.sum(1))])
    return Births(log_rate(t), np.log(half * WEIGHT), gained, path_weight, left)


def refined(
    panels: Panels,
    log_rate: LogRate,
    background: Any,
    log_scale: float,
    limit: float,
    before: Sequence[float] = (0.0, 0.0, 0.0),
) -> tuple[Births, np.ndarray, np.ndarray]:
    """Births, their moments and the volume they cover, on panels split where coverage jumps.

    `before` = moments, in units of volume, of what was born before the first edge.
    """
    while True:
        found = births(panels, log_rate, background)
        edges, nodes = found.moments()
        scale = np.exp(log_scale + found.peak)
        covered = scale * edges[:, 3] + waited(before, found.left)
        jumps = (covered[:-1] < SATURATED) & (np.diff(covered) > limit)
        if not jumps.any():
            return found, edges, scale * nodes
        panels = panels.split(jumps)


def waited(before: Sequence[float], step: Any) -> Any:
    """Volume that fronts already on their way cover in `step`."""
    return step * (3 * before[2] + step * (3 * before[1] + step * before[0]))


# Volumes


def expansion(
    log_rate: LogRate,
    background: Any,
    fraction: float,
    speed: float,
    *,
    start: float = 0.0,
    end: float = EXPANSION_END,
    breaks: Iterable[float] = (),
    resolution: float = 1.0,
) -> dict[str, float]:
    """What follows from any rate of appearance, given as its log per Gyr and observable volume.

    Births before `start`, or after both `end` and EXPANSION_END, are ignored. `breaks`: dates
    where the rate is not smooth. `resolution` multiplies the number of panels.
    """
    if not 0 <= start < background.age:
        raise ValueError(f"start must lie in [0, {background.age}) Gyr, got {start}")
    now, ratio, limit = background.age, 1.5 ** (1 / resolution), 1.0 / resolution
    log_density = log(fraction) - log(background.observable_volume_now)
    log_scale = log_density + log(BALL) + 3 * log(speed)
    breaks, panels = list(breaks), past_panels(start, now, ratio)
    panels = panels.cut(breaks)
    past, edges, covered = refined(panels, log_rate, background, log_scale, limit)
    seen = births(panels.cut(visible_rivals(background, speed)), log_rate, background)
    before = edges[-1] * np.exp(log_scale + past.peak)
    panels = future_panels(now, end, ratio, first=0.03 / (before[2] + 1))
    future, later, own = refined(
        panels.cut(breaks), log_rate, background, log_scale, limit, before[:3]
    )
    gained = own + waited(before[:3], future.path)
    log_now = float(log_scale + past.peak + np.log(edges[-1, 3]))
    log_final = np.logaddexp(
        log_scale + past.peak + np.log(aged(edges[-1], future.left[-1])[3]),
        log_scale + future.peak + np.log(later[-1, 3]),
    )
    # arrays of every birth, past then future, and of the log share of space still free for it
    counts = [(b.log_rate + b.log_weight).ravel() for b in (past, future)]
    unsaturated = -np.append(covered, np.exp(log_now) + gained)
    potential = float(logsumexp(np.concatenate(counts)))
    actual = float(logsumexp(np.concatenate(counts) + unsaturated))
    coming = own, np.exp(log_scale + future.peak) * later[-1, 3]
    log_volumes = {
        "alone": log(BALL) + 3 * log(speed * future.left[-1]),
        **not_engulfed(future, before[:3], coming, speed),
        **nothing_visible(seen, future, coming, log_density, speed),
    }
    return {
        "log_intelligent_potential": potential,
        "log_intelligent_actual": actual,
        "log_civilizations_potential": potential + log(fraction),
        "log_civilizations_actual": actual + log(fraction),
        "log_covered_now": log_now,
        "log_seen_now": log_now - 3 * log(speed),
        "log_covered_final": float(log_final),
        **{f"log_volume_{name}": value for name, value in log_volumes.items()},
        **{f"volume_{name}": float(np.exp(value)) for name, value in log_volumes.items()},
    }


def future_panels(now: float, end: float, ratio: float, first: float) -> Panels:
    """From `now` on, beginning with a step in which little of the volume is covered."""
    near = ladder(min(1e-3, first), 0.05, ratio**2)
    return Panels.of(now, np.append(near, ladder(0.05, max(end, EXPANSION_END) - now, ratio)[2:]))


def visible_rivals(background: Any, speed: float) -> list[float]:
    """Dates before which a front that would ever get here is already seen: a kink of `ever`."""
    horizon = background.event_horizon(background.age)
    kink = horizon + speed * horizon / max(1 - speed, 1e-9)
    early = float(background.event_horizon(START))
    if kink >= early:
        return []
    return [brentq(lambda t: background.event_horizon(t) - kink, START, background.age)]


def log_shells(future: Births, covered: np.ndarray, speed: float) -> float:
    """Log of the integral of 4 pi r^2 exp(-covered) over r = speed x conformal time from now."""
    with np.errstate(divide="ignore"):  # far in the future steps in conformal time are zero
        shell = 2 * np.log(future.path) + np.log(future.path_weight)
    return float(logsumexp(shell - covered)) + log(4 * pi) + 3 * log(speed)


def not_engulfed(
    future: Births, before: Sequence[float], coming: tuple[np.ndarray, float], speed: float
) -> dict[str, float]:
    """Log volumes grabbed and marginal given that no front has reached us: closed forms."""
    own, total = coming
    reach = future.left[-1]
    return {
        "grabbed_not_engulfed": log_shells(future, own + waited(before, future.path), speed),
        "marginal_not_engulfed": log(BALL)
        + 3 * log(speed * reach)
        - float(waited(before, reach) + total),
    }


def nothing_visible(
    past: Births,
    future: Births,
    coming: tuple[np.ndarray, float],
    log_density: float,
    speed: float,
    light: float = 1.0,
) -> dict[str, float]:
    """Log volumes grabbed and marginal given an empty past cone of speed `light`.

    A birth in the past counts by its front's ball outside our cone at that date.
    """
    own, total = coming
    age, number = past.to_go.ravel(), past.number.ravel() * np.exp(past.peak + log_density)
    head_start, reach = (light - speed) * age, speed * future.left[-1]
    on_arrival, ever = np.empty_like(own), np.empty_like(own)
    for i, path in enumerate(future.path):
        radius = speed * path[:, None]
        on_arrival[i] = ball_outside(light * age, radius - head_start, radius) @ number
        ever[i] = ball_outside(light * age, reach - head_start, radius) @ number
    return {
        "grabbed_nothing_visible": log_shells(future, on_arrival + own, speed),
        "marginal_nothing_visible": log_shells(future, ever + total, speed),
    }


def world(
    parameters: Mapping[str, float],
    background: Any,
    *,
    completion: str = "gamma",
    delay_form: str = "shift",
    step_times: Sequence[float] | None = None,
    resolution: float = 1.0,
) -> dict[str, float]:
    """Everything that follows from one vector of Cook's parameters (natural logs and values).

    `completion` "gamma" (steps of equal mean step_time) or "hypoexponential" (the given
    `step_times`); `delay_form` "shift" or "exponential". Volumes are given that we are not
    engulfed and given that nothing is visible. Counts are per observable volume.
    """
    p = parameters
    density, start, end = completion_law(p, completion, delay_form, step_times)
    log_rate = log_appearance(p, density, start, end, order=int(96 * resolution))
    longest, onset, width = (
        p[k] for k in ("longest_habitability", "habitability_onset", "habitability_width")
    )
    steps = np.array([1.0, 2, 4, 8])
    around = np.concatenate([[0], steps, -steps])
    breaks = np.concatenate([onset + width * around, longest + 16 * around])
    found = expansion(
        log_rate,
        background,
        p["expanding_fraction"],
        p["expansion_speed"],
        start=start,
        end=min(longest, end) + BIRTH_SPAN,
        breaks=breaks,
        resolution=resolution,
    )
    like_us = density(np.array(EARTH_AGE)) + np.log(habitability(p, background.age))
    return found | {"log_observers_like_us": float(like_us) + log(p["try_once"])}


# A background of its own: flat, matter + radiation + Lambda, by quadrature


@dataclass(frozen=True)
class Universe:
    """Flat universe. `radiation` = its density times a^4, positive: a number or a function of a."""

    hubble: float
    matter: float
    radiation: float | Callable[[np.ndarray], np.ndarray]
    cells: int = 8000

    def expansion_rate(self, x: np.ndarray) -> np.ndarray:
        """H/H0 at ln a = x."""
        a = np.exp(x)
        amount = self.radiation if callable(self.radiation) else lambda a: self.radiation + 0 * a
        vacuum = 1 - self.matter - amount(np.array(1.0))
        return np.sqrt(self.matter * a**-3 + amount(a) * a**-4 + vacuum)

    @cached_property
    def tables(self) -> tuple[CubicSpline, CubicSpline, float, float]:
        """ln a of ln t, ln(event horizon) of ln a, last time, late hubble time."""
        hubble_time = 977.7922216807891 / self.hubble
        edges = np.linspace(-18.0, 62.0, self.cells + 1)
        half = (edges[1] - edges[0]) / 2
        x = edges[:-1, None] + half * (1 + NODE)
        clock = half * WEIGHT / self.expansion_rate(x) * hubble_time
        late = hubble_time / self.expansion_rate(np.array(200.0))
        # radiation era before the first edge, de Sitter after the last
        t = np.cumsum(np.append(hubble_time / self.expansion_rate(edges[0]) / 2, clock.sum(1)))
        horizon = np.append((clock * np.exp(-x)).sum(1), late * np.exp(-edges[-1]))
        horizon = np.cumsum(horizon[::-1])[::-1]
        return (
            CubicSpline(np.log(t), edges),
            CubicSpline(edges, np.log(horizon)),
            float(t[-1]),
            float(late),
        )

    def log_scale_factor(self, t: Any) -> np.ndarray:
        curve, _, last, late = self.tables
        t = np.asarray(t, float)
        return curve(np.log(np.minimum(t, last))) + np.maximum(t - last, 0) / late

    def event_horizon(self, t: Any) -> np.ndarray:
        x = self.log_scale_factor(t)
        beyond = np.maximum(x - 62, 0)
        return np.exp(self.tables[1](np.minimum(x, 62.0)) - beyond)

    @cached_property
    def age(self) -> float:
        return float(brentq(lambda t: self.log_scale_factor(t), 1.0, 100.0, xtol=1e-13))

    @cached_property
    def future_conformal_time(self) -> float:
        early = self.tables[1].x[0]
        before = np.exp(-early) * 977.7922216807891 / self.hubble / self.expansion_rate(early)
        return float(np.exp(self.tables[1](early)) + before)

    def conformal_time(self, t: Any) -> np.ndarray:
        return self.future_conformal_time - self.event_horizon(t)

    @property
    def observable_volume_now(self) -> float:
        return float(BALL * self.conformal_time(self.age) ** 3)


def planck18() -> Universe:
    """Planck 2018, one neutrino of 0.06 eV by the fit of Komatsu et al. (2011)."""

    def radiation(a: np.ndarray) -> np.ndarray:
        massive = (1 + (0.3173 * 357.91212 * a) ** 1.83) ** (1 / 1.83)
        return 5.402015137139353e-5 * (1 + 7 / 8 * (4 / 11) ** (4 / 3) * 3.046 / 3 * (2 + massive))

    return Universe(67.66, 0.30966, radiation)
