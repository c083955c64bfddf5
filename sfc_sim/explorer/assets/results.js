// What follows: the sentence, the table by theory, the figures, the full computation.

import { countsChart, discountChart } from "./charts.js";
import { make } from "./controls.js";
import { causesFile, command, scenarioFile } from "./file.js";
import { SIMILARITIES } from "./laws.js";
import { FEWEST } from "./stats.js";
import { aftermath, aggregate, valueOf } from "./value.js";
import { weighAll } from "./weigh.js";
import { count, doubts, plain, verdict, withError } from "./words.js";

// All numbers of the settings, and the weights that figures are made of.
export function compute(work, state) {
  const { theories, prior, given } = weighAll(work, state);
  const alone = work.columns.volume_alone.values;
  const numbers = {};
  for (const theory of work.page.theories) {
    const found = theories[theory.name];
    numbers[theory.name] = found.dead ? found : { ...found, ...valueOf(found, theory, state, given, alone) };
  }
  return { numbers, prior, credences: state.credences && aggregate(numbers, state.credences) };
}

const COLUMNS = [
  ["theory", "anthropic theory"],
  ["alone in the universe", "chance of fewer than one expected intelligent civilization in the observable universe"],
  ["SFCs per universe", "expanding civilizations per observable universe: median, and 90 % of worlds"],
  ["held", "of what humanity would hold with nobody else, what it still gets to first"],
  ["s", "share of what humanity would get that others would take without it"],
  ["discount sκq", "how much less survival is worth than if nobody else would recover it"],
  ["discount, nobody else", "the same, against a world with nobody else at all"],
  ["takeover", "value of preventing a takeover that makes nothing of value, over that of preventing extinction"],
  ["harm", "chance that survival is worth less than nothing, over what is uncertain of similarity"],
  ["with copies", "what those add who choose as we do, of what they get"],
  ["effective draws", "how many equally weighted draws the weighted ones are worth"],
  ["k-hat", "shape of the tail of the weights; above 0.7 errors do not hold"],
];

function cells(found) {
  if (found.dead || found.ess < FEWEST) {
    return [...Array(COLUMNS.length - 3).fill("–"), plain(found.ess, 2), plain(found.k_hat, 2)];
  }
  const pair = (name) => withError(found[name] ?? NaN, found[`${name}_error`]);
  const few = (ess) => (ess < FEWEST ? "*" : "");
  return [
    pair("probability_alone") + few(found.alone_ess),
    `${count(found.civilizations_median)} (${count(found.civilizations_low)} to ${count(found.civilizations_high)})`,
    pair("held_of_alone"),
    pair("recovered_share") + few(found.recovered_share_ess),
    pair("extinction_discount"),
    pair("discount_with_nobody_else"),
    pair("takeover_ratio"),
    plain(found.probability_net_negative ?? NaN),
    pair("mcs_correlated"),
    plain(found.ess, 3),
    plain(found.k_hat, 2),
  ];
}

function table(app, numbers) {
  const head = make("tr", {}, COLUMNS.map(([words, title]) =>
    make("th", { scope: "col", title, textContent: words })));
  const rows = app.page.theories.map((theory) => {
    const found = numbers[theory.name];
    const doubt = doubts(found);
    const name = make("th", { scope: "row", title: theory.meaning, textContent: theory.name + (doubt ? " †" : "") });
    const row = make("tr", { className: theory.name === app.state.theory ? "chosen" : "" }, [
      name, ...cells(found).map((words) => make("td", { textContent: words }))]);
    if (doubt) row.classList.add("unsteady");
    return row;
  });
  return make("table", {}, [
    make("caption", { textContent: "By anthropic theory: estimate ± one standard error" }),
    make("thead", {}, [head]), make("tbody", {}, rows)]);
}

function credenceList(credences) {
  if (!credences) return [];
  return [
    make("h3", { textContent: "By your credences: the discount by three rules" }),
    make("ul", {}, Object.entries(credences).map(([rule, found]) =>
      make("li", { textContent: `${rule}: ${withError(found.discount, found.error)}` }))),
  ];
}

function warning(app, numbers) {
  const told = app.page.theories
    .map(({ name }) => [name, doubts(numbers[name])]).filter(([, doubt]) => doubt)
    .map(([name, doubt]) => `${name}: ${doubt}`);
  return told.length
    ? `† Beyond what these draws can answer: ${told.join("; ")}. The command below computes it in full.`
    : "";
}

function figures(app, found) {
  const { state, work } = app;
  const chosen = found.numbers[state.theory];
  const logs = work.columns.log_civilizations_actual.values;
  const after = chosen.dead ? new Float64Array(logs.length) : chosen.share;
  const range = (x) => (x.civilizations_median === undefined ? "none" :
    `median ${count(x.civilizations_median)}, 90 % from ${count(x.civilizations_low)} to ${count(x.civilizations_high)}`);
  const counts = countsChart(logs, found.prior.share, after, {
    title: "How many expanding civilizations",
    about: `Prior: ${range(found.prior)}. Under ${state.theory}: ${range(chosen)}.`,
    posterior: `${state.theory}, given the evidence: filled`,
  });
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
  const caption = (svg, words) => make("figure", {}, [svg, make("figcaption", { textContent: words })]);
  return [
    caption(counts, "How many expanding civilizations there are per observable universe: " +
      `as your priors have it, ${range(found.prior)}; under ${state.theory}, given the evidence, ${range(chosen)}. ` +
      "The vertical line is one."),
    caption(discount, "How much less survival is worth, by the value of what others make per resource over ours. " +
      `The band is one standard error; the vertical line is your mean similarity, ${plain(q)}.`),
  ];
}

function full(app) {
  const { page, state } = app;
  const causes = causesFile(page, state);
  const parts = [
    ["In a terminal", command(page, state), 2],
    ["with this file as explored.toml", scenarioFile(page, state), 12],
    ...(causes ? [["and this one as causes.toml", causes, 10]] : []),
  ];
  return parts.map(([words, content, rows]) => {
    const area = make("textarea", { readOnly: true, value: content, rows, spellcheck: false });
    area.id = `full-${words.split(" ").pop().replace(".", "-")}`;
    const copy = make("button", { type: "button", textContent: "Copy", ariaLabel: `Copy: ${words}` });
    copy.addEventListener("click", () => {
      area.select();
      document.execCommand("copy");
    });
    return make("div", { className: "field full" }, [
      make("label", { htmlFor: area.id, textContent: words }), area, copy]);
  });
}

const put = (id, nodes) => document.getElementById(id).replaceChildren(...nodes);

export function show(app, found) {
  const theory = app.page.theories.find((each) => each.name === app.state.theory);
  document.getElementById("verdict").textContent = verdict(found.numbers[theory.name], theory);
  document.getElementById("warning").textContent = warning(app, found.numbers);
  put("table", [table(app, found.numbers)]);
  put("credences", credenceList(found.credences));
  put("figures", figures(app, found));
  put("full", full(app));
}
