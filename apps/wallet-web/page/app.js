// The frame: language, menu, the age of what is known, and which screen is shown. It decides nothing.

import { cardsView } from "./cards.js";
import { button, h, present } from "./dom.js";
import { calledBy, takeCall } from "./links.js";
import { lockedView } from "./locked.js";
import { told } from "./problems.js";
import { lookForRelease, releaseBanner } from "./release.js";
import { LATER, fetchLater, welcomeView } from "./screens.js";
import { called, closed, look, opened } from "./session.js";
import { icon } from "./signs.js";
import { drawnBy, show, state } from "./state.js";
import { engine, scriptUrl } from "./engine.js";
import { lang, since, speak, t, time } from "./words.js";

const MENU = ["cards", "add", "share", "history", "settings"];
const VIEWS = { ...LATER, cards: cardsView };

const element = (id) => document.getElementById(id);

function current() {
  const [view, ...rest] = location.hash.slice(1).split("/");
  return view in VIEWS ? { view, id: decodeURIComponent(rest.join("/")) } : { view: "cards", id: "" };
}

let drawn = 0;

/** Draws the current screen anew, and moves the focus to its heading unless told to leave it. */
async function draw({ focus = true } = {}) {
  const turn = (drawn += 1);
  header();
  banners();
  element("skip").textContent = t("skip");
  const { name, view } = screen();
  const content = present([await view()]);
  // While this one was made ready, another was asked for.
  if (turn !== drawn) return;
  menu();
  element("main").replaceChildren(...content);
  element("main").className = `view-${name}`;
  if (!focus) return;
  element("main").querySelector("h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function screen() {
  if (state.phase === "none") return { name: "welcome", view: welcomeView };
  if (state.phase === "locked") return { name: "locked", view: lockedView };
  if (state.step) return { name: "step", view: state.step };
  const { view, id } = current();
  return { name: view, view: () => VIEWS[view](id) };
}

/** Made once, and so fetched once. */
const brand = h("img", { src: "icon.svg", alt: "", width: "32", height: "32" });

function header() {
  const other = lang() === "ko" ? "en" : "ko";
  const change = () => { speak(other); show({ focus: false }); element("header").querySelector("[data-testid=language]").focus(); };
  element("header").replaceChildren(
    h("div", { class: "bar" },
      h("a", { href: "#cards", class: "brand", on: { click: () => begin("cards") } }, brand, t("title")),
      button(t("language"), change, { kind: "plain", testid: "language", lang: other })));
}

/** While the wallet is closed or asks something, there is nothing else to choose. */
function menu() {
  const away = state.phase !== "open" || state.step;
  const here = current().view === "card" ? "cards" : current().view;
  const link = (view) => h("a", { href: `#${view}`, testid: `nav-${view}`, "aria-current": view === here && "page", on: { click: () => begin(view) } }, icon(view), h("span", {}, t(view)));
  const fresh = away ? [] : [h("nav", { "aria-label": t("navigation") }, MENU.map(link))];
  element("menu").replaceChildren(...fresh);
  document.body.classList.toggle("with-menu", !away);
}

/** Choosing the screen that is shown begins it anew. */
function begin(view) {
  state.step = null;
  if (location.hash === `#${view}`) show();
}

function banners() {
  const fresh = [
    h("p", { class: "banner offline", role: "status", testid: "offline-banner", hidden: navigator.onLine }, icon("offline"), h("span", {}, t("offline"))),
    state.phase !== "none" && h("p", { class: `banner known ${state.bundle?.band ?? "none"}`, testid: "evidence-age" }, known()),
    releaseBanner(),
  ];
  // A screen reader says again what is put there again.
  const shown = [...element("banners").children];
  const same = present(fresh).length === shown.length && present(fresh).every((banner, index) => banner.isEqualNode(shown[index]));
  if (!same) element("banners").replaceChildren(...present(fresh));
}

/** The age of what is known is always in sight (ui.md, principle 4). */
function known() {
  if (!state.bundle) return t("nothing_known");
  const { as_of, band } = state.bundle;
  return [t("known", { time: time(as_of), age: since(as_of) }), " ", h("strong", {}, t(`band_${band ?? "fresh"}`))];
}

function broken(problem) {
  element("main").replaceChildren(h("h1", { tabindex: "-1", class: "small" }, t("problem_title")), h("p", { class: "error", role: "alert", testid: "broken" }, t("broken"), ` (${told(problem)})`));
}

function listen() {
  addEventListener("hashchange", () => {
    const call = takeCall();
    if (call) {
      called(call);
      return;
    }
    state.step = null;
    show();
  });
  globalThis.launchQueue?.setConsumer(({ targetURL }) => targetURL && called(calledBy(targetURL)));
  addEventListener("online", connected);
  addEventListener("offline", connected);
  setInterval(banners, 30_000);
  engine.on("change", changed);
  engine.on("lock", closed);
  // A core that stopped in the middle decides nothing any more.
  const stopped = (problem) => problem instanceof WebAssembly.RuntimeError && broken(problem);
  addEventListener("error", (event) => stopped(event.error));
  addEventListener("unhandledrejection", (event) => stopped(event.reason));
}

/** What can be done differs with and without a network. */
function connected() {
  if (state.phase === "open" && (!state.step || state.live)) show({ focus: false });
  else banners();
}

let picture = "";

/** Draws anew what the engine knows anew, and only that: a number that was tapped stays in sight. */
function changed() {
  const before = state.bundle?.as_of;
  state.bundle = engine.bundle() ?? state.bundle;
  // The ledger may say something else of this release by now.
  if (state.phase === "open" && state.bundle?.as_of !== before) lookForRelease();
  const now = JSON.stringify([engine.cards(), engine.history()]);
  const same = now === picture;
  picture = now;
  if (!same && state.phase === "open" && !state.step && ["cards", "card", "history"].includes(current().view)) show({ focus: false });
  else banners();
}

async function start() {
  speak(lang());
  drawnBy(draw, banners);
  state.incoming = takeCall();
  header();
  element("main").replaceChildren(h("p", { class: "hint" }, t("starting")));
  try {
    await look();
  } catch (problem) {
    broken(problem);
    return;
  }
  listen();
  if (state.phase === "open") await opened();
  else await draw({ focus: false });
  document.documentElement.dataset.ready = "true";
  fetchLater();
}

/** Keeps the page for starts without a network. Where there is no worker, the page works as long as it is open. */
function install() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(scriptUrl("sw.js")).catch(() => {});
  navigator.serviceWorker.ready.then(() => { document.documentElement.dataset.offline = "ready"; });
}

start().finally(install);
