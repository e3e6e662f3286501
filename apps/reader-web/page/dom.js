// Elements without markup in text: nothing that came from a file is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "path", "circle", "rect"]);

/** An element: `h("p", { class: "hint", testid: "age", on: { click } }, "text", child)`. */
export function h(tag, properties = {}, ...children) {
  const element = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (name === "testid") element.dataset.testid = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/** Children without those that a condition left out. */
export const present = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

const SHAPES = {
  held: ["M5 12.5l4.5 4.5L19 7.5"],
  marked: ["M12 6.5v6l4 2.5", "M12 3a9 9 0 1 0 9 9"],
  refused: ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
  undecided: ["M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3", "M12 18v.5"],
  offline: ["M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16", "M6.5 6.5l11 11"],
  yes: ["M5 12.5l4.5 4.5L19 7.5"],
  no: ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
};

/** A drawn sign; the word beside it says the same. */
export function icon(name) {
  return h("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, SHAPES[name].map((d) => h("path", { d })));
}

/** A button. */
export function button(label, click, { kind = "secondary", testid, ...rest } = {}) {
  return h("button", { type: "button", class: `button ${kind}`, testid, on: { click }, ...rest }, label);
}

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

/** Names and values. */
export function facts(rows, testid) {
  const row = ([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return h("dl", { class: "facts", testid }, rows.filter(([, value]) => value || value === 0).map(row));
}

/** A picture from base64url. */
export function picture({ media_type, base64url }, alt) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: media_type }));
  const image = h("img", { alt, class: "portrait", testid: "portrait", src: url });
  image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
  return image;
}
