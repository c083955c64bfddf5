// The controls: what is assumed, each with its unit, its source and how sure it is.

import { choice, field, group, labelled, make, round, slider } from "./parts.js";
import { parameterControls } from "./priors.js";
import { presetOf, sound, startOf } from "./state.js";
import { plain } from "./words.js";

// Draws of a study are of its priors and evidence: those stay as they are.
export function controls(app) {
  const { page } = app;
  const back = make("button", { type: "button", textContent: "Set all back" });
  back.addEventListener("click", () => {
    Object.assign(app.state, startOf(page, page.scenario));
    app.rebuild();
  });
  return [
    ...(page.weighed
      ? [make("div", { className: "group plain" }, [theoryControls(app), back])] : worldControls(app, back)),
    group("Value of what others make", Boolean(page.weighed), [similarityControls(app), valueControls(app)]),
    ...(page.causes.rows.length
      ? [group("What ends us, and what comes after", false, [causesControls(app)])] : []),
    group("Credence in theories", Boolean(page.weighed), [credenceControls(app)]),
  ];
}

function worldControls(app, back) {
  const { page, state } = app;
  const presets = page.presets.map((each) => [each.name, `${each.name}: ${each.title}`]);
  const preset = presetOf(page, state.preset);
  const start = labelled("begin with", choice(presets, state.preset, (name) => {
    const fresh = startOf(page, name);
    Object.assign(state, { preset: fresh.preset, laws: fresh.laws });
    app.rebuild();
  }));
  start.classList.add("tall");
  const words = make("p", { className: "about", textContent: `${preset.assumes} Source: ${preset.source}.` });
  return [
    make("div", { className: "group plain" }, [start, words, back]),
    group("What is observed, and by which theory", true, [evidenceControls(app), theoryControls(app)]),
    group("Priors", true, page.parameters.map((info) => parameterControls(app, info))),
  ];
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
      app.rebuild();
    })));
    if (state.visible < 1) {
      parts.push(slider("chance of unaware observers inside the others", state.engulfed, { low: 0, high: 1 }, (x) => {
        state.engulfed = x;
        app.changed();
      }));
    }
  }
  return field("evidence", `${meaning}. Share visible: no unit; nobody gives a number (Vinding 2024), assumed 1. ` +
    "Unaware observers: chance that a place inside fronts that nobody sees still bears observers like us; no unit, assumed 0.", parts);
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
    if (!sound(next)) return app.warn("similarity: these numbers make no distribution; the last one holds");
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
