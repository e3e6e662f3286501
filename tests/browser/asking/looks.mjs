// Every page of who asks in both languages and two sizes: a picture for people to look at, and what a program can see. axe-core
// finds nothing serious, nothing goes beyond the edge, nothing is too small to touch; and the tabulator key comes to all of it.

import { join } from "node:path";

import { examine, seen } from "../accessible.mjs";
import { everyStop } from "../focus.mjs";
import { scenario } from "../scenario.mjs";
import { DESK, PHONE } from "../wallet/stage.mjs";
import { tour } from "./tour.mjs";

const LIGHT = { colorScheme: "light" };
const REACHED = { ko: PHONE, en: DESK };
const FORCED = { colorScheme: "dark", forcedColors: "active" };

export function looks(stage) {
  for (const language of ["ko", "en"]) {
    for (const viewport of [PHONE, DESK]) {
      const name = `asking-${viewport.width}x${viewport.height}-${language}`;
      scenario(`looks and axe: ${name}`, () => look(stage, language, { viewport, ...LIGHT }, name));
    }
  }
  scenario("looks and axe: asking, forced colours", () => look(stage, "ko", { viewport: PHONE, ...FORCED }, "asking-forced-ko"));
}

/** The same elements in either language: those of a phone in one, those of a desk in the other. */
const reached = (language, also, page) => (REACHED[language] === also.viewport && also.forcedColors === undefined ? everyStop(page) : []);

async function look(stage, language, also, name) {
  const [faults, lesser] = [[], new Set()];
  const page = await stage.elsewhere("about:blank", { ...also, reducedMotion: "reduce" });
  await tour(stage, page, language, async (screen) => {
    await page.screenshot({ path: join(stage.settings.pictures, `${name}-${screen}.png`), fullPage: true });
    const found = await examine(page, also.forcedColors === "active");
    found.lesser.forEach((rule) => lesser.add(rule));
    const spoken = await page.evaluate(() => document.documentElement.lang);
    const other = spoken === language || screen === "12-signed-out" ? [] : [`it speaks ${spoken}`];
    const all = [...found.grave, ...await page.evaluate(seen), ...await reached(language, also, page), ...other];
    faults.push(...all.map((fault) => `${screen}: ${fault}`));
  });
  await page.context().close();
  if (faults.length > 0) throw new Error([...new Set(faults)].join("\n"));
  return lesser.size > 0 ? `less than serious: ${[...lesser].join(", ")}` : "";
}
