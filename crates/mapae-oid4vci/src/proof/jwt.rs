//! Proofs of the type `jwt` (OpenID4VCI §F.1).

use mapae_crypto::PublicKey;
use mapae_jose::{Header, Jwk, UnsignedJws, Value};
use mapae_types::Timestamp;
use mapae_x509::Certificate;

use super::ProofExpected;
use crate::{
    JwtFault, VerifiedKeyAttestation,
    jwt::{self, Claims},
};

/// The `typ` of a key proof.
const TYPE: &str = "openid4vci-proof+jwt";
/// Characters of a proof at most, with a key attestation in its header.
const MAX_LEN: usize = 64 << 10;

/// A proof whose signature and claims have been checked.
pub(super) struct Checked {
    pub(super) key: Jwk,
    pub(super) nonce: Option<String>,
}

/// A proof that has been read, with the attestation in its header.
pub(super) struct Read<'t> {
    jws: mapae_jose::Jws<'t>,
}

impl<'t> Read<'t> {
    pub(super) fn parse(text: &'t str) -> Result<Self, JwtFault> {
        Ok(Self { jws: jwt::parse(text, TYPE, MAX_LEN)? })
    }

    /// `key_attestation` of the header.
    pub(super) fn attestation(&self) -> Result<Option<&str>, JwtFault> {
        match self.jws.header().raw().get("key_attestation") {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(JwtFault::Member { name: "key_attestation" }),
        }
    }

    /// §F.1, §F.4: the signature by the key in the header, then the claims.
    pub(super) fn check(
        self,
        attested: Option<&VerifiedKeyAttestation>,
        expected: &ProofExpected<'_>,
    ) -> Result<Checked, JwtFault> {
        let key = header_key(self.jws.header(), attested)?;
        let claims = Claims::of(&self.jws.verify(key.public_key())?)?;
        check_issuer(&claims, expected.client_id)?;
        // §F.1: one string.
        claims.is("aud", expected.issuer)?;
        claims.issued_lately(expected.now)?;
        claims.valid(expected.now)?;
        Ok(Checked { key, nonce: claims.optional("nonce")?.map(str::to_owned) })
    }
}

/// §F.1: the `client_id`, or nothing of a wallet that came without one.
fn check_issuer(claims: &Claims, client_id: Option<&str>) -> Result<(), JwtFault> {
    match (claims.optional("iss")?, client_id) {
        (None, _) => Ok(()),
        (Some(issuer), Some(client)) if issuer == client => Ok(()),
        _ => Err(JwtFault::Differs { name: "iss" }),
    }
}

/// §F.1: exactly one of `jwk`, `x5c` and `kid`; the latter names an attested key, since we resolve no DID.
fn header_key(header: &Header, attested: Option<&VerifiedKeyAttestation>) -> Result<Jwk, JwtFault> {
    let member = |name| JwtFault::Member { name };
    match (header.raw().get("jwk"), header.x5c(), header.kid()) {
        (Some(jwk), [], None) => Ok(Jwk::from_value(jwk)?),
        (None, [leaf, ..], None) => Ok(certified(leaf)?.into()),
        (None, [], Some(kid)) => attested.and_then(|a| a.key_named(kid)).cloned().ok_or(member("kid")),
        _ => Err(member("jwk")),
    }
}

fn certified(leaf: &[u8]) -> Result<PublicKey, JwtFault> {
    Ok(Certificate::from_der(leaf)?.public_key().clone())
}

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
    pub fn unsigned(&self) -> UnsignedJws {
        let header = [("jwk", Some(jwt::key(self.key))), ("key_attestation", self.key_attestation.map(Value::from))];
        let claims = [
            ("iss", self.client_id.map(Value::from)),
            ("aud", Some(self.audience.into())),
            ("iat", Some(self.issued_at.unix().into())),
            ("nonce", self.nonce.map(Value::from)),
        ];
        jwt::unsigned(TYPE, header, claims)
    }
}
