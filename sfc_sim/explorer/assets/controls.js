// The controls: what is assumed, each with its unit, its source and how sure it is.

import { lawChart } from "./charts.js";
import { FIELDS, isPoints, logDensity } from "./laws.js";
import { changed, presetOf, sound, startOf } from "./state.js";
import { plain } from "./words.js";

export function make(name, properties = {}, children = []) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

let last = 0;
const fresh = (word) => `${word}-${++last}`;

// A control with its label.
function labelled(words, control) {
  control.id ||= fresh("control");
  return make("div", { className: "field" }, [
    make("label", { htmlFor: control.id, textContent: words }), control]);
}

function choice(options, value, choose) {
  const list = make("select", {}, options.map(([name, words]) =>
    make("option", { value: name, textContent: words, selected: name === value })));
  list.addEventListener("change", () => choose(list.value));
  return list;
}

const round = (x) => Number(x.toPrecision(3));

// A number as one would type it.
const typed = (x) => (Math.abs(x) >= 1e6 ? x.toExponential().replace("e+", "e") : String(x));

// A number that is moved by a slider and can be typed: one value, two handles.
function slider(words, value, { low, high, logged, whole }, set) {
  const steps = whole ? high - low : 1000;
  const place = (x) => (logged ? Math.log(x / low) / Math.log(high / low) : (x - low) / (high - low)) * steps;
  const at = (k) => (logged ? low * (high / low) ** (k / steps) : low + (high - low) * (k / steps));
  const box = make("input", { type: "number", step: "any", value: typed(value), min: String(low), max: String(high) });
  const range = make("input", {
    type: "range", min: "0", max: String(steps), step: "1", value: String(place(value)),
    ariaLabel: `${words}, slider`,
  });
  range.setAttribute("aria-valuetext", plain(value));
  const move = (x) => {
    range.value = String(place(x));
    range.setAttribute("aria-valuetext", plain(x));
  };
  range.addEventListener("input", () => {
    const k = Number(range.value);
    const x = k === 0 ? low : k === steps ? high : whole ? Math.round(at(k)) : round(at(k));
    box.value = typed(x);
    move(x);
    set(x);
  });
  box.addEventListener("change", () => {
    const x = Math.min(Math.max(Number(box.value) || low, low), high);
    box.value = typed(x);
    move(x);
    set(x);
  });
  const row = labelled(words, box);
  row.append(range);
  row.classList.add("slider");
  return row;
}

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

// What a control is and where its number comes from: on hover, for screen readers, and to open.
function described(box, words) {
  const about = make("p", { id: fresh("about"), className: "about", textContent: words });
  box.title = words;
  box.setAttribute("aria-describedby", about.id);
  const summary = make("summary", { textContent: "what it is, and its source" });
  return make("details", { className: "source" }, [summary, about]);
}

