// What follows: the sentence, the table by theory, the figures, the full computation.

import { countsChart, discountChart } from "./charts.js";
import { causesFile, command, scenarioFile } from "./file.js";
import { SIMILARITIES } from "./laws.js";
import { make } from "./parts.js";
import { FEWEST } from "./stats.js";
import { aftermath, aggregate, chanceOfHarm, valueOf } from "./value.js";
import { weighAll } from "./weigh.js";
import { count, doubts, plain, short, verdict, withError } from "./words.js";

// All numbers of the settings, and the weights that figures are made of.
export function compute(work, state) {
  const { theories, prior, given } = weighAll(work, state);
  const alone = work.columns.volume_alone.values;
  const numbers = {};
  for (const theory of work.page.theories) {
    const found = theories[theory.name];
    numbers[theory.name] = found.dead ? found : { ...found, ...valueOf(found, theory, state, given, alone) };
    // The tables of a study have it over worlds, too.
    if (!found.dead && theory.judges && !work.page.weighed) {
      Object.assign(numbers[theory.name], chanceOfHarm(found.recovered_share, state));
    }
  }
  return { numbers, prior, credences: state.credences && aggregate(numbers, state.credences) };
}

const few = (ess) => (ess < FEWEST ? "*" : "");
const pair = (name) => (found) => withError(found[name] ?? NaN, found[`${name}_error`]);

// The tables: of each column its heading, what it means, and how it is read of a theory; whether it
// is shown of one with few draws, too; and a number without which there is no such column.
const COUNTS = "How many others: estimate ± one standard error";
const TABLES = {
  [COUNTS]: [
    ["alone in the universe", "chance of fewer than one expected intelligent civilization in the observable universe",
      (found) => pair("probability_alone")(found) + few(found.alone_ess)],
    ["inside unseen fronts", "chance that we live inside fronts that nobody sees",
      (found) => pair("probability_inside")(found) + few(found.inside_ess), false, "probability_inside"],
    ["SFCs per universe: median", "expanding civilizations per observable universe, in half of all worlds fewer",
      (found) => count(found.civilizations_median)],
    ["90 % of worlds", "expanding civilizations per observable universe, from the 5 % to the 95 % quantile",
      (found) => `${count(found.civilizations_low)} to ${count(found.civilizations_high)}`],
    ["held", "of what humanity would hold with nobody else, what it still gets to first", pair("held_of_alone")],
    ["effective draws", "how many equally weighted draws the weighted ones are worth", (found) => plain(found.ess, 3), true],
    ["k-hat", "shape of the tail of the weights; above 0.7 errors do not hold", (found) => plain(found.k_hat, 2), true],
  ],
  "What that does to the value of survival: estimate ± one standard error": [
    ["s", "share of what humanity would get that others would take without it",
      (found) => pair("recovered_share")(found) + few(found.recovered_share_ess)],
    ["discount", "how much less survival is worth than if nobody else would recover it", pair("extinction_discount")],
    ["with nobody else at all", "the discount against a world in which there is nobody else",
      pair("discount_with_nobody_else")],
    ["takeover", "value of preventing a takeover that makes nothing of value, over that of preventing extinction",
      pair("takeover_ratio")],
    ["harm", "chance that survival is worth less than nothing, over what is uncertain of similarity",
      (found) => plain(found.probability_net_negative ?? NaN), false, "probability_net_negative"],
    ["with copies", "what those add who choose as we do, of what they get", pair("mcs_correlated")],
  ],
};

function table(app, numbers, caption) {
  const every = app.page.theories.map((theory) => numbers[theory.name]);
  const columns = TABLES[caption].filter((column) => !column[4] || every.some((found) => column[4] in found));
  const head = make("tr", {}, [["theory", "anthropic theory"], ...columns].map(([words, title]) =>
    make("th", { scope: "col", title, textContent: words })));
  const rows = app.page.theories.map((theory) => {
    const found = numbers[theory.name];
    const doubt = doubts(found);
    const silent = found.dead || found.ess < FEWEST;
    const cells = columns.map(([, , read, always]) =>
      make("td", { textContent: silent && !always ? "–" : read(found) }));
    const name = make("th", { scope: "row", title: theory.meaning, textContent: theory.name + (doubt ? " †" : "") });
    const row = make("tr", { className: theory.name === app.state.theory ? "chosen" : "" }, [name, ...cells]);
    if (doubt) row.classList.add("unsteady");
    return row;
  });
  const whole = make("table", {}, [
    make("caption", { textContent: caption }), make("thead", {}, [head]), make("tbody", {}, rows)]);
  return make("div", { className: "scroll", role: "region", "aria-label": caption, tabIndex: 0 }, [whole]);
}

