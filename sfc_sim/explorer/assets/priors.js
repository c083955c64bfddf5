// The priors: of every parameter that varies, a law and its handles.

import { lawChart } from "./charts.js";
import { FIELDS, isPoints, logDensity } from "./laws.js";
import { choice, described, labelled, make, round, slider } from "./parts.js";
import { changed, presetOf, sound } from "./state.js";

const KIND_WORDS = {
  "fixed": "point", "uniform": "uniform", "log-uniform": "log-uniform",
  "truncated-log-normal": "log-normal, cut", "uniform-integer": "uniform over whole numbers",
  "truncated-geometric": "geometric", "power-of-ten": "power of ten (Cook)", "log-normal": "log-normal",
  "log-normal-10": "log-normal, decades", "normal": "normal", "exponential": "exponential",
  "inverse-uniform": "uniform in the inverse", "discrete": "some values",
};

function kindsOf(page, info) {
  const usual = info.whole ? ["fixed", "uniform-integer", "truncated-geometric"]
    : info.stepOf ? ["log-uniform"]
    : info.low > 0 ? ["fixed", "uniform", "log-uniform", "truncated-log-normal"] : ["fixed", "uniform"];
  const published = page.presets.map((preset) => preset.laws[info.name].kind);
  return [...new Set([...usual, ...published])];
}

// A law of a kind in place of another, over about the same range.
export function newLaw(kind, info, old) {
  const lo = old.lo ?? old.lower ?? info.low;
  const hi = old.hi ?? old.upper ?? info.high;
  const [low, high] = [Math.max(lo, info.low), Math.min(hi, info.high)];
  const middle = info.low > 0 ? Math.sqrt(low * high) : (low + high) / 2;
  const made = {
    "fixed": { value: info.whole ? Math.round(middle) : round(middle) },
    "uniform": { lo: low, hi: high },
    "log-uniform": { lo: low, hi: high },
    "truncated-log-normal": {
      mu: Math.log(middle), sigma: Math.max(Math.log(high / low) / 4, 0.1), lower: info.low, upper: info.high,
    },
    "uniform-integer": { lo: Math.round(low), hi: Math.round(high) },
    "truncated-geometric": { p: 0.35, lo: Math.round(info.low), hi: Math.round(high) },
  }[kind];
  return { kind, ...made };
}

const wide = (low, high) => low > 0 && high > 30 * low;

// What can be moved of a law: words, the value, its range, and the law with another value.
function handles(law, info) {
  const reach = { low: info.low, high: info.high, logged: wide(info.low, info.high), whole: info.whole };
  const set = (name) => (x) => ({ ...law, [name]: x });
  const plainHandle = (words, name, range) => [words, law[name], range, set(name)];
  switch (law.kind) {
    case "fixed": return [plainHandle("value", "value", reach)];
    case "uniform": case "log-uniform": case "inverse-uniform": case "uniform-integer":
      return [plainHandle("from", "lo", reach), plainHandle("to", "hi", reach)];
    case "truncated-geometric": return [plainHandle("chance of each to be the last", "p", { low: 0.01, high: 0.99 })];
    case "power-of-ten": return [plainHandle("mean exponent", "exponent", { low: 0.05, high: 10, logged: true })];
    case "truncated-log-normal": case "log-normal":
      return [
        ["median, before the cut", round(Math.exp(law.mu)), reach, (x) => ({ ...law, mu: Math.log(x) })],
        ["one standard deviation is a factor of", round(Math.exp(law.sigma)), { low: 1.05, high: 1e4, logged: true },
          (x) => ({ ...law, sigma: Math.log(x) })],
      ];
    default: return FIELDS[law.kind].filter((name) => typeof law[name] === "number")
      .map((name) => plainHandle(name, name, { low: -200, high: 200 }));
  }
}

// The controls of one parameter.
export function parameterControls(app, info) {
  const { page, state } = app;
  const preset = presetOf(page, state.preset);
  const told = preset.told[info.name];
  const words = `${info.meaning}. Unit: ${info.unit || "none"}. As published: ${told.source} (${told.status}).`;
  const box = make("fieldset");
  const name = `${info.name.replaceAll("_", " ")}${info.unit ? ` (${info.unit})` : ""}`;
  box.append(make("legend", { textContent: name }));
  const body = make("div");
  const draw = () => {
    const law = state.laws[info.name];
    body.replaceChildren(...lawParts(app, info, law, draw));
    box.classList.toggle("changed", changed(page, state).includes(info.name));
  };
  draw();
  box.append(body, described(box, words));
  return box;
}

function lawParts(app, info, law, redraw) {
  const { page, state } = app;
  const use = (next, again) => {
    if (!sound(next)) return app.warn(`${info.name}: these numbers make no prior (from must be below to); the last one holds`);
    state.laws[info.name] = info.stepOf ? { ...next, each: law.each } : next;
    if (again) redraw();
    else picture.replaceChildren(...pictureOf(next, info));
    return app.changed();
  };
  const kinds = kindsOf(page, info).map((kind) => [kind, KIND_WORDS[kind] || kind]);
  const published = page.presets.map((preset) => preset.laws[info.name]);
  const kind = labelled("prior", choice(kinds, law.kind, (chosen) => {
    const known = published.find((each) => each.kind === chosen);
    const usual = newLaw(chosen, info, law);
    use(Object.keys(usual).length > 1 ? usual : { ...known }, true);
  }));
  const picture = make("div", { className: "picture" }, pictureOf(law, info));
  // Each handle starts from the law as it is now, not as it was drawn.
  const rows = handles(law, info).map(([words, value, range], k) => slider(words, value, range, (x) =>
    use(handles(state.laws[info.name], info)[k][3](x), false)));
  const parts = [kind, picture, ...rows];
  if (info.stepOf) {
    const each = make("input", { type: "checkbox", checked: law.each === true });
    each.addEventListener("change", () => {
      state.laws[info.name] = { ...state.laws[info.name], each: each.checked };
      app.changed();
      redraw();
    });
    parts.push(labelled(`drawn anew for each of the ${info.stepOf.replaceAll("_", " ")}`, each));
  }
  return parts;
}

function pictureOf(law, info) {
  if (law.kind === "fixed") return [];
  const density = (x, ln) => {
    const value = isPoints(law) ? Math.round(x) : x;
    const column = { values: [value], logs: [ln], atom: [0], whole: info.whole };
    return isPoints(law) && !info.whole ? -Infinity : logDensity(law, column, null)[0];
  };
  return [lawChart(density, info.low, info.high, wide(info.low, info.high))];
}
