// The wallet is closed. One question: open it, by the ways there are.

import { opened } from "./session.js";
import { button, h } from "./dom.js";
import { engine } from "./engine.js";
import { alarm } from "./problems.js";
import { icon } from "./signs.js";
import { state } from "./state.js";
import { t, wait } from "./words.js";

export function lockedView() {
  const problem = h("div", { testid: "unlock-problem", id: "unlock-problem" });
  const attempt = async (work) => {
    problem.replaceChildren();
    setBusy(true);
    try {
      await work();
    } catch (stopped) {
      setBusy(false);
      problem.replaceChildren(alarm(stopped));
      if (stopped.code === "erased") setTimeout(() => location.reload(), 4000);
      return;
    }
    await opened();
  };
  const fields = [state.has.passkey && byPasskey(attempt), state.has.pin && byPin(attempt)];
  const setBusy = (busy) => fields.filter(Boolean).flatMap((field) => [field, ...field.querySelectorAll("button, input")]).forEach((one) => { one.disabled = busy; });
  return [
    h("h1", { tabindex: "-1" }, t("locked")),
    h("p", { class: "lead", testid: "locked-why" }, t(reason())),
    state.wait > 0 && h("p", { class: "advice", testid: "unlock-wait" }, icon("warning"), h("span", {}, t("wait_left", { wait: wait(state.wait) }))),
    problem, fields,
    h("details", { class: "card" }, h("summary", {}, t("cannot_open")), h("p", {}, t("cannot_open_hint"))),
  ];
}

/** What waits behind the lock, or why it closed. */
function reason() {
  if (state.incoming) return `locked_${state.incoming.kind.replace("-", "_")}`;
  return ["hidden", "elsewhere"].includes(state.closedBy) ? `locked_${state.closedBy}` : "locked_hint";
}

const byPasskey = (attempt) => button([icon("passkey"), t("unlock_passkey")], () => attempt(() => engine.unlockByPasskey()), { kind: "primary wide", testid: "unlock-passkey" });

function byPin(attempt) {
  const input = h("input", { type: "password", id: "pin", testid: "pin", inputmode: "numeric", autocomplete: "current-password", "aria-describedby": "unlock-problem" });
  const submit = (event) => {
    event.preventDefault();
    const pin = input.value;
    input.value = "";
    attempt(() => engine.unlockByPin(pin)).then(() => input.isConnected && input.focus());
  };
  return h("form", { class: "fields", on: { submit } },
    h("label", { for: "pin" }, t("pin")), input,
    h("div", { class: "actions" }, h("button", { type: "submit", class: `button ${state.has.passkey ? "secondary" : "primary"} wide`, testid: "unlock-pin" }, icon("lock"), t("unlock_pin"))));
}
