// The frame: language, navigation, the age of what is known, and which screen is shown. It decides nothing.

import { ready } from "./core.js";
import { button, h, present } from "./dom.js";
import { dropAnywhere } from "./intake.js";
import { icon } from "./signs.js";
import { checkView, restart } from "./check.js";
import { bundleView } from "./bundle.js";
import { labView } from "./lab.js";
import { state, restore } from "./state.js";
import { age, lang, speak, t, time } from "./words.js";

const VIEWS = { check: checkView, playground: labView, bundle: bundleView };

const element = (id) => document.getElementById(id);
const current = () => (location.hash.slice(1) in VIEWS ? location.hash.slice(1) : "check");

/** Draws the current screen anew, and moves the focus to its heading unless told to leave it. */
export function show({ focus = true } = {}) {
  header();
  banners();
  element("skip").textContent = t("skip");
  element("footer").replaceChildren(h("p", {}, t("footer")));
  element("main").replaceChildren(...present([VIEWS[current()](show)]));
  element("main").className = current();
  if (focus) document.querySelector("main h1")?.focus();
}

function header() {
  const link = (view) => h("a", { href: `#${view}`, testid: `nav-${view}`, "aria-current": view === current() && "page", on: { click: () => begin(view) } }, t(view));
  const other = lang() === "ko" ? "en" : "ko";
  element("header").replaceChildren(
    h("div", { class: "bar" },
      h("a", { href: "#check", class: "brand", on: { click: () => begin("check") } }, h("img", { src: "icon.svg", alt: "", width: "32", height: "32" }), t("title")),
      h("nav", { "aria-label": t("navigation") }, Object.keys(VIEWS).map(link)),
      button(t("language"), () => { speak(other); show({ focus: false }); element("header").querySelector("button").focus(); },
        { kind: "plain", testid: "language", lang: other })));
}

/** The menu starts a check anew: a verdict that stands for a while would tell an old age. */
function begin(view) {
  if (view !== "check") return;
  restart();
  if (current() === "check") show();
}

function banners() {
  const drawn = [
    h("p", { class: "banner offline", role: "status", testid: "offline-banner", hidden: navigator.onLine }, icon("offline"), t("offline")),
    h("p", { class: `banner known ${state.opened?.age(state.useClass).band ?? "none"}`, testid: "evidence-age" }, known()),
    !state.keeps && h("p", { class: "banner marked", testid: "keeps-nothing" }, t("no_memory")),
  ];
  // A screen reader says again what is put there again.
  const shown = [...element("banners").children];
  const same = shown.length === present(drawn).length && present(drawn).every((banner, index) => banner.isEqualNode(shown[index]));
  if (!same) element("banners").replaceChildren(...present(drawn));
}

/** The age of what is known is always in sight (ui.md, principle 4). */
function known() {
  if (!state.opened) return t("nothing_known");
  const { band, age_seconds } = state.opened.age(state.useClass);
  return [t("known", { time: time(state.opened.summary.as_of), age: age(age_seconds) }), " ", h("strong", {}, t(band))];
}

function broken(problem) {
  element("main").replaceChildren(h("p", { class: "error", role: "alert", testid: "broken" }, t("broken"), ` (${problem.message})`));
}

async function start() {
  speak(lang());
  header();
  element("main").replaceChildren(h("p", { class: "hint" }, t("starting")));
  try {
    await ready();
    await restore();
  } catch (problem) {
    broken(problem);
    return;
  }
  dropAnywhere();
  // A core that stopped in the middle decides nothing any more.
  const stopped = (problem) => problem instanceof WebAssembly.RuntimeError && broken(problem);
  addEventListener("error", (event) => stopped(event.error));
  addEventListener("unhandledrejection", (event) => stopped(event.reason));
  addEventListener("hashchange", () => show());
  addEventListener("online", banners);
  addEventListener("offline", banners);
  setInterval(banners, 30_000);
  show({ focus: false });
  document.documentElement.dataset.ready = "true";
}

/** Keeps the page for starts without a network. Where there is no worker, the page works as long as it is open. */
function install() {
  if (!("serviceWorker" in navigator)) return;
  const policy = globalThis.trustedTypes?.createPolicy("mapae", { createScriptURL: () => "sw.js" });
  const register = () => navigator.serviceWorker.register(policy ? policy.createScriptURL("") : "sw.js").catch(() => {});
  register().then(() => navigator.serviceWorker.ready).then(() => { document.documentElement.dataset.offline = "ready"; });
}

start();
install();
