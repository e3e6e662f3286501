// Every screen of the page once, in the order in which a new user meets them.

import { by, clock, give, go, open, present, speak } from "./reader.mjs";

const DAY = 86_400_000;

/** Calls `look` with the name of each screen and its visitor. */
export async function tour(stage, language, also, look) {
  const { files } = stage;
  const visit = await open(await stage.visit(also));
  await speak(visit, language);
  await look("1-start", visit);
  await give(visit, "bundle", "newer.bundle", files.bytes("newer.bundle"));
  await by(visit, "pin-accept").waitFor();
  await look("2-key", visit);
  await by(visit, "pin-accept").click();
  await by(visit, "step-use").waitFor();
  await look("3-use", visit);
  await by(visit, "use-low").click();
  await look("4-request", visit);
  await give(visit, "request", "request.json", files.bytes("request.json"));
  await by(visit, "step-present").waitFor();
  await look("5-present", visit);
  await judged(visit, files, look);
  await playground(visit, look);
  await go(visit, "bundle");
  await look("11-bundle", visit);
  await ledger(visit, files, look);
  await visit.context.close();
}

/** The same with a ledger that vouches, and an order. */
async function ledger(visit, files, look) {
  const add = (name) => give(visit, "bundle", name, files.bytes(`ledger/${name}`));
  await by(visit, "forget").click();
  await by(visit, "forget-yes").click();
  await add("newer.bundle");
  await by(visit, "policy-needed").waitFor();
  await look("12a-policy-needed", visit);
  await add("impostor.txt");
  await visit.page.waitForFunction(() => document.querySelector("[data-testid=bundle-error]").textContent !== "");
  await look("12b-policy-unfit", visit);
  await add("policy.txt");
  await by(visit, "pin-accept").waitFor();
  await look("13-policy", visit);
  await by(visit, "pin-accept").click();
  await by(visit, "step-use").waitFor();
  await clock(visit, files.now + 3 * DAY);
  await go(visit, "bundle");
  await add("alone.order");
  await visit.page.waitForFunction(() => document.querySelector("[data-testid=bundle-error]").textContent !== "");
  await look("14-order-refused", visit);
  await add("first.order");
  await by(visit, "order").waitFor();
  await look("15-order", visit);
  await underOrder(visit, files, look);
  await policyAlone(visit, add, look);
}

async function underOrder(visit, files, look) {
  await go(visit, "check");
  await look("16-use-under-order", visit);
  await by(visit, "use-high").click();
  await give(visit, "request", "request.json", files.bytes("request.json"));
  await by(visit, "step-present").waitFor();
  await present(visit, files, "shown.mdoc");
  await by(visit, "details").locator("summary").first().click();
  await look("17-ordered", visit);
}

async function policyAlone(visit, add, look) {
  await go(visit, "bundle");
  await by(visit, "forget").click();
  await by(visit, "forget-yes").click();
  await add("policy.txt");
  await by(visit, "pin-accept").click();
  await by(visit, "policy-held").waitFor();
  await look("18-policy-held", visit);
}

async function judged(visit, files, look) {
  for (const [name, shown, time] of [
    ["6-held", "shown.mdoc", files.now], ["7-marked", "shown.sd-jwt", files.now + 3 * DAY],
    ["8-undecided", "shown.mdoc", files.now - 2 * DAY], ["9-refused", "shown.mdoc", files.now + 40 * DAY],
  ]) {
    await clock(visit, time);
    await present(visit, files, shown);
    await visit.page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
    await look(name, visit);
    await by(visit, "again").click();
  }
  await clock(visit, files.now);
  await present(visit, files, "shown.mdoc");
}

async function playground(visit, look) {
  await by(visit, "to-playground").click();
  await look("10a-playground", visit);
  await by(visit, "lab-last").click();
  await by(visit, "tree").waitFor();
  await by(visit, "try-portrait").click();
  await look("10b-playground", visit);
}
