// The reader page in a real Chromium, with files that the real `mapae` made.
//
// Told by the environment: MAPAE_BIN (beside it the examples, as cargo builds both), MAPAE_WEB (the published page),
// CHROMIUM, MAPAE_PICTURES (where screenshots go).
// An argument runs only the scenarios whose name contains it. The last line counts as `cargo test` does, for
// `cargo xtask test browser`.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bundles } from "./bundles.mjs";
import { makeFiles } from "./files.mjs";
import { keyboard } from "./keyboard.mjs";
import { lab } from "./lab.mjs";
import { logged } from "./logged.mjs";
import { looks } from "./looks.mjs";
import { offline } from "./offline.mjs";
import { play, report, scenario } from "./scenario.mjs";
import { size } from "./size.mjs";
import { openStage } from "./stage.mjs";
import { verdicts } from "./verdicts.mjs";

/** Scenarios at a time: they wait more than they work. */
const WORKERS = 4;

const told = (name) => process.env[name] ?? fail(`${name} is not set; \`cargo xtask test browser\` sets it`);

function fail(why) {
  console.error(why);
  process.exit(64);
}

const settings = { mapae: told("MAPAE_BIN"), web: told("MAPAE_WEB"), chromium: told("CHROMIUM"), pictures: told("MAPAE_PICTURES") };
const folder = mkdtempSync(join(tmpdir(), "mapae-browser-"));
mkdirSync(settings.pictures, { recursive: true });

const stage = await openStage(settings, folder, makeFiles(settings.mapae, folder));
try {
  for (const group of [size, looks, lab, bundles, logged, verdicts, offline, keyboard]) group(stage);
  await play(WORKERS, process.argv[2] ?? "");
  scenario("a request for another place would be seen, twice", () => leaving(stage));
  scenario("no request left for another place", () => stage.outside.assertNone());
  await play(1, "");
} finally {
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(report());

/** By what the page does, and by the proxy in its way. */
async function leaving(stage) {
  const visit = await stage.visit();
  await visit.page.goto("http://elsewhere.example/").catch(() => {});
  await visit.context.close();
  assert.equal(stage.outside.take("elsewhere.example"), 2);
}