function credenceList(state, { numbers, credences }) {
  if (!credences) return [];
  const title = make("h3", { textContent: "By your credences: the discount by three rules" });
  const few = Object.keys(state.credences)
    .filter((name) => state.credences[name] > 0 && !(numbers[name].ess >= FEWEST));
  if (few.length) {
    const words = `These draws cannot answer it: too few are effective under ${few.join(", ")}.`;
    return [title, make("p", { textContent: words })];
  }
  return [
    title,
    make("ul", {}, Object.entries(credences).map(([rule, found]) =>
      make("li", { textContent: `${rule}: ${withError(found.discount, found.error)}` }))),
  ];
}

// Below this part of the prior, less three standard errors, the page says what it misses.
const COVERED = 0.95;

function warning(app, { numbers, prior }) {
  const told = app.page.theories
    .map(({ name }) => [name, doubts(numbers[name])]).filter(([, doubt]) => doubt)
    .map(([name, doubt]) => `${name}: ${doubt}`);
  if (!app.page.weighed && prior.covered + 3 * prior.covered_error < COVERED) {
    told.unshift(`only ${plain(100 * prior.covered, 2)} % of your prior lies where there are draws`);
  }
  return told.length
    ? `† Beyond what these draws can answer: ${told.join("; ")}. ${app.page.more}`
    : "";
}

function figures(app, found) {
  return [...(app.page.weighed ? [] : [countsFigure(app, found)]), discountFigure(app, found)];
}

const captioned = (svg, words) => make("figure", {}, [svg, make("figcaption", { textContent: words })]);

function countsFigure({ state, work }, found) {
  const chosen = found.numbers[state.theory];
  const logs = work.columns.log_civilizations_actual.values;
  const after = chosen.dead ? new Float64Array(logs.length) : chosen.share;
  const range = (x) => (x.civilizations_median === undefined ? "none" :
    `median ${count(x.civilizations_median)}, 90 % from ${count(x.civilizations_low)} to ${count(x.civilizations_high)}`);
  const counts = countsChart(logs, found.prior.share, after, {
    title: "How many expanding civilizations",
    about: `Prior: ${range(found.prior)}. Under ${state.theory}: ${range(chosen)}.`,
    posterior: `${state.theory}: filled`,
  });
  return captioned(counts, "How many expanding civilizations there are per observable universe: " +
    `as your priors have it, ${range(found.prior)}; under ${state.theory}, given the evidence, ${range(chosen)}. ` +
    "The vertical line is one.");
}

function discountFigure(app, found) {
  const { state } = app;
  const after_us = aftermath(state.causes);
  const lines = app.page.theories.filter((each) => each.judges && !found.numbers[each.name].dead)
    .filter((each) => found.numbers[each.name].ess >= FEWEST).map(({ name }) => {
      const { recovered_share: s, recovered_share_error: error } = found.numbers[name];
      const slope = after_us.none * state.kept;
      return { name, at: (q) => after_us.made + slope * s * q, error: (q) => Math.abs(slope * q) * error };
    });
  const q = SIMILARITIES[state.q.kind].mean(state.q);
  const discount = discountChart(lines, state.theory, q, {
    title: "Discount against similarity",
    about: `The mean similarity is ${plain(q)}. At 1 the discounts are ` +
      lines.map(({ name, at }) => `${name} ${plain(100 * at(1))} %`).join(", "),
  });
  return captioned(discount, "How much less survival is worth, by the value of what others make per resource over ours. " +
    `The band is one standard error; the vertical line is your mean similarity, ${plain(q)}.`);
}

function full(app) {
  const { page, state } = app;
  const causes = causesFile(page, state);
  const parts = [
    ["In a terminal", command(page, state)],
    ["with this file as explored.toml", scenarioFile(page, state)],
    ...(causes ? [["and this one as causes.toml", causes]] : []),
  ];
  return parts.map(([words, content]) => {
    const area = make("textarea", { readOnly: true, value: content, rows: Math.min(content.split("\n").length + 1, 30), spellcheck: false });
    area.id = `full-${words.split(" ").pop().replace(".", "-")}`;
    const copy = make("button", { type: "button", textContent: "Copy", "aria-label": `Copy: ${words}` });
    copy.addEventListener("click", () => {
      area.select();
      document.execCommand("copy");
    });
    return make("div", { className: "field full" }, [
      make("label", { htmlFor: area.id, textContent: words }), area, copy]);
  });
}

// A page has those of these parts that it has room for.
function put(id, fill) {
  const box = document.getElementById(id);
  if (box) box.replaceChildren(...fill());
}

export function show(app, found) {
  const { page, state } = app;
  const theory = page.theories.find((each) => each.name === state.theory);
  const captions = Object.keys(TABLES).filter((caption) => !page.weighed || caption !== COUNTS);
  put("verdict", () => [verdict(found.numbers[theory.name], theory, page.more)]);
  put("warning", () => [warning(app, found)]);
  put("short", () => [short(found.numbers[theory.name], theory)]);
  put("tables", () => captions.map((caption) => table(app, found.numbers, caption)));
  put("credences", () => credenceList(state, found));
  put("figures", () => figures(app, found));
  put("full", () => full(app));
}
