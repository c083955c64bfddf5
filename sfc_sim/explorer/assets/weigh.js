// New prior over proposal, times evidence, times theory; and what follows of the worlds.

import { logDensity, seenAs } from "./laws.js";
import { meanOf, orderOf, paretoShape, quantilesOf, shareOf } from "./stats.js";

export const LEVELS = [0.05, 0.5, 0.95];

// What does not change with the settings, and what of it was computed before.
export function bench(page, columns) {
  const heads = Object.fromEntries(page.columns.map((head) => [head.name, head]));
  return { page, columns, heads, priors: new Map(), ...fixedParts(columns, page) };
}

function fixedParts(columns, page) {
  const covered = columns.log_covered_final.values;
  // For V below 1e-13, 1 - exp(-V) is V to double precision.
  const logTaken = covered.map((x) => (x < -30 ? x : Math.log(-Math.expm1(-Math.exp(x)))));
  const fraction = columns.expanding_fraction
    ? columns.expanding_fraction.logs
    : new Float64Array(page.size).fill(Math.log(page.constants.expanding_fraction));
  const speed = columns.expansion_speed
    ? columns.expansion_speed.values
    : new Float64Array(page.size).fill(page.constants.expansion_speed);
  const alone = columns.log_intelligent_actual.values.map((x) => (x < 0 ? 1 : 0));
  const order = orderOf(columns.log_civilizations_actual.values);
  return { logTaken, fraction, speed, alone, order };
}

// The log density of the prior of one parameter, kept while its law is the same.
function logPrior(work, name, law) {
  const info = work.page.parameters.find((each) => each.name === name);
  const each = law.each === true && info.stepOf;
  const key = JSON.stringify(law);
  const kept = work.priors.get(name);
  if (kept && kept.key === key) return kept.values;
  let steps = null;
  if (each) {
    steps = work.columns[info.stepOf]
      ? work.columns[info.stepOf].values
      : new Float64Array(work.page.size).fill(work.page.constants[info.stepOf]);
  }
  const own = steps ? law : seenAs(law, work.heads[name]);
  const values = logDensity(own, work.columns[name], steps);
  work.priors.set(name, { key, values });
  return values;
}

export function logPriorOverProposal(work, laws) {
  const total = Float64Array.from(work.columns.log_worth.values);
  for (const name of Object.keys(laws)) {
    const values = logPrior(work, name, laws[name]);
    for (let i = 0; i < total.length; i++) total[i] += values[i];
  }
  return total;
}

// Which volumes go with the evidence, and the log of the fronts that it excludes.
export function evidenceOf(work, state) {
  const { columns, speed } = work;
  const light = state.evidence === "nothing-visible";
  let word = light ? "light" : "fronts";
  let logFronts = columns.log_covered_now.values;
  if (light) {
    const seen = columns.log_seen_now.values;
    const psi = state.visible;
    logFronts = psi === 1 ? seen
      : seen.map((x, i) => x + Math.log(psi + (1 - psi) * speed[i] ** 3));
    if (psi !== 1) word = psi === 0 ? "fronts" : String(psi);
  }
  const volume = volumesOf(work, word);
  const chance = state.evidence === "none"
    ? new Float64Array(work.page.size)
    : logFronts.map((x) => -Math.exp(x));
  return { chance, ...volume };
}

function volumesOf(work, word) {
  const known = work.volumes && work.volumes.word === word;
  if (!known) {
    const logGrabbed = work.columns[`log_grabbed_${word}`].values;
    const kept = work.columns[`kept_${word}`].values;
    const grabbed = logGrabbed.map(Math.exp);
    const marginal = grabbed.map((a, i) => a * kept[i]);
    work.volumes = { word, logGrabbed, grabbed, marginal };
  }
  return work.volumes;
}

