// Sharing begins with somebody's request: scanned, pasted, or by a link that called the wallet. And what is ready to be sent.

import { camera } from "./camera.js";
import { ask, sendPrepared } from "./consent.js";
import { linkForm } from "./add.js";
import { button, h } from "./dom.js";
import { engine } from "./engine.js";
import { kindOf, unwrapped } from "./links.js";
import { receive } from "./calls.js";
import { icon } from "./signs.js";
import { takeNote } from "./state.js";
import { own, t, time } from "./words.js";

export function shareView() {
  const note = takeNote();
  return [
    h("h1", { tabindex: "-1", class: "small" }, t("share_question")),
    h("p", { class: "lead" }, t("share_hint")),
    note && h("p", { class: "good", role: "status", testid: "note" }, note),
    !navigator.onLine && h("p", { class: "advice" }, icon("offline"), h("span", {}, t("share_offline"))),
    prepared(),
    camera({ prefix: "share", found: take }),
    linkForm({ prefix: "share", label: t("share_link"), go: t("share_look"), goId: "share-go", take }),
  ];
}

function take(text) {
  const link = unwrapped(text);
  const kind = kindOf(link);
  if (kind && kind !== "request") receive({ kind, link });
  else ask(link);
}

/** Answers that wait for a network. */
function prepared() {
  const lines = engine.history().filter(({ outcome }) => outcome.is === "prepared");
  return lines.length > 0 && h("section", { class: "card", testid: "prepared" }, h("h2", {}, t("prepared_list")),
    h("ul", { class: "lines" }, lines.map((line, index) => h("li", {},
      h("p", {}, h("strong", {}, own(line.who.name)), " · ", time(line.at)),
      button(t("send_prepared"), () => sendPrepared(line.id), { kind: "primary", testid: `send-prepared-${index}`, disabled: !navigator.onLine })))));
}
