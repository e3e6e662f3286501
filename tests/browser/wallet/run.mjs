// The wallet page in a real Chromium, in a country that the real `mapae up` runs.
//
// Told by the environment: MAPAE_BIN, MAPAE_WEB and MAPAE_WALLET_WEB (the published pages), CHROMIUM, MAPAE_PICTURES (where
// screenshots go), MAPAE_SOURCES (the workspace). An argument runs only the scenarios whose name contains it. The last line counts as `cargo test` does,
// for `cargo xtask test browser`.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { keyboard as askingByKeyboard } from "../asking/keyboard.mjs";
import { looks as looksOfAsking } from "../asking/looks.mjs";
import { play, report } from "../scenario.mjs";
import { adding } from "./adding.mjs";
import { authorising } from "./authorising.mjs";
import { budgets, times } from "./budgets.mjs";
import { copied } from "./copied.mjs";
import { deleting } from "./deleting.mjs";
import { keyboard } from "./keyboard.mjs";
import { keys } from "./keys.mjs";
import { locking } from "./locking.mjs";
import { looks } from "./looks.mjs";
import { offline } from "./offline.mjs";
import { outage } from "./outage.mjs";
import { refilling } from "./refilling.mjs";
import { refusing } from "./refusing.mjs";
import { releases } from "./releases.mjs";
import { sharing } from "./sharing.mjs";
import { signing } from "./signing.mjs";
import { openStage } from "./stage.mjs";
import { tabs } from "./tabs.mjs";
import { words } from "./words.mjs";

/** Scenarios at a time: they wait more than they work. */
const WORKERS = 4;

const told = (name) => process.env[name] ?? fail(`${name} is not set; \`cargo xtask test browser\` sets it`);

function fail(why) {
  console.error(why);
  process.exit(64);
}

const settings = {
  mapae: told("MAPAE_BIN"), web: told("MAPAE_WEB"), wallet: told("MAPAE_WALLET_WEB"), chromium: told("CHROMIUM"), pictures: told("MAPAE_PICTURES"),
  sources: told("MAPAE_SOURCES"),
};
const only = process.argv[2] ?? "";
const folder = mkdtempSync(join(tmpdir(), "mapae-wallet-"));
mkdirSync(settings.pictures, { recursive: true });

const stage = await openStage(settings, folder);
try {
  for (const group of [looks, adding, signing, sharing, authorising, refusing, refilling, offline, locking, copied, keys, deleting, releases, tabs, words, keyboard, looksOfAsking, askingByKeyboard, budgets]) group(stage);
  await play(WORKERS, only);
  // What everybody would notice: alone, and last.
  for (const group of [times, outage]) group(stage);
  await play(1, only);
} finally {
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(report());
