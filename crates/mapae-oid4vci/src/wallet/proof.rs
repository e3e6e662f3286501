//! Proofs that keys are ours (OpenID4VCI §F): one JWT for each key, or the word of the wallet provider for all.

use mapae_crypto::PublicKey;
use mapae_jose::Jwk;

use super::{Context, Grant, Issuer, IssuerFault, OurFault, WalletError, WalletKey, key::signed};
use crate::{CredentialConfiguration, ProofContents, Proofs};

/// What kind of proof an issuer gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofKind {
    /// Each key signs for itself.
    Jwt,
    /// Each key signs for itself, and the wallet provider says where they are kept.
    AttestedJwt,
    /// The wallet provider speaks for all keys; none of them signs.
    Attestation,
}

/// The proofs of one request.
#[derive(Clone, Copy)]
pub enum KeyProofs<'a> {
    /// `jwt`, with the nonce; `attestation` names all the keys.
    Jwt {
        /// The keys, one for each copy.
        keys: &'a [&'a dyn WalletKey],
        /// The `c_nonce`.
        nonce: Option<&'a str>,
        /// A key attestation over all of them.
        attestation: Option<&'a str>,
    },
    /// `attestation`.
    Attestation {
        /// The keys that it names, one for each copy.
        keys: &'a [PublicKey],
        /// The key attestation, which holds the `c_nonce`.
        attestation: &'a str,
    },
}

impl Issuer {
    /// The kind of proof for a configuration, the cheapest of those that it takes: with a wallet provider at hand one
    /// signature of it stands for a whole batch.
    pub fn proof_kind(&self, configuration: &str, with_provider: bool) -> Result<ProofKind, WalletError> {
        let takes = &self.configuration(configuration)?.proof_types_supported;
        let by = |name: &str| {
            takes.get(name).filter(|proof| proof.proof_signing_alg_values_supported.iter().any(|alg| alg == "ES256"))
        };
        match (by("attestation"), by("jwt"), with_provider) {
            (Some(_), _, true) => Ok(ProofKind::Attestation),
            (_, Some(jwt), true) if jwt.key_attestations_required.is_some() => Ok(ProofKind::AttestedJwt),
            (_, Some(jwt), _) if jwt.key_attestations_required.is_none() => Ok(ProofKind::Jwt),
            (_, Some(_), false) | (Some(_), None, false) => Err(OurFault::KeyAttestationMissing.into()),
            _ => Err(unsupported(configuration)),
        }
    }
}

fn unsupported(configuration: &str) -> WalletError {
    IssuerFault::ProofsUnsupported { configuration: configuration.to_owned() }.into()
}

impl KeyProofs<'_> {
    /// The public keys, in the order of the copies.
    pub(super) fn keys(&self) -> Vec<PublicKey> {
        match self {
            Self::Jwt { keys, .. } => keys.iter().map(|key| key.public().clone()).collect(),
            Self::Attestation { keys, .. } => keys.to_vec(),
        }
    }

    /// `proofs`: exactly one type (§8.2).
    pub(super) fn sign(self, issuer: &Issuer, grant: &Grant, context: &Context<'_>) -> Result<Proofs, WalletError> {
        match self {
            Self::Attestation { attestation, .. } => Ok(Proofs::Attestation(attestation.to_owned())),
            Self::Jwt { keys, nonce, attestation } => {
                let sign = |key: &&dyn WalletKey| proof(*key, nonce, attestation, issuer, grant, context);
                signing(keys, attestation).iter().map(sign).collect::<Result<_, _>>().map(Proofs::Jwt)
            }
        }
    }
}

/// §F.1: an issuer issues for every key of the attestation in a proof; one proof stands for all of them then.
fn signing<'k, 'a>(keys: &'k [&'a dyn WalletKey], attestation: Option<&str>) -> &'k [&'a dyn WalletKey] {
    if attestation.is_some() { &keys[..keys.len().min(1)] } else { keys }
}

fn proof(
    key: &dyn WalletKey,
    nonce: Option<&str>,
    key_attestation: Option<&str>,
    issuer: &Issuer,
    grant: &Grant,
    context: &Context<'_>,
) -> Result<String, WalletError> {
    let contents = ProofContents {
        key: &Jwk::from(key.public().clone()),
        client_id: grant.client_id(),
        audience: issuer.url().as_str(),
        issued_at: context.now,
        nonce,
        key_attestation,
    };
    signed(contents.unsigned(), key)
}

/// Copies that are bound to no key cannot be told from stolen ones: HAIP §6 wants them bound.
pub(super) fn check_bound(id: &str, configuration: &CredentialConfiguration) -> Result<(), WalletError> {
    if configuration.proof_types_supported.is_empty() { Err(unsupported(id)) } else { Ok(()) }
}
