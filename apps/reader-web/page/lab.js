// The tamper lab: a presentation as a tree, any byte of it changed, and at once the rule that notices.

import { changed, leafOf, otherRequest, readPasted, suggestions, treeOf } from "./core.js";
import { button, h } from "./dom.js";
import { intake } from "./intake.js";
import { state } from "./state.js";
import { glance, reasonFacts } from "./verdict.js";
import { intakeWords, t } from "./words.js";

/** Bytes on one page of the editor. */
const WINDOW = 128;

/** Bytes in a row: as many as a thumb can tell apart. */
const perRow = () => (matchMedia("(max-width: 600px)").matches ? 8 : 16);

let lab = null;

/** The screen: empty without a presentation. */
export function labView(show) {
  if (!state.opened || !state.request) return needs();
  return lab ? bench(show) : emptyView(show);
}

function needs() {
  return [title(), h("p", { class: "lead", testid: "lab-needs" }, t("lab_needs")), h("a", { class: "button primary", href: "#check" }, t("check"))];
}

const title = () => h("h1", { tabindex: "-1" }, t("lab_title"));

function begin(bytes) {
  try {
    lab = { original: bytes, bytes, tree: treeOf(bytes), tries: suggestions(bytes), replay: false, path: null, from: 0, at: 0 };
  } catch (problem) {
    throw new Error(`${t("not_a_presentation")} (${problem.message})`);
  }
}

function emptyView(show) {
  const take = async (bytes) => { begin(bytes); show(); };
  return [
    title(), h("p", { class: "lead" }, t("lab_hint")),
    state.presentation && button(t("lab_last"), () => take(state.presentation), { kind: "primary", testid: "lab-last" }),
    intake({ id: "lab", label: t("present_file"), hint: t("drop_hint"), take, paste: async (text) => readPasted(text), words: intakeWords("paste_presentation") }),
  ];
}

function bench(show) {
  const again = () => { show({ focus: false }); reveal(); };
  const now = current();
  const verdict = state.opened.verify(lab.bytes, lab.replay ? otherRequest(state.request) : state.request, state.useClass);
  return [
    h("h1", { tabindex: "-1", class: "small" }, t("playground")),
    h("section", { class: "outcome", "aria-live": "polite", "aria-label": t("lab_verdict"), testid: "lab-verdict" }, glance(verdict, { heading: "h2" })),
    h("section", { class: "why" }, verdict.reason && reasonFacts(verdict), changesLine(), actions(again)),
    h("section", { class: "tries" }, h("h2", {}, t("lab_try")), h("ul", {}, [...lab.tries.map((one) => tryButton(one, again)), replayButton(again)])),
    h("div", { class: "columns" },
      h("section", { class: "tree", testid: "tree" }, h("h2", {}, t("lab_tree")), !now && h("p", { class: "hint", testid: "lab-unreadable" }, t("lab_unreadable")), h("ul", {}, branch(lab.tree, now, [], again))),
      h("section", { class: "editor", testid: "editor" }, h("h2", {}, t("lab_bytes")), lab.path ? editor(again) : h("p", { class: "hint" }, t("lab_pick")))),
  ];
}

const differing = () => lab.bytes.reduce((count, byte, index) => count + (byte !== lab.original[index] ? 1 : 0), 0);

function changesLine() {
  const n = differing();
  return h("p", { class: "hint", testid: "lab-changes", "data-count": String(n) }, n === 0 ? t("lab_unchanged") : t("lab_changes", { n }), lab.replay ? ` · ${t("lab_nonce")}` : "");
}

function actions(again) {
  const reset = () => { Object.assign(lab, { bytes: lab.original, replay: false }); again(); };
  const other = () => { lab = null; again(); };
  return h("div", { class: "actions" }, button(t("lab_reset"), reset, { testid: "lab-reset" }), button(t("lab_other"), other, { kind: "plain", testid: "lab-other" }));
}

/** The tree of the changed bytes, if they still have one. */
function current() {
  try {
    return treeOf(lab.bytes);
  } catch {
    return null;
  }
}

/** The chosen value stays in sight when all is drawn anew. */
function reveal() {
  const [tree, chosen] = [document.querySelector(".tree"), document.querySelector('.leaf[aria-pressed="true"]')];
  if (chosen) tree.scrollTop += chosen.getBoundingClientRect().top - tree.getBoundingClientRect().top - tree.clientHeight / 3;
}

function tryButton({ id, path, index, byte }, again) {
  const click = () => {
    Object.assign(lab, { bytes: changed(lab.original, lab.original, path, index, byte), replay: false, path, at: index, from: Math.floor(index / WINDOW) * WINDOW });
    again();
    document.querySelector(`[data-testid="try-${id}"]`)?.focus();
  };
  return h("li", {}, button(t(`try_${id}`), click, { testid: `try-${id}` }));
}

function replayButton(again) {
  const click = () => { Object.assign(lab, { bytes: lab.original, replay: true }); again(); document.querySelector('[data-testid="try-replay"]').focus(); };
  return h("li", {}, button(t("lab_nonce"), click, { testid: "try-replay" }));
}

