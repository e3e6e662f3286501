// The tamper playground: the tree, a byte changed, and the rule that notices, with its clause and its place in our code.

import assert from "node:assert/strict";

import { assertNoFaults, by, give, go, open, prepared, present, ready, verdict } from "./reader.mjs";
import { scenario } from "./scenario.mjs";

/** What each suggestion of the page runs into. */
const TRIES = {
  mdoc: {
    portrait: ["digest_mismatch", /ISO\/IEC 18013-5 §9\.3\.1/, "crates/mapae-mdoc/src/verify.rs"],
    digest: ["issuer_signature_invalid", /ISO\/IEC 18013-5 §9\.3\.1/, "crates/mapae-mdoc/src/verify.rs"],
    issuer_signature: ["issuer_signature_invalid", /ISO\/IEC 18013-5 §9\.3\.1/, "crates/mapae-mdoc/src/verify.rs"],
    holder: ["holder_binding_invalid", /ISO\/IEC 18013-5 §9\.3\.2/, "crates/mapae-mdoc/src/verify.rs"],
    replay: ["holder_binding_invalid", /ISO\/IEC 18013-5 §9\.3\.2/, "crates/mapae-mdoc/src/verify.rs"],
  },
  "sd-jwt": {
    portrait: ["digest_missing", /RFC 9901 §7\.1/, "crates/mapae-sd-jwt/src/process.rs"],
    issuer_signature: ["issuer_signature_invalid", /RFC 9901 §7\.1/, "crates/mapae-sd-jwt/src/verify.rs"],
    nonce: ["holder_binding_invalid", /RFC 9901 §7\.3/, "crates/mapae-sd-jwt/src/key_binding.rs"],
    holder: ["holder_binding_invalid", /RFC 9901 §7\.3/, "crates/mapae-sd-jwt/src/key_binding.rs"],
    replay: ["wrong_nonce", /RFC 9901 §7\.3/, "crates/mapae-sd-jwt/src/key_binding.rs"],
  },
};

export function lab(stage) {
  for (const [format, tries] of Object.entries(TRIES)) {
    scenario(`playground: suggestions, ${format}`, () => suggestions(stage, format, tries));
    scenario(`playground: every suggestion is refused, and reset holds again, ${format}`, () => everySuggestion(stage, format));
  }
  scenario("playground: any byte by the tree, ko", () => byTree(stage, "ko"));
  scenario("playground: any byte by the tree, en", () => byTree(stage, "en"));
  scenario("playground: a byte inside base64url", () => insideBase64(stage));
  scenario("playground: says what it needs", () => needs(stage));
}

/** The playground with what was just presented. */
async function bench(stage, format, also) {
  const visit = await prepared(stage, also);
  assert.equal((await present(visit, stage.files, `shown.${format}`)).kind, "held");
  await by(visit, "to-playground").click();
  await by(visit, "lab-last").click();
  await by(visit, "tree").waitFor();
  assert.equal((await verdict(visit)).kind, "held", "nothing is changed yet");
  return visit;
}

const refusal = async (visit) => ({
  ...await verdict(visit), clause: await by(visit, "reason-clause").innerText(), source: await by(visit, "reason-source").innerText(),
});

async function suggestions(stage, format, tries) {
  const visit = await bench(stage, format);
  for (const [name, [code, clause, file]] of Object.entries(tries)) {
    await by(visit, `try-${name}`).click();
    const said = await refusal(visit);
    assert.deepEqual([name, said.kind, said.code], [name, "refused", code]);
    assert.match(said.clause, clause, name);
    assert.ok(said.source.startsWith(file), `${name}: ${said.source}`);
  }
  assertNoFaults(visit);
  await visit.context.close();
}

/** Opens the branches on the way and presses the leaf at its end. */
async function pick(visit, labels) {
  let within = by(visit, "tree").locator("> ul > li");
  for (const label of labels) {
    const details = within.locator("> details");
    if (await details.getAttribute("open") === null) await details.locator("> summary").click();
    within = details.locator("> ul > li").filter({ has: visit.page.locator(`:scope > details > summary > .label, :scope > button > .label`).getByText(label, { exact: true }) }).first();
  }
  await within.locator("> button").click();
}

async function byTree(stage, language) {
  const visit = await bench(stage, "mdoc", { language });
  await pick(visit, ["documents", "[0]", "issuerSigned", "nameSpaces", "org.iso.23220.1", "portrait", "elementValue"]);
  await by(visit, "bytes-later").click();
  const byte = await visit.page.locator(".hex .byte").nth(5).getAttribute("data-testid");
  await by(visit, byte).click();
  const before = await by(visit, byte).innerText();
  await by(visit, "flip-bit").click();
  assert.notEqual(await by(visit, byte).innerText(), before);
  assert.equal(await by(visit, "lab-changes").getAttribute("data-count"), "1");
  const said = await refusal(visit);
  assert.equal(said.code, "digest_mismatch");
  assert.match(said.line, language === "ko" ? /[가-힣]/ : /digest/);
  await by(visit, "new-byte").fill(before);
  await by(visit, "set-byte").click();
  assert.equal((await verdict(visit)).kind, "held", "the same byte again holds again");
  await visit.context.close();
}

async function insideBase64(stage) {
  const visit = await bench(stage, "sd-jwt");
  await pick(visit, ["key-binding JWT", "payload", "nonce"]);
  await by(visit, "flip-bit").click();
  assert.equal((await refusal(visit)).code, "holder_binding_invalid");
  await by(visit, "lab-reset").click();
  const tree = by(visit, "tree").locator("> ul > li > details > ul > li > details > summary > .label");
  const disclosures = (await tree.allInnerTexts()).find((label) => label.startsWith("disclosures"));
  await pick(visit, [disclosures, "birthdate", "value"]);
  await by(visit, "flip-bit").click();
  assert.equal((await refusal(visit)).code, "digest_missing");
  await visit.context.close();
}

async function everySuggestion(stage, format) {
  const visit = await bench(stage, format);
  const names = await visit.page.locator("[data-testid^=try-]").evaluateAll((buttons) => buttons.map((button) => button.dataset.testid));
  assert.ok(names.length >= 6, names.join());
  for (const name of names) {
    await by(visit, name).click();
    assert.equal((await verdict(visit)).kind, "refused", name);
  }
  await by(visit, "lab-reset").click();
  assert.equal((await verdict(visit)).kind, "held");
  await visit.context.close();
}

async function needs(stage) {
  const visit = await open(await stage.visit(), "#playground");
  assert.ok(await by(visit, "lab-needs").isVisible());
  await visit.context.close();
  const other = await prepared(stage);
  await go(other, "playground");
  await give(other, "lab", "notes.txt", Buffer.from("hello"));
  await other.page.waitForFunction(() => document.querySelector("[data-testid=lab-error]").textContent !== "");
  await give(other, "lab", "shown.mdoc", stage.files.bytes("shown.mdoc"));
  await by(other, "tree").waitFor();
  await other.page.reload();
  await ready(other);
  assert.equal(await by(other, "lab-last").count(), 0, "no presentation is kept");
  await other.context.close();
}
