// Two tabs of one wallet: one writes at a time, so that no copy is shown twice and nothing that one wrote is lost to the other.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { answersTo, askedBy, askedIn, consent } from "./library.mjs";
import { PIN, by, chooseByPin, createByPin, freshIn, go, open, unlockByPin, withCard } from "./wallet.mjs";

export function tabs(stage) {
  scenario("of two tabs the one opened last goes on, and the other closes and says why", () => takenOver(stage));
  scenario("a tab that was not told shares nothing, writes nothing, and shows no copy twice", () => untold(stage));
  scenario("two tabs make one wallet", () => oneWallet(stage));
}

/** Another tab of the same browser, at the lock or at the welcome. */
async function another(visit) {
  return open({ ...visit, page: await visit.context.newPage() });
}

/** Opened in this tab. */
async function opened(tab) {
  await unlockByPin(tab);
  await by(tab, "nav-cards").waitFor();
}

/** Closed, because another tab goes on. */
async function closedByOther(tab) {
  await by(tab, "unlock-pin").waitFor();
  assert.match(await by(tab, "locked-why").innerText(), /다른 탭|another tab/);
}

async function takenOver(stage) {
  const first = await stage.visit();
  await withCard(stage, first);
  const second = await another(first);
  await opened(second);
  await by(second, "card-0").waitFor();
  await closedByOther(first);
  await opened(first);
  await closedByOther(second);
  await first.close();
}

/** From now on this tab tells no other. */
async function silence({ page }) {
  const workers = page.workers().filter((worker) => worker.url().includes("engine-worker"));
  assert.equal(workers.length, 1);
  await workers[0].evaluate(() => { BroadcastChannel.prototype.postMessage = () => {}; });
}

const linesIn = async (tab) => {
  await go(tab, "history");
  await by(tab, "history-line-0").waitFor();
  return tab.page.locator("[data-testid^=history-line-]").count();
};

async function untold(stage) {
  const first = await stage.visit();
  await withCard(stage, first);
  const whole = await freshIn(first);
  const [one, two, three, four] = [await askedBy(stage), await askedBy(stage), await askedBy(stage), await askedBy(stage)];
  await consent(first, one.link);
  await askedIn(first, two.link);
  const second = await another(first);
  await silence(second);
  await opened(second);
  await consent(second, three.link);
  const since = first.recorder.mark();
  await by(first, "share-go").click();
  await closedByOther(first);
  assert.deepEqual(answersTo(first, stage, since), [], "nothing left");
  await opened(first);
  await closedByOther(second);
  assert.equal(await linesIn(first), 2, "what the other wrote is there, and not what was refused");
  assert.equal(await freshIn(first), whole - 2);
  // A request is given to one session of one wallet.
  await consent(first, four.link);
  assert.equal(await freshIn(first), whole - 3, "each place got a copy of its own");
  await two.close();
  for (const asked of [one, three, four]) {
    assert.equal((await asked.verdict()).verdict, "held");
    await asked.close();
  }
  await first.close();
}

/** Both tabs showed the welcome when the first made a wallet. */
async function oneWallet(stage) {
  const first = await open(await stage.visit());
  const second = await another(first);
  await createByPin(first);
  await chooseByPin(second, `${PIN}7`);
  await second.page.locator("[data-testid=create-problem] [data-code=exists]").waitFor();
  await first.page.reload();
  await opened(first);
  await first.close();
}
