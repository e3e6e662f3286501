//! The key-binding JWT (RFC 9901 §4.3): the holder signs what is presented, to whom, in answer to what, and when.

use mapae_crypto::{Algorithm, HashAlgorithm, Signature};
use mapae_jose::{Jwk, Jws, Object, UnsignedJws, Value, base64url, json};
use mapae_types::{Duration, Timestamp};

use crate::{
    HolderFault, KEY_BINDING_TYPE,
    registered::{NotATime, time},
};

/// What the holder binds a presentation to.
#[derive(Debug, Clone, Copy)]
pub struct KeyBinding<'a> {
    /// The verifier, as the protocol names it: OpenID4VP's `client_id`.
    pub audience: &'a str,
    /// The verifier's nonce.
    pub nonce: &'a str,
    /// The holder's time.
    pub issued_at: Timestamp,
}

/// A presentation to which only the holder's signature is missing.
#[derive(Clone)]
pub struct UnsignedKeyBinding {
    bound: String,
    jws: UnsignedJws,
}

impl UnsignedKeyBinding {
    pub(crate) fn new(
        bound: String,
        hash: HashAlgorithm,
        algorithm: Algorithm,
        binding: &KeyBinding<'_>,
        claims: Vec<(&str, Value)>,
    ) -> Self {
        let header = json::object([("alg", algorithm.jose().into()), ("typ", KEY_BINDING_TYPE.into())]);
        let own = [
            ("iat", binding.issued_at.unix().into()),
            ("aud", binding.audience.into()),
            ("nonce", binding.nonce.into()),
            ("sd_hash", sd_hash(hash, &bound).into()),
        ];
        // The last of a name stands: what binds is replaced by nothing that was added.
        let payload = json::object(claims.into_iter().chain(own));
        let jws = UnsignedJws::new(&header, &json::to_vec(&payload));
        Self { bound, jws }
    }

    /// The bytes that the holder's key signs.
    pub const fn to_be_signed(&self) -> &[u8] {
        self.jws.to_be_signed()
    }

    /// The presentation: `<JWT>~<disclosure>~…~<key-binding JWT>`.
    pub fn attach(mut self, signature: &Signature) -> String {
        self.bound.push_str(&self.jws.attach(signature));
        self.bound
    }
}

impl core::fmt::Debug for UnsignedKeyBinding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("UnsignedKeyBinding([redacted])")
    }
}

/// What a verifier demands of the key binding.
#[derive(Debug, Clone, Copy)]
pub struct KeyBindingExpectation<'a> {
    /// This verifier, as it named itself in the request.
    pub audience: &'a str,
    /// The nonce of the request.
    pub nonce: &'a str,
    /// The verifier's time.
    pub now: Timestamp,
    /// How old a key binding may be.
    pub max_age: Duration,
    /// How far the clocks of holder and verifier may disagree. The issuer's dates are not stretched.
    pub skew: Duration,
}

impl KeyBindingExpectation<'_> {
    /// RFC 9901 §7.3 step 5; `typ` was checked on reading. Returns the time at which the holder signed.
    pub(crate) fn check(
        &self,
        jws: Jws<'_>,
        holder: &Jwk,
        hash: HashAlgorithm,
        bound: &str,
    ) -> Result<Timestamp, HolderFault> {
        let verified = jws.verify(holder.public_key()).map_err(HolderFault::KeyBindingJws)?;
        let payload = verified.payload_object().map_err(HolderFault::KeyBindingPayload)?;
        let issued_at = self.check_times(&payload)?;
        // One string: RFC 9901 §4.3 narrows the `aud` of RFC 7519, which may be an array.
        if text(&payload, "aud")? != self.audience {
            return Err(HolderFault::AudienceMismatch);
        }
        if text(&payload, "nonce")? != self.nonce {
            return Err(HolderFault::NonceMismatch);
        }
        if text(&payload, "sd_hash")? != sd_hash(hash, bound) {
            return Err(HolderFault::HashMismatch);
        }
        Ok(issued_at)
    }

    fn check_times(&self, payload: &Object) -> Result<Timestamp, HolderFault> {
        let now = self.now;
        let read = |name| time(payload, name).map_err(|NotATime(name)| HolderFault::KeyBindingClaim { name });
        let issued_at = read("iat")?.ok_or(HolderFault::KeyBindingClaim { name: "iat" })?;
        if issued_at.age_at(now) > self.max_age {
            return Err(HolderFault::KeyBindingTooOld { issued_at, now, max_age: self.max_age });
        }
        if issued_at > now + self.skew {
            return Err(HolderFault::KeyBindingFromFuture { issued_at, now });
        }
        // §7.3 step 5.h: a valid JWT in all other respects.
        if let Some(expired) = read("exp")?.filter(|expires| now - self.skew >= *expires) {
            return Err(HolderFault::KeyBindingExpired { expired, now });
        }
        if let Some(not_before) = read("nbf")?.filter(|not_before| now + self.skew < *not_before) {
            return Err(HolderFault::KeyBindingNotYetValid { not_before, now });
        }
        Ok(issued_at)
    }
}

/// Reads a key-binding JWT and checks its `typ`, lest another JWT that the same key signed be taken for one.
pub(crate) fn parse(text: &str) -> Result<Jws<'_>, HolderFault> {
    if text.is_empty() {
        return Err(HolderFault::KeyBindingMissing);
    }
    let jws = Jws::parse(text).map_err(HolderFault::KeyBindingJws)?;
    match jws.header().typ() {
        Some(KEY_BINDING_TYPE) => Ok(jws),
        typ => Err(HolderFault::KeyBindingType { typ: typ.map(|typ| typ.chars().take(32).collect()) }),
    }
}

/// RFC 9901 §4.3.1: over the characters presented, with the hash of the disclosures.
fn sd_hash(hash: HashAlgorithm, bound: &str) -> String {
    base64url::encode(hash.digest(&[bound.as_bytes()]))
}

fn text<'p>(payload: &'p Object, name: &'static str) -> Result<&'p str, HolderFault> {
    payload.get(name).and_then(Value::as_str).ok_or(HolderFault::KeyBindingClaim { name })
}
