//! One presentation: what of a copy is told, bound to a session.

use mapae_crypto::{Algorithm, SigningKey};
use mapae_dcql::{ClaimPath, PathSegment};
use mapae_issue::Format;
use mapae_mdoc::{HeldMdoc, SessionTranscript};
use mapae_oid4vp::{Presentation, Request, TransactionData};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use mapae_types::Timestamp;

use crate::{SandboxError, card::Copy};

/// To what a presentation is bound.
pub(crate) struct Session {
    pub(crate) audience: String,
    pub(crate) nonce: String,
    pub(crate) transcript: SessionTranscript,
    pub(crate) at: Timestamp,
}

impl Session {
    pub(crate) fn of(request: &Request, at: Timestamp) -> Self {
        Self {
            audience: request.audience().to_owned(),
            nonce: request.nonce().to_owned(),
            transcript: request.transcript(),
            at,
        }
    }
}

/// Tells the claims at these paths of a copy. `by` signs, as its holder should.
pub(crate) fn present(
    copy: &Copy,
    by: &SigningKey,
    paths: &[ClaimPath],
    session: &Session,
    transactions: &[&TransactionData],
) -> Result<Presentation, SandboxError> {
    match copy.format {
        Format::Mdoc => {
            let elements: Vec<(&str, &str)> = paths.iter().filter_map(ClaimPath::as_element).collect();
            let unsigned = HeldMdoc::parse(&copy.bytes)?.present(&elements, &session.transcript)?;
            let signature = by.sign(unsigned.to_be_signed())?;
            Ok(Presentation::DeviceResponse(unsigned.attach(&signature)))
        }
        Format::SdJwt => {
            let paths: Vec<Vec<PathElement<'_>>> = paths.iter().map(elements).collect();
            let paths: Vec<&[PathElement<'_>]> = paths.iter().map(Vec::as_slice).collect();
            let text = core::str::from_utf8(&copy.bytes).unwrap_or_default();
            let binding = KeyBinding { audience: &session.audience, nonce: &session.nonce, issued_at: session.at };
            let added = TransactionData::key_binding_claims(transactions);
            let selected = SdJwt::parse(text)?.select(&paths)?;
            let unsigned = selected.bind_with(Algorithm::Es256, &binding, added);
            let signature = by.sign(unsigned.to_be_signed())?;
            Ok(Presentation::SdJwt(unsigned.attach(&signature)))
        }
    }
}

fn elements(path: &ClaimPath) -> Vec<PathElement<'_>> {
    let element = |segment| match segment {
        &PathSegment::Index(index) => PathElement::Index(index),
        PathSegment::Key(name) => PathElement::Name(name),
        PathSegment::All => PathElement::Every,
    };
    path.segments().iter().map(element).collect()
}
