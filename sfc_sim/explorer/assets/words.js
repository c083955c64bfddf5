// Numbers and verdicts as people read them.

import { ALIKE, FEWEST, HEAVY, SMALL } from "./stats.js";

export function plain(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return String(Number(value.toPrecision(digits)));
  return value.toExponential(Math.max(digits - 1, 0)).replace("e+", "e").replace(/\.?0+e/, "e");
}

// A share with its standard error, as the package prints it; a bound where rounding would leave
// none or the whole of it.
export function withError(value, error, whole = 1) {
  if (!Number.isFinite(value)) return "–";
  if (!(error > 0)) return plain(value, 4);
  const size = Math.floor(Math.log10(error));
  const top = Math.floor(Math.log10(Math.abs(value)));
  if (value !== 0 && Math.abs(value) < 1e-3 && size <= top) {
    return `${plain(value, Math.min(top - size, 2) + 1)} ± ${plain(error, 1)}`;
  }
  // No more decimals than a table has room for; the error is then that of the last.
  const most = Math.abs(value) >= 0.01 ? 3 : 4;
  for (let places = Math.min(Math.max(0, -size), most); places < 5; places++) {
    const text = value.toFixed(places);
    if (Number(text) !== 0 && Number(text) !== whole) {
      return `${text} ± ${Number(Math.max(error, 10 ** -most).toPrecision(1))}`;
    }
  }
  if (value < whole / 2) return `<${plain(value + 2 * error, 1)}`;
  return `>${plain(Math.max(value - 2 * error, 0), 3)}`;
}

export const count = (value) => (value < 1e-30 ? "<1e-30" : plain(value, 2));

// Why a row is not to be trusted, or nothing.
export function doubts(found) {
  if (found.dead) return "no draw has any weight";
  const size = plain(found.ess, 2);
  if (found.ess < FEWEST) return `only ${size} effective draws: no number is given`;
  if (found.ess < SMALL) return `only ${size} effective draws`;
  const alike = found.tail_start >= ALIKE;
  if (found.k_hat > HEAVY && !alike) return `a heavy tail of weights (k-hat ${plain(found.k_hat, 2)})`;
  return "";
}

const percent = (value, error) => `${withError(100 * value, 100 * error, 100)} %`;

function change(value, error) {
  return value >= 0 ? `${percent(value, error)} less` : `${percent(-value, error)} more`;
}

export function verdict(found, theory, more) {
  const doubt = doubts(found);
  if (found.dead || found.ess < FEWEST) {
    return `These draws cannot answer this under ${theory.name}: ${doubt}. ${more}`;
  }
  const lead = `Under ${theory.name}${doubt ? ` (unsteady: ${doubt})` : ""}: `;
  const alone = "fewer than one intelligent civilization is expected in the observable universe " +
    `with probability ${withError(found.probability_alone, found.probability_alone_error)}. `;
  const taken = "Without humanity, others would take " +
    `${percent(found.recovered_share, found.recovered_share_error)} of what it would get. `;
  if (!theory.judges) {
    return `${lead}${alone}${taken}It weighs choices of how good the future is, not of whether ` +
      "there is one: no discount.";
  }
  return `${lead}${alone}${taken}So reducing extinction risk is worth ` +
    `${change(found.extinction_discount, found.extinction_discount_error)} than if nobody else ` +
    "would recover it, and " +
    `${change(found.discount_with_nobody_else, found.discount_with_nobody_else_error)} than with ` +
    "nobody else at all.";
}

// The verdict in a line that stays in sight.
export function short(found, theory) {
  if (found.dead || found.ess < FEWEST) return `${theory.name}: beyond what these draws can answer`;
  const discount = theory.judges
    ? `discount ${percent(found.extinction_discount, found.extinction_discount_error)}` : "no discount";
  const alone = percent(found.probability_alone, found.probability_alone_error);
  return `${theory.name}${doubts(found) ? " †" : ""}: ${discount}, alone ${alone}`;
}
