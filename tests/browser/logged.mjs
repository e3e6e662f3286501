// Bundles for which a ledger vouches: the policy before or after the bundle, proofs that fall short, orders.

import assert from "node:assert/strict";

import { assertNoFaults, by, choose, clock, give, go, loadLogged, open, present, ready, refused, speak } from "./reader.mjs";
import { scenario } from "./scenario.mjs";

const DAY = 86_400_000;

const WORDS = {
  ko: {
    missing: /ledger\.example\/mapae.*정책 파일\(policy\.txt\)/, rule: /3곳 가운데 2곳 이상/, unseen: /기관 가운데 1곳만/, notProven: /증명이 맞지 않/,
    unfit: /이 정책으로는/, otherPolicy: /다른 정책이나 키/, unusable: /정책으로 쓸 수 없는/, otherKey: /다른 키나 원장/, reason: "국가정보자원관리원 화재",
    ordered: /비상 명령에 따름/, advice: /2026-fire.*국가정보자원관리원 화재.*interior · library/, inForce: /시행 중/, band: /비상 명령으로 연장/, high: /국가 사무 10일/,
    tooFew: /1곳입니다.*2곳/, forged: /library의 서명/, elsewhere: /다른 원장.*other\.example/, nobody: /기관이 없습니다/, older: /2026-fire-2보다 먼저/, first: /꾸러미를 먼저/, malformed: /비상 명령으로 읽을 수 없/,
  },
  en: {
    missing: /ledger\.example\/mapae.*policy file \(policy\.txt\)/, rule: /2 of the 3 agencies/, unseen: /Only 1 of the agencies/, notProven: /does not hold/,
    unfit: /policy is not taken/, otherPolicy: /another policy, or a key/, unusable: /cannot be used as a policy/, otherKey: /Another key or ledger/, reason: "Fire at the national data centre",
    ordered: /under a continuity order/, advice: /2026-fire: Fire at the national data centre.*interior · library/, inForce: /now/, band: /under a continuity order/, high: /Acting for the state 10 days/,
    tooFew: /signed the order: 1; needed: 2/, forged: /signature of library/, elsewhere: /another ledger.*other\.example/, nobody: /names nobody/, older: /before 2026-fire-2/, first: /bundle first/, malformed: /cannot be read as a continuity order/,
  },
};

export function logged(stage) {
  for (const language of ["ko", "en"]) {
    const words = WORDS[language];
    const visitor = async () => {
      const visit = await open(await stage.visit());
      await speak(visit, language);
      return visit;
    };
    const tell = (name, play) => scenario(`${name}, ${language}`, async () => {
      const visit = await visitor();
      await play(visit, stage.files, words, language);
      assertNoFaults(visit);
      await visit.context.close();
    });
    tell("a policy, then a logged bundle", policyFirst);
    tell("a logged bundle, then its policy", bundleFirst);
    tell("a policy that does not prove the bundle is not taken", wrongPolicy);
    tell("a proof that falls short is refused", shortProof);
    tell("another policy or key takes nobody's place", otherAnchor);
    tell("a verdict that rests on an order says so", ordered);
    tell("an order that is none is refused and changes nothing", refusedOrders);
  }
  scenario("a policy's fingerprint is compared, and not accepting it leaves nothing behind", () => notAccepted(stage));
  scenario("a bundle that waits for its policy can be dropped, and is not kept", () => dropped(stage));
  scenario("a ledger that changed its policy is followed, and the old policy never again", () => rotated(stage));
  scenario("policy and order survive a new start without a server", () => kept(stage));
}

const logFile = (files, name) => files.bytes(`ledger/${name}`);
const text = (visit, testid) => by(visit, testid).innerText();

async function add(visit, files, name) {
  await give(visit, "bundle", name, logFile(files, name));
}

async function policyFirst(visit, files, words) {
  await add(visit, files, "policy.txt");
  assert.equal(await text(visit, "policy-ledger"), "ledger.example/mapae");
  assert.match(await text(visit, "policy-rule"), words.rule);
  await by(visit, "pin-accept").click();
  await by(visit, "policy-held").waitFor();
  await visit.page.reload();
  await ready(visit);
  assert.match(await text(visit, "policy-rule"), words.rule, "it is kept before there is a bundle");
  await add(visit, files, "newer.bundle");
  await by(visit, "step-use").waitFor();
  await choose(visit, files);
  assert.equal((await present(visit, files, "shown.mdoc")).kind, "held");
  await by(visit, "details").locator("summary").first().click();
  assert.match(await text(visit, "verdict-ledger"), /^ledger\.example\/mapae · (1번|entry 1$)/);
  await vouched(visit, /(· 1번|entry 1$)/);
}

