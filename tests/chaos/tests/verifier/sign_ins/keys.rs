//! Tokens, held against the keys that replicas publish.

use std::net::SocketAddr;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use mapae_jose::{Jwk, Jws, base64url};
use serde_json::Value;

use super::super::wallet::insist;
use crate::http;

/// What each replica publishes.
#[derive(Debug, Clone)]
pub(crate) struct Keys(pub(super) Vec<Vec<Value>>);

impl Keys {
    pub(crate) fn of(replicas: [SocketAddr; 2]) -> Result<Self, String> {
        let published = |at| {
            let answer = insist([at, at], &mut 0, |at| http::get(at, "openid/jwks"))?;
            let keys: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            keys["keys"].as_array().cloned().ok_or_else(|| format!("no keys: {keys}"))
        };
        Ok(Self(replicas.into_iter().map(published).collect::<Result<_, String>>()?))
    }

    /// What a token says, if a published key of each replica verifies it.
    pub(super) fn open(&self, token: &str, algorithm: &str) -> Result<Value, String> {
        let part = |place| base64url::decode(token.split('.').nth(place)?).ok();
        let read = |place| serde_json::from_slice::<Value>(&part(place)?).ok();
        let (Some(header), Some(claims)) = (read(0), read(1)) else { return Err("a token that is none".to_owned()) };
        if header["alg"] != algorithm {
            return Err(format!("a token by {}", header["alg"]));
        }
        for keys in &self.0 {
            let key = keys.iter().find(|key| key["kid"] == header["kid"] && key["alg"] == algorithm);
            let verified =
                key.and_then(|key| if algorithm == "RS256" { by_rsa(token, key) } else { by_p256(token, key) });
            verified.ok_or("a token that a replica's keys do not verify")?;
        }
        Ok(claims)
    }
}

fn by_p256(token: &str, key: &Value) -> Option<()> {
    let key = Jwk::from_value(key).ok()?;
    Jws::parse(token).ok()?.verify(key.public_key()).ok().map(drop)
}

fn by_rsa(token: &str, key: &Value) -> Option<()> {
    let number = |name: &str| base64url::decode(key[name].as_str()?).ok();
    let key = RsaPublicKeyComponents { n: number("n")?, e: number("e")? };
    let (signed, signature) = token.rsplit_once('.')?;
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &base64url::decode(signature).ok()?).ok()
}
