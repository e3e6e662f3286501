// Every screen of the wallet once, in the order in which a new citizen meets them.

import { applied } from "./authorising.mjs";
import { askedBy, askedIn, linkOf } from "./library.mjs";
import { offerTo } from "./stage.mjs";
import { PIN, by, createByPin, go, heldWhole, open, paste, ready, speak, unlockByPin } from "./wallet.mjs";

/** Calls `look` with the name of each screen. */
export async function tour(stage, visit, language, look) {
  await open(visit);
  await speak(visit, language);
  await look("01-welcome");
  await by(visit, "way-pin").check();
  await look("02-welcome-pin");
  await createByPin(visit);
  await look("03-no-cards");
  await adding(stage, visit, look);
  await sharing(stage, visit, look);
  await refused(stage, visit, look);
  await keeping(visit, look);
  await closed(visit, look);
}

async function adding(stage, visit, look) {
  const offer = offerTo(stage);
  await go(visit, "add");
  await look("04-add");
  await paste(visit, "add", offer.link);
  await by(visit, "tx-code").waitFor();
  await look("05-offer");
  await by(visit, "tx-code").fill(offer.code === "000000" ? "111111" : "000000");
  await by(visit, "tx-go").click();
  await by(visit, "tx-error").locator("span").waitFor();
  await look("06-wrong-code");
  await by(visit, "tx-code").fill(offer.code);
  await by(visit, "tx-go").click();
  await by(visit, "added").waitFor();
  await look("07-added");
  await by(visit, "to-cards").click();
  await by(visit, "card-0").waitFor();
  await look("08-cards");
  await by(visit, "card-0").click();
  await by(visit, "facts").waitFor();
  await look("09-card");
  await by(visit, "delete-card").click();
  await look("10-card-delete");
  await by(visit, "delete-card-no").click();
}

async function sharing(stage, visit, look) {
  await go(visit, "share");
  await look("11-share");
  const asked = await askedBy(stage);
  await askedIn(visit, asked.link);
  await look("12-consent");
  await by(visit, "consent-verified").click();
  await look("13-consent-who");
  await by(visit, "share-go").click();
  await by(visit, "shared").waitFor();
  await look("14-shared");
  await by(visit, "to-cards").click();
  await asked.close();
  await askedIn(visit, await applied(stage));
  await look("14b-authorise");
  await by(visit, "decline").click();
  await by(visit, "note").waitFor();
}

async function refused(stage, visit, look) {
  for (const [place, how] of [["15", "over-asking"], ["16", "unregistered"], ["17", "withdrawn"], ["18", "expired"]]) {
    await askedIn(visit, await linkOf(stage, `refuse-${how}`));
    await look(`${place}-refused-${how}`);
    await by(visit, "to-cards").click();
  }
  await paste(visit, "share", "https://example.com/nothing");
  await visit.page.locator("[data-code]").first().waitFor();
  await look("19-problem");
  await by(visit, "to-cards").click();
}

async function keeping(visit, look) {
  await go(visit, "history");
  await by(visit, "history-line-0").locator("summary").click();
  await look("20-history");
  await by(visit, "history-delete-all").click();
  await look("21-history-delete");
  await by(visit, "history-delete-no").click();
  await go(visit, "settings");
  await look("22-settings");
  await by(visit, "settings-pin").click();
  await look("23-pin");
  await visit.page.getByRole("button", { name: /취소|Cancel/ }).click();
  await by(visit, "settings-move").click();
  await by(visit, "move-steps").locator("svg").waitFor();
  await look("24-move");
  await by(visit, "move-back").click();
  await by(visit, "delete-everything").click();
  await look("25-delete-everything");
  await by(visit, "delete-everything-no").click();
}

async function closed(visit, look) {
  await by(visit, "settings-lock").click();
  await by(visit, "unlock-pin").waitFor();
  await look("26-locked");
  await unlockByPin(visit, `${PIN}1`);
  await by(visit, "unlock-problem").locator("[data-code]").waitFor();
  await look("27-wrong-pin");
  await heldWhole(visit);
  await visit.context.setOffline(true);
  await visit.page.reload();
  await ready(visit);
  await unlockByPin(visit);
  await go(visit, "cards");
  await by(visit, "card-0").waitFor();
  await look("28-offline-cards");
  await go(visit, "share");
  await look("29-offline-share");
}
