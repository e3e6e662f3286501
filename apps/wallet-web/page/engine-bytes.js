// Bytes as text and back.

/** A fresh random value. */
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Base64url without padding (RFC 4648 §5). */
export function toBase64url(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64url(text) {
  const decoded = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
}

/** A text's bytes. */
export const utf8 = (text) => new TextEncoder().encode(text);
