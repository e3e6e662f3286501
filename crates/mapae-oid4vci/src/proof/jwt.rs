//! Proofs of the type `jwt` (OpenID4VCI §F.1).

use mapae_jose::Jwk;
use mapae_types::Timestamp;

use super::Unsigned;

/// What a wallet says in a proof of the type `jwt`.
#[derive(Debug, Clone, Copy)]
pub struct ProofContents<'a> {
    /// The key that the copy will be bound to, and that signs.
    pub key: &'a Jwk,
    /// `iss`: the `client_id`; absent for anonymous wallets.
    pub client_id: Option<&'a str>,
    /// `aud`: the credential issuer.
    pub audience: &'a str,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `nonce`: the `c_nonce`.
    pub nonce: Option<&'a str>,
    /// `key_attestation` in the header.
    pub key_attestation: Option<&'a str>,
}

impl ProofContents<'_> {
    /// The proof, to which the key's signature is missing.
    pub fn unsigned(&self) -> Unsigned {
        Unsigned::new(&mapae_jose::Object::new(), b"")
    }
}
