// The bank: takes an application, has it signed by the wallet on this device, and shows the account.

import { ask, both, element, pressed, speak } from "./look.js";

const at = (id) => document.getElementById(id);
const OFTEN = 700;

let watched = null;
let result = null;

/** The wallet is opened in this tab, and brings its holder back. */
async function open() {
  at("agree-first").replaceChildren();
  if (!at("agree").checked) {
    at("agree-first").replaceChildren(...both({ ko: "약관에 동의해야 계좌를 열 수 있습니다. 위의 칸에 표시하세요.", en: "An account needs your agreement to the terms: tick the box above." }));
    at("agree").focus();
    return;
  }
  const { wallet_page_link: page, link } = await ask("/applications", { product: at("product").value, daily_limit: at("limit").value });
  if (page) return location.assign(page);
  at("waiting").hidden = false;
  at("command").textContent = `mapae wallet present '${link}'`;
  watch();
}

/** Asks until there is a result. */
function watch() {
  clearTimeout(watched);
  const look = async () => {
    const { state, result: told, result_needs: needs } = await ask("/application").catch(() => ({ state: "gone" }));
    at("waiting-state").replaceChildren(...both(WAITING[needs ? "back" : state] ?? WAITING.gone));
    // The person comes back in this window or in another of this browser.
    if (["waiting", "fetched", "done"].includes(state)) watched = setTimeout(look, OFTEN);
    if (state !== "over") return;
    result = told;
    at("waiting").hidden = true;
    show();
    await notices();
    at("result").scrollIntoView({ block: "nearest" });
  };
  look();
}

const WAITING = {
  waiting: { ko: "지갑의 답을 기다립니다. 5분까지 받습니다.", en: "Waiting for the wallet. It has five minutes." },
  fetched: { ko: "지갑이 요청을 읽었습니다.", en: "A wallet has read the request." },
  back: { ko: "지갑이 알려 준 주소를 이 브라우저에서 여세요.", en: "Open the address that the wallet told in this browser." },
  over: { ko: "확인했습니다.", en: "Checked." },
  gone: { ko: "끝난 신청입니다. 다시 시작하세요.", en: "This application is over. Begin again." },
};

const VERDICTS = {
  held: ["good", "✓", { ko: "계좌를 열었습니다.", en: "Your account is open." }],
  refused: ["bad", "✕", { ko: "확인되지 않아 열지 않았습니다.", en: "That does not hold. No account was opened." }],
  undecided: ["marked", "?", { ko: "지금은 판단할 수 없습니다. 나중에 다시 하세요.", en: "Cannot be decided now. Try again later." }],
  declined: ["bad", "✕", { ko: "지갑에서 거절했습니다. 열지 않았습니다.", en: "You declined. No account was opened." }],
};

/** Reasons of the bank's own; the verifier's come with words. */
const REASONS = {
  under_19: { ko: "만 19세 이상만 비대면으로 열 수 있습니다. 보호자와 함께 지점에 오세요.", en: "Online accounts are for who is 19 or older. Come to a branch with a parent." },
  another_transaction: { ko: "서명한 것이 신청한 것과 다릅니다.", en: "What was signed is not what was applied for." },
};

/** What came of it, in the page's language. */
function show() {
  at("result").hidden = !result;
  if (!result) return;
  const { verdict, reason } = result;
  const [kind, sign, words] = VERDICTS[verdict];
  const notice = element("p", { class: `notice ${kind}`, "data-testid": "verdict", "data-verdict": verdict, "data-code": reason?.code }, element("span", { class: "sign", "aria-hidden": "true" }, sign), element("span", {}, both(words)));
  const why = reason && element("p", {}, REASONS[reason.code] ? both(REASONS[reason.code]) : reason.detail, " ", element("code", {}, reason.code));
  at("result").replaceChildren(...[notice, why, result.account && account()].filter(Boolean));
}

/** The account, its owner, and what was signed. */
function account() {
  const [{ claims, subject }] = result.credentials;
  const [{ details, hash }] = result.transactions;
  const rows = [
    [{ ko: "계좌 번호", en: "Account" }, element("span", { class: "account", "data-testid": "account" }, result.account.number)],
    [{ ko: "상품", en: "Product" }, both(details.product)],
    [{ ko: "예금주", en: "Owner" }, `${claims.family_name_hangul}${claims.given_name_hangul} · ${claims.birth_date}`],
    [{ ko: "동의한 약관", en: "Terms agreed to" }, both(details.reference)],
    [{ ko: "서명한 내용의 해시", en: "Hash of what you signed" }, element("code", {}, hash)],
  ];
  if (subject) rows.push([{ ko: "이 은행만의 고객 표시", en: "Known here alone as" }, element("code", {}, `${subject.slice(0, 12)}…`)]);
  return element("dl", { "data-testid": "claims" }, rows.flatMap(([label, value]) => [element("dt", {}, both(label)), element("dd", {}, value)]));
}

async function notices() {
  const heard = await ask("/notices");
  at("notices").replaceChildren(...heard.map(({ id, kind, at: when }) => element("li", {}, `${when} `, element("code", {}, `${kind} ${id.slice(0, 14)}…`))));
}

/** Back from the wallet: the server has the code that opens the result. */
function back() {
  if (location.hash !== "#back") return;
  history.replaceState(null, "", location.pathname);
  watch();
}

at("application").addEventListener("submit", (event) => event.preventDefault());
at("application").noValidate = true;
pressed(at("open"), at("open-failed"), open);
at("developers").addEventListener("toggle", notices);
addEventListener("spoken", show);
addEventListener("hashchange", back);
speak();
back();
document.documentElement.dataset.ready = "true";
