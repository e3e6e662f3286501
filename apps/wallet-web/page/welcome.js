// The first question: how this wallet is locked. Honest about what each way is worth.

import { opened } from "./session.js";
import { h } from "./dom.js";
import { engine } from "./engine.js";
import { pinFields } from "./pin.js";
import { icon } from "./signs.js";
import { state } from "./state.js";
import { alarm } from "./problems.js";
import { t } from "./words.js";

/** Whether this browser has passkeys at all. */
const passkeys = () => "PublicKeyCredential" in globalThis;

export function welcomeView() {
  const problem = h("div", { testid: "create-problem" });
  const pin = pinFields();
  const chosen = { passkey: passkeys() };
  const draw = () => { pin.fields.hidden = chosen.passkey; };
  const choose = (passkey) => () => { chosen.passkey = passkey; draw(); };
  const submit = async (event) => {
    event.preventDefault();
    problem.replaceChildren();
    const code = chosen.passkey ? null : pin.read();
    if (!chosen.passkey && code === null) return;
    await create(form, { passkey: chosen.passkey, pin: code }, problem);
  };
  const form = h("form", { class: "steps", on: { submit } },
    h("fieldset", { class: "choices" }, h("legend", {}, t("lock_question")),
      way("passkey", chosen.passkey, choose(true), !passkeys()),
      way("pin", !chosen.passkey, choose(false))),
    pin.fields, problem,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary", testid: "create" }, t("create"))));
  draw();
  return [h("h1", { tabindex: "-1" }, t("welcome")), h("p", { class: "lead" }, t(state.incoming ? "welcome_called" : "welcome_hint")), form, promises()];
}

function way(name, checked, choose, missing = false) {
  const input = h("input", { type: "radio", name: "way", value: name, checked, disabled: missing, testid: `way-${name}`, id: `way-${name}`, "aria-describedby": `way-${name}-hint`, on: { change: choose } });
  return h("div", { class: "choice-row" }, input,
    h("label", { for: `way-${name}` }, icon(name === "pin" ? "lock" : "passkey"), h("span", {}, h("strong", {}, t(`way_${name}`)), h("span", { class: `level ${name}` }, t(`level_${name}`)))),
    h("p", { class: "hint", id: `way-${name}-hint` }, t(missing ? "way_missing" : `way_${name}_hint`)));
}

async function create(form, ways, problem) {
  const fields = [...form.querySelectorAll("button, input")].filter((field) => !field.disabled);
  fields.forEach((field) => { field.disabled = true; });
  try {
    await engine.create(ways);
    Object.assign(state, { has: { passkey: ways.passkey, pin: ways.pin !== null }, persisted: (await navigator.storage?.persisted?.()) ?? false });
    await opened();
  } catch (stopped) {
    fields.forEach((field) => { field.disabled = false; });
    problem.replaceChildren(alarm(stopped));
  }
}

/** What a newcomer may rely on. */
const promises = () => h("section", { class: "card promises" }, h("h2", {}, t("promises")), h("ul", { class: "ticks" }, ["promise_here", "promise_consent", "promise_offline", "promise_lost"].map((key) => h("li", {}, icon(key === "promise_lost" ? "warning" : "yes"), h("span", {}, t(key))))));
