// The library: asks, waits, and shows what was verified.

import { ask, both, drawn, element, pressed, said, speak } from "./look.js";

const at = (id) => document.getElementById(id);
const OFTEN = 700;

const REFUSED = [
  ["over-asking", { ko: "지나치게 묻는 요청", en: "Asks too much" }, { ko: "등록된 것보다 많이 묻습니다: 주민등록번호와 주소.", en: "It asks for more than is registered: resident registration number and address." }],
  ["unregistered", { ko: "등록되지 않은 곳", en: "Not registered" }, { ko: "인증서는 있지만 원장에 없는 가게가 묻습니다.", en: "A shop with a certificate asks, and the ledger does not know it." }],
  ["withdrawn", { ko: "등록이 취소된 곳", en: "Struck off" }, { ko: "등록되었다가 취소된 극장이 묻습니다.", en: "A cinema asks whose registration was withdrawn." }],
  ["expired", { ko: "기한이 지난 요청", en: "Expired" }, { ko: "두 시간 전에 만들어져 끝난 요청입니다.", en: "Made two hours ago, and over." }],
  ["captured", { ko: "남의 지갑에 온 요청", en: "Captured" }, { ko: "다른 지갑을 위해 서명된 요청을 다시 보냅니다.", en: "Signed for another wallet, and handed on to yours." }],
  ["replayed", { ko: "이미 답한 요청", en: "Replayed" }, { ko: "방금 답한 요청을 한 번 더 보냅니다. 먼저 위에서 한 번 보여 주세요.", en: "What you have just answered, once more. Share something above first." }],
];

let watched = null;
let result = null;

/** A wallet on this device is opened in this tab, and brings its holder back. */
async function here(kind) {
  const { open, ...links } = await begin(kind, true);
  if (open) location.assign(open);
  else wait(links);
}

const begin = (kind, sameDevice) => ask("/sessions", { kind, format: at("format").value, same_device: sameDevice });

async function elsewhere() {
  wait(await begin("card", false));
}

function wait({ session, link, qr }) {
  result = null;
  show();
  at("waiting").hidden = false;
  at("code-place").replaceChildren(drawn(qr, said({ ko: "요청 QR", en: "QR code of the request" })));
  at("code-place").firstChild.dataset.link = link;
  at("command").textContent = `mapae wallet present '${link}'`;
  if (session) watch(session);
}

/** Asks until there is a verdict. */
function watch(session, code) {
  clearTimeout(watched);
  const path = `/sessions/${session}${code ? `?code=${code}` : ""}`;
  const look = async () => {
    const { state, result: verdict } = await ask(path).catch(() => ({ state: "gone" }));
    at("waiting-state").replaceChildren(...both(WAITING[state] ?? WAITING.gone));
    if (state === "waiting" || state === "looking") watched = setTimeout(look, OFTEN);
    if (state !== "over") return;
    result = verdict;
    at("waiting").hidden = true;
    show();
    at("result").scrollIntoView({ block: "nearest" });
  };
  look();
}

const WAITING = {
  waiting: { ko: "지갑의 답을 기다립니다. 10분까지 받습니다.", en: "Waiting for the wallet. It has ten minutes." },
  looking: { ko: "확인하고 있습니다.", en: "Checking." },
  over: { ko: "확인했습니다.", en: "Checked." },
  elsewhere: { ko: "결과는 지갑이 연 페이지에 있습니다.", en: "The result is on the page that the wallet opened." },
  gone: { ko: "끝난 요청입니다. 다시 시작하세요.", en: "This request is over. Begin again." },
};

const VERDICTS = {
  held: ["good", "✓", { ko: "유효합니다. 회원증을 만들었습니다.", en: "Holds. The library card is open." }],
  marked: ["marked", "!", { ko: "유효합니다 — 자료가 오래됨. 그 뒤의 폐기는 알 수 없습니다.", en: "Holds — evidence is not fresh. A revocation since then would not be known." }],
  refused: ["bad", "✕", { ko: "거부합니다.", en: "Refused." }],
  undecided: ["marked", "?", { ko: "판단할 수 없습니다.", en: "Cannot be decided." }],
  no_answer: ["bad", "✕", { ko: "지갑이 보여 주지 않았습니다.", en: "The wallet showed nothing." }],
};

