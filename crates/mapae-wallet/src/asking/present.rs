//! Presentations of what the holder chose, in both formats, by keys that are elsewhere (design D5).

use mapae_crypto::{Algorithm, Signature};
use mapae_dcql::{ClaimPath, PathSegment};
use mapae_mdoc::{HeldMdoc, UnsignedResponse};
use mapae_oid4vp::{Presentation, TransactionData};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt, UnsignedKeyBinding};
use mapae_types::Timestamp;

use super::{error::AnswerError, occasion::Occasion};
use crate::{Format, HeldCopy};

/// A presentation to which only the signature of the copy's key is missing.
pub(super) enum Unsigned {
    Mdoc(UnsignedResponse),
    SdJwt(UnsignedKeyBinding),
}

impl Unsigned {
    /// Prepares a presentation of a copy that discloses what lies at the paths, and nothing else, and authorises those
    /// transactions: none, if it is an mdoc.
    pub(super) fn new(
        copy: &HeldCopy,
        paths: &[ClaimPath],
        (occasion, transactions): (&Occasion, &[&TransactionData]),
        now: Timestamp,
    ) -> Result<Self, AnswerError> {
        match copy.format {
            Format::Mdoc => mdoc(&copy.bytes(), paths, occasion).map(Self::Mdoc),
            Format::SdJwt => sd_jwt(&copy.credential, paths, (occasion, transactions), now).map(Self::SdJwt),
        }
    }

    pub(super) fn to_be_signed(&self) -> &[u8] {
        match self {
            Self::Mdoc(unsigned) => unsigned.to_be_signed(),
            Self::SdJwt(unsigned) => unsigned.to_be_signed(),
        }
    }

    pub(super) fn attach(self, signature: &Signature) -> Presentation {
        match self {
            Self::Mdoc(unsigned) => Presentation::DeviceResponse(unsigned.attach(signature)),
            Self::SdJwt(unsigned) => Presentation::SdJwt(unsigned.attach(signature)),
        }
    }
}

fn mdoc(copy: &[u8], paths: &[ClaimPath], occasion: &Occasion) -> Result<UnsignedResponse, AnswerError> {
    let elements: Vec<(&str, &str)> = paths.iter().filter_map(ClaimPath::as_element).collect();
    Ok(HeldMdoc::parse(copy)?.present(&elements, &occasion.transcript())?)
}

/// The time is the real one, to the second (hole 17 of the peers): a verifier tells an old answer by it.
fn sd_jwt(
    copy: &str,
    paths: &[ClaimPath],
    (occasion, transactions): (&Occasion, &[&TransactionData]),
    now: Timestamp,
) -> Result<UnsignedKeyBinding, AnswerError> {
    let paths: Vec<Vec<PathElement<'_>>> = paths.iter().map(elements).collect();
    let paths: Vec<&[PathElement<'_>]> = paths.iter().map(Vec::as_slice).collect();
    let binding = KeyBinding { audience: occasion.audience(), nonce: occasion.nonce(), issued_at: now };
    let authorised = TransactionData::key_binding_claims(transactions);
    Ok(SdJwt::parse(copy)?.select(&paths)?.bind_with(Algorithm::Es256, &binding, authorised))
}

fn elements(path: &ClaimPath) -> Vec<PathElement<'_>> {
    let element = |segment| match segment {
        &PathSegment::All => PathElement::Every,
        &PathSegment::Index(index) => PathElement::Index(index),
        PathSegment::Key(name) => PathElement::Name(name),
    };
    path.segments().iter().map(element).collect()
}
