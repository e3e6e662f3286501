//! Key proofs of the types `jwt` (OpenID4VCI §F.1) and `attestation` (§F.3).

mod jwt;
mod verify;

use mapae_jose::{Jwk, Object, Value};
use mapae_types::Timestamp;

use crate::{AttackResistance, KeyAttestationsRequired, NonceState, ProofFault, TrustedProviders, members};

pub use jwt::ProofContents;

/// `proofs` of a request, unproven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proofs {
    /// Each key signs for itself.
    Jwt(Vec<String>),
    /// The wallet's provider speaks for all keys.
    Attestation(String),
}

/// What is demanded in the matter of key attestations.
#[derive(Debug, Clone, Copy)]
pub enum KeyAttestationRule<'a> {
    /// One that is there is checked.
    Accepted,
    /// One must be there, of one of these levels.
    Required(&'a KeyAttestationsRequired),
}

/// What an issuer demands of key proofs.
#[derive(Debug, Clone, Copy)]
pub struct ProofExpected<'a> {
    /// The credential issuer's identifier, `aud`.
    pub issuer: &'a str,
    /// The client to which the token was given; `None` if anonymous, and then `iss` must be absent (§F.1).
    pub client_id: Option<&'a str>,
    /// Our time.
    pub now: Timestamp,
    /// Key attestations.
    pub key_attestation: KeyAttestationRule<'a>,
    /// Who may attest keys.
    pub providers: &'a TrustedProviders,
    /// Keys at most: the batch size, or less.
    pub max: usize,
}

/// Keys that are proven but for the freshness of the nonce. With them a repeated request is found, whose nonce is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenKeys {
    keys: Vec<Jwk>,
    thumbprints: Vec<[u8; 32]>,
    nonces: Vec<String>,
    key_storage: Vec<AttackResistance>,
}

/// Keys that are proven, with a current nonce. Only [`ProvenKeys::with_nonce`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedProofs {
    proven: ProvenKeys,
}

impl Proofs {
    /// Checks everything but the freshness of the nonce.
    pub fn verify(&self, expected: &ProofExpected<'_>) -> Result<ProvenKeys, ProofFault> {
        verify::verify(self, expected)
    }

    /// Takes `proofs` out of a request (§8.2): exactly one type, of which there is at least one.
    pub(crate) fn take(request: &mut Object) -> Result<Self, ProofFault> {
        let proofs = request.remove("proofs").ok_or(ProofFault::Missing)?;
        let Value::Object(proofs) = proofs else { return Err(ProofFault::Type) };
        let mut types = proofs.into_iter();
        let (Some((name, Value::Array(values))), None) = (types.next(), types.next()) else {
            return Err(ProofFault::Type);
        };
        let texts: Option<Vec<String>> = values.into_iter().map(members::into_text).collect();
        let mut texts = texts.filter(|texts| !texts.is_empty()).ok_or(ProofFault::Type)?;
        match (name.as_str(), texts.len()) {
            ("jwt", _) => Ok(Self::Jwt(texts)),
            // §F: exactly one JWT, which speaks for all keys.
            ("attestation", 1) => texts.pop().map(Self::Attestation).ok_or(ProofFault::Type),
            _ => Err(ProofFault::Type),
        }
    }

    pub(crate) fn to_object(&self) -> Object {
        let (name, values) = match self {
            Self::Jwt(proofs) => ("jwt", proofs.clone()),
            Self::Attestation(attestation) => ("attestation", vec![attestation.clone()]),
        };
        Object::from_iter([(name.to_owned(), values.into())])
    }
}

impl ProvenKeys {
    /// The keys, in their order; a copy each.
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// Their thumbprints (RFC 7638), in the same order.
    pub fn thumbprints(&self) -> &[[u8; 32]] {
        &self.thumbprints
    }

    /// A hash over the set of keys, whatever their order.
    pub fn keys_hash(&self) -> [u8; 32] {
        let mut sorted: Vec<&[u8]> = self.thumbprints.iter().map(<[u8; 32]>::as_slice).collect();
        sorted.sort_unstable();
        mapae_crypto::sha256_of(&sorted)
    }

    /// Where the keys are kept, as attested; empty where nobody says.
    pub fn key_storage(&self) -> &[AttackResistance] {
        &self.key_storage
    }

    /// With a current nonce the keys are verified.
    pub fn with_nonce(self, check: impl Fn(&str) -> NonceState) -> Result<VerifiedProofs, ProofFault> {
        let current = self.nonces.iter().all(|nonce| check(nonce) == NonceState::Current);
        if current { Ok(VerifiedProofs { proven: self }) } else { Err(ProofFault::NonceInvalid) }
    }
}

impl VerifiedProofs {
    /// The keys, their thumbprints and their storage.
    pub const fn keys(&self) -> &ProvenKeys {
        &self.proven
    }

    /// The `c_nonce` of the request; there are two where a key attestation carries another than the proofs.
    pub fn nonces(&self) -> &[String] {
        &self.proven.nonces
    }
}
