// The page: read the draws, build the controls, compute whenever a setting changes.

import { controls } from "./controls.js";
import { readDraws } from "./data.js";
import { compute, show } from "./results.js";
import { fromAddress, startOf, toAddress } from "./state.js";
import { bench } from "./weigh.js";
import { withError } from "./words.js";

function begin() {
  const page = JSON.parse(document.getElementById("contents").textContent);
  const columns = readDraws(page, document.getElementById("numbers").textContent.trim());
  const app = { page, work: bench(page, columns), state: startOf(page), found: null, elapsed: 0 };
  let waiting = false;

  app.compute = () => {
    const began = performance.now();
    app.found = compute(app.work, app.state);
    app.computed = performance.now() - began;
    show(app, app.found);
    app.elapsed = performance.now() - began;
  };
  // Of many changes in one frame, the last is computed.
  app.changed = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      app.compute();
      history.replaceState(null, "", `#${toAddress(page, app.state)}`);
    });
  };
  // A page that is whole without this script shows its parts now.
  document.getElementById("panels")?.removeAttribute("hidden");
  app.warn = (words) => {
    document.getElementById("warning").textContent = words;
  };
  app.rebuild = () => {
    const box = document.getElementById("controls");
    const open = [...box.querySelectorAll("details.group")].map((each) => each.open);
    const at = [...box.querySelectorAll("select, input, button")].indexOf(document.activeElement);
    box.replaceChildren(...controls(app));
    box.querySelectorAll("details.group").forEach((each, k) => {
      if (k in open) each.open = open[k];
    });
    if (at >= 0) [...box.querySelectorAll("select, input, button")][at]?.focus();
    app.changed();
  };

  document.getElementById("controls").addEventListener("submit", (event) => event.preventDefault());
  const follow = () => {
    Object.assign(app.state, fromAddress(page, location.hash.slice(1)));
    app.rebuild();
    app.compute();
  };
  window.addEventListener("hashchange", follow);
  window.addEventListener("resize", app.changed);
  document.getElementById("link")?.addEventListener("click", () => {
    const box = document.getElementById("address");
    box.value = location.href;
    box.hidden = false;
    box.select();
    document.execCommand("copy");
  });
  follow();

  // What is computed, for tests and for whoever wants the numbers.
  window.sfc = {
    numbers: () => told(app.found),
    withError,
    state: () => structuredClone(app.state),
    set: (changes) => {
      Object.assign(app.state, changes);
      app.rebuild();
      app.compute();
      return told(app.found);
    },
    address: () => toAddress(page, app.state),
    elapsed: () => ({ computed: app.computed, shown: app.elapsed }),
  };
}

const light = ({ copies, share, ...rest }) => rest;

function told(found) {
  const theories = Object.entries(found.numbers).map(([name, row]) => [name, light(row)]);
  return { theories: Object.fromEntries(theories), prior: light(found.prior), credences: found.credences };
}

begin();
