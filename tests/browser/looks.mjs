// Every screen in both languages and two sizes: a picture for people to look at, and what a program can see. axe-core finds
// nothing serious, nothing goes beyond the edge, nothing is too small to touch.

import { join } from "node:path";

import { examine } from "./accessible.mjs";
import { scenario } from "./scenario.mjs";
import { DESK, PHONE } from "./stage.mjs";
import { tour } from "./tour.mjs";

const LIGHT = { colorScheme: "light" };
const FORCED = { colorScheme: "dark", forcedColors: "active" };

export function looks(stage) {
  for (const language of ["ko", "en"]) {
    for (const viewport of [PHONE, DESK]) {
      const name = `${viewport.width}x${viewport.height}-${language}`;
      scenario(`looks and axe: ${name}`, () => look(stage, language, { viewport, ...LIGHT }, name));
    }
  }
  scenario("looks and axe: forced colours", () => look(stage, "ko", { viewport: PHONE, ...FORCED }, "forced-ko"));
}

async function look(stage, language, also, name) {
  const [faults, lesser] = [[], new Set()];
  await tour(stage, language, { ...also, reducedMotion: "reduce" }, async (screen, { page }) => {
    await page.screenshot({ path: join(stage.settings.pictures, `${name}-${screen}.png`), fullPage: true });
    const found = await examine(page, also.forcedColors === "active");
    found.lesser.forEach((rule) => lesser.add(rule));
    faults.push(...[...found.grave, ...await page.evaluate(seen)].map((fault) => `${screen}: ${fault}`));
  });
  if (faults.length > 0) throw new Error([...new Set(faults)].join("\n"));
  return lesser.size > 0 ? `less than serious: ${[...lesser].join(", ")}` : "";
}

/** Runs in the page: what a finger or an eye would miss. */
function seen() {
  const faults = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`${scrollWidth} px wide on ${clientWidth}`);
  // A file input is hidden behind its label. A tree and the bytes under it are dense, and have 24 px (WCAG 2.2, 2.5.8).
  const dense = (element) => element.closest(".tree, .editor") !== null;
  for (const element of document.querySelectorAll("button, a[href], summary, input:not([type=file]), textarea, label:has(input[type=file])")) {
    const { width, height } = element.getBoundingClientRect();
    const least = dense(element) ? 24 : 44;
    // A link inside a sentence is as high as the sentence.
    const inSentence = getComputedStyle(element).display === "inline";
    if (height > 0 && !inSentence && Math.min(width, height) < least - 0.5 && !element.matches(".skip")) {
      faults.push(`${element.dataset.testid ?? element.textContent.slice(0, 20)} is ${Math.round(width)} × ${Math.round(height)}`);
    }
  }
  return faults;
}