// The controls of one parameter.
function parameterControls(app, info) {
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
    if (!sound(next)) return app.warn(`${info.name}: such a law there is not; the last one holds`);
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

function group(title, open, children) {
  return make("details", { className: "group", open }, [make("summary", { textContent: title }), ...children]);
}

export function controls(app) {
  const { page, state } = app;
  const presets = page.presets.map((each) => [each.name, `${each.name}: ${each.title}`]);
  const preset = presetOf(page, state.preset);
  const start = labelled("begin with", choice(presets, state.preset, (name) => {
    const fresh = startOf(page, name);
    Object.assign(state, { preset: fresh.preset, laws: fresh.laws });
    app.rebuild();
  }));
  start.classList.add("tall");
  const back = make("button", { type: "button", textContent: "Set all back" });
  back.addEventListener("click", () => {
    Object.assign(state, startOf(page, page.scenario));
    app.rebuild();
  });
  const words = make("p", { className: "about", textContent: `${preset.assumes} Source: ${preset.source}.` });
  return [
    make("div", { className: "group plain" }, [start, words, back]),
    group("What is observed, and by which theory", true, [evidenceControls(app), theoryControls(app)]),
    group("Priors", true, page.parameters.map((info) => parameterControls(app, info))),
    group("Value of what others make", false, [similarityControls(app), valueControls(app)]),
    group("What ends us, and what comes after", false, [causesControls(app)]),
    group("Credence in theories", false, [credenceControls(app)]),
  ];
}

function field(title, about, children) {
  const box = make("fieldset", {}, [make("legend", { textContent: title })]);
  box.append(...children, described(box, about));
  return box;
}

function evidenceControls(app) {
  const { page, state } = app;
  const known = page.evidence.map((each) => [each.name, each.name]);
  const meaning = page.evidence.map((each) => `${each.name}: ${each.meaning}`).join(". ");
  const parts = [labelled("evidence", choice(known, state.evidence, (name) => {
    state.evidence = name;
    app.rebuild();
  }))];
  if (page.stops.length > 1 && state.evidence === "nothing-visible") {
    const stops = page.stops.map((stop) => [String(stop), stop === 1 ? "all" : stop === 0 ? "none" : String(stop)]);
    parts.push(labelled("share of fronts that are visible", choice(stops, String(state.visible), (text) => {
      state.visible = Number(text);
      app.changed();
    })));
  }
  return field("evidence", `${meaning}. Share visible: no unit; nobody gives a number (Vinding 2024), assumed 1.`, parts);
}

function theoryControls(app) {
  const { page, state } = app;
  const known = page.theories.map((each) => [each.name, each.name]);
  const meaning = page.theories.map((each) => `${each.name}: ${each.meaning}`).join(". ");
  const list = choice(known, state.theory, (name) => {
    state.theory = name;
    app.changed();
  });
  return field("theory", `The one in the sentence and the figures. ${meaning}.`, [labelled("anthropic theory", list)]);
}

const Q_KINDS = [["fixed", "a number"], ["uniform", "uniform"], ["normal", "normal"], ["discrete", "aligned, indifferent or misaligned"]];
const Q_STARTS = {
  "fixed": { value: 1 }, "uniform": { lo: 0, hi: 1 }, "normal": { mu: 0.5, sigma: 0.3 },
  "discrete": { values: [-1, 0, 1], weights: [0.2, 0.3, 0.5] },
};

function similarityControls(app) {
  const { state } = app;
  const use = (next) => {
    if (!sound(next)) return app.warn("similarity: such a law there is not; the last one holds");
    state.q = next;
    return app.changed();
  };
  const range = { low: -2, high: 2 };
  const set = (name) => (x) => use({ ...state.q, [name]: x });
  const rows = {
    "fixed": [["q", "value", range]],
    "uniform": [["from", "lo", range], ["to", "hi", range]],
    "normal": [["mean", "mu", range], ["standard deviation", "sigma", { low: 0.01, high: 2 }]],
    "discrete": [],
  }[state.q.kind].map(([words, name, reach]) => slider(words, state.q[name], reach, set(name)));
  if (state.q.kind === "discrete") {
    ["worse than nothing (-1)", "indifferent (0)", "as good as we (1)"].forEach((words, k) =>
      rows.push(slider(`share that is ${words}`, state.q.weights[k], { low: 0, high: 1 }, (x) =>
        use({ ...state.q, weights: state.q.weights.map((w, j) => (j === k ? x : w)) }))));
  }
  const kind = labelled("similarity q", choice(Q_KINDS, state.q.kind, (name) => {
    state.q = { kind: name, ...Q_STARTS[name] };
    app.rebuild();
  }));
  const about = "Value per resource of other civilizations over ours; no unit. Nobody has measured it: a premise (Riche 2025), assumed 1.";
  return field("similarity", about, [kind, ...rows]);
}

function valueControls(app) {
  const { state } = app;
  const set = (name) => (x) => {
    state[name] = x;
    app.changed();
  };
  return field("late recovery, and copies",
    "Value kept: part of the value that a resource keeps until others come; no unit, assumed 1. " +
    "Correlation: share of all civilizations that exist if and only if we choose so; no unit, a premise.", [
      slider("value kept by late recovery", state.kept, { low: 0, high: 1 }, set("kept")),
      slider("share that chooses as we do", state.correlated, { low: 0, high: 1 }, set("correlated")),
    ]);
}

function causesControls(app) {
  const { page, state } = app;
  const count = make("input", { type: "checkbox", checked: state.causes !== null });
  count.addEventListener("change", () => {
    state.causes = count.checked
      ? page.causes.rows.map(({ leaves, share, chance, value, kept, error }) => ({ leaves, share, chance, value, kept, error }))
      : null;
    app.rebuild();
  });
  const parts = [labelled("count what comes after us on Earth", count)];
  for (const [k, row] of (state.causes || []).entries()) parts.push(causeControls(app, page.causes.rows[k], row));
  return field("causes of extinction", `${page.causes.title}: ${page.causes.source}. ${page.causes.assumes} Status: assumed.`, parts);
}

function causeControls(app, published, row) {
  const set = (name) => (x) => {
    row[name] = x;
    if (name === "chance") row.error = 0;
    app.changed();
  };
  const one = { low: 0, high: 1 };
  const kept = [[String(published.kept), "as published"], ...app.page.delays.map(({ delay, kept: left }) =>
    [String(left), delay === 0 ? "at once" : `after ${plain(1000 * delay)} Myr`])];
  const delay = choice(kept, String(row.kept), (text) => {
    row.kept = Number(text);
    app.changed();
  });
  return make("fieldset", {}, [
    make("legend", { textContent: `leaves: ${row.leaves}` }),
    make("p", { className: "about", textContent: published.meaning.join("; ") }),
    slider("share of the risk", round(row.share), one, set("share")),
    slider("chance of a successor", round(row.chance), one, set("chance")),
    slider("its value per resource over ours", round(row.value), { low: -1, high: 1.5 }, set("value")),
    labelled("when it starts", delay),
  ]);
}

function credenceControls(app) {
  const { page, state } = app;
  const rows = page.theories.filter((each) => each.judges).map((theory) =>
    slider(theory.name, (state.credences || {})[theory.name] || 0, { low: 0, high: 1 }, (x) => {
      state.credences = { ...state.credences, [theory.name]: x };
      if (!Object.values(state.credences).some((share) => share > 0)) state.credences = null;
      app.changed();
    }));
  return field("credences", "How much you believe each theory; scaled to sum to 1. No unit; yours.", rows);
}
