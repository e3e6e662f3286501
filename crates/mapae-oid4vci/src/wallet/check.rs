//! Whether what came is what was asked for: its format, its type, and its binding to a key of ours.
//!
//! Left out: the issuer's signature and whom it may be trusted for, which the caller judges by its trust bundle.

use mapae_crypto::PublicKey;
use mapae_jose::base64url;
use mapae_mdoc::HeldMdoc;
use mapae_sd_jwt::SdJwt;

use super::{CredentialFault, IssuerFault};
use crate::CredentialFormat;

/// In which format a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyFormat {
    /// `IssuerSigned` in CBOR.
    Mdoc,
    /// SD-JWT VC, as text.
    SdJwt,
}

/// A copy that is of the announced type and bound to one of our keys.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedCopy {
    format: CopyFormat,
    bytes: Vec<u8>,
    key: usize,
}

impl ReceivedCopy {
    /// The format.
    pub const fn format(&self) -> CopyFormat {
        self.format
    }

    /// The copy: CBOR, or text.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// To which of the keys of the request it is bound, from 0.
    pub const fn key(&self) -> usize {
        self.key
    }
}

impl core::fmt::Debug for ReceivedCopy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ReceivedCopy").field("format", &self.format).field("key", &self.key).finish_non_exhaustive()
    }
}

/// Takes the copies of one answer (OpenID4VCI §8.3): at least one, at most one for each key.
pub(super) fn check_all(
    credentials: &[String],
    format: &CredentialFormat,
    keys: &[PublicKey],
) -> Result<Vec<ReceivedCopy>, IssuerFault> {
    if credentials.is_empty() || credentials.len() > keys.len() {
        return Err(IssuerFault::Count { keys: keys.len(), issued: credentials.len() });
    }
    let mut copies: Vec<ReceivedCopy> = Vec::with_capacity(credentials.len());
    for (index, credential) in credentials.iter().enumerate() {
        let is_taken = |copy: &ReceivedCopy| copies.iter().any(|other| other.key == copy.key);
        let copy = check(credential, format, keys);
        let copy = copy.and_then(|copy| if is_taken(&copy) { Err(CredentialFault::KeyTwice) } else { Ok(copy) });
        copies.push(copy.map_err(|fault| IssuerFault::Credential { place: index + 1, fault })?);
    }
    Ok(copies)
}

fn check(text: &str, format: &CredentialFormat, keys: &[PublicKey]) -> Result<ReceivedCopy, CredentialFault> {
    match format {
        CredentialFormat::Mdoc { doctype } => mdoc(text, doctype, keys),
        CredentialFormat::SdJwt { vct } => sd_jwt(text, vct, keys),
        CredentialFormat::Other => Err(CredentialFault::Encoding),
    }
}

/// OpenID4VCI §A.2.4: base64url of `IssuerSigned`.
fn mdoc(text: &str, doctype: &str, keys: &[PublicKey]) -> Result<ReceivedCopy, CredentialFault> {
    let bytes = base64url::decode(text).map_err(|_| CredentialFault::Encoding)?;
    let held = HeldMdoc::parse(&bytes).map_err(CredentialFault::Mdoc)?;
    if held.doc_type() != doctype {
        return Err(CredentialFault::OtherType);
    }
    let key = place(held.device_key(), keys)?;
    Ok(ReceivedCopy { format: CopyFormat::Mdoc, bytes, key })
}

/// OpenID4VCI §A.3.4: the SD-JWT VC as it is.
fn sd_jwt(text: &str, vct: &str, keys: &[PublicKey]) -> Result<ReceivedCopy, CredentialFault> {
    let held = SdJwt::parse(text).map_err(CredentialFault::SdJwt)?;
    if held.vct() != vct {
        return Err(CredentialFault::OtherType);
    }
    let key = place(held.holder().public_key(), keys)?;
    Ok(ReceivedCopy { format: CopyFormat::SdJwt, bytes: text.as_bytes().to_vec(), key })
}

fn place(key: &PublicKey, keys: &[PublicKey]) -> Result<usize, CredentialFault> {
    keys.iter().position(|own| own == key).ok_or(CredentialFault::KeyForeign)
}
