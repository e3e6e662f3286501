// Element values between JSON and CBOR. What JSON cannot say is an object with one `$` key:
//   {"$bytes": base64url} · {"$fullDate": "2031-05-06"} (tag 1004) · {"$tdate": "2031-05-06T00:00:00Z"} (tag 0)

import { createRequire } from 'node:module';
import { base64url, bytes } from './job.mjs';

// The class behind tag 1004 is not exported by the package's index, yet its issuer needs it outside the mDL namespace.
const { DateOnly } = createRequire(import.meta.url)('@auth0/mdl/lib/cbor/index.js');

/** The value to hand to the peer's issuer. */
export function fromJson(value) {
  if (Array.isArray(value)) return value.map(fromJson);
  if (value === null || typeof value !== 'object') return value;
  if ('$bytes' in value) return bytes(value.$bytes);
  if ('$fullDate' in value) return new DateOnly(value.$fullDate);
  if ('$tdate' in value) return new Date(value.$tdate);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromJson(inner)]));
}

/** The value that the peer read, as JSON. */
export function toJson(value) {
  if (value instanceof DateOnly) return { $fullDate: value.toISOString() };
  if (value instanceof Date) return { $tdate: `${value.toISOString().split('.')[0]}Z` };
  if (value instanceof Uint8Array) return { $bytes: base64url(value) };
  if (value instanceof Map) return mapToJson(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'bigint') return Number(value);
  if (value !== null && typeof value === 'object') return mapToJson(new Map(Object.entries(value)));
  return value;
}

const mapToJson = (map) => Object.fromEntries([...map].map(([key, inner]) => [String(key), toJson(inner)]));
