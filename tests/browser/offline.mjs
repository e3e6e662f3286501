// From the second start on nothing but this device is needed.

import assert from "node:assert/strict";

import { by, choose, loadBundle, open, present, ready } from "./reader.mjs";
import { scenario } from "./scenario.mjs";

export function offline(stage) {
  scenario("with the server stopped, a reloaded page still decides", () => serverStopped(stage));
  scenario("without a network the page says so and goes on", () => networkOff(stage));
}

async function serverStopped(stage) {
  const [server, profile] = [await stage.serve(), stage.newFolder()];
  const first = await open(await stage.start(profile, server));
  await loadBundle(first, stage.files);
  await choose(first, stage.files);
  await first.page.waitForSelector("html[data-offline=ready]");
  await first.page.reload();
  await ready(first);
  await server.stop();
  await assert.rejects(fetch(server.address), "the server is gone");
  await first.page.reload();
  await decides(first, stage.files);
  await first.context.close();
  const second = await open(await stage.start(profile, server));
  await decides(second, stage.files);
  await second.context.close();
}

async function decides(visit, files) {
  await ready(visit);
  await by(visit, "use-low").click();
  assert.equal((await present(visit, files, "shown.mdoc")).kind, "held");
  await by(visit, "again").click();
  assert.equal((await present(visit, files, "shown.sd-jwt")).kind, "held");
}

async function networkOff(stage) {
  const visit = await open(await stage.visit());
  await loadBundle(visit, stage.files);
  await choose(visit, stage.files);
  assert.ok(await by(visit, "offline-banner").isHidden());
  await visit.page.waitForSelector("html[data-offline=ready]");
  await visit.context.setOffline(true);
  await visit.page.reload();
  await ready(visit);
  assert.ok(await by(visit, "offline-banner").isVisible());
  assert.ok(await by(visit, "evidence-age").isVisible());
  await decides(visit, stage.files);
  await visit.context.close();
}
