// The screens that come after the first. Their scripts are fetched while the holder looks at it, or at the latest when they
// are asked for, so that the cards wait for no more than they need.

const SCRIPTS = {
  add: () => import("./add.js"),
  calls: () => import("./calls.js"),
  card: () => import("./details.js"),
  history: () => import("./history.js"),
  settings: () => import("./settings.js"),
  share: () => import("./share.js"),
  welcome: () => import("./welcome.js"),
};

/** Milliseconds before they are fetched: who is quick sees the cards first. */
const FIRST = 1500;

const screen = (script, view) => async (...given) => (await SCRIPTS[script]())[view](...given);

/** Views by the screen's name. */
export const LATER = {
  add: screen("add", "addView"),
  card: screen("card", "detailsView"),
  history: screen("history", "historyView"),
  settings: screen("settings", "settingsView"),
  share: screen("share", "shareView"),
};

/** For whoever has no wallet yet. */
export const welcomeView = screen("welcome", "welcomeView");

/** Goes on with what called the wallet: see `calls.js`. */
export const receive = screen("calls", "receive");

/** From then on the page is whole, as long as it is open. */
export function fetchLater() {
  setTimeout(() => Object.values(SCRIPTS).forEach((script) => script().catch(() => {})), FIRST);
}
