// What the screens share while the page is open. All that stays is the engine's.

export const state = {
  /** `starting`, `none` (no wallet yet), `locked` or `open`. */
  phase: "starting",
  /** Which locks there are. */
  has: { passkey: false, pin: false },
  /** Whether the browser promised not to drop what is kept. */
  persisted: false,
  /** What is known of trust: `{ as_of, band }`, or null. */
  bundle: null,
  /** Seconds until a PIN may be tried again. */
  wait: 0,
  /** Why the wallet closed: `asked`, `hidden`, `elsewhere`, `deleted`. */
  closedBy: null,
  /** A link that came before the wallet was open. */
  incoming: null,
  /** A screen that stands in front of the others, such as a question; or null. */
  step: null,
  /** Whether that screen may be drawn anew at any time. */
  live: false,
  /** What the next screen says first, once. */
  note: "",
  /** What is known of the release in use: see `release.js`. */
  release: { state: "unknown" },
};

let draw = () => {};
let announce = () => {};

/** Who draws, and who says above the screen what everybody should see. */
export const drawnBy = (drawer, announcer) => { [draw, announce] = [drawer, announcer]; };

/** Says it anew, and leaves the screen as it is. */
export const remind = () => announce();

/** Draws anew. */
export const show = (options) => draw(options);

/** A screen in front of the others. One that is `live` keeps nothing that a person typed, and is drawn anew when the network comes or goes. */
export function step(view, { live = false } = {}) {
  Object.assign(state, { step: view, live });
  show();
}

/** Back to the screens of the menu. */
export function leave(to = "cards", note = "") {
  Object.assign(state, { step: null, note });
  if (location.hash === `#${to}`) show();
  else location.hash = to;
}

/** What the screen before left to say. */
export function takeNote() {
  const { note } = state;
  state.note = "";
  return note;
}
