// The whole way without a mouse, with the focus in sight at each stop.

import assert from "node:assert/strict";

import { press, tabTo } from "./focus.mjs";
import { by, open, verdict } from "./reader.mjs";
import { scenario } from "./scenario.mjs";

const PRESSES = 4;

export function keyboard(stage) {
  scenario("from the first start to a verdict by keyboard", () => toVerdict(stage));
  scenario("policy, logged bundle and order by keyboard", () => byLedger(stage));
  scenario("the skip link leads to the content", () => skip(stage));
}

/** Chooses a file in the dialogue that a key opens. On a busy machine Chromium may not open it at the first press. */
async function chooseFile(visit, testid, path) {
  for (let presses = 1; ; presses += 1) {
    await tabTo(visit, testid);
    const opened = visit.page.waitForEvent("filechooser", { timeout: 10_000 }).catch((error) => error);
    await visit.page.keyboard.press("Space");
    const chooser = await opened;
    if (!(chooser instanceof Error)) return chooser.setFiles(path);
    if (presses === PRESSES) throw chooser;
  }
}

async function toVerdict(stage) {
  const visit = await open(await stage.visit());
  await chooseFile(visit, "bundle-file", stage.files.path("newer.bundle"));
  await by(visit, "pin-accept").waitFor();
  await press(visit, "pin-accept");
  await by(visit, "step-use").waitFor();
  await press(visit, "use-substantial");
  await by(visit, "step-request").waitFor();
  await chooseFile(visit, "request-file", stage.files.path("request.json"));
  await by(visit, "step-present").waitFor();
  await chooseFile(visit, "presentation-file", stage.files.path("shown.mdoc"));
  assert.equal((await verdict(visit)).kind, "held");
  await headingHasFocus(visit);
  await press(visit, "details");
  assert.ok(await by(visit, "details").evaluate((details) => details.open));
  await press(visit, "to-playground");
  await press(visit, "lab-last");
  await by(visit, "tree").waitFor();
  await press(visit, "try-portrait");
  assert.equal((await verdict(visit)).code, "digest_mismatch");
  await tabTo(visit, await firstByte(visit));
  await visit.page.keyboard.press("ArrowRight");
  assert.match(await visit.page.evaluate(() => document.activeElement.dataset.testid), /^byte-/);
  await visit.context.close();
}

/** The bundle first, so that it waits for its policy. */
async function byLedger(stage) {
  const visit = await open(await stage.visit());
  const path = (name) => stage.files.path(`ledger/${name}`);
  await chooseFile(visit, "bundle-file", path("newer.bundle"));
  await by(visit, "policy-needed").waitFor();
  await headingHasFocus(visit);
  await chooseFile(visit, "bundle-file", path("policy.txt"));
  await by(visit, "pin-accept").waitFor();
  await press(visit, "pin-accept");
  await by(visit, "step-use").waitFor();
  await press(visit, "nav-bundle");
  await chooseFile(visit, "bundle-file", path("first.order"));
  await by(visit, "order").waitFor();
  await headingHasFocus(visit);
  await visit.context.close();
}

const firstByte = (visit) => visit.page.locator(".hex .byte[tabindex='0']").getAttribute("data-testid");

/** A new screen says where it begins. */
async function headingHasFocus(visit) {
  assert.equal(await visit.page.evaluate(() => document.activeElement.tagName), "H1");
}

async function skip(stage) {
  const visit = await open(await stage.visit());
  await visit.page.keyboard.press("Tab");
  assert.equal(await visit.page.evaluate(() => document.activeElement.id), "skip");
  assert.ok(await visit.page.locator("#skip").isVisible());
  await visit.page.keyboard.press("Enter");
  await visit.page.keyboard.press("Tab");
  assert.ok(await visit.page.evaluate(() => document.getElementById("main").contains(document.activeElement)));
  await visit.context.close();
}
