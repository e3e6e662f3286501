// Requests that a wallet must refuse.

import { ask, both, drawn, element, pressed, said } from "./look.js";

const at = (id) => document.getElementById(id);

const REFUSED = [
  ["over-asking", { ko: "지나치게 묻는 요청", en: "Asks too much" }, { ko: "등록된 것보다 많이 묻습니다: 주민등록번호와 주소.", en: "It asks for more than is registered: resident registration number and address." }],
  ["unregistered", { ko: "등록되지 않은 곳", en: "Not registered" }, { ko: "인증서는 있지만 원장에 없는 가게가 묻습니다.", en: "A shop with a certificate asks, and the ledger does not know it." }],
  ["withdrawn", { ko: "등록이 취소된 곳", en: "Struck off" }, { ko: "등록되었다가 취소된 극장이 묻습니다.", en: "A cinema asks whose registration was withdrawn." }],
  ["expired", { ko: "기한이 지난 요청", en: "Expired" }, { ko: "두 시간 전에 만들어져 끝난 요청입니다.", en: "Made two hours ago, and over." }],
  ["captured", { ko: "남의 지갑에 온 요청", en: "Captured" }, { ko: "다른 지갑을 위해 서명된 요청을 다시 보냅니다.", en: "Signed for another wallet, and handed on to yours." }],
  ["replayed", { ko: "이미 답한 요청", en: "Replayed" }, { ko: "처음에는 답해도 되는 요청입니다. 답한 뒤 다시 누르면 같은 요청이 한 번 더 갑니다.", en: "The first time it may be answered. Press again after that, and the same request comes once more." }],
];

async function refuse(kind) {
  const { open, link, qr } = await ask("/refused", { kind });
  if (open) return location.assign(open);
  at("refused-waiting").hidden = false;
  at("refused-code").replaceChildren(drawn(qr, said({ ko: "요청 QR", en: "QR code of the request" })));
  at("refused-command").textContent = `mapae wallet present '${link}'`;
}

function refusals() {
  at("refused").replaceChildren(...REFUSED.map(([kind, title, why]) => {
    const button = element("button", { type: "button", class: "button", "data-testid": `refuse-${kind}`, "aria-label": said({ ko: `${title.ko}: 지갑에서 열기`, en: `${title.en}: open in the wallet` }) }, both({ ko: "지갑에서 열기", en: "Open in the wallet" }));
    pressed(button, at("refused-failed"), () => refuse(kind));
    return element("li", {}, element("div", {}, element("h3", {}, both(title)), element("p", { class: "hint" }, both(why))), button);
  }));
}

addEventListener("spoken", refusals);
refusals();
