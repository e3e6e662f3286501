// Elements without markup in text: nothing that came from a file, a link or an issuer is ever parsed as HTML.

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

/** A button. */
export function button(label, click, { kind = "secondary", testid, ...rest } = {}) {
  return h("button", { type: "button", class: `button ${kind}`, testid, on: { click }, ...rest }, label);
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
