//! VICAL: a provider's signed list of issuers' roots (ISO/IEC 18013-5 Annex C). Foreign readers, who do not know our
//! ledger, learn our roots from ours; we learn foreign roots from theirs.
//!
//! - [`Vical`] → [`VerifiedVical`]: one that a provider's root vouches for at a time. Strict where trust hangs on it –
//!   signature, chain, the certificates and what identifies them – and deaf to what it does not know, as C.1.7.1 wants.
//! - [`NewVical`] → [`UnsignedVical`] → bytes.
//!
//! ```cddl
//! vical = COSE_Sign1                ; x5chain: the signer first; the real one ends with the provider's root
//! payload = {
//!   "version": tstr,                ; 1.0
//!   "vicalProvider": tstr,
//!   "date": tdate,
//!   ? "vicalIssueID": uint,         ; grows
//!   ? "nextUpdate": tdate,
//!   ? "notAfter": tdate,            ; second edition: not to be used later
//!   "certificateInfos": [* info],
//!   * tstr => any
//! }
//! info = {
//!   "certificate": bstr, "serialNumber": #6.2(bstr), "ski": bstr, "docType": [+ tstr],
//!   ? "issuingAuthority": tstr,
//!   * tstr => any                   ; what else there is repeats the certificate
//! }
//! ```
//!
//! Left out: fetching the list and the revocation list of its signer; deciding that a provider is trusted; profiles,
//! extensions and everything else that repeats the certificate.

mod read;
mod write;

use mapae_cose::{CoseError, Sign1, cbor::CborError};
use mapae_types::Timestamp;
use mapae_x509::{Certificate, Role, TrustAnchor, VerifiedSigner, X509Error, verify_chain};

use read::Payload;
pub use write::{NewVical, NewVicalEntry, UnsignedVical};

/// A signer, two authorities and the root: more is not read.
const CHAIN_LIMIT: usize = 4;

/// A list as received. It proves nothing yet.
#[derive(Debug, Clone)]
pub struct Vical {
    file: Vec<u8>,
    chain: Vec<Certificate>,
}

/// A list that a trusted provider signed, and that may be used at the time of the check.
#[derive(Debug, Clone)]
pub struct VerifiedVical {
    signer: VerifiedSigner,
    payload: Payload,
}

/// An issuer's root and what the provider says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VicalEntry {
    root: Result<TrustAnchor, X509Error>,
    doc_types: Vec<String>,
    issuing_authority: Option<String>,
}

/// Why a list is not used, or not made. Its provider is at fault, or whoever altered it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VicalError {
    /// The bytes are not acceptable CBOR, or not a list.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The signature structure cannot be read, or the signature does not verify.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The signer's chain leads to none of the trusted providers, or does not fit its use.
    #[error("the list's signer: {0}")]
    Signer(X509Error),
    /// A list of a version whose meaning is not known.
    #[error("version {version:?} of the list is not known")]
    VersionUnsupported {
        /// The version that it states.
        version: String,
    },
    /// The list is from the future: the clock is wrong, or its provider's was.
    #[error("the list is dated {date}, in the future")]
    FromFuture {
        /// When it says that it was made.
        date: Timestamp,
    },
    /// The list says that it must not be used any more.
    #[error("the list was to be used until {not_after}")]
    Expired {
        /// Until when.
        not_after: Timestamp,
    },
    /// A serial number that is not the certificate's.
    #[error("the list gives {subject} another serial number than its certificate")]
    SerialDiffers {
        /// The certificate's subject.
        subject: String,
    },
    /// A key identifier that is not the certificate's.
    #[error("the list gives {subject} another key identifier than its certificate")]
    KeyIdDiffers {
        /// The certificate's subject.
        subject: String,
    },
    /// A root without a key identifier cannot be listed.
    #[error("{subject} has no key identifier to list it by")]
    KeyIdMissing {
        /// The certificate's subject.
        subject: String,
    },
    /// A root that is listed for no document.
    #[error("the list has a root for no document")]
    DocTypeMissing,
}

