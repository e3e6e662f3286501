// Files and texts that come in: chosen, dropped or pasted.

import { button, h } from "./dom.js";

/** Takes a file by choice or by drop, and text by paste; says beside itself what was wrong with it. */
export function intake({ id, label, hint, accept, paste, words, take }) {
  const error = h("p", { class: "error", id: `${id}-error`, role: "alert", testid: `${id}-error` });
  const offer = async (source) => {
    error.textContent = "";
    try {
      await take(await source());
    } catch (problem) {
      if (problem instanceof WebAssembly.RuntimeError) throw problem;
      error.textContent = problem.message;
    }
  };
  const fromFile = (file) => offer(async () => new Uint8Array(await file.arrayBuffer()));
  const input = h("input", {
    type: "file", id, accept, testid: `${id}-file`, class: "unseen", "aria-labelledby": `${id}-label ${id}-choose`, "aria-describedby": `${id}-hint ${id}-error`,
    on: { change: () => { if (input.files[0]) fromFile(input.files[0]); input.value = ""; } },
  });
  const zone = h("div", { class: "intake", testid: `${id}-drop` },
    h("p", { class: "intake-label", id: `${id}-label` }, label),
    h("p", { class: "hint", id: `${id}-hint` }, hint),
    h("label", { class: "button primary file", id: `${id}-choose` }, words.choose, input), error,
    paste && pasted(id, words, (text) => offer(async () => paste(text))));
  zone.addEventListener("dropped", (event) => fromFile(event.detail));
  return zone;
}

function pasted(id, words, take) {
  const area = h("textarea", { id: `${id}-text`, rows: "4", spellcheck: "false", autocomplete: "off", testid: `${id}-text` });
  return h("details", { class: "paste", testid: `${id}-paste` },
    h("summary", {}, words.paste),
    h("label", { for: `${id}-text` }, words.pasted), area,
    button(words.use, () => take(area.value), { testid: `${id}-use` }));
}

/** A file dropped anywhere goes to what the screen asks for; the browser must not open it instead. */
export function dropAnywhere() {
  addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("dragging"); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dragging"); });
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    const file = event.dataTransfer.files[0];
    const zone = event.target.closest?.(".intake") ?? document.querySelector("main .intake");
    if (file && zone) zone.dispatchEvent(new CustomEvent("dropped", { detail: file }));
  });
}
