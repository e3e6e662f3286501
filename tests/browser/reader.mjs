// The reader page as its user knows it.

import assert from "node:assert/strict";

/** Opens the page and waits until it can be used. */
export async function open(visit, view = "") {
  await visit.page.goto(`${visit.server.address}/${view}`);
  await ready(visit);
  return visit;
}

export async function ready({ page }) {
  await page.waitForSelector("html[data-ready=true]");
}

export const by = ({ page }, testid) => page.getByTestId(testid);

/** Speaks a language from now on. */
export async function speak(visit, language) {
  if (await visit.page.locator("html").getAttribute("lang") !== language) await by(visit, "language").click();
  await visit.page.waitForSelector(`html[lang=${language}]`);
}

/** Goes to a screen. */
export async function go(visit, view) {
  await by(visit, `nav-${view}`).click();
}

/** Gives a file to a file input. */
export async function give(visit, id, name, bytes) {
  await by(visit, `${id}-file`).setInputFiles({ name, mimeType: "application/octet-stream", buffer: bytes });
}

/** The first bundle, with its key accepted. */
export async function loadBundle(visit, files, name = "newer.bundle") {
  await give(visit, "bundle", name, files.bytes(name));
  await by(visit, "pin-accept").click();
  await by(visit, "step-use").waitFor();
}

/** The same of a ledger, by its policy. */
export async function loadLogged(visit, files, name = "newer.bundle") {
  await give(visit, "bundle", "policy.txt", files.bytes("ledger/policy.txt"));
  await by(visit, "pin-accept").click();
  await by(visit, "policy-held").waitFor();
  await give(visit, "bundle", name, files.bytes(`ledger/${name}`));
  await by(visit, "step-use").waitFor();
}

/** A bundle, policy or order that the page does not take, and why. */
export async function refused(visit, name, bytes, why) {
  await give(visit, "bundle", name, bytes);
  await visit.page.waitForFunction(() => document.querySelector("[data-testid=bundle-error]").textContent !== "");
  assert.match(await by(visit, "bundle-error").innerText(), why, name);
}

/** From the choice of a use to the question for a presentation. */
export async function choose(visit, files, use = "low") {
  await by(visit, `use-${use}`).click();
  await by(visit, "step-request").waitFor();
  await give(visit, "request", "request.json", files.bytes("request.json"));
  await by(visit, "step-present").waitFor();
}

/** A visitor with bundle and request, asked for a presentation. */
export async function prepared(stage, { use = "low", language = "ko", bundle = "newer.bundle", ...context } = {}) {
  const visit = await open(await stage.visit(context));
  await speak(visit, language);
  await loadBundle(visit, stage.files, bundle);
  await choose(visit, stage.files, use);
  return visit;
}

/** Presents a file and reads the verdict. */
export async function present(visit, files, name) {
  await give(visit, "presentation", name, files.bytes(name));
  return verdict(visit);
}

/** What the page says: `held`, `marked`, `refused` or `undecided`, with the code and the words. */
export async function verdict(visit) {
  const block = by(visit, "verdict");
  await block.waitFor();
  const said = await block.evaluate(({ dataset }) => ({ ...dataset }));
  const kind = said.verdict === "held" && said.marked === "true" ? "marked" : said.verdict;
  return { kind, code: said.code ?? "", order: said.order ?? "", word: await by(visit, "verdict-word").innerText(), line: await by(visit, "verdict-line").innerText() };
}

/** Sets the clock of the page, and no timer. */
export async function clock({ page }, time) {
  await page.clock.setFixedTime(time);
}

/** Nothing went wrong in the page that its user was not told. */
export function assertNoFaults(visit) {
  assert.deepEqual(visit.faults, []);
}