/** A node of the original with its twin after the change, which has another value, or is not there. */
function branch(node, twin, path, again) {
  const alike = twin && twin.label === node.label && twin.children.length === node.children.length ? twin : null;
  const name = [h("span", { class: "label" }, node.label), node.kind !== node.label && h("span", { class: "kind" }, node.kind)];
  const value = shownValue(node, alike);
  if (node.children.length === 0) return h("li", {}, leaf(node, [name, value], path, again));
  const onWay = lab.path && path.every((step, index) => lab.path[index] === step);
  const inside = h("ul");
  const fill = () => { if (inside.childElementCount === 0) inside.append(...node.children.map((child, index) => branch(child, alike?.children[index], [...path, index], again))); };
  const open = path.length < 2 || onWay;
  if (open) fill();
  return h("li", {}, h("details", { open, on: { toggle: fill } }, h("summary", { testid: `node-${path.join("-")}` }, name, value), inside));
}

function shownValue(node, twin) {
  const changed = twin && twin.value !== node.value;
  return h("span", { class: `value ${changed ? "changed" : ""}` }, (twin ?? node).value ?? "");
}

function leaf(node, shown, path, again) {
  if (!node.editable) return h("span", { class: "leaf" }, shown);
  const chosen = lab.path && lab.path.join() === path.join();
  const choose = () => { Object.assign(lab, { path, from: 0, at: 0 }); again(); document.querySelector(`[data-testid="leaf-${path.join("-")}"]`)?.focus({ preventScroll: true }); };
  return h("button", { type: "button", class: "leaf", testid: `leaf-${path.join("-")}`, "data-label": node.label, "aria-pressed": String(Boolean(chosen)), on: { click: choose } }, shown);
}

function editor(again) {
  const bytes = leafOf(lab.original, lab.bytes, lab.path);
  const before = leafOf(lab.original, lab.original, lab.path);
  const to = Math.min(lab.from + WINDOW, bytes.length);
  return [
    h("p", { class: "hint", testid: "leaf-path" }, wayTo(lab.path)),
    h("div", { class: "hex", role: "group", "aria-label": t("lab_bytes"), testid: "hex", on: { keydown: move } }, rows(bytes, before, to, again)),
    bytes.length > WINDOW && pages(bytes.length, to, again),
    change(bytes, again),
  ];
}

function wayTo(path) {
  const labels = [];
  path.reduce((node, index) => { labels.push(node.children[index].label); return node.children[index]; }, lab.tree);
  return labels.join(" › ");
}

const hex = (byte) => byte.toString(16).padStart(2, "0");
const shown = (byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : "·");

function rows(bytes, before, to, again) {
  const [found, row] = [[], perRow()];
  for (let start = lab.from; start < to; start += row) {
    const indices = Array.from({ length: Math.min(row, to - start) }, (_, n) => start + n);
    found.push(h("div", { class: "hexrow" }, h("span", { class: "offset", "aria-hidden": "true" }, String(start)),
      h("span", { class: "bytes" }, indices.map((index) => byteButton(index, bytes[index], before[index], again))),
      h("span", { class: "text", "aria-hidden": "true" }, indices.map((index) => shown(bytes[index])).join(""))));
  }
  return found;
}

function byteButton(index, byte, before, again) {
  const choose = () => { lab.at = index; again(); document.querySelector(`[data-testid="byte-${index}"]`)?.focus(); };
  return h("button", { type: "button", class: `byte ${byte === before ? "" : "changed"}`, testid: `byte-${index}`, tabindex: index === lab.at ? "0" : "-1",
    "aria-pressed": String(index === lab.at), "aria-label": t("lab_byte", { n: index, hex: hex(byte) }), on: { click: choose } }, hex(byte));
}

/** Arrows move among the bytes: one stop for the tabulator key, not 256. */
function move(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow(), ArrowDown: perRow() }[event.key];
  const buttons = [...event.currentTarget.querySelectorAll(".byte")];
  const next = buttons[buttons.indexOf(event.target) + step];
  if (!step || !next) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function pages(length, to, again) {
  const turn = (by) => () => { lab.from += by; lab.at = lab.from; again(); };
  return h("div", { class: "row pages" },
    button(t("lab_earlier"), turn(-WINDOW), { testid: "bytes-earlier", disabled: lab.from === 0 }),
    h("span", {}, t("lab_range", { from: lab.from, to: to - 1, length })),
    button(t("lab_later"), turn(WINDOW), { testid: "bytes-later", disabled: to === length }));
}

function change(bytes, again) {
  const input = h("input", { id: "new-byte", type: "text", maxlength: "2", size: "2", value: hex(bytes[lab.at]), pattern: "[0-9a-fA-F]{2}", autocomplete: "off", spellcheck: "false", testid: "new-byte" });
  const set = (byte) => {
    lab.bytes = changed(lab.original, lab.bytes, lab.path, lab.at, byte);
    again();
    document.getElementById("new-byte")?.focus();
  };
  const submit = (event) => { event.preventDefault(); if (/^[0-9a-f]{2}$/i.test(input.value)) set(Number.parseInt(input.value, 16)); else input.reportValidity(); };
  return h("form", { class: "change", on: { submit } },
    h("p", { testid: "chosen-byte" }, t("lab_byte", { n: lab.at, hex: hex(bytes[lab.at]) })),
    h("label", { for: "new-byte" }, t("lab_new")), input,
    h("button", { type: "submit", class: "button primary", testid: "set-byte" }, t("lab_set")),
    button(t("lab_flip"), () => set(bytes[lab.at] ^ 1), { testid: "flip-bit" }));
}
