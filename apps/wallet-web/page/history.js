// To whom what was shown. Kept on this device only; it can be taken along and deleted.

import { button, facts, h } from "./dom.js";
import { engine } from "./engine.js";
import { icon } from "./signs.js";
import { leave, show, takeNote } from "./state.js";
import { during } from "./waiting.js";
import { has, own, t, time } from "./words.js";

const SIGNS = { shared: "yes", declined: "no", refused: "no", failed: "warning", prepared: "too_old", unanswered: "unknown" };
let deleting = false;

export function historyView() {
  const lines = engine.history();
  const note = takeNote();
  return [
    h("h1", { tabindex: "-1", class: "small" }, t("history_title")),
    h("p", { class: "lead" }, t(lines.length > 0 ? "history_hint" : "history_none")),
    note && h("p", { class: "good", role: "status", testid: "note" }, note),
    lines.length > 0 && [h("ul", { class: "lines", testid: "history" }, lines.map(line)), files(), deletion()],
  ];
}

function line(entry, index) {
  const { is, ...more } = entry.outcome;
  return h("li", {}, h("details", { class: "card line", testid: `history-line-${index}`, "data-outcome": is },
    h("summary", {},
      h("span", { class: "line-who" }, whoOf(entry)),
      h("span", { class: "hint" }, h("span", {}, time(entry.at))),
      h("span", { class: `chip outcome ${is}` }, icon(SIGNS[is] ?? "unknown"), has(`outcome_${is}`) ? t(`outcome_${is}`) : is)),
    facts([
      [t("purpose"), entry.purposes.map(own).join(" · ")],
      ...entry.documents.map(({ document, elements }) => [own(document), elements.map(own).join(" · ")]),
      ...(entry.transactions ?? []).flatMap(({ title, lines }) => [[t("authorised"), own(title)], ...lines.map(({ label, value }) => [own(label), own(value)])]),
      [t("answer_goes_to"), entry.who.host && h("code", {}, entry.who.host)],
      [t("verified"), t(`verified_${entry.who.verified_by}`)],
      [t("code"), more.code && h("code", {}, more.code)],
      [t("http_status"), more.status && String(more.status)],
    ]),
    h("div", { class: "actions" }, button(t("history_delete"), () => remove([entry.id]), { kind: "plain danger", testid: `history-delete-${index}` }))));
}

const whoOf = ({ who }) => (who.name.ko === "?" ? t("who_unknown") : own(who.name));

const remove = (ids) => during(t("deleting"), () => engine.deleteHistory(ids), () => leave("history", t("history_deleted")));

function files() {
  const save = (kind, type) => async () => download(`mapae-history.${kind}`, await engine.exportHistory(kind), type);
  return h("section", { class: "card" }, h("h2", {}, t("history_export")), h("p", { class: "hint" }, t("history_export_hint")),
    h("div", { class: "actions" },
      button("JSON", save("json", "application/json"), { testid: "history-export", "aria-label": t("history_export_as", { kind: "JSON" }) }),
      button("CSV", save("csv", "text/csv"), { testid: "history-export-csv", "aria-label": t("history_export_as", { kind: "CSV" }) })));
}

function download(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function deletion() {
  const ask = (asked) => () => { deleting = asked; show({ focus: false }); setTimeout(() => document.querySelector(`[data-testid=${asked ? "history-delete-yes" : "history-delete-all"}]`)?.focus()); };
  if (!deleting) return h("div", { class: "actions" }, button(t("history_delete_all"), ask(true), { kind: "plain danger", testid: "history-delete-all" }));
  const yes = () => { deleting = false; remove(null); };
  return h("section", { class: "card", role: "group", "aria-label": t("history_delete_all") }, h("p", {}, t("history_delete_question")),
    h("div", { class: "actions" }, button(t("delete_yes"), yes, { kind: "danger", testid: "history-delete-yes" }), button(t("cancel"), ask(false), { testid: "history-delete-no" })));
}
