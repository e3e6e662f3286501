//! The signed file: a `COSE_Sign1` around the payload of [`crate::format`].

use mapae_cose::{CoseError, Headers, Sign1, UnsignedSign1};
use mapae_crypto::{Algorithm, PublicKey, Signature};
use mapae_types::Timestamp;

use crate::{
    BundleError, Distrust, Freshness, IssuerEntry, StatusEntry, TrustStore,
    format::{self, Payload},
};

/// `typ` (RFC 9596) of the file, lest a signature over something else be taken for one over a bundle.
const TYP: &str = "application/mapae-bundle+cbor";

/// What a bundle says.
#[derive(Debug, Clone)]
pub struct BundleContents {
    /// The time of which everything else in it is true.
    pub as_of: Timestamp,
    /// How old evidence may be.
    pub freshness: Freshness,
    /// The roots.
    pub issuers: Vec<IssuerEntry>,
    /// Signers that are no longer trusted, by the SHA-256 of their certificate.
    pub distrusted: Vec<([u8; 32], Distrust)>,
    /// Status lists.
    pub status_lists: Vec<StatusEntry>,
}

/// A bundle that waits for its signature (design D5).
pub struct UnsignedBundle(UnsignedSign1);

/// A bundle as received. It says which key claims to have signed it and when, and nothing else.
pub struct Bundle<'b> {
    sign1: Sign1<'b>,
    claimed: Payload,
}

impl BundleContents {
    /// Encodes the contents; `key` is the public half of the key that will sign. One input, one output:
    /// status lists and signers are put in order.
    pub fn prepare(mut self, key: &PublicKey) -> UnsignedBundle {
        self.status_lists.sort_by(|a, b| a.uri.cmp(&b.uri));
        self.distrusted.sort_by_key(|entry| entry.0);
        let protected = Headers::algorithm(Algorithm::Es256).with_typ(TYP);
        UnsignedBundle(UnsignedSign1::new(&protected, &Headers::default(), &format::write(&self, key)).tagged())
    }
}

impl UnsignedBundle {
    /// What the bundle's signer signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.0.to_be_signed()
    }

    /// The finished file.
    pub fn attach(self, signature: &Signature) -> Vec<u8> {
        self.0.attach(signature)
    }
}

impl<'b> Bundle<'b> {
    /// Reads a file without trusting it.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, BundleError> {
        let sign1 = Sign1::parse(bytes)?;
        if sign1.protected().typ != Some(TYP) {
            return Err(BundleError::VersionUnsupported);
        }
        let claimed = format::read(sign1.unverified_payload().ok_or(CoseError::PayloadPlace)?)?;
        Ok(Self { sign1, claimed })
    }

    /// The key that the file says it is signed with. Whoever has the file from a place that they do not
    /// trust compares it with the key that they expect.
    pub const fn claimed_key(&self) -> &PublicKey {
        &self.claimed.key
    }

    /// Checks the signature with the key that the verifier expects, and gives the store that it protects.
    pub fn verify(self, expected: &PublicKey) -> Result<TrustStore, BundleError> {
        self.sign1.verify(expected).map_err(|error| match error {
            CoseError::SignatureInvalid => BundleError::Forged,
            other => other.into(),
        })?;
        // What is signed must not name another key than the one that signed it.
        if self.claimed.key != *expected {
            return Err(BundleError::Forged);
        }
        TrustStore::new(self.claimed)
    }
}
