// Every screen in both languages and two sizes: a picture for people to look at, and what a program can see. axe-core finds
// nothing serious, nothing goes beyond the edge, nothing is too small to touch.

import { join } from "node:path";

import { examine, seen } from "./accessible.mjs";
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