/** The verdict, in the page's language. */
function show() {
  at("result").hidden = !result;
  if (!result) return;
  const credentials = result.credentials ?? [];
  const verdict = credentials.some(({ evidence }) => evidence.marked) ? "marked" : result.verdict;
  const [kind, sign, words] = VERDICTS[verdict];
  const notice = element("p", { class: `notice ${kind}`, "data-testid": "verdict", "data-verdict": result.verdict, "data-code": result.code }, element("span", { class: "sign", "aria-hidden": "true" }, sign), element("span", {}, both(words)));
  at("result").replaceChildren(...[notice, why(), credentials.length ? person(credentials) : null, credentials.length ? known(credentials[0]) : null].filter(Boolean));
}

function why() {
  if (!result.code) return null;
  return element("p", {}, result.ko ? both(result) : [], " ", element("code", {}, result.code));
}

const FIRST = ["family_name_hangul", "given_name_hangul"];

/** What was shown: each row once, whichever copy it came from, the name first. */
function person(credentials) {
  const place = ({ id }) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length);
  const all = credentials.flatMap(({ rows: of }) => of).sort((one, other) => place(one) - place(other));
  const rows = new Map(all.map((row) => [row.id, row]));
  const portrait = credentials.map((one) => one.portrait).find(Boolean);
  const list = [...rows.values()].flatMap(({ label, value }) => [element("dt", {}, both(label)), element("dd", {}, text(value))]);
  list.unshift(element("dt", {}, both({ ko: "신분증", en: "Document" })), element("dd", {}, both(credentials[0].title)));
  const picture = portrait && element("img", { src: `data:${portrait.media_type};base64,${standard(portrait.base64url)}`, alt: said({ ko: "사진", en: "Portrait" }) });
  return element("div", { class: "person", "data-testid": "claims" }, picture, element("dl", {}, list));
}

function text(value) {
  if (value === true) return both({ ko: "예", en: "yes" });
  if (value === false) return both({ ko: "아니오", en: "no" });
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** How old what is known is. */
function known({ evidence, format }) {
  const asOf = new Date(evidence.status_as_of ?? evidence.bundle_as_of);
  const old = age(evidence.age_seconds);
  const time = (language) => asOf.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  const line = { ko: `효력은 ${time("ko-KR")} 기준으로 알려진 것이며, ${old.ko} 되었습니다. ${format}`, en: `Its status is known as of ${time("en-GB")}, ${old.en} ago. ${format}` };
  const pulled = { ko: " 국가의 서버는 지금 모두 꺼져 있습니다.", en: " All the state's servers are off." };
  return element("p", { class: "hint", "data-testid": "evidence" }, both(line), result.plugged ? null : both(pulled));
}

function age(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return { ko: `${minutes}분`, en: `${minutes} min` };
  const hours = Math.round(minutes / 60);
  return hours < 72 ? { ko: `${hours}시간`, en: `${hours} h` } : { ko: `${Math.round(hours / 24)}일`, en: `${Math.round(hours / 24)} days` };
}

const standard = (base64url) => base64url.replaceAll("-", "+").replaceAll("_", "/");

function refusals() {
  at("refused").replaceChildren(...REFUSED.map(([kind, title, why]) => {
    const button = element("button", { type: "button", class: "button", "data-testid": `refuse-${kind}`, "aria-label": said({ ko: `${title.ko}: 지갑에서 열기`, en: `${title.en}: open in the wallet` }) }, both({ ko: "지갑에서 열기", en: "Open in the wallet" }));
    pressed(button, at("refused-failed"), () => here(kind));
    return element("li", {}, element("div", {}, element("h3", {}, both(title)), element("p", { class: "hint" }, both(why))), button);
  }));
}

/** Back from the wallet: the code in the address opens the verdict, and is not kept there. */
function back() {
  const came = new URLSearchParams(location.hash.slice(1));
  const [session, code] = [came.get("session"), came.get("code")];
  if (!session || !code) return;
  history.replaceState(null, "", location.pathname);
  watch(session, code);
}

pressed(at("here"), at("ask-failed"), () => here("card"));
pressed(at("elsewhere"), at("ask-failed"), elsewhere);
addEventListener("spoken", () => [refusals, show].forEach((each) => each()));
addEventListener("hashchange", back);
speak();
back();
document.documentElement.dataset.ready = "true";
