// Laws of one number: log densities as the package has them, and the words of a scenario file.

import { normalCdf, normalQuantile } from "./special.js";

// The fields of every kind, in the order in which an address has them.
export const FIELDS = {
  "fixed": ["value"],
  "uniform": ["lo", "hi"],
  "log-uniform": ["lo", "hi"],
  "inverse-uniform": ["lo", "hi"],
  "normal": ["mu", "sigma"],
  "log-normal": ["mu", "sigma"],
  "log-normal-10": ["mu", "sigma"],
  "truncated-log-normal": ["mu", "sigma", "lower", "upper"],
  "power-of-ten": ["exponent", "sign", "shift", "lower", "upper"],
  "exponential": ["scale"],
  "uniform-integer": ["lo", "hi"],
  "truncated-geometric": ["p", "lo", "hi"],
  "discrete": ["values", "weights"],
};

// How far a point is widened, up and down, where no draw has its very value.
export const WINDOW = 1.1;

const HALF_LOG_TAU = 0.5 * Math.log(2 * Math.PI);
const within = (lo, hi, density) => (x, ln) => (x >= lo && x <= hi ? density(x, ln) : -Infinity);
const gauss = (x, mu, sigma) => -0.5 * ((x - mu) / sigma) ** 2 - Math.log(sigma) - HALF_LOG_TAU;

// Each gives, for a law, the log density at a value and its natural log.
const DENSITIES = {
  "uniform": ({ lo, hi }) => within(lo, hi, () => -Math.log(hi - lo)),
  "log-uniform": ({ lo, hi }) => {
    const norm = Math.log(Math.log(hi) - Math.log(lo));
    return within(lo, hi, (x, ln) => -ln - norm);
  },
  "inverse-uniform": ({ lo, hi }) => {
    const norm = Math.log(lo) - Math.log((hi - lo) / hi);
    return within(lo, hi, (x, ln) => norm - 2 * ln);
  },
  "normal": ({ mu, sigma }) => (x) => gauss(x, mu, sigma),
  "log-normal": ({ mu, sigma }) => (x, ln) => (x > 0 ? gauss(ln, mu, sigma) - ln : -Infinity),
  "log-normal-10": ({ mu, sigma }) => (x, ln) =>
    x > 0 ? gauss(ln / Math.LN10, mu, sigma) - ln - Math.log(Math.LN10) : -Infinity,
  "truncated-log-normal": ({ mu, sigma, lower, upper }) => {
    const [a, b] = [lower, upper].map((x) => (Math.log(x) - mu) / sigma);
    const inside = a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);
    return within(lower, upper, (x, ln) => gauss(ln, mu, sigma) - ln - Math.log(inside));
  },
  "power-of-ten": powerOfTen,
  "exponential": ({ scale }) => within(0, Infinity, (x) => -x / scale - Math.log(scale)),
};

function powerOfTen({ exponent, sign = 1, shift = 0, lower = null, upper = null }) {
  const ends = sign > 0 ? [1, Infinity] : [0, 1];
  const reach = [
    lower === null ? ends[0] : Math.max(ends[0], lower - shift),
    upper === null ? ends[1] : Math.min(ends[1], upper - shift),
  ];
  const least = Math.min(...reach.map((x) => sign * Math.log10(x)));
  const open = reach[0] === 0 || reach[1] === Infinity;
  const span = open ? Infinity : Math.log10(reach[1] / reach[0]);
  const mass = -Math.expm1(-span / exponent);
  const power = -sign / (exponent * Math.LN10) - 1;
  const norm = Math.log(exponent * Math.LN10 * mass) - least / exponent;
  const [from, to] = [lower ?? ends[0] + shift, upper ?? ends[1] + shift];
  const start = Math.max(from, ends[0] + shift);
  return within(start, Math.min(to, ends[1] + shift), (x, ln) =>
    power * (shift === 0 ? ln : Math.log(x - shift)) - norm);
}

