// From the recovered share to the value of survival: similarity, late recovery, causes, credences.

import { SIMILARITIES } from "./laws.js";
import { meanOf, shareOf } from "./stats.js";

// The rule over which the chance of a bad outcome is taken: a lattice, as in the package.
const POINTS = 10000;
const SURE = 3; // standard errors from nothing at which a value may be divided by

// What successors on Earth make of it, whatever the cause; see "What ends us, and what comes after".
export function aftermath(causes) {
  const rows = causes || [];
  const sum = (read) => rows.reduce((total, row) => total + row.share * read(row), 0);
  return {
    made: sum((row) => row.chance * row.value * row.kept),
    none: 1 - sum((row) => row.chance),
    unsureMade: sum((row) => row.error * row.value * row.kept),
    unsure: sum((row) => row.error),
  };
}

function expected(after, others, error) {
  const own = after.unsureMade - after.unsure * others;
  return [after.made + after.none * others, Math.hypot(after.none * error, own)];
}

export function valueOf(found, theory, state, given, alone) {
  const q = SIMILARITIES[state.q.kind].mean(state.q);
  const kept = state.kept;
  const after = aftermath(state.causes);
  const worth = found.recovered_share * kept;
  const out = { recovered_worth: worth, recovered_worth_error: kept * found.recovered_share_error };
  if (!theory.judges) return out;
  const ofShare = Math.abs(q) * found.recovered_share_error;
  const [discount, error] = expected(after, worth * q, kept * ofShare);
  const survival = 1 - discount;
  const made = madeOf(given, 1 - after.made, after.none * kept * q);
  const nobody = Math.hypot(
    shareOf(found.copies, made, alone).error, found.held_of_alone * Math.abs(after.unsureMade));
  const sure = Math.abs(survival) > SURE * error;
  return {
    ...out,
    extinction_discount: discount, extinction_discount_error: error,
    discount_with_nobody_else: 1 - found.held_of_alone * survival,
    discount_with_nobody_else_error: nobody,
    takeover_ratio: sure ? 1 / survival : NaN,
    takeover_ratio_error: sure ? error / survival ** 2 : NaN,
  };
}

// What survival makes in each world: what is grabbed, less what others would make of it.
function madeOf({ grabbed, marginal }, own, others) {
  const out = new Float64Array(grabbed.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = own * grabbed[i] - (grabbed[i] - marginal[i]) * others;
  }
  return out;
}

// The chance that survival is worth less than nothing, over what is uncertain of similarity.
export function chanceOfHarm(share, state) {
  const after = aftermath(state.causes);
  const harm = quantilesOfSimilarity(state.q).map((x) => {
    const others = share * state.kept * x;
    return 1 - (after.made + after.none * others) < 0 ? 1 : 0;
  });
  const found = meanOf(harm, EVEN);
  return { probability_net_negative: found.mean };
}

const EVEN = new Float64Array(POINTS).fill(1 / POINTS);
let lattice = { key: "", values: null };
function quantilesOfSimilarity(q) {
  const key = JSON.stringify(q);
  if (lattice.key !== key) {
    const quantile = SIMILARITIES[q.kind].quantile(q);
    lattice = { key, values: EVEN.map((_, k) => quantile((k + 0.5) / POINTS)) };
  }
  return lattice.values;
}

// Three rules of what credences in theories come to; options are nothing and survival.
export const RULES = ["favourite", "expected-value", "variance-normalised"];
const TOTALS = {
  "favourite": (rows) => {
    const top = Math.max(...rows.map((row) => row.credence));
    const best = rows.filter((row) => row.credence === top);
    return [best.reduce((sum, row) => sum + row.acts / row.whole, 0) / best.length, 1];
  },
  "expected-value": (rows) => weighted(rows, () => 1),
  "variance-normalised": (rows) =>
    weighted(rows, (row) => Math.max(Math.abs(row.acts) / 2, 1e-200 * row.whole)),
};

function weighted(rows, unit) {
  const sum = (read) => rows.reduce((total, row) => total + (row.credence * read(row)) / unit(row), 0);
  return [sum((row) => row.acts), sum((row) => row.whole)];
}

export function aggregate(theories, credences) {
  const rows = Object.keys(theories)
    .filter((name) => credences[name] > 0 && theories[name].extinction_discount !== undefined)
    .map((name) => ({
      credence: credences[name],
      acts: theories[name].volume_at_stake * (1 - theories[name].extinction_discount),
      whole: theories[name].volume_at_stake,
      error: theories[name].extinction_discount_error,
      part: theories[name].volume_at_stake_error / theories[name].volume_at_stake,
    }));
  const norm = rows.reduce((sum, row) => sum + row.credence, 0);
  if (!(norm > 0)) return null;
  for (const row of rows) row.credence /= norm;
  return Object.fromEntries(RULES.map((rule) => [rule, ruled(TOTALS[rule], rows)]));
}

function ruled(total, rows) {
  const ratio = (all) => {
    const [acts, whole] = total(all);
    return acts / whole;
  };
  // At most: what each theory's own error does to it, up and down, and that of what is at stake.
  const moved = (at, step) => rows.map((row, k) => (k === at ? { ...row, ...step(row) } : row));
  const change = (at, step) =>
    0.5 * Math.abs(ratio(moved(at, (row) => step(row, 1))) - ratio(moved(at, (row) => step(row, -1))));
  const ofValue = (row, side) => ({ acts: row.acts + side * row.whole * row.error });
  const ofStakes = (row, side) => {
    const grown = 1 + side * Math.min(row.part, 0.5);
    return { acts: row.acts * grown, whole: row.whole * grown };
  };
  const error = rows.reduce(
    (sum, row, k) => sum + change(k, ofValue) + change(k, ofStakes) * Math.max(row.part / 0.5, 1), 0);
  return { discount: 1 - ratio(rows), error };
}
