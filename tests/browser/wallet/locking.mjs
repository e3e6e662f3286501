// The locks: a passkey, a PIN, waits after wrong ones, and what a wallet forgets when it closes.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { kept } from "./database.mjs";
import { plugIn } from "./passkey.mjs";
import { PIN, assertNoFaults, by, createByPasskey, createByPin, go, open, ready, unlockByPin } from "./wallet.mjs";

const MINUTE = 60_000;
const WRONG = "593026";

export function locking(stage) {
  scenario("a passkey opens the wallet, its absence and a strange finger do not", () => byPasskey(stage));
  scenario("a PIN opens the wallet; wrong ones wait, longer each time, and a restart does not shorten that", () => byPin(stage));
  scenario("ten wrong PINs erase the wallet of a citizen who wished so, and nobody else's", () => erasure(stage));
  scenario("a PIN that is tried first is not taken", () => easyPins(stage));
  scenario("a wallet out of sight closes after five minutes", () => outOfSight(stage));
  scenario("a PIN beside a passkey, and the last lock stays", () => twoLocks(stage));
}

const locked = (visit) => by(visit, "unlock-pin").or(by(visit, "unlock-passkey")).first().waitFor();
const openNow = (visit) => by(visit, "nav-cards").waitFor();

/** The code of what went wrong at the lock. */
async function refusal(visit) {
  const alarm = by(visit, "unlock-problem").locator("[data-code]");
  await alarm.waitFor();
  return alarm.getAttribute("data-code");
}

async function byPasskey(stage) {
  const visit = await stage.visit();
  const device = await plugIn(visit);
  await open(visit);
  await createByPasskey(visit);
  await visit.page.reload();
  await ready(visit);
  await by(visit, "unlock-passkey").click();
  await openNow(visit);
  await visit.page.reload();
  await ready(visit);
  await device.verifies(false);
  await by(visit, "unlock-passkey").click();
  assert.equal(await refusal(visit), "passkey_declined");
  const [credential] = await device.credentials();
  await device.remove();
  const other = await plugIn(visit);
  await by(visit, "unlock-passkey").click();
  assert.equal(await refusal(visit), "passkey_declined");
  await other.take(credential);
  await by(visit, "unlock-passkey").click();
  await visit.page.locator("[data-testid=unlock-problem] [data-code=passkey_without_prf]").waitFor();
  assertNoFaults(visit);
  await visit.close();
}

async function byPin(stage) {
  const visit = await stage.visit();
  await open(visit);
  await createByPin(visit);
  const reopen = async () => { await visit.page.reload(); await ready(visit); await locked(visit); };
  await reopen();
  const codes = [];
  for (let tries = 0; tries < 3; tries += 1) {
    await unlockByPin(visit, WRONG);
    codes.push(await refusal(visit));
  }
  assert.deepEqual(codes, ["pin_wrong", "pin_wrong", "pin_wrong"]);
  // From the sixth on the wait is a minute or more, longer than any step of this test.
  for (const wrong of [5, 6, 7, 8]) {
    await note(visit, { wrong, since: Date.now() });
    await unlockByPin(visit);
    assert.equal(await refusal(visit), "pin_wait", `the right one waits as well after ${wrong} wrong ones`);
  }
  await reopen();
  await unlockByPin(visit);
  assert.equal(await refusal(visit), "pin_wait", "after a restart, too");
  await note(visit, { since: 0 });
  await unlockByPin(visit);
  await openNow(visit);
  await reopen();
  await unlockByPin(visit);
  await openNow(visit);
  await visit.close();
}

async function easyPins(stage) {
  const visit = await open(await stage.visit());
  await by(visit, "way-pin").check();
  for (const pin of ["12345", "123456", "987654", "111111"]) {
    await by(visit, "pin").fill(pin);
    await by(visit, "pin-again").fill(pin);
    await by(visit, "create").click();
    await by(visit, "create-problem").locator("[data-code]").or(by(visit, "pin-error").locator("span")).first().waitFor();
    assert.equal(await by(visit, "nav-cards").count(), 0, pin);
  }
  await createByPin(visit);
  await visit.close();
}

/** Waits are kept beside the wallet and bind whoever sits at the screen; who can write there need not wait. */
async function note({ page }, changed) {
  await page.evaluate((changed) => new Promise((resolve, reject) => {
    const opening = indexedDB.open("mapae-wallet");
    opening.onerror = reject;
    opening.onsuccess = () => {
      const running = opening.result.transaction("locks", "readwrite");
      const locks = running.objectStore("locks");
      locks.get("tries").onsuccess = ({ target: { result } }) => { if (result) locks.put({ ...result, ...changed }, "tries"); };
      running.oncomplete = () => { opening.result.close(); resolve(); };
    };
  }), changed);
}

async function erasure(stage) {
  for (const wished of [false, true]) {
    const visit = await open(await stage.visit());
    await createByPin(visit);
    await go(visit, "settings");
    if (wished) await by(visit, "settings-erase").check();
    await visit.page.reload();
    await ready(visit);
    await tenWrong(visit, wished);
    const { databases } = await kept(visit.context, stage.country.wallet);
    assert.equal(databases["mapae-wallet"].locks.length === 0, wished, "erased only where that was wished");
    await visit.close();
  }
}

async function tenWrong(visit, erases) {
  for (let tries = 1; tries <= 10; tries += 1) {
    await unlockByPin(visit, WRONG);
    const last = erases && tries === 10;
    await by(visit, "unlock-problem").locator(`[data-code=${last ? "erased" : "pin_wrong"}]`).waitFor();
    if (!last) await note(visit, { since: 0 });
  }
}

async function outOfSight(stage) {
  const visit = await stage.visit();
  await visit.page.clock.install({ time: Date.now() });
  await open(visit);
  await createByPin(visit);
  await seen(visit, "hidden");
  await visit.page.clock.fastForward(4 * MINUTE);
  await seen(visit, "visible");
  assert.ok(await by(visit, "nav-cards").isVisible(), "four minutes are not five");
  await seen(visit, "hidden");
  await visit.page.clock.fastForward(5 * MINUTE + 1000);
  await seen(visit, "visible");
  await locked(visit);
  await visit.close();
}

/** Chromium without a screen hides nothing by itself. */
const seen = ({ page }, state) => page.evaluate((state) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, value: state });
  Object.defineProperty(document, "hidden", { configurable: true, value: state === "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
}, state);

async function twoLocks(stage) {
  const visit = await stage.visit();
  await plugIn(visit);
  await open(visit);
  await createByPasskey(visit);
  await go(visit, "settings");
  assert.equal(await by(visit, "settings-level").getAttribute("data-level"), "passkey");
  await by(visit, "settings-pin").click();
  await by(visit, "pin").fill(PIN);
  await by(visit, "pin-again").fill(PIN);
  await by(visit, "pin-go").click();
  await visit.page.locator("[data-testid=settings-level][data-level=pin]").waitFor();
  await visit.page.reload();
  await ready(visit);
  await unlockByPin(visit);
  await openNow(visit);
  await visit.close();
}