impl Vical {
    /// Reads the outside: who claims to have signed.
    pub fn parse(file: impl Into<Vec<u8>>) -> Result<Self, VicalError> {
        let file = file.into();
        let chain = chain(&Sign1::parse(&file)?)?;
        Ok(Self { file, chain })
    }

    /// The certificates sent along, the signer's first.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// Checks the signer's chain to one of the providers' roots, the signature, and what the list says, at `now`. A
    /// list that has a successor by now is no less authentic: see [`VerifiedVical::is_overdue`].
    pub fn verify(&self, providers: &[TrustAnchor], now: Timestamp) -> Result<VerifiedVical, VicalError> {
        let signer = verify_chain(without_root(&self.chain), providers, Role::VicalSigner, now);
        let signer = signer.map_err(VicalError::Signer)?;
        let payload = Sign1::parse(&self.file)?.verify(signer.certificate().public_key())?;
        let payload = Payload::read(payload)?;
        if payload.date > now {
            return Err(VicalError::FromFuture { date: payload.date });
        }
        match payload.not_after {
            Some(not_after) if now > not_after => Err(VicalError::Expired { not_after }),
            _ => Ok(VerifiedVical { signer, payload }),
        }
    }
}

fn chain(sign1: &Sign1<'_>) -> Result<Vec<Certificate>, VicalError> {
    let (first, second) = (&sign1.protected().x5chain, &sign1.unprotected().x5chain);
    let chain = if first.is_empty() { second } else { first };
    if chain.len() > CHAIN_LIMIT {
        let (intermediates, limit) = (chain.len() - 1, CHAIN_LIMIT - 1);
        return Err(VicalError::Signer(X509Error::ChainTooLong { intermediates, limit }));
    }
    chain.iter().map(|der| Certificate::from_der(der).map_err(VicalError::Signer)).collect()
}

/// Other chains of ISO/IEC 18013-5 end below the root; the one provider that there is sends its root along. It is
/// nobody's word but its own, and what counts is which root the verifier has.
fn without_root(chain: &[Certificate]) -> &[Certificate] {
    match chain.split_last() {
        Some((last, below)) if !below.is_empty() && TrustAnchor::new(last.clone()).is_ok() => below,
        _ => chain,
    }
}

impl VerifiedVical {
    /// Who signed it, below which provider's root.
    pub const fn signer(&self) -> &VerifiedSigner {
        &self.signer
    }

    /// The provider by its own name.
    pub fn provider(&self) -> &str {
        &self.payload.provider
    }

    /// When it was made: the age of what it says counts from here.
    pub const fn date(&self) -> Timestamp {
        self.payload.date
    }

    /// Its number, which grows.
    pub const fn issue_id(&self) -> Option<u64> {
        self.payload.issue_id
    }

    /// When the next one is expected.
    pub const fn next_update(&self) -> Option<Timestamp> {
        self.payload.next_update
    }

    /// Whether a newer list should exist by now.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.payload.next_update.is_some_and(|next_update| next_update < now)
    }

    /// What is listed, in the provider's order.
    pub fn entries(&self) -> &[VicalEntry] {
        &self.payload.entries
    }

    /// The roots listed for a document type, as far as they can be used here.
    pub fn roots(&self, doc_type: &str) -> impl Iterator<Item = &TrustAnchor> {
        let listed = self.payload.entries.iter().filter(move |entry| entry.doc_types.iter().any(|t| t == doc_type));
        listed.filter_map(|entry| entry.root.as_ref().ok())
    }
}

impl VicalEntry {
    /// The root; or why it cannot be used here, for instance for a curve that this software does not know. One such
    /// does not cost the others.
    pub const fn root(&self) -> Result<&TrustAnchor, &X509Error> {
        self.root.as_ref()
    }

    /// For which documents it stands, at least one.
    pub fn doc_types(&self) -> &[String] {
        &self.doc_types
    }

    /// What the provider calls the issuer.
    pub fn issuing_authority(&self) -> Option<&str> {
        self.issuing_authority.as_deref()
    }
}