/** The bundle's screen says who vouches. */
async function vouched(visit, index) {
  await go(visit, "bundle");
  assert.match(await text(visit, "bundle-ledger"), /ledger\.example\/mapae/);
  assert.match(await text(visit, "bundle-ledger"), index);
  assert.equal(await text(visit, "bundle-cosigned"), "interior.example/cosigner · library.example/cosigner");
  assert.match((await text(visit, "policy-fingerprint")).replaceAll(" ", ""), /^[0-9a-f]{64}$/);
  assert.equal(await by(visit, "bundle-key").count(), 0);
}

async function bundleFirst(visit, files, words) {
  await add(visit, files, "newer.bundle");
  await by(visit, "policy-needed").waitFor();
  assert.match(await text(visit, "policy-needed"), words.missing);
  await add(visit, files, "policy.txt");
  assert.match(await text(visit, "policy-rule"), words.rule);
  assert.match(await text(visit, "pin-facts"), /Mapae Sample Authority/, "the bundle that waits is opened by it");
  await by(visit, "pin-accept").click();
  await by(visit, "step-use").waitFor();
  await vouched(visit, /(· 1번|entry 1$)/);
  await visit.page.reload();
  await ready(visit);
  await vouched(visit, /(· 1번|entry 1$)/);
}

async function wrongPolicy(visit, files, words) {
  await add(visit, files, "newer.bundle");
  await by(visit, "policy-needed").waitFor();
  for (const [name, why] of [["impostor.txt", words.notProven], ["other.txt", words.otherKey], ["minority.txt", words.unusable]]) {
    await refused(visit, name, logFile(files, name), why);
    if (name !== "minority.txt") assert.match(await text(visit, "bundle-error"), words.unfit);
    assert.ok(await by(visit, "policy-needed").isVisible(), "the bundle waits on");
  }
  await add(visit, files, "policy.txt");
  await by(visit, "pin-accept").click();
  await by(visit, "step-use").waitFor();
}

async function shortProof(visit, files, words) {
  await loadLogged(visit, files, "older.bundle");
  await go(visit, "bundle");
  const before = await text(visit, "bundle-as-of");
  await refused(visit, "one.bundle", logFile(files, "seen-by-one.bundle"), words.unseen);
  const changed = Buffer.from(logFile(files, "newer.bundle"));
  changed[200] ^= 1;
  await refused(visit, "changed.bundle", changed, /./);
  assert.equal(await text(visit, "bundle-as-of"), before);
  await add(visit, files, "newer.bundle");
  await by(visit, "bundle-note").waitFor();
  assert.notEqual(await text(visit, "bundle-as-of"), before, "one that enough have seen is taken without a question");
}

async function otherAnchor(visit, files, words) {
  await loadLogged(visit, files);
  await go(visit, "bundle");
  await refused(visit, "other.txt", logFile(files, "other.txt"), words.otherPolicy);
  await refused(visit, "impostor.txt", logFile(files, "impostor.txt"), words.otherPolicy);
  await refused(visit, "signed.bundle", files.bytes("newer.bundle"), words.otherKey);
  await vouched(visit, /(· 1번|entry 1$)/);
  await by(visit, "forget").click();
  await by(visit, "forget-yes").click();
  await give(visit, "bundle", "signed.bundle", files.bytes("newer.bundle"));
  await by(visit, "pin-accept").click();
  await go(visit, "bundle");
  await refused(visit, "policy.txt", logFile(files, "policy.txt"), words.otherPolicy);
  await refused(visit, "logged.bundle", logFile(files, "newer.bundle"), words.otherKey);
  assert.equal(await by(visit, "bundle-key").count(), 1);
}

/** Three days after the bundle, for a use that takes evidence of one day. */
async function ordered(visit, files, words) {
  await loadLogged(visit, files);
  await clock(visit, files.now + 3 * DAY);
  await choose(visit, files, "high");
  assert.equal((await present(visit, files, "shown.mdoc")).code, "bundle_too_old");
  await go(visit, "bundle");
  await add(visit, files, "first.order");
  assert.equal(await text(visit, "order-id"), "2026-fire");
  assert.equal(await text(visit, "order-reason"), words.reason);
  assert.match(await text(visit, "order-term"), words.inForce);
  assert.match(await text(visit, "order-classes"), words.high);
  assert.equal(await text(visit, "order-signed-by"), "interior · library");
  await visit.page.reload();
  await ready(visit);
  await go(visit, "check");
  await by(visit, "use-high-order").waitFor();
  assert.match(await text(visit, "evidence-age"), words.band);
  await by(visit, "use-high").click();
  const said = await present(visit, files, "shown.mdoc");
  assert.deepEqual([said.kind, said.order], ["marked", "2026-fire"]);
  assert.match(said.word, words.ordered);
  assert.match(await text(visit, "order-advice"), words.advice);
  await by(visit, "details").locator("summary").first().click();
  assert.equal(await text(visit, "verdict-order"), "2026-fire");
  await clock(visit, files.now + 11 * DAY);
  await by(visit, "again").click();
  assert.equal((await present(visit, files, "shown.mdoc")).code, "bundle_too_old", "an order stretches as far as it says");
}

