//! Attestation-based client authentication (draft-ietf-oauth-attestation-based-client-auth-07, HAIP 1.0 §4.4.1).

use mapae_jose::{Jwk, UnsignedJws};
use mapae_types::{Duration, Timestamp};

use crate::{ClientFault, Nonces, TrustedProviders};

/// The `typ` of a client attestation.
pub(crate) const TYPE: &str = "oauth-client-attestation+jwt";
/// The `typ` of its proof of possession.
pub(crate) const POP_TYPE: &str = "oauth-client-attestation-pop+jwt";

/// Reads and checks client attestations.
#[derive(Debug, Clone, Copy)]
pub struct ClientAttestation;

/// What a server demands of a client attestation.
#[derive(Debug, Clone, Copy)]
pub struct ClientExpected<'a> {
    /// The authorization server's identifier, `aud` of the proof of possession.
    pub issuer: &'a str,
    /// `client_id` of the request, if it has one.
    pub client_id: Option<&'a str>,
    /// Our time.
    pub now: Timestamp,
    /// Who may attest.
    pub providers: &'a TrustedProviders,
    /// Whether our challenge is demanded.
    pub challenge: Nonces<'a>,
    /// How old an attestation may be that says when it was issued; `None` where `exp` alone decides.
    pub max_age: Option<Duration>,
}

/// Proof that a wallet of a trusted provider sent the request. Only [`ClientAttestation::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedClient {
    client_id: String,
    provider: String,
    jkt: [u8; 32],
    replay_key: [u8; 32],
}

impl ClientAttestation {
    /// Checks the headers `OAuth-Client-Attestation` and `OAuth-Client-Attestation-PoP`: all that there are of each.
    /// Neither of them is `None`: a client that does not attest itself.
    pub fn verify<'h>(
        attestations: impl IntoIterator<Item = &'h str>,
        pops: impl IntoIterator<Item = &'h str>,
        expected: &ClientExpected<'_>,
    ) -> Result<Option<AttestedClient>, ClientFault> {
        let _ = (attestations.into_iter(), pops.into_iter(), expected);
        Err(ClientFault::Missing)
    }
}

impl AttestedClient {
    /// `sub` of the attestation: one for all wallets of a kind.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// `iss` of the attestation: the provider.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The thumbprint of the instance's key, to which a refresh token is bound besides (draft §10.3).
    pub const fn jkt(&self) -> &[u8; 32] {
        &self.jkt
    }

    /// A name for this very proof of possession, to recognise its second use.
    pub const fn replay_key(&self) -> &[u8; 32] {
        &self.replay_key
    }
}

/// What a provider attests of a wallet.
#[derive(Debug, Clone, Copy)]
pub struct ClientAttestationContents<'a> {
    /// `iss`: the provider.
    pub provider: &'a str,
    /// `sub`: the `client_id`, one for all wallets of a kind.
    pub client_id: &'a str,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `cnf`: the instance's key.
    pub key: &'a Jwk,
    /// `wallet_name`.
    pub wallet_name: Option<&'a str>,
    /// `wallet_link`.
    pub wallet_link: Option<&'a str>,
    /// `x5c`: DER, the signer's first, without the root.
    pub chain: &'a [&'a [u8]],
}

impl ClientAttestationContents<'_> {
    /// The attestation, to which the provider's signature is missing.
    pub fn unsigned(&self) -> UnsignedJws {
        UnsignedJws::new(&mapae_jose::Object::new(), b"")
    }
}

/// What a wallet says in its proof of possession.
#[derive(Debug, Clone, Copy)]
pub struct PopContents<'a> {
    /// `iss`: its `client_id`.
    pub client_id: &'a str,
    /// `aud`: the authorization server.
    pub audience: &'a str,
    /// `iat`.
    pub issued_at: Timestamp,
    /// 16 random bytes, for `jti`.
    pub random: [u8; 16],
    /// The server's challenge.
    pub challenge: Option<&'a str>,
}

impl PopContents<'_> {
    /// The proof, to which the signature of the instance's key is missing.
    pub fn unsigned(&self) -> UnsignedJws {
        UnsignedJws::new(&mapae_jose::Object::new(), b"")
    }
}
