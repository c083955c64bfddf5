// New prior over proposal, times evidence, times theory; and what follows of the worlds.

import { logDensity, seenAs } from "./laws.js";
import { leastError, meanOf, orderOf, tailOf, quantilesOf, shareOf, spreadOf } from "./stats.js";

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
  const known = columns.expanding_fraction;
  const fraction = known
    ? known.logs || known.values.map(Math.log)
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
    add(total, logPrior(work, name, laws[name]));
  }
  return total;
}

// Which volumes go with the evidence, the log of its chance in every world, and of that the log of
// the share in which no front is here (nothing stands for zeros); who comes to be. Draws of a study
// count its evidence already, whatever it is.
export function evidenceOf(work, state) {
  const { columns, page } = work;
  const born = { all: columns.log_intelligent_actual.values, alone: work.alone };
  if (page.weighed) {
    const outside = columns.log_outside ? columns.log_outside.values : null;
    return { ...born, chance: null, outside, ...volumesOf(work, page.weighed) };
  }
  const light = state.evidence === "nothing-visible";
  const psi = light ? state.visible : 1;
  const word = !light || psi === 0 ? "fronts" : psi === 1 ? "light" : String(psi);
  const chance = chanceOf(work, state.evidence, psi);
  const inside = psi < 1 && state.engulfed > 0 ? insideOf(work, chance, psi, state.engulfed) : {};
  return { ...born, chance, outside: null, ...inside, ...volumesOf(work, word) };
}

const logSum = (a, b) => {
  const top = Math.max(a, b);
  return top === -Infinity ? top : top + Math.log(Math.exp(a - top) + Math.exp(b - top));
};

// The same where a share of places inside fronts that nobody sees bears observers, who do not know.
function insideOf(work, outside, psi, engulfed) {
  const key = `${psi} ${engulfed}`;
  if (work.inside && work.inside.key === key) return work.inside.found;
  const { columns, speed } = work;
  const lit = columns.log_seen_now.values;
  const chance = outside.map((x, i) => {
    const come = lit[i] + 3 * Math.log(speed[i]) + Math.log1p(-psi);
    const some = come < -30 ? come : Math.log(-Math.expm1(-Math.exp(come)));
    return logSum(x, Math.log(engulfed) + some - psi * Math.exp(lit[i]));
  });
  const spared = columns[`log_spared_${psi}`].values;
  const all = columns.log_intelligent_actual.values.map((x, i) =>
    logSum(Math.log1p(-engulfed) + x, Math.log(engulfed) + x + spared[i]));
  const found = {
    chance, all, alone: all.map((x) => (x < 0 ? 1 : 0)),
    outside: outside.map((x, i) => (chance[i] === -Infinity ? 0 : Math.min(x - chance[i], 0))),
  };
  work.inside = { key, found };
  return found;
}

function chanceOf(work, evidence, psi) {
  const key = `${evidence} ${psi}`;
  if (work.chance && work.chance.key === key) return work.chance.values;
  const { columns, speed } = work;
  const light = evidence === "nothing-visible";
  const logFronts = (light ? columns.log_seen_now : columns.log_covered_now).values;
  // Fronts cover the cube of their speed of what their light does.
  const values = evidence === "none" ? null : logFronts.map((x, i) =>
    -Math.exp(light && psi !== 1 ? x + Math.log(psi + (1 - psi) * speed[i] ** 3) : x));
  work.chance = { key, values };
  return values;
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

// The log of the factor of each theory: what is added for each world, and what is taken away.
const FACTORS = {
  "prior": () => [[], null],
  "sia": (w) => [[w.like], null],
  "ssa-civilizations": (w) => [[w.like], w.all],
  "ssa-all": (w) => [[w.like], w.logTaken],
  "adt-total": (w) => [[w.fraction, w.like, w.logGrabbed], null],
  "adt-average": (w) => [[w.fraction, w.like, w.logGrabbed], w.logTaken],
};

function add(total, more) {
  for (let i = 0; i < total.length; i++) total[i] += more[i];
}

function logWeights(start, [over, under]) {
  const total = Float64Array.from(start);
  for (const more of over) add(total, more);
  if (!under) return total;
  // Where nobody is like us there is nothing to divide.
  for (let i = 0; i < total.length; i++) if (total[i] !== -Infinity) total[i] -= under[i];
  return total;
}

// Weights whose greatest is one, in place of their logs; and how many draws they are worth.
function scaled(logWeight) {
  const weight = logWeight;
  const size = weight.length;
  let top = -Infinity;
  for (let i = 0; i < size; i++) if (weight[i] > top) top = weight[i];
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < size; i++) {
    const w = Math.exp(weight[i] - top);
    weight[i] = w;
    sum += w;
    squares += w * w;
  }
  const dead = !(top > -Infinity);
  return { weight, sum, squares, top, dead, ess: dead ? 0 : (sum * sum) / squares };
}

