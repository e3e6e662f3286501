// What our small pages have in common: the switch of languages, elements, codes that a camera reads, asking their server.

const KEPT = "mapae-language";

/** Both languages stand in the page; the stylesheet hides one. */
export function speak(language = localStorage.getItem(KEPT) ?? "ko") {
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  dispatchEvent(new Event("spoken"));
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => speak(button.dataset.language));
}

export const inKorean = () => document.documentElement.lang === "ko";

/** The text in the page's language. */
export const said = ({ ko, en }) => (inKorean() ? ko : en);

/** An element with attributes and children; text is text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** The same text in both languages. */
export const both = ({ ko, en }) => [element("span", { lang: "ko" }, ko), element("span", { lang: "en" }, en)];

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4;

/** A QR code of rows of `0` and `1`. */
export function drawn(rows, label) {
  const size = rows.length + 2 * QUIET;
  const picture = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const dark = rows.flatMap((row, y) => [...row].map((cell, x) => (cell === "1" ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")));
  path.setAttribute("d", dark.join(""));
  for (const [name, value] of [["viewBox", `0 0 ${size} ${size}`], ["role", "img"], ["aria-label", label], ["class", "qr"], ["shape-rendering", "crispEdges"]]) {
    picture.setAttribute(name, value);
  }
  picture.append(path);
  return picture;
}

/** Asks this page's server; what it refuses is thrown with its code. */
export async function ask(path, body) {
  const options = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? answer.type?.split(":").pop() ?? String(response.status));
  return answer;
}

/** Runs what a button does; it cannot be pressed twice meanwhile, and what fails is said in `place`. */
export function pressed(button, place, act) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    place.replaceChildren();
    try {
      await act();
    } catch (problem) {
      place.replaceChildren(...both({ ko: `되지 않았습니다 (${problem.message}). 다시 시도하세요.`, en: `That failed (${problem.message}). Try again.` }));
    } finally {
      button.disabled = false;
    }
  });
}
