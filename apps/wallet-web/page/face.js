// A card as it looks: portrait, name, document, authority, validity. The lines behind it and the clock move, so that a
// picture of the screen can be told from the screen. Nothing on it proves anything to anybody: that takes a presentation.

import { h, picture } from "./dom.js";
import { engine } from "./engine.js";
import { icon } from "./signs.js";
import { clock, day, own, t, time } from "./words.js";

const KNOWN = ["resident", "overseas", "licence", "official", "welfare"];
const STATES = ["valid", "revoked", "unknown", "too_old"];

/** The card, without any number. */
export function face(card) {
  return h("div", { class: `face ${tone(card)} ${isSample() ? "sample" : ""}` },
    guilloche(),
    h("p", { class: "face-title" }, own(card.title)),
    h("p", { class: "face-authority" }, own(card.authority)),
    isSample() && h("p", { class: "stamp", testid: "sample" }, t("sample")),
    h("div", { class: "face-person" },
      card.portrait ? picture(card.portrait, t("portrait_of", { name: nameOf(card) })) : card.holder && h("span", { class: "portrait none" }),
      h("div", {}, names(card), validity(card))),
    h("p", { class: "face-foot" }, card.state.is === "held" ? statusChip(card.status) : stateChip(card.state), liveClock()));
}

/** Where people do not exist, every card says so: the installation knows (config.json). */
export const isSample = () => engine.config().sample === true;

/** The colour by the document, as the plastic ones differ. */
const tone = ({ document }) => `tone-${KNOWN.includes(document) ? document : "other"}`;

const hangul = ({ holder }) => [holder?.family_hangul, holder?.given_hangul].filter(Boolean).join("");
const latin = ({ holder }) => [holder?.family, holder?.given].filter(Boolean).join(" ");

/** The holder's name, in Hangul where there is one. */
export const nameOf = (card) => hangul(card) || latin(card);

function names(card) {
  const [korean, roman] = [hangul(card), latin(card)];
  return nameOf(card) && h("p", { class: "face-name", testid: "holder" }, korean && h("b", { lang: "ko" }, korean), roman && h(korean ? "span" : "b", { lang: "ko-Latn" }, roman));
}

const validity = ({ expires_on: until }) => until && h("p", { class: "face-validity" }, t("until", { day: day(until) }));

/** Word, sign and colour for what is known of the document's state. */
export function statusChip(status) {
  const known = STATES.includes(status?.state) ? status.state : "unknown";
  return h("span", { class: `chip ${known}`, testid: "status", "data-state": known }, icon(known), t(`status_${known}`));
}

const stateChip = ({ is }) => h("span", { class: "chip unknown", testid: "card-state", "data-state": is }, icon("too_old"), t(`state_${is}`));

/** Since when it is known. */
export const statusLine = (status) => (status?.as_of ? t("status_as_of", { time: time(status.as_of) }) : t("status_never"));

function liveClock() {
  const shown = h("span", { class: "clock", "aria-hidden": "true" }, clock(new Date()));
  const tick = () => {
    shown.textContent = clock(new Date());
    if (shown.isConnected) setTimeout(tick, 1000 - (Date.now() % 1000));
  };
  setTimeout(tick, 1000);
  return shown;
}

const WIDTH = 1600;
const HEIGHT = 500;
const LINES = 13;

/** Two bundles of waves that cross; each wave repeats twice, so that moving by half starts anew unseen. */
function guilloche() {
  const bundle = (base, swing, beats, turn) => Array.from({ length: LINES }, (_, n) => h("path", { d: wave(base, swing * (1 - (2 * n) / (LINES - 1)), beats, turn) }));
  return h("svg", { class: "guilloche", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
    bundle(150, 110, 4, 0), bundle(330, 120, 6, 1.1), bundle(250, 230, 2, 0.4));
}

function wave(base, swing, beats, turn) {
  const points = Array.from({ length: 81 }, (_, n) => {
    const angle = (2 * Math.PI * beats * n) / 80;
    const y = base + swing * Math.sin(angle + turn) * (0.6 + 0.4 * Math.cos(angle / 2 + turn));
    return `${(WIDTH * n) / 80},${y.toFixed(1)}`;
  });
  return `M${points.join("L")}`;
}