// Laws of points: the log chance of a value.
const CHANCES = {
  "fixed": ({ value }) => (x) => (x === value ? 0 : -Infinity),
  "uniform-integer": ({ lo, hi }) => within(lo, hi, () => -Math.log(hi - lo + 1)),
  "truncated-geometric": ({ p, lo = 1, hi = 20 }) => {
    let norm = 0;
    for (let k = lo; k <= hi; k++) norm += Math.exp((k - lo) * Math.log1p(-p));
    return within(lo, hi, (x) => (x - lo) * Math.log1p(-p) - Math.log(norm));
  },
  "discrete": ({ values, weights }) => {
    const norm = weights.reduce((sum, weight) => sum + weight, 0);
    return (x) => {
      const at = values.indexOf(x);
      return at < 0 ? -Infinity : Math.log(weights[at] / norm);
    };
  },
};

export const isPoints = (law) => law.kind in CHANCES;

// A point that no draw has stands for all draws around it.
export function seenAs(law, head) {
  if (law.kind !== "fixed" || head.kind === "u8" || head.atoms.includes(law.value)) return law;
  return { kind: "log-uniform", lo: law.value / WINDOW, hi: law.value * WINDOW };
}

// The log density of a law at all draws; steps says how many numbers each is the mean of.
export function logDensity(law, column, steps) {
  const size = column.values.length;
  const out = new Float64Array(size);
  if (steps) return logDensityOfMean(law, column, steps, out);
  const points = isPoints(law);
  const density = (points ? CHANCES : DENSITIES)[law.kind](law);
  for (let i = 0; i < size; i++) {
    const fits = column.whole || (column.atom[i] === 1) === points;
    out[i] = fits ? density(column.values[i], column.logs[i]) : -Infinity;
  }
  return out;
}

function logDensityOfMean(law, column, steps, out) {
  if (law.kind === "log-normal") {
    for (let i = 0; i < out.length; i++) {
      out[i] = gauss(column.logs[i], law.mu, law.sigma / Math.sqrt(steps[i])) - column.logs[i];
    }
    return out;
  }
  const start = Math.log(law.lo);
  const width = Math.log(law.hi) - start;
  for (let i = 0; i < out.length; i++) {
    const density = bates((column.logs[i] - start) / width, steps[i]);
    out[i] = Math.log(density) - Math.log(width) - column.logs[i];
  }
  return out;
}

// Density of the mean of uniform numbers, by the recursion of B-splines.
const spline = new Float64Array(256);
export function bates(mean, many) {
  const total = many * mean;
  if (!(total >= 0 && total <= many)) return 0;
  for (let j = 0; j < many; j++) spline[j] = total - j >= 0 && total - j < 1 ? 1 : 0;
  for (let k = 2; k <= many; k++) {
    for (let j = 0; j <= many - k; j++) {
      const s = total - j;
      spline[j] = (s * spline[j] + (k - s) * spline[j + 1]) / (k - 1);
    }
  }
  return Math.max(spline[0], 0) * many;
}

// Value per resource of others: mean and quantiles.
export const SIMILARITIES = {
  "fixed": { mean: (q) => q.value, quantile: (q) => () => q.value },
  "uniform": { mean: (q) => (q.lo + q.hi) / 2, quantile: (q) => (u) => q.lo + u * (q.hi - q.lo) },
  "normal": { mean: (q) => q.mu, quantile: (q) => (u) => q.mu + q.sigma * normalQuantile(u) },
  "discrete": {
    mean: (q) => q.values.reduce((sum, value, k) => sum + value * q.weights[k], 0) /
      q.weights.reduce((sum, weight) => sum + weight, 0),
    quantile: (q) => {
      const norm = q.weights.reduce((sum, weight) => sum + weight, 0);
      return (u) => {
        let below = 0;
        for (let k = 0; k < q.values.length; k++) {
          below += q.weights[k];
          if (below / norm >= u) return q.values[k];
        }
        return q.values[q.values.length - 1];
      };
    },
  },
};
