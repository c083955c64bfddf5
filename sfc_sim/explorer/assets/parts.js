// The parts that controls are made of.

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
export function labelled(words, control) {
  control.id ||= fresh("control");
  return make("div", { className: "field" }, [
    make("label", { htmlFor: control.id, textContent: words }), control]);
}

export function choice(options, value, choose) {
  const list = make("select", {}, options.map(([name, words]) =>
    make("option", { value: name, textContent: words, selected: name === value })));
  list.addEventListener("change", () => choose(list.value));
  return list;
}

export const round = (x) => Number(x.toPrecision(3));

// A number as one would type it.
const typed = (x) => (Math.abs(x) >= 1e6 ? x.toExponential().replace("e+", "e") : String(x));

// A number that is moved by a slider and can be typed: one value, two handles.
export function slider(words, value, { low, high, logged, whole }, set) {
  const steps = whole ? high - low : 1000;
  const place = (x) => (logged ? Math.log(x / low) / Math.log(high / low) : (x - low) / (high - low)) * steps;
  const at = (k) => (logged ? low * (high / low) ** (k / steps) : low + (high - low) * (k / steps));
  const box = make("input", { type: "number", step: "any", value: typed(value), min: String(low), max: String(high) });
  const range = make("input", {
    type: "range", min: "0", max: String(steps), step: "1", value: String(place(value)),
    "aria-label": `${words}, slider`,
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
    const asked = Number(box.value);
    const x = box.value === "" || !Number.isFinite(asked) ? value : Math.min(Math.max(asked, low), high);
    box.value = typed(x);
    move(x);
    set(x);
  });
  const row = labelled(words, box);
  row.append(range);
  row.classList.add("slider");
  return row;
}

// What a control is and where its number comes from: on hover, for screen readers, and to open.
export function described(box, words) {
  const about = make("p", { id: fresh("about"), className: "about", textContent: words });
  box.title = words;
  box.setAttribute("aria-describedby", about.id);
  const summary = make("summary", { textContent: "what it is, and its source" });
  return make("details", { className: "source" }, [summary, about]);
}

export function group(title, open, children) {
  return make("details", { className: "group", open }, [make("summary", { textContent: title }), ...children]);
}

export function field(title, about, children) {
  const box = make("fieldset", {}, [make("legend", { textContent: title })]);
  box.append(...children, described(box, about));
  return box;
}