async function refusedOrders(visit, files, words) {
  await refused(visit, "first.order", logFile(files, "first.order"), words.first);
  await loadLogged(visit, files);
  await go(visit, "bundle");
  const none = async (name, why) => {
    await refused(visit, name, logFile(files, name), why);
    assert.equal(await by(visit, "order").count(), 0, name);
  };
  await none("alone.order", words.tooFew);
  await none("forged.order", words.forged);
  await none("elsewhere.order", words.elsewhere);
  await refused(visit, "cut.order", logFile(files, "first.order").subarray(0, 90), words.malformed);
  await add(visit, files, "first.order");
  await by(visit, "bundle-note").waitFor();
  await add(visit, files, "later.order");
  await visit.page.getByText("2026-fire-2").first().waitFor();
  await refused(visit, "first.order", logFile(files, "first.order"), words.older);
  assert.equal(await text(visit, "order-id"), "2026-fire-2");
  await by(visit, "forget").click();
  await by(visit, "forget-yes").click();
  await give(visit, "bundle", "signed.bundle", files.bytes("newer.bundle"));
  await by(visit, "pin-accept").click();
  await go(visit, "bundle");
  await none("first.order", words.nobody);
}

async function notAccepted(stage) {
  const visit = await open(await stage.visit());
  await add(visit, stage.files, "policy.txt");
  const key = await by(visit, "pin-key").getAttribute("data-key");
  const { createHash } = await import("node:crypto");
  assert.equal(key, createHash("sha256").update(logFile(stage.files, "policy.txt")).digest("hex"), "as any tool prints it");
  await by(visit, "pin-compare").fill(key.toUpperCase());
  assert.match(await text(visit, "pin-compared"), /같습니다/);
  await by(visit, "pin-compare").fill("00".repeat(32));
  assert.match(await text(visit, "pin-compared"), /다릅니다/);
  await by(visit, "pin-refuse").click();
  await visit.page.reload();
  await ready(visit);
  assert.equal(await by(visit, "policy-held").count(), 0);
  await visit.context.close();
}

async function dropped(stage) {
  const visit = await open(await stage.visit());
  for (const leave of [() => by(visit, "wanting-drop").click(), async () => { await visit.page.reload(); await ready(visit); }]) {
    await add(visit, stage.files, "newer.bundle");
    await by(visit, "policy-needed").waitFor();
    await leave();
    assert.equal(await by(visit, "policy-needed").count(), 0);
    await add(visit, stage.files, "policy.txt");
    await by(visit, "pin-accept").waitFor();
    assert.equal(await by(visit, "pin-facts").getByText("Mapae Sample").count(), 0, "no bundle waits");
    await by(visit, "pin-refuse").click();
  }
  await visit.context.close();
}

async function rotated(stage) {
  const visit = await open(await stage.visit());
  await loadLogged(visit, stage.files);
  await go(visit, "bundle");
  await add(visit, stage.files, "rotated.bundle");
  await by(visit, "bundle-note").waitFor();
  assert.match(await text(visit, "bundle-facts"), /정책이 바뀐 횟수\s*1/);
  await refused(visit, "rotated.txt", logFile(stage.files, "rotated.txt"), /파일이 필요하지 않습니다/);
  await add(visit, stage.files, "policy.txt");
  await visit.page.getByText("이미 쓰고 있는 정책").waitFor();
  await refused(visit, "newer.bundle", logFile(stage.files, "newer.bundle"), /오래된/);
  await visit.context.close();
}

async function kept(stage) {
  const [server, profile, { files }] = [await stage.serve(), stage.newFolder(), stage];
  const first = await open(await stage.start(profile, server));
  await loadLogged(first, files);
  await go(first, "bundle");
  await add(first, files, "first.order");
  await by(first, "order").waitFor();
  await first.page.waitForSelector("html[data-offline=ready]");
  await first.context.close();
  await server.stop();
  const second = await open(await stage.start(profile, server));
  await go(second, "bundle");
  assert.equal(await text(second, "order-id"), "2026-fire");
  await refused(second, "one.bundle", logFile(files, "seen-by-one.bundle"), /1곳만/);
  await add(second, files, "rotated.bundle");
  await by(second, "bundle-note").waitFor();
  assert.equal(await text(second, "order-id"), "2026-fire", "an order goes on under the next bundle");
  await second.context.close();
}
