// The settings: how they begin, and how they are written in the address.

import { FIELDS } from "./laws.js";

export function presetOf(page, name) {
  return page.presets.find((each) => each.name === name) || page.presets[0];
}

export function startOf(page, preset = page.scenario) {
  const chosen = presetOf(page, preset);
  return {
    preset: chosen.name,
    laws: structuredClone(chosen.laws),
    evidence: "nothing-visible",
    visible: 1,
    engulfed: 0,
    theory: "adt-total",
    credences: null,
    q: { kind: "fixed", value: 1 },
    kept: 1,
    correlated: 0.1,
    causes: null,
    ...structuredClone(page.start),
  };
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// The parameters whose law is not that of the preset.
export function changed(page, state) {
  const laws = presetOf(page, state.preset).laws;
  return Object.keys(state.laws).filter((name) => !same(state.laws[name], laws[name]));
}

const numberText = (x) => (Array.isArray(x) ? x.join(" ") : x === null ? "" : String(x));

function lawText(law) {
  const fields = FIELDS[law.kind].map((name) => numberText(law[name] === undefined ? null : law[name]));
  return [law.kind, ...fields, ...(law.each ? ["each"] : [])].join(",");
}

function lawFrom(text, stepOf) {
  const [kind, ...rest] = text.split(",");
  if (!Object.hasOwn(FIELDS, kind)) return null;
  const law = { kind };
  for (const [k, name] of FIELDS[kind].entries()) {
    const word = rest[k] ?? "";
    if (name === "values" || name === "weights") law[name] = word.split(" ").map(Number);
    else if (word !== "") law[name] = Number(word);
    if ([law[name] ?? 0].flat().some((x) => !Number.isFinite(x))) return null;
  }
  if (stepOf) law.each = rest.includes("each");
  return sound(law) ? law : null;
}

// Whether the numbers of a law make one.
export function sound(law) {
  const { lo, hi, mu, sigma, lower, upper, p, exponent, value } = law;
  const rising = lo !== undefined && hi !== undefined && lo < hi;
  const spread = Number.isFinite(mu) && sigma > 0;
  return {
    "fixed": () => Number.isFinite(value),
    "uniform": () => rising,
    "log-uniform": () => rising && lo > 0,
    "inverse-uniform": () => rising && lo > 0,
    "normal": () => spread,
    "log-normal": () => spread,
    "log-normal-10": () => spread,
    "truncated-log-normal": () => spread && lower >= 0 && lower < upper,
    "power-of-ten": () => exponent > 0,
    "exponential": () => law.scale > 0,
    "uniform-integer": () => lo <= hi && Number.isInteger(lo) && Number.isInteger(hi) && hi < 1e4,
    "truncated-geometric": () => p > 0 && p < 1 && !(law.hi > 1e4),
    "discrete": () => law.values.length === law.weights.length && law.weights.every((w) => w >= 0) &&
      law.weights.some((w) => w > 0),
  }[law.kind]();
}

export function toAddress(page, state) {
  const start = startOf(page, state.preset);
  const words = new URLSearchParams();
  words.set("p", state.preset);
  for (const name of changed(page, state)) words.set(`l.${name}`, lawText(state.laws[name]));
  for (const key of ["evidence", "visible", "engulfed", "theory", "kept", "correlated"]) {
    if (state[key] !== start[key]) words.set(key, String(state[key]));
  }
  if (!same(state.q, start.q)) words.set("q", lawText(state.q));
  for (const [name, share] of Object.entries(state.credences || {})) {
    if (share > 0) words.set(`c.${name}`, String(share));
  }
  for (const row of state.causes || []) {
    const numbers = [row.share, row.chance, row.value, row.kept, row.error];
    words.set(`x.${row.leaves}`, numbers.join(","));
  }
  return words.toString();
}

const between = (text, low, high) => {
  const number = text === null || text === "" ? NaN : Number(text);
  return number >= low && number <= high ? number : null;
};

// Settings of an address; whatever is wrong in it is left as it begins.
export function fromAddress(page, text) {
  const words = new URLSearchParams(text);
  const state = startOf(page, words.get("p") || page.scenario);
  for (const info of page.parameters) {
    const law = lawFrom(words.get(`l.${info.name}`) || "", info.stepOf);
    if (law) state.laws[info.name] = law;
  }
  const named = (key, known) => known.includes(words.get(key)) && (state[key] = words.get(key));
  named("evidence", page.evidence.map((each) => each.name));
  named("theory", page.theories.map((each) => each.name));
  const visible = between(words.get("visible"), 0, 1);
  if (page.stops.includes(visible)) state.visible = visible;
  state.engulfed = between(words.get("engulfed"), 0, 1) ?? state.engulfed;
  state.kept = between(words.get("kept"), 0, 1) ?? state.kept;
  state.correlated = between(words.get("correlated"), 0, 1) ?? state.correlated;
  const q = lawFrom(words.get("q") || "", null);
  if (q && ["fixed", "uniform", "normal", "discrete"].includes(q.kind)) state.q = q;
  const credences = {};
  for (const { name, judges } of page.theories) {
    const share = between(words.get(`c.${name}`), 0, 1);
    if (judges && share !== null) credences[name] = share;
  }
  if (Object.values(credences).some((share) => share > 0)) state.credences = credences;
  state.causes = causesFrom(page, words);
  return state;
}

function causesFrom(page, words) {
  const rows = page.causes.rows.map((row) => {
    const numbers = (words.get(`x.${row.leaves}`) || "").split(",").map((x) => between(x, -10, 10));
    if (numbers.length !== 5 || numbers.includes(null)) return null;
    const [share, chance, value, kept, error] = numbers;
    return { leaves: row.leaves, share, chance, value, kept, error };
  });
  return rows.includes(null) ? null : rows;
}
