// The four verdicts, in both languages, each with its word, its sentence and its evidence.

import assert from "node:assert/strict";

import { assertNoFaults, by, clock, give, go, loadBundle, choose, open, prepared, present, speak, verdict } from "./reader.mjs";
import { scenario } from "./scenario.mjs";

const DAY = 86_400_000;

const WORDS = {
  ko: { held: /유효합니다/, marked: /유효합니다.*오래됨/, refused: /거부/, undecided: /판단할 수 없/ },
  en: { held: /Holds/, marked: /Holds.*not fresh/, refused: /Refused/, undecided: /Cannot be decided/ },
};

export function verdicts(stage) {
  for (const language of ["ko", "en"]) {
    for (const format of ["mdoc", "sd-jwt"]) {
      scenario(`held, ${format}, ${language}`, () => held(stage, language, format));
    }
    scenario(`marked, ${language}`, () => marked(stage, language));
    scenario(`refused, ${language}`, () => refused(stage, language));
    scenario(`undecided, ${language}`, () => undecided(stage, language));
  }
  scenario("evidence too old for the use is refused", () => tooOld(stage));
  scenario("an answer to another request is refused", () => otherRequest(stage));
  scenario("the language is remembered and the verdict follows it", () => language(stage));
}

async function held(stage, language, format) {
  const visit = await prepared(stage, { language });
  const said = await present(visit, stage.files, `shown.${format}`);
  assert.equal(said.kind, "held");
  assert.match(said.word, WORDS[language].held);
  assert.match(said.line, /\d{4}\. \d+\. \d+\. \d\d:\d\d/);
  assert.ok(await by(visit, "sample").isVisible(), "sample data is marked");
  assert.match(await by(visit, "name").innerText(), /[가-힣]{2,}/);
  assert.ok(await by(visit, "portrait").evaluate((image) => image.decode().then(() => image.naturalWidth > 100)), "a portrait is drawn");
  assertNoFaults(visit);
  await visit.context.close();
}

async function marked(stage, language) {
  const visit = await prepared(stage, { language });
  await clock(visit, stage.files.now + 3 * DAY);
  const said = await present(visit, stage.files, "shown.mdoc");
  assert.equal(said.kind, "marked");
  assert.match(said.word, WORDS[language].marked);
  assert.match(said.line, language === "ko" ? /3일 전/ : /3 days old/);
  await visit.context.close();
}

async function refused(stage, language) {
  const visit = await prepared(stage, { language, bundle: "revoked.bundle" });
  const said = await present(visit, stage.files, "revoked.sd-jwt");
  assert.deepEqual([said.kind, said.code], ["refused", "revoked"]);
  assert.match(said.word, WORDS[language].refused);
  assert.match(said.line, language === "ko" ? /폐기된/ : /revoked/);
  assert.match(await by(visit, "reason-clause").innerText(), /Token Status List/);
  assert.equal(await by(visit, "document").count(), 0, "no claim of a refused presentation is shown");
  await visit.context.close();
}

async function undecided(stage, language) {
  const visit = await prepared(stage, { language });
  await clock(visit, stage.files.now - 2 * DAY);
  const said = await present(visit, stage.files, "shown.mdoc");
  assert.deepEqual([said.kind, said.code], ["undecided", "clock_behind"]);
  assert.match(said.word, WORDS[language].undecided);
  assert.equal(await by(visit, "document").count(), 0);
  await visit.context.close();
}

async function tooOld(stage) {
  const visit = await prepared(stage, { use: "high" });
  await clock(visit, stage.files.now + 2 * DAY);
  const said = await present(visit, stage.files, "shown.mdoc");
  assert.deepEqual([said.kind, said.code], ["refused", "bundle_too_old"]);
  await visit.context.close();
}

async function otherRequest(stage) {
  const visit = await open(await stage.visit());
  await loadBundle(visit, stage.files);
  await choose(visit, stage.files);
  await by(visit, "current-request").locator("summary").click();
  await by(visit, "change-request").click();
  const request = JSON.parse(stage.files.bytes("request.json"));
  await give(visit, "request", "other.json", Buffer.from(JSON.stringify({ ...request, nonce: `${request.nonce}x` })));
  const said = await present(visit, stage.files, "shown.sd-jwt");
  assert.deepEqual([said.kind, said.code], ["refused", "wrong_nonce"]);
  await visit.context.close();
}

async function language(stage) {
  const visit = await prepared(stage);
  const korean = await present(visit, stage.files, "shown.mdoc");
  await speak(visit, "en");
  const english = await verdict(visit);
  assert.equal(korean.kind, english.kind);
  assert.notEqual(korean.word, english.word);
  await visit.page.reload();
  await visit.page.waitForSelector("html[lang=en]");
  await go(visit, "bundle");
  assert.match(await visit.page.title(), /reader/);
  await visit.context.close();
}
