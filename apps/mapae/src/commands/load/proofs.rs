//! What a phone signs: proofs of possession for its tokens and its copies.

use mapae_crypto::{SigningKey, sha256};
use mapae_jose::base64url;

use super::keys::jwk;

/// A wallet's provider, which vouches for keys.
pub(super) struct Provider {
    key: SigningKey,
    /// Its certificate chain, in JSON.
    x5c: String,
}

/// RFC 9449 §4.2.
pub(super) struct Dpop<'a> {
    pub(super) url: &'a str,
    pub(super) nonce: Option<&'a str>,
    pub(super) access_token: Option<&'a str>,
    pub(super) id: String,
    pub(super) now: i64,
}

impl Dpop<'_> {
    /// The proof, to be sent in the header of that name.
    pub(super) fn sign(&self, key: &SigningKey) -> anyhow::Result<String> {
        let Self { url, id, now, .. } = self;
        let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{}}}"#, jwk(key.public()));
        let nonce = self.nonce.map(|nonce| format!(r#","nonce":"{nonce}""#)).unwrap_or_default();
        let hash = |token| format!(r#","ath":"{}""#, base64url::encode(sha256(str::as_bytes(token))));
        let ath = self.access_token.map(hash).unwrap_or_default();
        let payload = format!(r#"{{"jti":"{id}","htm":"POST","htu":"{url}","iat":{now}{nonce}{ath}}}"#);
        jws(&header, &payload, key)
    }
}

/// A proof of type `jwt` (OpenID4VCI Appendix F.1); no `iss`, since nobody asked who the wallet is.
pub(super) fn proof(key: &SigningKey, issuer: &str, nonce: &str, now: i64) -> anyhow::Result<String> {
    let header = format!(r#"{{"typ":"openid4vci-proof+jwt","alg":"ES256","jwk":{}}}"#, jwk(key.public()));
    jws(&header, &format!(r#"{{"aud":"{issuer}","iat":{now},"nonce":"{nonce}"}}"#), key)
}

impl Provider {
    pub(super) fn new(key: SigningKey, chain: &[Vec<u8>]) -> Self {
        let chain: Vec<String> = chain.iter().map(|one| format!("\"{}\"", base64url::encode_standard(one))).collect();
        Self { key, x5c: chain.join(",") }
    }

    /// A key attestation (OpenID4VCI Appendix D.1).
    pub(super) fn attest(&self, keys: &[SigningKey], nonce: &str, now: i64) -> anyhow::Result<String> {
        let header = format!(r#"{{"typ":"key-attestation+jwt","alg":"ES256","x5c":[{}]}}"#, self.x5c);
        let attested: Vec<String> = keys.iter().map(|key| jwk(key.public())).collect();
        let expires = now + 300;
        let payload = format!(
            r#"{{"iat":{now},"exp":{expires},"attested_keys":[{}],"key_storage":["iso_18045_basic"],"user_authentication":["iso_18045_basic"],"nonce":"{nonce}"}}"#,
            attested.join(",")
        );
        jws(&header, &payload, &self.key)
    }
}

fn jws(header: &str, payload: &str, key: &SigningKey) -> anyhow::Result<String> {
    let mut text = String::with_capacity(base64url::encoded_len(header.len() + payload.len()) + 100);
    base64url::encode_into(header, &mut text);
    text.push('.');
    base64url::encode_into(payload, &mut text);
    let signature = key.sign(text.as_bytes())?;
    text.push('.');
    base64url::encode_into(signature.as_bytes(), &mut text);
    Ok(text)
}
