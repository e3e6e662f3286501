//! A provider's keys (RFC 7517): P-256, P-384 and RSA, the last since most providers have nothing else.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use mapae_crypto::{Algorithm, PublicKey};
use mapae_jose::{Jwk, Object, Value, base64url, json};

use super::error::{IdTokenFault, ProviderFault};

const WHAT: &str = "the provider's keys";
/// Keys that are read of one set.
const MAX_KEYS: usize = 64;
/// Bytes of a modulus of 8192 bits.
const MAX_MODULUS: usize = 1024;

/// The keys by which a provider signs.
#[derive(Debug, Clone, Default)]
pub(super) struct KeySet(Vec<ProviderKey>);

#[derive(Debug, Clone)]
struct ProviderKey {
    kid: Option<String>,
    key: Key,
}

#[derive(Debug, Clone)]
enum Key {
    Ec(PublicKey),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

/// What an `id_token` may be signed with. `none` and MACs are none of them (RFC 8725 §3.1, §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenAlgorithm {
    Ec(Algorithm),
    Rs256,
}

impl TokenAlgorithm {
    pub(super) fn from_jose(name: &str) -> Result<Self, IdTokenFault> {
        match (name, Algorithm::from_jose(name)) {
            ("RS256", _) => Ok(Self::Rs256),
            (_, Some(algorithm)) => Ok(Self::Ec(algorithm)),
            _ => Err(IdTokenFault::Algorithm),
        }
    }
}

impl KeySet {
    /// Reads a JWKS. A key that we cannot use is passed over (RFC 7517 §5).
    pub(super) fn parse(body: &[u8]) -> Result<Self, ProviderFault> {
        let object = json::parse_object(body).map_err(|error| ProviderFault::Json { what: WHAT, error })?;
        let keys = object.get("keys").and_then(Value::as_array).filter(|keys| keys.len() <= MAX_KEYS);
        let keys = keys.ok_or(ProviderFault::Member { what: WHAT, name: "keys" })?;
        Ok(Self(keys.iter().filter_map(Value::as_object).filter_map(read).collect()))
    }

    /// Checks a signature by the one key that it can be of.
    pub(super) fn verify(
        &self,
        algorithm: TokenAlgorithm,
        kid: Option<&str>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), IdTokenFault> {
        let named = |key: &&ProviderKey| kid.is_none() || key.kid.as_deref() == kid;
        let mut fitting = self.0.iter().filter(named).filter(|key| key.key.fits(algorithm));
        // OpenID Connect Core §10.1: who has several keys says which one it was.
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => key.key.verify(algorithm, message, signature),
            _ => Err(IdTokenFault::KeyUnknown),
        }
    }
}

fn read(jwk: &Object) -> Option<ProviderKey> {
    let text = |name| jwk.get(name).and_then(Value::as_str);
    // RFC 7517 §4.2: a key for encryption signs nothing.
    if text("use").is_some_and(|used| used != "sig") {
        return None;
    }
    let kid = text("kid").map(str::to_owned);
    let key = match text("kty")? {
        "EC" => Key::Ec(Jwk::from_object(jwk).ok()?.public_key().clone()),
        // A private member makes the key anybody's.
        "RSA" if !jwk.contains_key("d") => Key::Rsa { n: integer(text("n")?)?, e: integer(text("e")?)? },
        _ => return None,
    };
    key.is_what_it_says(text("alg")).then_some(ProviderKey { kid, key })
}

/// RFC 7518 §2 `Base64urlUInt`; a zero in front, which it forbids and some write, is dropped.
fn integer(text: &str) -> Option<Vec<u8>> {
    let bytes = base64url::decode(text).ok().filter(|bytes| bytes.len() <= MAX_MODULUS + 1)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes[zeros..].to_vec()).filter(|bytes| !bytes.is_empty())
}

impl Key {
    /// RFC 7517 §4.4: a key that names its algorithm is for no other.
    fn is_what_it_says(&self, alg: Option<&str>) -> bool {
        alg.is_none_or(|alg| TokenAlgorithm::from_jose(alg).is_ok_and(|alg| self.fits(alg)))
    }

    fn fits(&self, algorithm: TokenAlgorithm) -> bool {
        match (self, algorithm) {
            (Self::Ec(key), TokenAlgorithm::Ec(algorithm)) => key.curve() == algorithm.curve(),
            (Self::Rsa { .. }, TokenAlgorithm::Rs256) => true,
            _ => false,
        }
    }

    fn verify(&self, algorithm: TokenAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), IdTokenFault> {
        let verified = match (self, algorithm) {
            (Self::Ec(key), TokenAlgorithm::Ec(algorithm)) => key.verify(algorithm, message, signature).is_ok(),
            // RFC 7518 §3.3: at least 2048 bits.
            (Self::Rsa { n, e }, TokenAlgorithm::Rs256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            _ => false,
        };
        if verified { Ok(()) } else { Err(IdTokenFault::Signature) }
    }
}
