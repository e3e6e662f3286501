// Deleting everything leaves nothing, neither in the database nor beside it.

import assert from "node:assert/strict";

import { scenario } from "../scenario.mjs";
import { kept } from "./database.mjs";
import { foundIn, personal } from "./search.mjs";
import { by, go, heldWhole, ready, withCard } from "./wallet.mjs";

export function deleting(stage) {
  scenario("delete everything leaves no record, key, lock or note", () => everything(stage));
}

async function everything(stage) {
  const visit = await stage.visit();
  const person = await withCard(stage, visit);
  await heldWhole(visit);
  const { wallet } = stage.country;
  const before = await kept(visit.context, wallet);
  const stores = before.databases["mapae-wallet"];
  assert.ok(stores.records.length > 0 && stores.keys.length > 0 && stores.locks.length > 0, "there is something to delete");
  await go(visit, "settings");
  await by(visit, "delete-everything").click();
  await by(visit, "delete-everything-yes").click();
  await by(visit, "create").waitFor();
  const after = await kept(visit.context, wallet);
  for (const [name, stores] of Object.entries(after.databases)) assert.deepEqual(Object.values(stores).flat(), [], name);
  assert.deepEqual(after.handles, [], "not even the key of the PIN");
  assert.deepEqual(after.files, []);
  assert.deepEqual(foundIn(after.bytes, personal(person)), []);
  const files = Object.values(after.caches).flat().filter((url) => !isOfRelease(url, wallet));
  assert.deepEqual(files, [], "the caches hold the page's own files");
  await visit.page.reload();
  await ready(visit);
  await by(visit, "create").waitFor();
  await visit.close();
}

/** A file without a question in its address, of the page itself. */
const isOfRelease = (url, wallet) => url.startsWith(`${wallet}/`) && !/[?#]/.test(url);
