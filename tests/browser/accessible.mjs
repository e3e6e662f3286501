// axe-core on a screen, and what it does not look at.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const GRAVE = ["serious", "critical"];

/** Enough to find the rest. */
const SHOWN = 3;

/** What is serious or critical, one line for each rule, and the names of the rules that are less. */
export async function examine(page, forcedColors) {
  // Over the debugging protocol, past the page's own policy on scripts.
  await page.evaluate(AXE);
  // axe reads the colours of the stylesheet, and knows nothing of those that the user forces instead.
  const rules = { "color-contrast": { enabled: !forcedColors } };
  const options = { runOnly: TAGS, rules, resultTypes: ["violations"] };
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), options);
  const grave = violations.filter(({ impact }) => GRAVE.includes(impact));
  const where = ({ target, any }) => `${target.join(" ")} (${any.map(({ message }) => message).join(", ")})`;
  return {
    grave: grave.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.slice(0, SHOWN).map(where).join("; ")}`),
    lesser: violations.filter((one) => !grave.includes(one)).map(({ id }) => id),
  };
}

/** Runs in the page: what a finger or an eye would miss. */
export function seen() {
  const faults = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`${scrollWidth} px wide on ${clientWidth}`);
  // A box to tick is touched by its label as well. A file input is hidden behind its label. A tree and the bytes under it are dense, and have 24 px (WCAG 2.2, 2.5.8).
  const dense = (element) => element.matches("[type=checkbox], [type=radio]") || element.closest(".tree, .editor") !== null;
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
