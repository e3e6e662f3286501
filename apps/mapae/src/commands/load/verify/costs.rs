//! What the bare cryptography of a session takes on this machine.
//!
//! A session needs, whoever verifies it: a key of its own to which the wallet encrypts, the signature of its request, one key
//! agreement, and two verifications: the issuer's signature and the holder's. Beside these stands what is symmetric: the
//! answer is decrypted, the session's key and its result are kept sealed, and what was disclosed is hashed.
//!
//! Not in it, since a verifier that runs has done it before: certificates (one verification for each signer and bundle) and
//! status lists (one for each list and bundle). Neither is parsing of any kind, nor drawing a QR code.

use mapae_crypto::{
    Algorithm, SigningKey,
    aead::{AeadAlgorithm, AeadKey},
    sha256,
};
use serde_json::{Value, json};

use super::super::floor::everywhere;

/// A message as long as what is usually signed here.
const MESSAGE: [u8; 512] = [7; 512];
/// An answer that shows three claims, whichever its format, and about as much for whatever else is kept.
const SEALED: [u8; 4096] = [7; 4096];

/// Of a session: the answer is decrypted; the waiting session is sealed, and the result sealed and opened.
const AEADS: f64 = 4.0;
/// Bytes that are hashed, in units of what is sealed: the digests of what was disclosed, transcripts, handles.
const HASHES: f64 = 2.0;
/// The issuer's signature, and the holder's.
const VERIFICATIONS: f64 = 2.0;

/// Microseconds for each operation, P-256 with SHA-256.
#[derive(Clone, Copy)]
pub(super) struct Costs {
    sign: f64,
    verify: f64,
    keygen: f64,
    agree: f64,
    aead: f64,
    hash: f64,
}

impl Costs {
    /// Tries each.
    pub(super) fn measure() -> anyhow::Result<Self> {
        let (key, peer) = (SigningKey::from_scalar(&[7; 32])?, SigningKey::from_scalar(&[9; 32])?);
        let signature = key.sign(&MESSAGE)?;
        let verify = || Ok(key.public().verify(Algorithm::Es256, &MESSAGE, signature.as_bytes())?);
        let seal = || AeadKey::new(AeadAlgorithm::A256Gcm, &[7; 32])?.seal(&[7; 12], &[], &SEALED);
        Ok(Self {
            sign: everywhere(&|| key.sign(&MESSAGE).map(drop).map_err(Into::into))?,
            verify: everywhere(&verify)?,
            keygen: everywhere(&|| SigningKey::from_scalar(&[9; 32]).map(drop).map_err(Into::into))?,
            agree: everywhere(&|| key.agree(peer.public()).map(drop).map_err(Into::into))?,
            aead: everywhere(&|| seal().map(drop).map_err(Into::into))?,
            hash: everywhere(&|| {
                std::hint::black_box(sha256(&SEALED));
                Ok(())
            })?,
        })
    }

    /// Between two measurements, before and after.
    pub(super) fn mean(self, other: Self) -> Self {
        let mean = |one: f64, other: f64| f64::midpoint(one, other);
        Self {
            sign: mean(self.sign, other.sign),
            verify: mean(self.verify, other.verify),
            keygen: mean(self.keygen, other.keygen),
            agree: mean(self.agree, other.agree),
            aead: mean(self.aead, other.aead),
            hash: mean(self.hash, other.hash),
        }
    }

    /// Microseconds of a session.
    pub(super) fn session(&self) -> f64 {
        self.asymmetric() + AEADS * self.aead + HASHES * self.hash
    }

    /// Those of its signatures and keys alone.
    pub(super) fn asymmetric(&self) -> f64 {
        self.keygen + self.sign + self.agree + VERIFICATIONS * self.verify
    }

    pub(super) fn to_json(self) -> Value {
        json!({
            "keygen_us": self.keygen,
            "sign_us": self.sign,
            "agree_us": self.agree,
            "verify_us": self.verify,
            "aead_4k_us": self.aead,
            "hash_4k_us": self.hash,
            "session_us": self.session(),
            "asymmetric_us": self.asymmetric(),
        })
    }

    pub(super) fn to_text(self) -> String {
        format!(
            "  cryptography of a session {:.0} us: a key {:.0}, a signature {:.0}, an agreement {:.0}, two verifications of {:.0}, \
             the rest sealed and hashed",
            self.session(),
            self.keygen,
            self.sign,
            self.agree,
            self.verify
        )
    }
}
