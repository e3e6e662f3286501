// Links that call the wallet: which kind one is, and those that came with the page's own address.

const OFFER = ["credential_offer", "credential_offer_uri"];
const REQUEST = ["request_uri", "request", "client_id"];
const OFFER_SCHEMES = ["openid-credential-offer:", "haip-vci:"];
const REQUEST_SCHEMES = ["openid4vp:", "haip-vp:", "eudi-openid4vp:", "mdoc-openid4vp:"];
const WRAPPED = "web+mapae:";

/** `offer`, `request`, `signed-in` or nothing, by what the text contains. The core decides what it is worth. */
export function kindOf(text) {
  const link = text.trim();
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  const names = new Set([...url.searchParams.keys(), ...fragment(url).keys()]);
  if (OFFER_SCHEMES.includes(url.protocol) || OFFER.some((name) => names.has(name))) return "offer";
  if (REQUEST_SCHEMES.includes(url.protocol) || REQUEST.some((name) => names.has(name))) return "request";
  return names.has("state") && (names.has("code") || names.has("error")) ? "signed-in" : null;
}

const fragment = (url) => new URLSearchParams(url.hash.slice(1));

/** A link handed over inside another (`web+mapae:`, or by a protocol handler). */
export function unwrapped(text) {
  const link = text.trim();
  return link.startsWith(WRAPPED) ? link.slice(WRAPPED.length) : link;
}

/** The link with which the wallet was called: `{ kind, link }` or null. */
export function calledBy(address) {
  const inside = new URL(address).searchParams.get("link");
  const link = inside ? unwrapped(inside) : address;
  const kind = kindOf(link);
  return kind && { kind, link };
}

/** The same of this page. The address bar and the browser's history do not keep it. */
export function takeCall() {
  const call = calledBy(location.href);
  if (call || location.search) history.replaceState(null, "", location.pathname + (call ? "" : location.hash));
  return call;
}
