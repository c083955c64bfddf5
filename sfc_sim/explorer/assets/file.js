// The full computation: a scenario file, and the command that reads it.

import { FIELDS } from "./laws.js";
import { changed, presetOf } from "./state.js";

const NAME = "explored";

const quoted = (text) => JSON.stringify(String(text)).replace(/\u007f/g, "\\u007f");

// TOML tells 1 from 1.0; what counts is whole.
function number(x, whole) {
  if (whole) return String(Math.round(x));
  const text = String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const WHOLE = { "uniform-integer": ["lo", "hi"], "truncated-geometric": ["lo", "hi"], "power-of-ten": ["sign"] };

function lawTable(law) {
  const words = FIELDS[law.kind]
    .filter((name) => law[name] !== undefined && law[name] !== null)
    .map((name) => {
      const whole = (WHOLE[law.kind] || []).includes(name);
      const value = law[name];
      const text = Array.isArray(value) ? `[${value.map((x) => number(x)).join(", ")}]` : number(value, whole);
      return `${name} = ${text}`;
    });
  return `{ kind = ${quoted(law.kind)}, ${words.join(", ")} }`;
}

const key = (name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name));

function parameterTable(name, law, words = {}) {
  return [
    `[parameters.${key(name)}]`,
    ...Object.entries(words).map(([word, text]) => `${word} = ${quoted(text)}`),
    'source = "set in the explorer"',
    'status = "assumed"',
    `distribution = ${lawTable(law)}`,
    "",
  ].join("\n");
}

// A file that says what differs from the scenario that the settings began with.
export function scenarioFile(page, state) {
  const preset = presetOf(page, state.preset);
  const names = changed(page, state);
  const steps = page.parameters.find((info) => info.stepOf && names.includes(info.name));
  const form = steps && state.laws[steps.name].each !== preset.laws[steps.name].each
    ? `step_times = ${quoted(state.laws[steps.name].each ? "geometric-mean" : "common")}\n`
    : "";
  const tables = names.map((name) => {
    const { unit, symbol, meaning } = page.parameters.find((info) => info.name === name);
    return parameterTable(name, state.laws[name], preset.file ? { unit, symbol, meaning } : {});
  });
  if (state.evidence === "nothing-visible" && state.visible !== 1) {
    tables.push(parameterTable("visible_fraction", { kind: "fixed", value: state.visible }, { unit: "" }));
    if (state.engulfed > 0) {
      tables.push(parameterTable("engulfed_observers", { kind: "fixed", value: state.engulfed }, { unit: "" }));
    }
  }
  const head = [
    `name = ${quoted(`${NAME}-${preset.name}`)}`,
    `title = ${quoted(`Set in the explorer, after: ${preset.title}`)}`,
  ].join("\n");
  if (preset.file) return `${head}\n${rest(preset.file, names, form)}${tables.join("\n")}`;
  const options = form ? `[options]\n${form}\n` : "";
  return `base = ${quoted(preset.name)}\n${head}\n\n${options}${tables.join("\n")}`;
}

// Of a file that is no base: all but what is set anew, and what its source claims.
function rest(text, names, form) {
  const gone = names.flatMap((name) => [`[parameters.${key(name)}]`, `[parameters.${key(name)}.`]);
  const [words, ...sections] = text.split(/^(?=\[)/m);
  const kept = sections.filter((section) =>
    !["[[claims]]", "[claims.", ...gone].some((start) => section.startsWith(start)));
  const other = words.split("\n").filter((line) => !/^(name|title) = /.test(line)).join("\n");
  const with_form = kept.map((section) => (form && section.startsWith("[options]")
    ? section.replace(/^step_times = .*\n/m, form) : section));
  return other + with_form.join("");
}

// The causes of extinction as a file; "" where they are as published, or none.
export function causesFile(page, state) {
  if (!state.causes || asPublished(page, state)) return "";
  const rows = state.causes.filter((row) => row.share > 0);
  const total = rows.reduce((sum, row) => sum + row.share, 0);
  const parts = ['title = "Set in the explorer"', ""];
  for (const row of rows) {
    parts.push(
      `[causes.${row.leaves}]`,
      `share = ${number(row.share / total)}`,
      `successor = ${number(row.chance)}`,
      `value = ${number(row.value * row.kept)}`,
      `leaves = ${quoted(row.leaves)}`,
      "");
  }
  return parts.join("\n");
}

function asPublished(page, state) {
  return page.causes.rows.every((row, k) =>
    ["share", "chance", "value", "kept"].every((key) => row[key] === state.causes[k][key]));
}

const LAWS = {
  "fixed": (q) => String(q.value),
  "uniform": (q) => `Uniform(${q.lo}, ${q.hi})`,
  "normal": (q) => `Normal(${q.mu}, ${q.sigma})`,
  "discrete": (q) => {
    const total = q.weights.reduce((sum, weight) => sum + weight, 0);
    const kept = q.values.map((value, k) => [value, q.weights[k] / total]).filter((pair) => pair[1] > 0);
    return `Discrete([${kept.map((pair) => pair[0])}], [${kept.map((pair) => pair[1])}])`;
  },
};

export function command(page, state) {
  const words = ["sfc-sim run", `${NAME}.toml`];
  if (state.evidence !== "nothing-visible") words.push(`--evidence ${state.evidence}`);
  const total = Object.values(state.credences || {}).reduce((sum, share) => sum + share, 0);
  for (const [name, share] of Object.entries(state.credences || {})) {
    if (share > 0) words.push(`--theory ${name}=${share / total}`);
  }
  if (state.q.kind !== "fixed" || state.q.value !== 1) {
    words.push(`--similarity '${LAWS[state.q.kind](state.q)}'`);
  }
  if (state.kept !== 1) words.push(`--retention ${state.kept}`);
  if (!state.causes) words.push("--causes none");
  else if (!asPublished(page, state)) words.push("--causes causes.toml");
  return words.join(" ");
}
