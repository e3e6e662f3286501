// Whether the page that runs is a release of the ledger, and whether there is another. A newer release is taken only after the
// ledger says so; until then the one that is kept goes on. What the browser loads by itself (`sw.js`) cannot be kept from
// changing: it is compared with the release, and a difference is said.

import { button, h } from "./dom.js";
import { engine } from "./engine.js";
import { icon } from "./signs.js";
import { remind, show, state } from "./state.js";
import { t } from "./words.js";

const LIST = "release.json";
const WORKER = "sw.js";

/** Looks at the kept release and at the served one. Says nothing where there is no network or no worker. */
export async function lookForRelease() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return;
  const kept = (await ask(worker, { which: true })).release;
  if (!kept) return;
  const release = { kept: await engine.release(kept), state: "current", list: null };
  if (navigator.onLine) Object.assign(release, await served(kept));
  const changed = JSON.stringify(release) !== JSON.stringify(state.release);
  state.release = release;
  if (changed && !state.step && state.phase === "open" && location.hash === "#settings") show({ focus: false });
  else if (changed) remind();
}

async function served(kept) {
  try {
    const [list, worker] = await Promise.all([LIST, WORKER].map(async (name) => {
      const response = await fetch(name, { cache: "no-store" });
      if (!response.ok) throw new Error(name);
      return response.text();
    }));
    const named = new Map(JSON.parse(list));
    if (named.get(WORKER) !== await integrity(worker)) return { state: "altered" };
    if (list === kept) return { state: "current" };
    // Without a word of the ledger (a development server), a newer page is asked for and not forced.
    return { state: (await engine.release(list)) === "unlisted" ? "refused" : "newer", list };
  } catch {
    return {};
  }
}

async function integrity(text) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return `sha256-${btoa(String.fromCharCode(...hash))}`;
}

/** One question to the worker, and its answer. */
function ask(worker, question) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(question, [port2]);
  });
}

/** Has the worker fetch every file of the newer release, and starts it. */
export async function takeRelease() {
  const { failed } = await ask(navigator.serviceWorker.controller, { take: state.release.list });
  if (failed) {
    state.release = { ...state.release, state: "incomplete" };
    remind();
  } else location.reload();
}

/** What everybody should see: a newer release, or one that the ledger does not know. */
export function releaseBanner() {
  const { state: known } = state.release;
  if (known === "newer") {
    return h("p", { class: "banner information", testid: "release-newer" }, h("span", {}, t("release_newer")), button(t("release_take"), takeRelease, { kind: "plain", testid: "release-take" }));
  }
  const said = ["altered", "refused", "incomplete"].includes(known) ? known : state.release.kept === "unlisted" && "unlisted";
  return said && h("p", { class: "banner alarm", role: "alert", testid: `release-${said}` }, icon("warning"), h("span", {}, t(`release_${said}`)));
}

/** The release in use, for the settings. */
export const releaseWords = () => t(`release_is_${state.release.kept ?? "unknown"}`);
