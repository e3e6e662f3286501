//! Key attestations (OpenID4VCI §D).

use mapae_jose::{Jwk, UnsignedJws};
use mapae_types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{JwtFault, TrustedProviders};

/// The `typ` of a key attestation.
pub(crate) const TYPE: &str = "key-attestation+jwt";

/// How much an attacker must be able to do (§D.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum AttackResistance {
    /// `iso_18045_high`.
    High,
    /// `iso_18045_moderate`.
    Moderate,
    /// `iso_18045_enhanced-basic`.
    EnhancedBasic,
    /// `iso_18045_basic`.
    Basic,
    /// Another, such as a URL that explains it.
    Other(String),
}

impl AttackResistance {
    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::High => "iso_18045_high",
            Self::Moderate => "iso_18045_moderate",
            Self::EnhancedBasic => "iso_18045_enhanced-basic",
            Self::Basic => "iso_18045_basic",
            Self::Other(name) => name,
        }
    }
}

impl From<String> for AttackResistance {
    fn from(name: String) -> Self {
        match name.as_str() {
            "iso_18045_high" => Self::High,
            "iso_18045_moderate" => Self::Moderate,
            "iso_18045_enhanced-basic" => Self::EnhancedBasic,
            "iso_18045_basic" => Self::Basic,
            _ => Self::Other(name),
        }
    }
}

impl From<AttackResistance> for String {
    fn from(level: AttackResistance) -> Self {
        level.as_str().to_owned()
    }
}

/// Reads and checks key attestations.
#[derive(Debug, Clone, Copy)]
pub struct KeyAttestation;

/// What an issuer demands of a key attestation in any place.
#[derive(Debug, Clone, Copy)]
pub struct KeyAttestationExpected<'a> {
    /// Our time.
    pub now: Timestamp,
    /// Who may attest.
    pub providers: &'a TrustedProviders,
    /// Keys in it at most.
    pub max_keys: usize,
    /// Whether `exp` must be there: with proofs of the type `jwt` (§D.1).
    pub expiry_required: bool,
}

/// Keys of which a trusted provider says where they are kept. Only [`KeyAttestation::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedKeyAttestation {
    keys: Vec<Jwk>,
    key_storage: Vec<AttackResistance>,
    user_authentication: Vec<AttackResistance>,
    nonce: Option<String>,
}

impl KeyAttestation {
    /// Checks type, algorithm, chain, signature and dates, and reads the keys. The nonce is left to the caller.
    pub fn verify(text: &str, expected: &KeyAttestationExpected<'_>) -> Result<VerifiedKeyAttestation, JwtFault> {
        let _ = (text, expected);
        Err(JwtFault::Type { expected: TYPE })
    }
}

impl VerifiedKeyAttestation {
    /// The attested keys, in their order.
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// `key_storage`; empty where nothing is said.
    pub fn key_storage(&self) -> &[AttackResistance] {
        &self.key_storage
    }

    /// `user_authentication`; empty where nothing is said.
    pub fn user_authentication(&self) -> &[AttackResistance] {
        &self.user_authentication
    }

    /// `nonce`.
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }
}

/// What a provider attests of keys.
#[derive(Debug, Clone, Copy)]
pub struct KeyAttestationContents<'a> {
    /// `iss`: the provider.
    pub provider: &'a str,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Option<Timestamp>,
    /// `attested_keys`: never empty.
    pub keys: &'a [Jwk],
    /// `key_storage`; left out if empty.
    pub key_storage: &'a [AttackResistance],
    /// `user_authentication`; left out if empty.
    pub user_authentication: &'a [AttackResistance],
    /// `certification`: a URL.
    pub certification: Option<&'a str>,
    /// `nonce`: the issuer's `c_nonce`.
    pub nonce: Option<&'a str>,
    /// `x5c`: DER, the signer's first, without the root.
    pub chain: &'a [&'a [u8]],
}

impl KeyAttestationContents<'_> {
    /// The attestation, to which the provider's signature is missing.
    pub fn unsigned(&self) -> UnsignedJws {
        UnsignedJws::new(&mapae_jose::Object::new(), b"")
    }
}
