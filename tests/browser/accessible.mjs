// axe-core on a screen.

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
