//! How a wallet proves to its provider that it holds a key. Our own format, since draft 07 leaves open how an instance
//! authenticates to its attester (§1, steps 2 and 4).
//!
//! A JWS by the key itself, of ES256:
//!
//! ```text
//! header  { "alg": "ES256", "typ": "mapae-wallet-proof+jwt", "jwk": the key }
//! payload { "aud": the URL that it is sent to, "nonce": of POST /nonce, "instance": thumbprint of the instance's key }
//! ```
//!
//! The instance's own proof names the thumbprint of its own key. `instance` in the others keeps a proof that somebody saw
//! from being used by another instance.

use mapae_crypto::Algorithm;
use mapae_jose::{Jwk, JwkError, Jws, JwsError, Object, UnsignedJws, Value, base64url};
use mapae_oid4vci::NonceState;

use crate::InstanceId;

/// The `typ` of a proof.
pub const TYPE: &str = "mapae-wallet-proof+jwt";

/// Bytes that a proof may have; ours have some 500.
const MAX_LEN: usize = 4096;

/// What a wallet says in a proof.
#[derive(Debug, Clone, Copy)]
pub struct ProofContents<'a> {
    /// The URL of the provider's endpoint.
    pub audience: &'a str,
    /// The provider's nonce.
    pub nonce: &'a str,
    /// The instance for which the key is.
    pub instance: InstanceId,
}

impl ProofContents<'_> {
    /// The proof of that key, to which its signature is missing.
    pub fn unsigned(&self, key: &Jwk) -> UnsignedJws {
        let header = Object::from_iter([
            ("alg".to_owned(), Algorithm::Es256.jose().into()),
            ("typ".to_owned(), TYPE.into()),
            ("jwk".to_owned(), Value::Object(key.to_object())),
        ]);
        let payload = serde_json::json!({
            "aud": self.audience,
            "nonce": self.nonce,
            "instance": base64url::encode(self.instance.as_bytes()),
        });
        UnsignedJws::new(&header, payload.to_string().as_bytes())
    }
}

/// What the service demands of every proof of a request.
pub(crate) struct Expected<'a> {
    pub(crate) audience: &'a str,
    pub(crate) nonce: &'a dyn Fn(&str) -> NonceState,
}

/// A proof that is none: the wallet's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofFault {
    /// Longer than any that is read.
    #[error("a proof of {len} characters")]
    TooLong {
        /// How long it is.
        len: usize,
    },
    /// It cannot be read, or its signature does not verify.
    #[error("{0}")]
    Jws(#[from] JwsError),
    /// `jwk` is no public key of ours.
    #[error("{0}")]
    Key(#[from] JwkError),
    /// Another kind of JWT, or another algorithm than ES256.
    #[error("not a proof by ES256 of the type {TYPE}")]
    Type,
    /// The payload is not what it must be.
    #[error("the claim {name} is missing or malformed")]
    Claim {
        /// Which.
        name: &'static str,
    },
    /// It was made for another endpoint.
    #[error("aud is not this endpoint")]
    Audience,
    /// The nonce is not ours, or too old.
    #[error("the nonce is not a current one")]
    Nonce,
    /// It was made for another instance.
    #[error("the proof is another instance's")]
    Instance,
}

/// Checks the proof of an instance's own key, and says who it is.
pub(crate) fn instance(text: &str, expected: &Expected<'_>) -> Result<InstanceId, ProofFault> {
    let (key, named) = verify(text, expected)?;
    let instance = InstanceId::of(&key);
    if named == *instance.as_bytes() { Ok(instance) } else { Err(ProofFault::Instance) }
}

/// Checks the proof of another key of that instance.
pub(crate) fn key(text: &str, expected: &Expected<'_>, instance: &InstanceId) -> Result<Jwk, ProofFault> {
    let (key, named) = verify(text, expected)?;
    if named == *instance.as_bytes() { Ok(key) } else { Err(ProofFault::Instance) }
}

fn verify(text: &str, expected: &Expected<'_>) -> Result<(Jwk, Vec<u8>), ProofFault> {
    if text.len() > MAX_LEN {
        return Err(ProofFault::TooLong { len: text.len() });
    }
    let jws = Jws::parse(text)?;
    if jws.header().typ() != Some(TYPE) || jws.header().algorithm() != Algorithm::Es256 {
        return Err(ProofFault::Type);
    }
    let key = Jwk::from_value(jws.header().raw().get("jwk").unwrap_or(&Value::Null))?;
    let verified = jws.verify(key.public_key())?;
    let claims = verified.payload_object().map_err(|_| ProofFault::Claim { name: "payload" })?;
    let claim = |name| claims.get(name).and_then(Value::as_str).ok_or(ProofFault::Claim { name });
    if claim("aud")? != expected.audience {
        return Err(ProofFault::Audience);
    }
    if (expected.nonce)(claim("nonce")?) != NonceState::Current {
        return Err(ProofFault::Nonce);
    }
    let named = base64url::decode(claim("instance")?).map_err(|_| ProofFault::Claim { name: "instance" })?;
    Ok((key, named))
}
