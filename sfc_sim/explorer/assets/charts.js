// Pictures as SVG: each has a title and a description that says what it shows.

const SPACE = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, children = []) {
  const node = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const text = (x, y, words, anchor = "middle", kind = "tick") => {
  const node = element("text", { x, y, "text-anchor": anchor, class: kind });
  node.textContent = words;
  return node;
};

// Drawn in its own size, so that letters are as large on a phone.
const narrow = () => window.innerWidth < 520;
const sizeOf = (right) => ({
  width: narrow() ? Math.max(window.innerWidth - 32, 280) : 680, height: narrow() ? 260 : 300,
  left: 66, right, top: 14, bottom: 50,
});

// A frame with axes, and the functions from values to places.
function frame(id, told, { x, y, xLabel, yLabel, xTicks, yTicks, room = 16 }) {
  const { width, height, left, right, top, bottom } = sizeOf(room);
  const toX = (value) => left + ((value - x[0]) / (x[1] - x[0])) * (width - left - right);
  const toY = (value) => height - bottom - ((value - y[0]) / (y[1] - y[0])) * (height - top - bottom);
  const title = element("title", { id: `${id}-title` });
  const about = element("desc", { id: `${id}-about` });
  title.textContent = told.title;
  about.textContent = told.about;
  const svg = element("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-labelledby": `${id}-title ${id}-about`,
  }, [title, about]);
  for (const [value, label] of yTicks) {
    svg.append(element("line", { x1: left, x2: width - right, y1: toY(value), y2: toY(value), class: "grid" }));
    svg.append(text(left - 8, toY(value) + 4, label, "end"));
  }
  for (const [value, label] of xTicks) svg.append(text(toX(value), height - bottom + 18, label));
  svg.append(text((left + width - right) / 2, height - 6, xLabel, "middle", "label"));
  if (yLabel) {
    const words = text(13, (top + height - bottom) / 2, yLabel, "middle", "label");
    words.setAttribute("transform", `rotate(-90 13 ${(top + height - bottom) / 2})`);
    svg.append(words);
  }
  return { svg, toX, toY, left, top, floor: height - bottom };
}

const path = (points) => points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

// The weight of each bin of log10 of a number, in all.
export function histogram(logs, share, bins) {
  const out = new Float64Array(bins.many);
  for (let i = 0; i < logs.length; i++) {
    const at = Math.floor(((logs[i] / Math.LN10 - bins.low) / (bins.high - bins.low)) * bins.many);
    out[Math.min(Math.max(at, 0), bins.many - 1)] += share[i];
  }
  return out;
}

const BINS = { low: -20, high: 14, many: 68 };

export function countsChart(logs, before, after, told) {
  const curves = [["prior", before], ["posterior", after]]
    .map(([kind, share]) => [kind, histogram(logs, share, BINS)]);
  const top = Math.max(1e-9, ...curves.flatMap(([, bins]) => [...bins]));
  const xTicks = [-20, -10, 0, 10].map((v) => [v, v === 0 ? "1" : v === BINS.low ? "≤1e-20" : `1e${v}`]);
  const { svg, toX, toY, left, top: above } = frame("counts", told, {
    x: [BINS.low, BINS.high], y: [0, 1.05 * top], xTicks, yTicks: [],
    xLabel: "expanding civilizations per universe", yLabel: "probability",
  });
  const width = (BINS.high - BINS.low) / BINS.many;
  for (const [kind, bins] of curves) {
    const points = [[toX(BINS.low), toY(0)]];
    bins.forEach((weight, k) => {
      points.push([toX(BINS.low + k * width), toY(weight)], [toX(BINS.low + (k + 1) * width), toY(weight)]);
    });
    points.push([toX(BINS.high), toY(0)]);
    svg.append(element("path", { d: path(points), class: `area ${kind}` }));
  }
  svg.append(element("line", { x1: toX(0), x2: toX(0), y1: above, y2: toY(0), class: "mark" }));
  svg.append(text(left + 8, above + 12, "prior: outlined, dashed", "start", "label prior-text"));
  svg.append(text(left + 8, above + 30, told.posterior, "start", "label posterior-text"));
  return svg;
}

// The discount at every similarity is a line: each theory has its own.
export function discountChart(lines, chosen, q, told) {
  const ends = [-1, 1.5];
  const ticks = [-1, -0.5, 0, 0.5, 1].map((v) => [v, `${100 * v} %`]);
  const { svg, toX, toY, top, floor } = frame("discount", told, {
    room: 118, x: ends, y: [-1.05, 1.5], yTicks: ticks, xTicks: [-1, 0, 1].map((v) => [v, String(v)]),
    xLabel: "similarity: value of others over ours", yLabel: "discount on survival",
  });
  const label = (name, y) => text(toX(ends[1]) + 6, y, name, "start", name === chosen ? "label chosen-text" : "label");
  for (const { name, at, error } of [...lines].sort((a, b) => (a.name === chosen) - (b.name === chosen))) {
    if (name === chosen) {
      const band = [...ends.map((x) => [toX(x), toY(at(x) + error(x))]),
        ...ends.map((x) => [toX(x), toY(at(x) - error(x))]).reverse()];
      svg.append(element("path", { d: `${path(band)}Z`, class: "band" }));
    }
    svg.append(element("path", {
      d: path(ends.map((x) => [toX(x), toY(at(x))])), class: name === chosen ? "line chosen" : "line",
    }));
  }
  // Names at the right ends, from above, none on another.
  let free = 0;
  for (const { name, at } of [...lines].sort((a, b) => b.at(ends[1]) - a.at(ends[1]))) {
    const y = Math.max(toY(at(ends[1])) + 4, free);
    free = y + 16;
    svg.append(label(name, y));
  }
  svg.append(element("line", { x1: toX(q), x2: toX(q), y1: top, y2: floor, class: "mark" }));
  return svg;
}

// A law over the range of the draws, small: its density at every place.
export function lawChart(density, low, high, logged) {
  const [width, height, many] = [320, 44, 120];
  const places = Array.from({ length: many }, (_, k) => (k + 0.5) / many);
  const heights = places.map((u) => {
    const x = logged ? Math.exp(Math.log(low) + u * Math.log(high / low)) : low + u * (high - low);
    const log = density(x, Math.log(x)) + (logged ? Math.log(x) : 0);
    return Number.isFinite(log) ? Math.exp(log) : 0;
  });
  const top = Math.max(...heights, 1e-300);
  const points = [[0, height], ...places.map((u, k) => [u * width, height - (height - 3) * (heights[k] / top)]), [width, height]];
  const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, class: "law", "aria-hidden": "true" });
  svg.setAttribute("preserveAspectRatio", "none");
  svg.append(element("path", { d: path(points), class: "area posterior" }));
  return svg;
}
