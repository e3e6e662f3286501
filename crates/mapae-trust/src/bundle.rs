//! The file: a `COSE_Sign1` around the manifest of [`crate::format`], and its parts.

use core::ops::Range;

use mapae_cose::{
    CoseError, Headers, Sign1, UnsignedSign1,
    cbor::{CborError, Reader, Writer},
};
use mapae_crypto::{Algorithm, PublicKey, Signature, sha256};
use mapae_types::Timestamp;

use crate::{
    BundleError, Classes, Distrust, IssuerEntry, StatusEntry, TrustStore,
    format::{ListEntry, Manifest},
};

/// `typ` (RFC 9596) of the manifest, lest a signature over something else be taken for one over a bundle.
const TYP: &str = "application/mapae-bundle+cbor";

/// What a bundle says.
#[derive(Debug, Clone)]
pub struct BundleContents {
    /// The time of which everything else in it is true.
    pub as_of: Timestamp,
    /// How old evidence may be, for each class of use.
    pub classes: Classes,
    /// The roots.
    pub issuers: Vec<IssuerEntry>,
    /// Signers that are no longer trusted, by the SHA-256 of their certificate.
    pub distrusted: Vec<([u8; 32], Distrust)>,
    /// Status lists.
    pub status_lists: Vec<StatusEntry>,
}

/// A bundle that waits for its signature (design D5).
pub struct UnsignedBundle {
    manifest: UnsignedSign1,
    parts: Vec<Vec<u8>>,
}

/// A bundle as received. It says which key claims to have signed it and when, and nothing else.
pub struct Bundle {
    file: Vec<u8>,
    signed: Range<usize>,
    claimed: Manifest,
    parts: Vec<Range<usize>>,
}

impl BundleContents {
    /// Encodes the contents; `key` is the public half of the key that will sign. One input, one output:
    /// status lists and signers are put in order.
    pub fn prepare(mut self, key: &PublicKey) -> UnsignedBundle {
        self.status_lists.sort_by(|a, b| a.uri.cmp(&b.uri));
        self.distrusted.sort_by_key(|entry| entry.0);
        let entry = |list: &StatusEntry| ListEntry { uri: list.uri.clone(), sha256: sha256(&list.token) };
        let manifest = Manifest {
            key: key.clone(),
            as_of: self.as_of,
            classes: self.classes,
            issuers: self.issuers,
            distrusted: self.distrusted,
            status_lists: self.status_lists.iter().map(entry).collect(),
        };
        UnsignedBundle::new(&manifest, self.status_lists.into_iter().map(|list| list.token).collect())
    }
}

impl UnsignedBundle {
    pub(crate) fn new(manifest: &Manifest, parts: Vec<Vec<u8>>) -> Self {
        let protected = Headers::algorithm(Algorithm::Es256).with_typ(TYP);
        Self { manifest: UnsignedSign1::new(&protected, &Headers::default(), &manifest.write()).tagged(), parts }
    }

    /// What the bundle's signer signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.manifest.to_be_signed()
    }

    /// The finished file.
    pub fn attach(self, signature: &Signature) -> Vec<u8> {
        let size: usize = self.parts.iter().map(|part| part.len() + 9).sum();
        let mut writer = Writer::with_capacity(size + self.manifest.to_be_signed().len() + 128);
        writer.array(2);
        self.manifest.attach_to(&mut writer, signature);
        writer.array(self.parts.len());
        for part in self.parts {
            writer.bytes(&part);
        }
        writer.into_bytes()
    }
}

impl Bundle {
    /// Reads a file without trusting it. It is kept whole: a nation's has some 15 MB, and is not copied if it is
    /// given as a `Vec`.
    pub fn parse(file: impl Into<Vec<u8>>) -> Result<Self, BundleError> {
        let file = file.into();
        let (signed, parts) = split(&file)?;
        let sign1 = Sign1::parse(&file[signed.clone()])?;
        if sign1.protected().typ != Some(TYP) {
            return Err(BundleError::VersionUnsupported);
        }
        let claimed = Manifest::read(sign1.unverified_payload().ok_or(CoseError::PayloadPlace)?)?;
        Ok(Self { file, signed, claimed, parts })
    }

    /// The key that the file says it is signed with. Whoever has the file from a place that they do not
    /// trust compares it with the key that they expect.
    pub const fn claimed_key(&self) -> &PublicKey {
        &self.claimed.key
    }

    /// Checks the signature with the key that the verifier expects, then every part against its hash, and gives the
    /// store that they protect.
    pub fn verify(self, expected: &PublicKey) -> Result<TrustStore, BundleError> {
        let sign1 = Sign1::parse(&self.file[self.signed.clone()])?;
        sign1.verify(expected).map_err(|error| match error {
            CoseError::SignatureInvalid => BundleError::Forged,
            other => other.into(),
        })?;
        // What is signed must not name another key than the one that signed it.
        if self.claimed.key != *expected {
            return Err(BundleError::Forged);
        }
        self.check_parts()?;
        TrustStore::new(self.file, self.signed, self.claimed, self.parts)
    }

    /// A part that is missing, too many, in another's place or altered.
    fn check_parts(&self) -> Result<(), BundleError> {
        let lists = &self.claimed.status_lists;
        let sound = |(list, part): (&ListEntry, &Range<usize>)| sha256(&self.file[part.clone()]) == list.sha256;
        if lists.len() == self.parts.len() && lists.iter().zip(&self.parts).all(sound) {
            Ok(())
        } else {
            Err(BundleError::Forged)
        }
    }
}

/// Where the signed manifest stands in a file, and where its parts.
fn split(file: &[u8]) -> Result<(Range<usize>, Vec<Range<usize>>), BundleError> {
    Reader::read_all(file, |reader| {
        let at = reader.position();
        reader.array(|reader, count| {
            if count != 2 {
                return Err(CborError::Unexpected(at).into());
            }
            let start = reader.position();
            reader.skip()?;
            let signed = start..reader.position();
            let parts = reader.list(|reader| {
                let length = reader.bytes()?.len();
                Ok::<_, BundleError>(reader.position() - length..reader.position())
            })?;
            Ok((signed, parts))
        })
    })
}
