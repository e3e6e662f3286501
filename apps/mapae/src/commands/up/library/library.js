// The library: asks, waits, and shows what its verifier found.

import { ask, both, element, pressed, said, speak } from "./look.js";

const at = (id) => document.getElementById(id);
const OFTEN = 700;

let watched = null;
let result = null;

/** A wallet on this device is opened in this tab, and brings its holder back. */
async function here(service) {
  const begun = await begin(service, true);
  if (begun.wallet_page_link) location.assign(begun.wallet_page_link);
  else wait(begun);
}

async function elsewhere(service) {
  wait(await begin(service, false));
}

const begin = (service, sameDevice) => ask("/sessions", { service, same_device: sameDevice, format: service === "membership" ? at("format").value || null : null });

function wait({ link, qr, number }) {
  result = null;
  show();
  at("waiting").hidden = false;
  at("code-place").replaceChildren(...(qr ? [picture(qr, link)] : []));
  at("number-place").hidden = !number;
  at("number").textContent = number ?? "";
  at("command").textContent = `mapae wallet present '${link}'`;
  at("waiting").scrollIntoView({ block: "nearest" });
  watch();
}

const picture = (src, link) => element("img", { class: "qr", alt: said({ ko: "요청 QR", en: "QR code of the request" }), src, "data-link": link });

/** Asks until there is a verdict. */
function watch() {
  clearTimeout(watched);
  const look = async () => {
    const { state, result: verdict, result_needs: needs } = await ask("/session").catch(() => ({ state: "gone" }));
    at("waiting-state").replaceChildren(...both(WAITING[needs ? "back" : state] ?? WAITING.gone));
    if (state === "waiting" || state === "fetched") watched = setTimeout(look, OFTEN);
    if (state !== "over") return;
    result = verdict;
    at("waiting").hidden = true;
    show();
    at("result").scrollIntoView({ block: "nearest" });
  };
  look();
}

const WAITING = {
  waiting: { ko: "지갑의 답을 기다립니다. 5분까지 받습니다.", en: "Waiting for the wallet. It has five minutes." },
  fetched: { ko: "지갑이 요청을 읽었습니다.", en: "A wallet has read the request." },
  over: { ko: "확인했습니다.", en: "Checked." },
  back: { ko: "지갑이 알려 준 주소를 이 브라우저에서 여세요.", en: "Open the address that the wallet told in this browser." },
  gone: { ko: "끝난 요청입니다. 다시 시작하세요.", en: "This request is over. Begin again." },
};

const VERDICTS = {
  membership: ["good", "✓", { ko: "유효합니다. 회원증을 만들었습니다.", en: "Holds. The library card is open." }],
  loan: ["good", "✓", { ko: "유효합니다. 책을 빌렸습니다.", en: "Holds. The book is yours for two weeks." }],
  nobody: ["marked", "!", { ko: "유효하지만 회원이 아닙니다. 먼저 회원증을 만드세요.", en: "Holds, but you are no member yet. Open a card first." }],
  marked: ["marked", "!", { ko: "유효합니다 — 자료가 오래됨. 그 뒤의 폐기는 알 수 없습니다.", en: "Holds — evidence is not fresh. A revocation since then would not be known." }],
  under_14: ["bad", "✕", { ko: "유효하지만 만 14세 미만은 보호자와 함께 만듭니다.", en: "Holds, but who is under 14 opens a card with a parent." }],
  refused: ["bad", "✕", { ko: "거부합니다.", en: "Refused." }],
  undecided: ["marked", "?", { ko: "판단할 수 없습니다.", en: "Cannot be decided." }],
  declined: ["bad", "✕", { ko: "지갑이 보여 주지 않았습니다.", en: "The wallet showed nothing." }],
};

/** Which words fit. */
function kindOf({ verdict, service, member, credentials = [] }) {
  if (verdict !== "held") return verdict;
  if (!member) return service === "loan" ? "nobody" : "under_14";
  return credentials.some(({ evidence }) => evidence.marked) ? "marked" : service;
}

/** The verdict, in the page's language. */
function show() {
  at("result").hidden = !result;
  if (!result) return;
  const { credentials = [], reason, verdict } = result;
  const [kind, sign, words] = VERDICTS[kindOf(result)];
  const notice = element("p", { class: `notice ${kind}`, "data-testid": "verdict", "data-verdict": verdict, "data-code": reason?.code }, element("span", { class: "sign", "aria-hidden": "true" }, sign), element("span", {}, both(words)));
  const why = reason && element("p", { class: "hint" }, reason.detail, " ", element("code", {}, reason.code));
  const found = credentials.length > 0;
  at("result").replaceChildren(...[notice, why, found && person(credentials), found && known(credentials[0])].filter(Boolean));
}

const LABELS = {
  family_name_hangul: { ko: "성", en: "Family name" },
  given_name_hangul: { ko: "이름", en: "Given name" },
  age_over_14: { ko: "만 14세 이상", en: "14 or older" },
};

/** What the library knows now: what was shown, each once, whichever copy it came from, and what it had before. */
function person(credentials) {
  const { portrait, ...claims } = Object.assign({}, ...credentials.map((one) => one.claims));
  const rows = Object.keys(LABELS).filter((id) => id in claims).map((id) => [LABELS[id], text(claims[id])]);
  if (rows.length === 0) rows.push([{ ko: "보여 준 것", en: "Shown" }, both({ ko: "회원증을 만든 사람이라는 것뿐", en: "no more than that it is you" })]);
  if (result.member) rows.push([{ ko: "회원 번호", en: "Member" }, [`${result.member.number} `, element("span", { class: "hint" }, result.member.name)]]);
  const subject = credentials.find((one) => one.subject)?.subject;
  if (subject) rows.push([{ ko: "이 도서관만의 표시", en: "Known here alone as" }, element("code", {}, `${subject.slice(0, 12)}…`)]);
  const list = rows.flatMap(([label, value]) => [element("dt", {}, both(label)), element("dd", {}, value)]);
  const face = portrait && element("img", { src: `data:${portrait.media_type};base64,${standard(portrait.base64url)}`, alt: said({ ko: "사진", en: "Portrait" }) });
  return element("div", { class: "person", "data-testid": "claims" }, face, element("dl", {}, list));
}

function text(value) {
  if (value === true) return both({ ko: "예", en: "yes" });
  if (value === false) return both({ ko: "아니오", en: "no" });
  return String(value);
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

/** Back from the wallet: the server has the code that opens the verdict. */
function back() {
  if (location.hash !== "#back") return;
  history.replaceState(null, "", location.pathname);
  watch();
}

pressed(at("here"), at("ask-failed"), () => here("membership"));
pressed(at("elsewhere"), at("ask-failed"), () => elsewhere("membership"));
pressed(at("loan-here"), at("loan-failed"), () => here("loan"));
pressed(at("loan-elsewhere"), at("loan-failed"), () => elsewhere("loan"));
addEventListener("spoken", show);
addEventListener("hashchange", back);
speak();
back();
document.documentElement.dataset.ready = "true";
