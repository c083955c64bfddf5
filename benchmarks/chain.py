"""Time the full Cook chain against a vectorised numpy twin of equal accuracy.

    python benchmarks/chain.py [--draws N] [--twin N]

The twin does per batch of draws what a careful numpy user would write: the rate of appearance
by Gauss-Legendre over planet ages on a graded time grid, coverage by cumulative moments, the
grabbed and marginal volumes by ball-minus-lens sums over shells and births, plain weights for
every theory. It is checked against the package before it is timed. It leaves out what the
package does besides (the volumes given X_v), so the ratio is a
lower bound. Ratios are medians of interleaved runs of one process.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np

import sfc_sim as sfc
from sfc_sim.sampling import Plan, draw_parameters, uniforms

SCENARIO = "cook2022-balanced"
PLANCK = sfc.Background.named("Planck18")
NOW, HORIZON = PLANCK.age, PLANCK.event_horizon(PLANCK.age)
OUSV = PLANCK.observable_volume_now
BALL = 4 * np.pi / 3


def graded(first: float, ratio: float, step: float) -> np.ndarray:
    edges = [0.0, first]
    while edges[-1] * (ratio - 1) < step:
        edges.append(edges[-1] * ratio)
    count = int(np.ceil((1 - edges[-1]) / step))
    return np.append(edges[:-1], np.linspace(edges[-1], 1, count + 1))


def gauss(points: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(points)
    return (nodes + 1) / 2, weights / 2


class Twin:
    """The numpy version: all arrays are (draw, time) or (draw, time, age)."""

    def __init__(self) -> None:
        self.past = graded(2e-4, 1.05, 0.004)
        later, step = [0.0], 0.12
        while later[-1] < 400:
            later.append(later[-1] + step)
            step = min(1.06 * step, 2.5)
        self.later = np.array(later)
        log_t = np.linspace(np.log(1e-3), np.log(450.0), 20_001)
        self.log_t, self.eta_table = log_t, PLANCK.conformal_time(np.exp(log_t))
        self.late_eta = PLANCK.conformal_time(NOW + self.later)

    def eta(self, t: np.ndarray) -> np.ndarray:
        return np.interp(np.log(np.maximum(t, 1e-3)), self.log_t, self.eta_table)

    def rate(self, p: dict[str, np.ndarray], t: np.ndarray) -> tuple[np.ndarray, ...]:
        """Rate per Gyr and volume in units of a scale, the early factor, and the log scale."""
        n, h, d = (p[k][:, None, None] for k in ("hard_steps", "step_time", "delay"))
        life = p["longest_habitability"][:, None, None]
        x, w = gauss(48)
        low = np.maximum(d, t[:, :, None] - 100.0)
        high = np.minimum(t[:, :, None], life)
        width = np.maximum(high - low, 0.0)
        s = low + width * x
        y = np.maximum(s - d, 1e-300)
        log_f = (n - 1) * np.log(y) - y / h
        top = log_f.max(axis=(1, 2), keepdims=True)
        b = np.maximum(t[:, :, None] - s, 0.0)
        value = np.exp(log_f - top) * (1 - np.sqrt(np.minimum(s / life, 1))) * b**3 * np.exp(-b / 4)
        planets = (value * w).sum(axis=2) * width[:, :, 0] / (6 * 4.0**4)
        u = p["early_habitability"][:, None]
        grown = u + (1 - u) / (1 + np.exp((7.0 - t) / 1.0))
        norm = self.gamma_norm(p["hard_steps"], p["step_time"])
        log_scale = top[:, 0, 0] + norm + np.log(5e18 * np.sqrt(p["longest_habitability"]))
        return planets, grown, log_scale + np.log(p["try_once"])

    @staticmethod
    def gamma_norm(n: np.ndarray, h: np.ndarray) -> np.ndarray:
        from scipy.special import gammaln

        return -n * np.log(h) - gammaln(n)

    def all_planets(self, p: dict[str, np.ndarray]) -> np.ndarray:
        """Log number ever, without preclusion and with the early factor left out."""
        n, h, d = (p[k][:, None] for k in ("hard_steps", "step_time", "delay"))
        life = p["longest_habitability"][:, None]
        x, w = gauss(64)
        s = d + (life - d) * x**2  # most births are either very late or spread evenly
        y = s - d
        log_f = (n - 1) * np.log(y) - y / h
        top = log_f.max(axis=1, keepdims=True)
        total = (np.exp(log_f - top) * (1 - np.sqrt(s / life)) * w * 2 * x).sum(axis=1)
        norm = self.gamma_norm(n[:, 0], h[:, 0]) + np.log(5e18 * np.sqrt(life[:, 0]))
        return top[:, 0] + np.log(total * (life - d)[:, 0]) + norm + np.log(p["try_once"])

    def world(self, p: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Everything that the theories need, for a batch of draws."""
        d, v, f = p["delay"], p["expansion_speed"], p["expanding_fraction"]
        t = np.concatenate(
            [
                d[:, None] + (NOW - d)[:, None] * self.past,
                np.tile(NOW + self.later[1:], (d.size, 1)),
            ],
            axis=1,
        )
        now = self.past.size - 1
        planets, grown, log_scale = self.rate(p, t)
        rate = planets * grown
        eta = self.eta(t)
        eta[:, now:] = self.late_eta
        births = np.zeros_like(t)  # trapezoid weights
        gap = np.diff(t)
        births[:, :-1] += 0.5 * gap * rate[:, :-1]
        births[:, 1:] += 0.5 * gap * rate[:, 1:]
        scale = np.exp(log_scale)
        third = np.empty_like(t)
        m0 = m1 = m2 = m3 = np.zeros(d.size)
        third[:, 0] = 0.0
        for j in range(1, t.shape[1]):  # moments step from node to node
            e = eta[:, j] - eta[:, j - 1]
            m0 = m0 + births[:, j - 1]
            m3 = m3 + e * (3 * m2 + e * (3 * m1 + e * m0))
            m2 = m2 + e * (2 * m1 + e * m0)
            m1 = m1 + e * m0
            third[:, j] = m3
        unit = (scale * f * BALL / OUSV)[:, None]
        seen = unit * third
        covered = v[:, None] ** 3 * seen
        actual = self.actual(scale, births, covered)
        on_grid = scale * (0.5 * gap * (planets[:, :-1] + planets[:, 1:])).sum(axis=1)
        late = np.exp(self.all_planets(p)) - on_grid
        actual = actual + np.maximum(late, 0.0) * np.exp(-covered[:, -1])
        grabbed, marginal = self.claims(eta, births, now, v, unit[:, 0] / BALL)
        return {
            "intelligent_actual": actual,
            "log_seen_now": np.log(np.maximum(seen[:, now], 1e-300)),
            "covered_final": covered[:, -1],
            "volume_grabbed": grabbed,
            "volume_marginal": marginal,
        }

    @staticmethod
    def actual(scale: np.ndarray, births: np.ndarray, covered: np.ndarray) -> np.ndarray:
        """Births outside fronts: exact where ln of both is linear in a step of V."""
        before, after = covered[:, :-1], covered[:, 1:]
        step = after - before
        cell = 0.5 * (births[:, :-1] + births[:, 1:])
        kept = np.exp(-before) * np.where(
            step > 1e-6, -np.expm1(-step) / np.where(step > 1e-6, step, 1.0), 1.0
        )
        return scale * (cell * kept).sum(axis=1)

    @staticmethod
    def claims(
        eta: np.ndarray, births: np.ndarray, now: int, v: np.ndarray, unit: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        x, w = gauss(24)
        reach = v * HORIZON
        grabbed, marginal = np.zeros(v.size), np.zeros(v.size)
        back = eta[:, now : now + 1] - eta
        for node, weight in zip(x, w, strict=True):
            r = reach * node
            shell = 4 * np.pi * r**2 * reach * weight
            for total, front in ((grabbed, r), (marginal, reach)):
                ball = np.maximum(front[:, None] + v[:, None] * back, 0.0)
                cone = np.maximum(back, 0.0)
                volume = BALL * ball**3 - lens(ball, cone, r[:, None])
                total += shell * np.exp(-unit * (births * volume).sum(axis=1))
        return grabbed, marginal


def lens(a: np.ndarray, b: np.ndarray, d: np.ndarray) -> np.ndarray:
    s, m = a + b, a - b
    cap = np.pi * (s - d) ** 2 * (d * d + 2 * d * s - 3 * m * m) / (12 * d)
    nested = BALL * np.minimum(a, b) ** 3
    return np.where(d >= s, 0.0, np.where(d <= np.abs(m), nested, cap))


def run_twin(twin: Twin, first: int, draws: int, batch: int = 32) -> dict[str, np.ndarray]:
    """Draw, follow, weigh and sum, as `sfc_sim.assess` does."""
    plan = Plan(sfc.load_scenario(SCENARIO), 5)
    parts = []
    for at in range(first, first + draws, batch):
        count = min(batch, first + draws - at)
        p = plan.appearance.combine(draw_parameters(plan, uniforms(plan, at, count)))
        world = twin.world(p)
        observers = np.log(p["try_once"]) + plan.appearance.log_observers(p, NOW)
        spared = -np.exp(world["log_seen_now"])
        taken = np.log(-np.expm1(-np.maximum(world["covered_final"], 1e-300)))
        held = np.maximum(world["volume_grabbed"], 1e-300)
        stakes = np.log(p["expanding_fraction"] * held)
        world |= {
            "prior": spared,
            "sia": spared + observers,
            "ssa-civilizations": spared + observers - np.log(world["intelligent_actual"]),
            "ssa-all": spared + observers - taken,
            "adt-total": spared + observers + stakes,
            "adt-average": spared + observers + stakes - taken,
        }
        parts.append(world)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def check(twin: Twin, draws: int = 256) -> None:
    """Print how far the twin is from the package, draw by draw, where worlds are not full."""
    ours = sfc.sample(SCENARIO, draws, rng=5).sel(evidence="nothing-visible")
    theirs = run_twin(twin, 0, draws)
    open_sky = (np.exp(ours.log_seen_now.values) < 20) & (ours.intelligent_actual.values > 1e-12)
    for name in ("intelligent_actual", "volume_grabbed", "volume_marginal"):
        some = open_sky & (ours[name].values > 1e-12)
        error = np.abs(theirs[name][some] / ours[name].values[some] - 1)
        print(f"  twin against package, {name}: median {np.median(error):.0e}, "
              f"99 % below {np.quantile(error, 0.99):.0e}")  # fmt: skip


def timed(task) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--twin", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    twin = Twin()
    print("Full chain of", SCENARIO, "given nothing visible, every theory")
    check(twin)
    sfc.sample(SCENARIO, 2000, rng=1)
    tasks = {
        "numpy twin": (asked.twin, lambda: run_twin(twin, 0, asked.twin)),
        "1 thread": (asked.draws, lambda: sfc.sample(SCENARIO, asked.draws, rng=1, threads=1)),
        "2 threads": (asked.draws, lambda: sfc.sample(SCENARIO, asked.draws, rng=1, threads=2)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(asked.repeats):
        for name, (_, task) in tasks.items():
            seconds[name].append(timed(task))
    each = {name: [1e6 * t / tasks[name][0] for t in times] for name, times in seconds.items()}
    for name, times in each.items():
        print(f"  {name:11s} {statistics.median(times):9.1f} us a draw "
              f"({min(times):.1f} to {max(times):.1f})")  # fmt: skip
    for slow, fast in (("numpy twin", "1 thread"), ("numpy twin", "2 threads"),
                       ("1 thread", "2 threads")):  # fmt: skip
        ratios = [a / b for a, b in zip(each[slow], each[fast], strict=True)]
        print(f"  {slow} / {fast}: {statistics.median(ratios):.1f} "
              f"({min(ratios):.1f} to {max(ratios):.1f})")  # fmt: skip


if __name__ == "__main__":
    main()
