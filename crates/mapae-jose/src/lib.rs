//! Strict JSON, base64url, JWS, JWK.
