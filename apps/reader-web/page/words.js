// What the page says, Korean first. The core's own sentences (rules, catalogue) come in both languages from there.

const WORDS = {
  title: ["마패 판독기", "Mapae reader"],
  skip: ["본문으로 건너뛰기", "Skip to content"],
  language: ["English", "한국어"],
  navigation: ["주 메뉴", "Main"],
  check: ["확인", "Check"],
  playground: ["변조 실험실", "Tamper lab"],
  bundle: ["신뢰 꾸러미", "Trust bundle"],
  offline: ["오프라인입니다. 이 기기에 있는 자료로 확인합니다.", "Offline. Checks go on with what is on this device."],
  footer: ["제시된 신분증은 이 기기 밖으로 나가지 않고 저장되지도 않습니다.", "What is presented never leaves this device and is not kept."],
  starting: ["여는 중입니다.", "Starting."],
  broken: ["페이지를 시작할 수 없습니다. 브라우저를 최신 버전으로 바꾸거나 다시 여십시오.", "The page cannot start. Update the browser or open it again."],

  known: ["{time} 기준 자료 · {age}", "Known as of {time} · {age}"],
  fresh: ["최신", "fresh"],
  marked: ["오래됨", "not fresh"],
  ordered: ["비상 명령으로 연장", "under a continuity order"],
  too_old: ["기한 지남", "too old"],
  clock_behind: ["시계 확인 필요", "check the clock"],
  nothing_known: ["신뢰 꾸러미가 아직 없습니다.", "There is no trust bundle yet."],
  no_memory: ["이 브라우저는 자료를 보관하지 못합니다. 다음에 열 때 다시 받아야 합니다.", "This browser keeps nothing. The bundle must be loaded again next time."],

  step: ["{total}단계 중 {n}단계", "Step {n} of {total}"],
  back: ["이전", "Back"],
  use_question: ["어떤 일에 쓰는 확인입니까?", "What is this check for?"],
  use_hint: ["걸린 것이 클수록 최신 자료가 필요합니다.", "The more hangs on it, the newer the evidence must be."],
  use_low: ["나이·자격 확인", "Age or membership"],
  use_low_hint: ["술·담배 판매, 도서관, 자전거 대여", "Selling alcohol, a library, a bike"],
  use_substantial: ["계좌·계약", "Account or contract"],
  use_substantial_hint: ["은행, 통신, 임대차", "Bank, telephone, lease"],
  use_high: ["국가 사무", "Acting for the state"],
  use_high_hint: ["정부 시스템 로그인, 공적 증명", "Government log-in, official certificates"],
  usable_for_order: ["비상 명령 {id}에 따라 {age}까지", "up to {age} old under order {id}"],
  usable_for: ["자료는 {age}까지", "evidence up to {age} old"],
  days: ["{n}일", "{n} days"],
  hours: ["{n}시간", "{n} hours"],

  request_question: ["어떤 요청에 대한 제시입니까?", "Which request does it answer?"],
  request_hint: ["제시는 한 요청에 대해서만 유효합니다. 지갑에 보낸 요청 파일을 고르십시오.", "A presentation holds for one request only. Choose the request that the wallet was sent."],
  request_file: ["요청 파일 (JSON)", "Request (JSON)"],
  choose_file: ["파일 고르기", "Choose a file"],
  drop_hint: ["파일을 고르거나 이 화면에 끌어다 놓으십시오.", "Choose a file, or drop one on this page."],
  paste: ["파일 대신 붙여넣기", "Paste instead"],
  paste_request: ["요청 JSON", "The request as JSON"],
  paste_presentation: ["SD-JWT 또는 base64url", "SD-JWT or base64url"],
  paste_use: ["붙여넣은 내용 쓰기", "Use what was pasted"],
  last_request: ["지난 요청", "Last request"],
  use_last: ["이 요청 쓰기", "Use this request"],
  purpose: ["목적", "Purpose"],
  asks: ["요청 항목", "Asks for"],
  asked_by: ["요청한 곳", "Asked by"],
  asked_at: ["요청 시각", "Asked at"],
  fingerprint: ["요청 지문", "Fingerprint"],

  present_question: ["제시된 신분증을 넣으십시오.", "Give what was presented."],
  present_file: ["제시 파일", "Presentation"],
  request_now: ["요청", "Request"],
  change_request: ["요청 바꾸기", "Change the request"],

  held: ["유효합니다", "Holds"],
  held_marked: ["유효합니다 — 자료가 오래됨", "Holds – evidence is not fresh"],
  held_ordered: ["유효합니다 — 비상 명령에 따름", "Holds – under a continuity order"],
  refused: ["거부합니다", "Refused"],
  undecided: ["판단할 수 없습니다", "Cannot be decided"],
  status_known: ["{time} 기준 효력 있음 · {age}", "Status valid as of {time} · {age}"],
  status_none: ["발급자가 상태를 공표하지 않음 · 자료 {time} · {age}", "Its issuer publishes no status · bundle of {time} · {age}"],
  marked_hint: ["그 뒤의 폐기는 알 수 없습니다. 가능하면 신뢰 꾸러미를 새로 받으십시오.", "A later revocation would not be known. Load a newer trust bundle if you can."],
  order_hint: ["비상 명령 {id}에 따라 오래된 자료로 인정했습니다. 이유: {reason}. 기한: {until}. 서명한 기관: {who}.", "Accepted on old evidence under the continuity order {id}: {reason}. In force until {until}. Signed by {who}."],
  refused_hint: ["이 제시로는 신원을 인정하지 마십시오.", "Do not accept this presentation."],
  undecided_hint: ["필요한 자료가 없거나 시계가 맞지 않습니다. 신뢰 꾸러미와 시계를 확인한 뒤 다시 확인하십시오.", "Evidence is missing or the clock is wrong. See to the trust bundle and the clock, then check again."],
  reason: ["이유", "Reason"],
  rule: ["근거 조항", "Clause"],
  code: ["코드", "Code"],
  source: ["검사하는 곳", "Checked in"],
  detail: ["자세히", "Detail"],
  sample: ["견본 SAMPLE", "SAMPLE 견본"],
  sample_hint: ["실재하지 않는 사람의 견본 자료입니다.", "Sample data of a person who does not exist."],
  portrait_of: ["제시된 사진", "Portrait as presented"],
  details: ["발급자와 근거", "Issuer and evidence"],
  raw: ["프로그램용 결과 (JSON)", "Result for programs (JSON)"],
  signer: ["서명자", "Signer"],
  root: ["최상위 인증기관", "Root"],
  format: ["형식", "Format"],
  document_type: ["문서 종류", "Document type"],
  holder: ["소지자 확인", "Holder bound by"],
  device_signature: ["기기 서명", "device signature"],
  device_mac: ["기기 MAC", "device MAC"],
  key_binding: ["키 결합 서명", "key binding"],
  valid_until: ["사본 유효 기간", "Copy valid until"],
  bundle_as_of: ["신뢰 꾸러미 기준", "Bundle as of"],
  bundle_key: ["꾸러미 키", "Bundle key"],
  certificate: ["서명자 인증서 SHA-256", "Signer's certificate, SHA-256"],
  again: ["다음 제시 확인", "Check the next one"],
  to_playground: ["실험실에서 열기", "Open in the lab"],
  disclosed: ["제시된 항목", "Disclosed"],
  yes: ["예", "yes"],
  no: ["아니오", "no"],
  male: ["남", "male"],
  female: ["여", "female"],

  bundle_question: ["신뢰 꾸러미를 넣으십시오.", "Load a trust bundle."],
  bundle_hint_policy: ["이 기기는 아래 원장에 올라 있고 지켜보는 기관들이 확인한 꾸러미만 받습니다.", "This device takes only bundles that stand in the ledger below and were seen there by those who watch it."],
  bundle_hint: ["누구를 믿을지와 폐기 목록이 든 서명된 파일 하나입니다. 한 번 넣으면 네트워크 없이 확인합니다.", "One signed file: whom to trust, and what is revoked. Once it is here, checks need no network."],
  bundle_file: ["꾸러미·정책·비상 명령 파일", "Bundle, policy or continuity order"],
  trust_hint: ["파일을 고르거나 이 화면에 끌어다 놓으십시오. 어떤 파일인지는 내용으로 알아냅니다.", "Choose a file, or drop one on this page. What it is, is told by its content."],
  bundle_url: ["꾸러미 주소 (URL)", "Address (URL)"],
  bundle_url_hint: ["같은 서버이거나, https이고 다른 곳에서 읽기를 허용하는 서버여야 합니다.", "This server, or an https server that lets other sites read it."],
  fetch: ["받기", "Fetch"],
  fetching: ["받는 중: {n} KB", "Fetched {n} KB"],
  stop: ["그만두기", "Stop"],
  url_bad: ["주소를 읽을 수 없습니다. https://로 시작하는 주소를 적으십시오.", "That is no address. Write one that starts with https://."],
  fetch_failed: ["받을 수 없습니다 ({why}). 네트워크와 주소를 확인하거나 파일로 넣으십시오.", "Cannot be fetched ({why}). See to the network and the address, or use a file."],
  pin_question: ["이 키를 믿겠습니까?", "Do you trust this key?"],
  pin_hint: ["첫 꾸러미입니다. 이 기기는 누가 서명했는지 아직 모릅니다. 아래 지문을 발행 기관이 따로 알린 것과 비교하십시오. 비교하지 않고 받아들이면 첫 사용을 그대로 믿는 것입니다. 앞으로는 같은 키가 서명한 꾸러미만 받습니다.", "This is the first bundle, and this device does not know yet who signed it. Compare the fingerprint with what the publisher announced elsewhere. To accept without comparing is to trust on first use. From now on only bundles signed by the same key are taken."],
  pin_compare: ["알려진 지문 붙여넣기 (선택)", "Paste the announced fingerprint (optional)"],
  pin_same: ["지문이 같습니다.", "The fingerprints are equal."],
  pin_differs: ["지문이 다릅니다. 받아들이지 마십시오.", "The fingerprints differ. Do not accept it."],
  pin_accept: ["이 키 받아들이기", "Accept this key"],
  pin_refuse: ["받아들이지 않기", "Do not accept"],
  policy_question: ["원장의 정책 파일을 넣으십시오.", "Add the ledger's policy."],
  policy_missing: ["이 꾸러미는 원장 ‘{ledger}’에 올라 있다고 합니다. 확인하려면 그 원장의 정책 파일(policy.txt)이 필요합니다. 발행 기관에서 받아 아래에 넣으십시오. 그때까지 쓰지 않습니다.", "The bundle says that it stands in the ledger “{ledger}”. To check that, this device needs the ledger's policy file (policy.txt). Get it from the publisher and add it below. Until then the bundle is not used."],
  policy_unfit: ["이 정책으로는 기다리는 꾸러미를 확인할 수 없어 받지 않습니다. {why}", "The policy is not taken, as it does not prove the bundle that waits for it. {why}"],
  policy_unusable: ["정책으로 쓸 수 없는 파일입니다. 원장 하나와, 지켜보는 기관 과반의 확인을 정한 정책이어야 합니다.", "This file cannot be used as a policy. It must name one ledger, and ask for a majority of those who watch it."],
  policy_other: ["이 기기는 이미 다른 정책이나 키를 믿고 있습니다. 바꾸지 않습니다. 원장이 정책을 바꾸면 새 꾸러미가 그것을 증명하므로 파일이 필요하지 않습니다. 정말 다른 원장으로 바꾼다면 발행 기관에 확인한 뒤 ‘모두 지우기’를 하고 다시 넣으십시오.", "This device already trusts another policy, or a key. Nothing is changed. Where a ledger changes its policy, new bundles prove it, and no file is needed. To move to another ledger, ask the publisher, then forget everything and load it again."],
  policy_known: ["이미 쓰고 있는 정책입니다.", "This policy is in use already."],
  policy_held: ["믿는 원장", "Trusted ledger"],
  policy_pin_question: ["이 정책을 믿겠습니까?", "Do you trust this policy?"],
  policy_pin_hint: ["이 정책은 어느 원장을, 몇 기관이 확인했을 때 믿을지 정합니다. 아래 지문(파일의 SHA-256)을 발행 기관이 따로 알린 것과 비교하십시오. 비교하지 않고 받아들이면 첫 사용을 그대로 믿는 것입니다. 앞으로는 이 원장의 꾸러미만 받습니다.", "The policy says which ledger is trusted, and how many agencies must have seen what it says. Compare the fingerprint below (the file's SHA-256) with what the publisher announced elsewhere. To accept without comparing is to trust on first use. From now on only bundles of this ledger are taken."],
  policy_pin_accept: ["이 정책 받아들이기", "Accept this policy"],
  policy_fingerprint: ["정책 지문", "Policy fingerprint"],
  policy_rule: ["정책", "Policy"],
  policy_words: ["지켜보는 기관 {n}곳 가운데 {k}곳 이상이 확인해야 합니다.", "At least {k} of the {n} agencies that watch it must have seen a bundle."],
  policy_changes: ["정책이 바뀐 횟수", "Changes of policy"],
  cosigners: ["지켜보는 기관", "Watched by"],
  cosigned_by: ["확인한 기관", "Seen by"],
  ledger: ["원장", "Ledger"],
  place: ["{ledger} · {index}번 항목", "{ledger} · entry {index}"],
  wanting_drop: ["이 꾸러미 쓰지 않기", "Drop this bundle"],

  order: ["비상 명령", "Continuity order"],
  order_id: ["번호", "Number"],
  order_reason: ["이유", "Reason"],
  order_term: ["기간", "In force"],
  order_in_force: ["시행 중", "now"],
  order_not_yet: ["아직 아님", "not yet"],
  order_ended: ["끝남", "ended"],
  order_classes: ["연장된 기한", "Ages stretched to"],
  order_signed_by: ["서명한 기관", "Signed by"],
  order_compromised: ["유출된 서명 키", "Compromised signers"],
  order_signers: ["비상 명령 서명자", "Orders signed by"],
  order_signers_words: ["다음 가운데 {k}곳 이상: {who}", "at least {k} of {who}"],
  order_taken: ["비상 명령을 따르고 있습니다.", "The continuity order is in use."],
  order_dropped: ["쓰던 비상 명령은 새 꾸러미로 확인되지 않아 더 쓰지 않습니다.", "The continuity order that was in use is dropped, as the new bundle does not confirm it."],
  order_needs_bundle: ["비상 명령은 꾸러미로 확인합니다. 신뢰 꾸러미를 먼저 넣으십시오.", "An order is checked by a bundle. Load the trust bundle first."],
  order_nobody: ["이 꾸러미에는 비상 명령에 서명할 수 있는 기관이 없습니다. 쓰지 않습니다.", "The bundle names nobody who may sign continuity orders. The order is not used."],
  order_too_few: ["비상 명령에 서명한 기관이 {signed}곳입니다. {needed}곳이 필요합니다. 쓰지 않습니다.", "Agencies that signed the order: {signed}; needed: {needed}. It is not used."],
  order_forged: ["비상 명령에 있는 {agency}의 서명이 맞지 않습니다. 쓰지 않습니다.", "The signature of {agency} on the order does not verify. It is not used."],
  order_other_ledger: ["다른 원장(‘{ledger}’)의 비상 명령입니다. 쓰지 않습니다.", "The order is about another ledger (“{ledger}”). It is not used."],
  order_too_much: ["허용되지 않는 내용의 비상 명령입니다. 기간은 35일, 자료는 70일까지입니다. 쓰지 않습니다.", "The order says what none may: at most 35 days, and evidence of at most 70. It is not used."],
  order_older: ["지금 쓰는 비상 명령 {id}보다 먼저 나온 명령입니다. 쓰지 않습니다.", "The order was decided before {id}, which is in use. It is not used."],
  order_malformed: ["비상 명령으로 읽을 수 없는 파일입니다.", "This file cannot be read as a continuity order."],

  key: ["서명 키 지문", "Key fingerprint"],
  issuers: ["믿는 발급자", "Trusted issuers"],
  distrusted: ["믿지 않는 서명자", "Distrusted signers"],
  lists: ["상태 목록", "Status lists"],
  bytes: ["크기", "Size"],
  as_of: ["기준 시각", "As of"],
  classes: ["용도별 기한", "Ages by use"],
  newer: ["새 꾸러미 넣기", "Load a newer bundle"],
  forget: ["모두 지우기", "Forget everything"],
  forget_question: ["꾸러미, 키와 정책, 비상 명령, 지난 요청을 이 기기에서 지웁니까? 옛 꾸러미를 막는 기억도 사라집니다.", "Remove bundle, key or policy, order and last request from this device? The memory that stops older bundles goes, too."],
  forget_yes: ["지우기", "Forget"],
  cancel: ["취소", "Cancel"],
  taken: ["새 꾸러미를 쓰고 있습니다.", "The new bundle is in use."],

  bundle_forged: ["꾸러미가 기대한 키로 서명되지 않았거나 바뀌었습니다. 쓰지 않습니다.", "The bundle is not signed by the expected key, or was altered. It is not used."],
  bundle_malformed: ["꾸러미로 읽을 수 없는 파일입니다.", "This file cannot be read as a bundle."],
  bundle_other_key: ["지금까지와 다른 키나 원장이 보증하는 꾸러미입니다. 쓰지 않습니다. 정말 바뀌었다면 발행 기관에 확인한 뒤 ‘모두 지우기’를 하고 다시 넣으십시오.", "Another key or ledger vouches for this bundle than for those before. It is not used. If that did change, ask the publisher, then forget everything and load it again."],
  bundle_unseen: ["원장을 지켜보는 기관 가운데 {cosigned}곳만 이 꾸러미를 확인했습니다. 정책이 정한 수에 모자라 쓰지 않습니다.", "Only {cosigned} of the agencies that watch the ledger have seen this bundle, fewer than the policy asks for. It is not used."],
  bundle_not_proven: ["꾸러미가 원장에 올라 있다는 증명이 맞지 않습니다. 쓰지 않습니다.", "The proof that the bundle stands in the ledger does not hold. It is not used."],
  bundle_policy_superseded: ["그 사이 원장의 정책이 바뀌었는데 옛 정책에 기댄 꾸러미입니다. 쓰지 않습니다.", "The ledger's policy has changed since, and the bundle rests on the old one. It is not used."],
  bundle_rolled_back: ["이미 쓴 꾸러미보다 오래된 꾸러미입니다. 쓰지 않습니다.", "The bundle is older than one that was used before. It is not used."],
  bundle_clock_behind: ["이 기기의 시계가 꾸러미보다 이릅니다. 시계를 맞추고 다시 넣으십시오.", "This device's clock is behind the bundle. Set the clock and load it again."],
  request_unusable: ["요청으로 쓸 수 없습니다.", "This cannot be used as a request."],
  not_a_presentation: ["제시로 읽을 수 없습니다. SD-JWT 또는 base64url이어야 합니다.", "Not a presentation: neither an SD-JWT nor base64url."],
  empty: ["빈 파일입니다.", "The file is empty."],

  lab_title: ["한 글자라도 바꾸면 어떻게 되는지 보십시오.", "Change one byte and see what notices."],
  lab_hint: ["제시를 넣고 아무 바이트나 바꾸면, 어느 규칙이 어디에서 막는지 바로 보입니다. 모두 이 기기 안에서 일어납니다.", "Give a presentation, change any byte, and see at once which rule stops it and where our code checks it. All on this device."],
  lab_last: ["방금 확인한 제시 쓰기", "Take the one just checked"],
  lab_needs: ["먼저 신뢰 꾸러미와 요청이 필요합니다.", "A trust bundle and a request come first."],
  lab_verdict: ["바꾼 것의 결과", "Verdict on the changed bytes"],
  lab_tree: ["구조", "Structure"],
  lab_pick: ["왼쪽에서 값을 하나 고르십시오.", "Choose a value in the structure."],
  lab_bytes: ["바이트", "Bytes"],
  lab_byte: ["바이트 {n}: {hex}", "Byte {n}: {hex}"],
  lab_new: ["새 값 (16진수 두 자리)", "New value (two hex digits)"],
  lab_set: ["바꾸기", "Change"],
  lab_flip: ["비트 하나 뒤집기", "Flip one bit"],
  lab_reset: ["처음으로", "Reset"],
  lab_other: ["다른 제시 넣기", "Another presentation"],
  lab_try: ["해 볼 것", "Try this"],
  lab_changes: ["바뀐 바이트 {n}개", "Bytes changed: {n}"],
  lab_unchanged: ["아직 바뀐 것이 없습니다.", "Nothing is changed yet."],
  lab_unreadable: ["바뀐 뒤에는 구조를 읽을 수 없어 처음 구조를 보입니다.", "The changed bytes have no structure any more; the original one is shown."],
  lab_range: ["{from}–{to} / {length}", "{from}–{to} of {length}"],
  lab_earlier: ["앞쪽 바이트", "Earlier bytes"],
  lab_later: ["뒤쪽 바이트", "Later bytes"],
  lab_nonce: ["다른 요청에 대한 답으로 (재사용)", "As an answer to another request (replay)"],
  try_birth_date: ["생년월일 한 자리", "A digit of the birth date"],
  try_name: ["이름 한 글자", "A letter of the name"],
  try_portrait: ["사진의 한 바이트", "A byte of the portrait"],
  try_digest: ["다이제스트", "A digest"],
  try_issuer_signature: ["발급자 서명", "The issuer's signature"],
  try_certificate: ["서명자 인증서", "The signer's certificate"],
  try_holder: ["소지자 서명", "The holder's signature"],
  try_nonce: ["키 결합의 nonce", "The nonce of the key binding"],
  try_status: ["상태 목록 번호", "The status index"],
  try_device_key: ["소지자 키", "The holder's key"],
  try_expiry: ["유효 기간", "The expiry date"],
};

