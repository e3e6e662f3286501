// The guide: the clerk's button and the plug.

import { ask, both, drawn, element, inKorean, pressed, said, speak } from "./look.js";

const at = (id) => document.getElementById(id);

const DOCUMENTS = {
  resident: { ko: "모바일 주민등록증", en: "Mobile resident card" },
  overseas: { ko: "재외국민 주민등록증", en: "Overseas national's card" },
  licence: { ko: "모바일 운전면허증", en: "Mobile driving licence" },
  official: { ko: "모바일 공무원증", en: "Mobile public official's card" },
  welfare: { ko: "모바일 장애인등록증", en: "Mobile disability card" },
};

let state = await ask("/guide/state");
let offered = null;

/** The people, and of each only the documents that they may have. */
function people() {
  const kept = at("person").value;
  const named = ({ id, name, latin }) => element("option", { value: id }, inKorean() ? `${name} ${latin}` : `${latin} ${name}`);
  at("person").replaceChildren(...state.people.map(named));
  if (kept) at("person").value = kept;
  documents();
}

function documents() {
  const kept = at("document").value;
  const person = state.people.find(({ id }) => id === at("person").value);
  at("document").replaceChildren(...(person?.documents ?? []).map((name) => element("option", { value: name }, said(DOCUMENTS[name]))));
  if (person?.documents.includes(kept)) at("document").value = kept;
}

async function offer() {
  offered = await ask("/guide/offers", { person: at("person").value, document: at("document").value });
  showOffer();
  at("citizen").scrollIntoView({ block: "nearest" });
}

function showOffer() {
  at("offered").hidden = !offered;
  at("no-offer").hidden = Boolean(offered);
  if (!offered) return;
  at("code-place").replaceChildren(drawn(offered.qr, said({ ko: "발급 QR", en: "QR code of the offer" })));
  at("code-place").firstChild.dataset.link = offered.link;
  at("tx-code").textContent = offered.code;
  at("open-offer").href = offered.open;
  at("open-offer").hidden = !state.wallet;
  const until = new Date(offered.expires_at).toLocaleTimeString(inKorean() ? "ko-KR" : "en-GB");
  at("offer-until").textContent = said({ ko: `${until}까지 쓸 수 있습니다.`, en: `Open until ${until}.` });
}

function show() {
  at("no-wallet").hidden = Boolean(state.wallet);
  at("open-wallet").hidden = !state.wallet;
  at("reader").hidden = !state.reader;
  at("no-reader").hidden = state.reader;
  at("pulled").hidden = state.plugged;
  at("plug").classList.toggle("pulled", !state.plugged);
  at("offer").disabled = !state.plugged;
  at("pull").hidden = !state.plugged;
  at("push").hidden = state.plugged;
  at("plug-state").replaceChildren(...both(state.plugged
    ? { ko: "모두 응답하고 있습니다.", en: "Everything answers." }
    : { ko: "모두 멈추었습니다. 지갑과 도서관은 그대로 동작합니다.", en: "All of it has stopped. Wallet and library go on." }));
}

async function plug(plugged) {
  state = { ...state, ...await ask("/guide/plug", { plugged }) };
  show();
}

at("person").addEventListener("change", documents);
pressed(at("offer"), at("offer-failed"), offer);
pressed(at("pull"), at("plug-failed"), () => plug(false));
pressed(at("push"), at("plug-failed"), () => plug(true));
addEventListener("spoken", () => [people, showOffer, show].forEach((each) => each()));
speak();
document.documentElement.dataset.ready = "true";
