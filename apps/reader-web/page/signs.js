// Drawn signs. Never alone: the word beside one says the same.

import { h } from "./dom.js";

const SHAPES = {
  held: ["M5 12.5l4.5 4.5L19 7.5"],
  marked: ["M12 6.5v6l4 2.5", "M12 3a9 9 0 1 0 9 9"],
  refused: ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
  undecided: ["M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3", "M12 18v.5"],
  offline: ["M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16", "M6.5 6.5l11 11"],
  yes: ["M5 12.5l4.5 4.5L19 7.5"],
  no: ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
};

/** A drawn sign; the word beside it says the same. */
export function icon(name) {
  return h("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, SHAPES[name].map((d) => h("path", { d })));
}
