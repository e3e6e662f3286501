// Drawn signs. The word beside one says the same.

import { h } from "./dom.js";

const TICK = ["M5 12.5l4.5 4.5L19 7.5"];
const CROSS = ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"];

const SHAPES = {
  valid: TICK,
  revoked: CROSS,
  unknown: ["M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3", "M12 18v.5"],
  too_old: ["M12 6.5v6l4 2.5", "M12 3a9 9 0 1 0 9 9"],
  warning: ["M12 4l9 16H3z", "M12 10v4.5", "M12 17.3v.2"],
  offline: ["M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16", "M6.5 6.5l11 11"],
  no: CROSS,
  yes: TICK,
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  passkey: ["M9 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8", "M3 20c0-4 2.5-6 6-6s4.5 1 5.5 2.5", "M18 11a2.5 2.5 0 1 0 .01 0", "M18 16v5l1.8-1.4"],
  camera: ["M3 8h4l2-3h6l2 3h4v11H3z", "M12 10a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7"],
  cards: ["M3 6h18v13H3z", "M3 10.5h18", "M6.5 15h4"],
  add: ["M12 5v14", "M5 12h14"],
  share: ["M4 12v8h16v-8", "M12 15V3.5", "M7.5 8L12 3.5 16.5 8"],
  history: ["M4 12a8 8 0 1 0 2.6-5.9L4 8", "M4 4v4h4", "M12 8v4.5l3 1.8"],
  settings: ["M4 7h9", "M17 7h3", "M15 4.5a2.5 2.5 0 1 0 .01 0", "M4 17h3", "M11 17h9", "M9 14.5a2.5 2.5 0 1 0 .01 0"],
};

/** The sign of that name. */
export function icon(name) {
  return h("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, SHAPES[name].map((d) => h("path", { d })));
}