// The log of the factor of each theory; minus infinity where nobody is like us.
const per = (upper, lower) => (upper === -Infinity ? -Infinity : upper - lower);
const FACTORS = {
  "prior": () => () => 0,
  "sia": (w) => (i) => w.like[i],
  "ssa-civilizations": (w) => (i) => per(w.like[i], w.all[i]),
  "ssa-all": (w) => (i) => per(w.like[i], w.logTaken[i]),
  "adt-total": (w) => (i) => w.fraction[i] + w.like[i] + w.logGrabbed[i],
  "adt-average": (w) => (i) => per(w.fraction[i] + w.like[i] + w.logGrabbed[i], w.logTaken[i]),
};

// Weights whose greatest is one, and how many draws they are worth.
function scaled(logWeight) {
  let top = -Infinity;
  for (const x of logWeight) if (x > top) top = x;
  const weight = logWeight.map((x) => Math.exp(x - top));
  let [sum, squares] = [0, 0];
  for (const w of weight) {
    sum += w;
    squares += w * w;
  }
  const dead = !(top > -Infinity);
  return { weight, sum, dead, ess: dead ? 0 : (sum * sum) / squares };
}

const COUNT = ["civilizations_low", "civilizations_median", "civilizations_high"];

function counts(work, weight) {
  const logs = work.columns.log_civilizations_actual.values;
  const found = quantilesOf(logs, work.order, weight, LEVELS);
  return Object.fromEntries(COUNT.map((name, k) => [name, Math.exp(found[k].value)]));
}

function ofTheory(work, theory, base, given, state) {
  const factor = FACTORS[theory.name]({
    like: work.columns.log_observers_like_us.values,
    all: work.columns.log_intelligent_actual.values,
    ...work, ...given,
  });
  const logWeight = base.map((x, i) => x + given.chance[i] + factor(i));
  const { weight, sum, dead, ess } = scaled(logWeight);
  if (dead) return { ess: 0, k_hat: Infinity, dead: true };
  const share = weight.map((w) => w / sum);
  const copies = theory.stakes
    ? scaled(logWeight.map((x, i) => x - given.logGrabbed[i])).weight
    : weight;
  const alone = meanOf(work.alone, share);
  const kept = shareOf(copies, given.marginal, given.grabbed);
  const held = shareOf(copies, given.grabbed, work.columns.volume_alone.values);
  const together = shareOf(copies, ...added(work, state.correlated));
  let all = 0;
  for (const n of copies) all += n;
  return {
    dead: false, ess, k_hat: paretoShape(weight),
    probability_alone: alone.mean, probability_alone_error: alone.error, alone_ess: alone.few,
    ...counts(work, share),
    recovered_share: 1 - kept.share, recovered_share_error: kept.error,
    recovered_share_ess: kept.few,
    held_of_alone: held.share, held_of_alone_error: held.error,
    mcs_correlated: together.share, mcs_correlated_error: together.error,
    volume_at_stake: kept.lower / all,
    copies, share,
  };
}

// What those add who exist if and only if we choose so, and what they would take.
function added(work, part) {
  if (work.together && work.together.part === part) return work.together.pair;
  const first = (x) => (x === 0 ? 1 : -Math.expm1(-x) / x);
  const alone = work.columns.volume_alone.values;
  const covered = work.columns.log_covered_final.values.map(Math.exp);
  const pair = [
    alone.map((v, i) => v * Math.exp(-(1 - part) * covered[i]) * first(part * covered[i])),
    alone.map((v, i) => v * first(covered[i])),
  ];
  work.together = { part, pair };
  return pair;
}

// All numbers of the worlds, by theory; and how many civilizations the prior alone expects.
export function weighAll(work, state) {
  const base = logPriorOverProposal(work, state.laws);
  const given = evidenceOf(work, state);
  const theories = {};
  for (const theory of work.page.theories) {
    theories[theory.name] = ofTheory(work, theory, base, given, state);
  }
  const before = scaled(base);
  const share = before.weight.map((w) => w / before.sum);
  const prior = { ess: before.ess, share, ...(before.dead ? {} : counts(work, share)) };
  return { theories, prior, given };
}