function shares(weight, sum) {
  const out = new Float64Array(weight.length);
  for (let i = 0; i < out.length; i++) out[i] = weight[i] / sum;
  return out;
}

const COUNT = ["civilizations_low", "civilizations_median", "civilizations_high"];

function counts(work, weight) {
  const logs = work.columns.log_civilizations_actual.values;
  const found = quantilesOf(logs, work.order, weight, LEVELS);
  return Object.fromEntries(COUNT.map((name, k) => [name, Math.exp(found[k])]));
}

function ofTheory(work, theory, start, given, state) {
  // Inside a front nothing is at stake: a decision weight counts those outside alone.
  const apart = given.outside && !theory.stakes ? given.outside : null;
  const known = {
    like: work.columns.log_observers_like_us.values,
    all: given.all,
    logTaken: work.logTaken, fraction: work.fraction, logGrabbed: given.logGrabbed,
  };
  const [over, under] = FACTORS[theory.name](known);
  const logWeight = logWeights(start, [given.outside && !apart ? [given.outside, ...over] : over, under]);
  // Before the stakes: copies of a world, not what each of them decides on.
  const before = theory.stakes ? logWeights(logWeight, [[], given.logGrabbed])
    : apart ? logWeights(logWeight, [[apart], null]) : null;
  const { weight, sum, dead, ess } = scaled(logWeight);
  if (dead) return { ess: 0, k_hat: Infinity, dead: true };
  const share = shares(weight, sum);
  const copies = before ? scaled(before).weight : weight;
  const alone = meanOf(given.alone, share);
  const inside = apart ? meanOf(apart.map((x) => -Math.expm1(x)), share) : { mean: 0, error: 0, few: Infinity };
  const kept = shareOf(copies, given.marginal, given.grabbed);
  const held = shareOf(copies, given.grabbed, work.columns.volume_alone.values);
  const together = shareOf(copies, ...added(work, state.correlated));
  const tail = tailOf(weight);
  let all = 0;
  for (let i = 0; i < copies.length; i++) all += copies[i];
  const staked = kept.lower / all;
  const few = staked * leastError(0, kept.staked, kept.staked);
  return {
    dead: false, ess, k_hat: tail.shape, tail_start: tail.start,
    probability_alone: alone.mean, probability_alone_error: alone.error, alone_ess: alone.few,
    ...(given.outside ? { probability_inside: inside.mean, probability_inside_error: inside.error, inside_ess: inside.few } : {}),
    ...counts(work, share),
    recovered_share: 1 - kept.share, recovered_share_error: kept.error,
    recovered_share_ess: kept.few,
    held_of_alone: held.share, held_of_alone_error: held.error,
    mcs_correlated: together.share, mcs_correlated_error: together.error,
    volume_at_stake: staked,
    volume_at_stake_error: Math.max(spreadOf(copies, given.grabbed, staked, all), few),
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
  const start = logPriorOverProposal(work, state.laws);
  const given = evidenceOf(work, state);
  const before = scaled(Float64Array.from(start));
  const share = shares(before.weight, before.sum);
  // The mean weight is the part of the prior that lies where draws are: one, within its error.
  const unit = Math.exp(before.top) / work.page.size;
  const covered = before.dead ? 0 : unit * before.sum;
  const prior = {
    ess: before.ess, share, covered, covered_error: before.dead ? 0 : unit * Math.sqrt(before.squares),
    ...(before.dead ? {} : counts(work, share)),
  };
  if (given.chance) add(start, given.chance);
  const theories = {};
  for (const theory of work.page.theories) {
    theories[theory.name] = ofTheory(work, theory, start, given, state);
  }
  return { theories, prior, given };
}
