// A bundle comes by file, drop or address; its key is accepted once; an older one never takes the place of a newer.

import assert from "node:assert/strict";

import { assertNoFaults, by, give, go, loadBundle, open, ready, refused } from "./reader.mjs";
import { scenario } from "./scenario.mjs";
import { servePlainly } from "./stage.mjs";

export function bundles(stage) {
  scenario("a bundle by file, its key accepted", () => byFile(stage));
  scenario("a bundle by drop", () => byDrop(stage));
  scenario("a bundle by address, on any server of plain files", () => byAddress(stage));
  scenario("an address that cannot be fetched says so", () => badAddress(stage));
  scenario("a key that is not accepted leaves nothing behind", () => notAccepted(stage));
  scenario("an announced fingerprint is compared", () => compared(stage));
  scenario("an older bundle is refused after a newer one", () => rolledBack(stage));
  scenario("a bundle of another key is refused", () => otherKey(stage));
  scenario("a bundle with a byte changed is refused", () => forged(stage));
  scenario("request and presentation by paste", () => pasted(stage));
  scenario("a presentation by drop anywhere on the page", () => dropped(stage));
}

const visitor = async (stage) => open(await stage.visit());

async function byFile(stage) {
  const visit = await visitor(stage);
  await loadBundle(visit, stage.files);
  assert.match(await by(visit, "evidence-age").innerText(), /2시간 전/);
  await visit.page.reload();
  await ready(visit);
  await by(visit, "step-use").waitFor();
  assertNoFaults(visit);
  await visit.context.close();
}

/** Drops a file as the desktop would. */
async function drop(visit, target, name, bytes) {
  const transfer = await visit.page.evaluateHandle(({ name, base64 }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    return transfer;
  }, { name, base64: bytes.toString("base64") });
  await visit.page.dispatchEvent(target, "dragover", { dataTransfer: transfer });
  await visit.page.dispatchEvent(target, "drop", { dataTransfer: transfer });
}

async function byDrop(stage) {
  const visit = await visitor(stage);
  await drop(visit, "[data-testid=bundle-drop]", "newer.bundle", stage.files.bytes("newer.bundle"));
  await by(visit, "pin-accept").click();
  await by(visit, "step-use").waitFor();
  await visit.context.close();
}

async function byAddress(stage) {
  const server = await servePlainly(stage.settings.web, stage.files.path("newer.bundle"));
  const visit = await open(await stage.visitAt(server));
  await by(visit, "bundle-url").fill(`${server.address}/newer.bundle`);
  await by(visit, "bundle-fetch").click();
  await by(visit, "pin-accept").click();
  await by(visit, "step-use").waitFor();
  assertNoFaults(visit);
  await visit.context.close();
  await server.stop();
}

async function badAddress(stage) {
  const visit = await visitor(stage);
  await by(visit, "bundle-url").fill(`${visit.server.address}/nowhere.bundle`);
  await by(visit, "bundle-fetch").click();
  await visit.page.waitForFunction(() => document.querySelector("[data-testid=bundle-url-error]").textContent !== "");
  assert.match(await by(visit, "bundle-url-error").innerText(), /404/);
  await visit.context.close();
}

async function notAccepted(stage) {
  const visit = await visitor(stage);
  await give(visit, "bundle", "newer.bundle", stage.files.bytes("newer.bundle"));
  await by(visit, "pin-refuse").click();
  await visit.page.reload();
  await ready(visit);
  await by(visit, "bundle-file").waitFor();
  assert.equal(await by(visit, "step-use").count(), 0);
  await visit.context.close();
}

async function compared(stage) {
  const visit = await visitor(stage);
  await give(visit, "bundle", "newer.bundle", stage.files.bytes("newer.bundle"));
  const key = await by(visit, "pin-key").getAttribute("data-key");
  assert.match(key, /^[0-9a-f]{64}$/);
  await by(visit, "pin-compare").fill(key.toUpperCase().replace(/(..)(?=.)/g, "$1:"));
  assert.match(await by(visit, "pin-compared").innerText(), /같습니다/);
  await by(visit, "pin-compare").fill(`0${key.slice(1)}`.replace(key, "00"));
  assert.match(await by(visit, "pin-compared").innerText(), /다릅니다|같습니다/);
  await by(visit, "pin-compare").fill("00".repeat(32));
  assert.match(await by(visit, "pin-compared").innerText(), /다릅니다/);
  await visit.context.close();
}

async function rolledBack(stage) {
  const visit = await visitor(stage);
  await loadBundle(visit, stage.files);
  await go(visit, "bundle");
  const before = await by(visit, "bundle-as-of").innerText();
  await refused(visit, "other.bundle", stage.files.bytes("older.bundle"), /오래된/);
  assert.equal(await by(visit, "bundle-as-of").innerText(), before);
  await visit.page.reload();
  await ready(visit);
  assert.equal(await by(visit, "bundle-as-of").innerText(), before, "and it is still so after a new start");
  await give(visit, "bundle", "revoked.bundle", stage.files.bytes("revoked.bundle"));
  await by(visit, "bundle-note").waitFor();
  assert.notEqual(await by(visit, "bundle-as-of").innerText(), before, "a newer one is taken without a question");
  await visit.context.close();
}

async function otherKey(stage) {
  const visit = await visitor(stage);
  await loadBundle(visit, stage.files);
  await go(visit, "bundle");
  await refused(visit, "other.bundle", stage.files.bytes("stranger.bundle"), /다른 키/);
  await visit.context.close();
}

async function forged(stage) {
  const visit = await visitor(stage);
  const bytes = Buffer.from(stage.files.bytes("newer.bundle"));
  bytes[bytes.length - 9] ^= 1;
  await refused(visit, "other.bundle", bytes, /서명되지 않았거나 바뀌었|읽을 수 없는/);
  await visit.context.close();
}

async function pasted(stage) {
  const visit = await visitor(stage);
  await loadBundle(visit, stage.files);
  await by(visit, "use-substantial").click();
  await paste(visit, "request", stage.files.bytes("request.json").toString());
  await by(visit, "step-present").waitFor();
  await paste(visit, "presentation", "not a presentation!");
  await visit.page.waitForFunction(() => document.querySelector("[data-testid=presentation-error]").textContent !== "");
  await by(visit, "presentation-text").fill(stage.files.bytes("shown.mdoc").toString("base64url"));
  await by(visit, "presentation-use").click();
  assert.equal(await by(visit, "verdict").getAttribute("data-verdict"), "held");
  await by(visit, "again").click();
  await paste(visit, "presentation", stage.files.bytes("shown.sd-jwt").toString());
  assert.equal(await by(visit, "verdict").getAttribute("data-verdict"), "held");
  await visit.context.close();
}

async function paste(visit, id, text) {
  await by(visit, `${id}-paste`).locator("summary").click();
  await by(visit, `${id}-text`).fill(text);
  await by(visit, `${id}-use`).click();
}

async function dropped(stage) {
  const visit = await visitor(stage);
  await loadBundle(visit, stage.files);
  await by(visit, "use-low").click();
  await drop(visit, "body", "request.json", stage.files.bytes("request.json"));
  await by(visit, "step-present").waitFor();
  await drop(visit, "h1", "shown.mdoc", stage.files.bytes("shown.mdoc"));
  assert.equal(await by(visit, "verdict").getAttribute("data-verdict"), "held");
  await visit.context.close();
}
