// Work that takes its time: what is being done, for how long already, and a way out. Nothing waits without a number.

import { button, h } from "./dom.js";
import { engine } from "./engine.js";
import { alarm } from "./problems.js";
import { leave, show, state, step } from "./state.js";
import { t } from "./words.js";

/** From when on the screen says why it takes so long, in seconds. */
const LONG = 8;

/** Shows `words` while `work` runs, then calls `then` with its result or `failed` with its problem. Whoever has left the screen stays where they are. */
export async function during(words, work, then, failed = problemScreen) {
  const begun = Date.now();
  const mine = () => waitingView(words, begun);
  step(mine);
  let next;
  try {
    const result = await work();
    next = () => then(result);
  } catch (problem) {
    if (problem instanceof WebAssembly.RuntimeError) throw problem;
    next = () => failed(problem);
  }
  if (state.step === mine) next();
  else if (state.phase === "open" && !state.step) show({ focus: false });
}

/** Work that needs to know whom to trust: that is fetched first where it never was. Without it, the core says so. */
export async function knowing(work) {
  if (!engine.bundle() && navigator.onLine) await engine.refreshTrust().catch(() => {});
  return work();
}

function waitingView(words, begun) {
  const count = h("span", {});
  const why = h("p", { class: "hint", hidden: true }, t("waiting_long"));
  const tick = () => {
    const seconds = Math.floor((Date.now() - begun) / 1000);
    count.textContent = t("waiting_for", { n: seconds });
    why.hidden = seconds < LONG;
    if (count.isConnected || seconds < 1) setTimeout(tick, 250);
  };
  tick();
  return [
    h("h1", { tabindex: "-1", class: "small" }, words),
    h("p", { class: "lead", testid: "waiting" }, h("progress", { "aria-label": words }), " ", count),
    why,
    h("div", { class: "actions" }, button(t("waiting_leave"), () => leave(), { kind: "plain", testid: "waiting-leave" })),
  ];
}

/** Where trying again the same way may go better. */
const PASSING = ["silent", "issuer_refused", "provider_refused", "issuer_at_fault", "provider_at_fault", "device_refused", "not_kept", "not_taken", "trust_unreachable", "wallet_at_fault", undefined];

/** What went wrong, alone on a screen. */
export function problemScreen(problem, again) {
  step(() => [
    h("h1", { tabindex: "-1", class: "small" }, t("problem_title")),
    alarm(problem),
    h("div", { class: "actions" },
      again && PASSING.includes(problem.code) && button(t("try_again"), again, { kind: "primary", testid: "try-again" }),
      button(t("to_cards"), () => leave(), { testid: "to-cards" })),
  ]);
}