let language = stored() ?? "ko";

function stored() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null;
  }
}

/** `ko` or `en`. */
export const lang = () => language;

/** Remembers the choice and tells the browser and the screen reader. */
export function speak(chosen) {
  language = chosen === "en" ? "en" : "ko";
  document.documentElement.lang = language;
  document.title = t("title");
  try {
    localStorage.setItem("language", language);
  } catch {
    // Kept for this visit only.
  }
}

/** The words for a key, with `{values}` filled in. */
export function t(key, values = {}) {
  const words = WORDS[key]?.[language === "en" ? 1 : 0] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in WORDS;

/** A label of the catalogue or a sentence of a rule. */
export const own = (label) => label?.[language] ?? label?.ko ?? "";

const two = (number) => String(number).padStart(2, "0");

/** `2026. 11. 21. 09:00` by this device's clock. */
export function time(text) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  return `${at.getFullYear()}. ${at.getMonth() + 1}. ${at.getDate()}. ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `2026. 11. 21.` for a day that has no hour. */
export function day(text) {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  return year ? `${year}. ${Number(month)}. ${Number(date)}.` : text;
}

/** How long ago. */
export function age(seconds) {
  const [n, unit] = seconds < 60 ? [0, "now"] : seconds < 3600 ? [Math.floor(seconds / 60), "minute"]
    : seconds < 72 * 3600 ? [Math.floor(seconds / 3600), "hour"] : [Math.floor(seconds / 86400), "day"];
  if (seconds < 0) return language === "en" ? "in the future" : "미래";
  if (unit === "now") return language === "en" ? "just now" : "방금";
  const korean = { minute: "분", hour: "시간", day: "일" }[unit];
  return language === "en" ? `${n} ${{ minute: "min", hour: "h", day: n === 1 ? "day" : "days" }[unit]} old` : `${n}${korean} 전`;
}

/** A span of time. */
export const span = (seconds) => (seconds % 86400 === 0 && seconds > 86400 ? t("days", { n: seconds / 86400 }) : t("hours", { n: Math.round(seconds / 3600) }));

/** What a file intake says; `pasted` names what may be pasted instead. */
export const intakeWords = (pasted) => ({ choose: t("choose_file"), paste: t("paste"), pasted: t(pasted), use: t("paste_use") });
