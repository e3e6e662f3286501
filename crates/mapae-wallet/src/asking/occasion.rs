//! A request, as far as an answer depends on it, however it came.

use mapae_dcql::DcqlQuery;
use mapae_mdoc::SessionTranscript;
use mapae_oid4vp::{BrowserRequest, ClientId, Request, ResponseMode, TransactionData, session_number};
use mapae_types::{Duration, Timestamp};
use mapae_x509::Certificate;

/// How far the clocks of relying party and holder may disagree, as `mapae-oid4vp` has it when it reads a request.
const SKEW: Duration = Duration::seconds(60);

/// Whether it is too late for an answer to a request that ends then.
pub(super) fn is_over(expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    expires_at.is_some_and(|end| end <= now - SKEW)
}

/// A request that came without OpenID4VP's messages, in a file say. Nobody is authenticated; the answer is handed over.
#[derive(Debug, Clone)]
pub struct HandedRequest {
    /// Who asks, as an SD-JWT's key binding names its audience.
    pub client_id: String,
    /// Fresh for each request.
    pub nonce: String,
    /// What an mdoc is bound to.
    pub transcript: SessionTranscript,
    /// What is asked for.
    pub query: DcqlQuery,
    /// Why, if it says so.
    pub purpose: Option<String>,
    /// Until when it is answered, if it says so.
    pub expires_at: Option<Timestamp>,
}

/// A request that is authentic as far as it can be.
pub(crate) struct Occasion {
    pub(crate) source: Source,
    /// Who signed it: a registrar vouches for that certificate.
    pub(crate) certificate: Option<Certificate>,
}

/// How it came, and so how the answer goes.
pub(crate) enum Source {
    /// The answer is posted.
    Posted(Box<Request>),
    /// The answer is handed over.
    Handed(HandedRequest),
    /// A browser hands it to a page.
    Paged(Box<BrowserRequest>),
}

impl Occasion {
    /// Who asks, as they name themselves, or where their page stands.
    pub(crate) fn client_id(&self) -> &str {
        match &self.source {
            Source::Paged(request) => request.client_id().map_or(request.audience(), ClientId::as_str),
            _ => self.audience(),
        }
    }

    /// Whom an SD-JWT is bound to.
    pub(crate) fn audience(&self) -> &str {
        match &self.source {
            Source::Posted(request) => request.audience(),
            Source::Handed(request) => &request.client_id,
            Source::Paged(request) => request.audience(),
        }
    }

    pub(crate) fn nonce(&self) -> &str {
        match &self.source {
            Source::Posted(request) => request.nonce(),
            Source::Handed(request) => &request.nonce,
            Source::Paged(request) => request.nonce(),
        }
    }

    pub(crate) fn transcript(&self) -> SessionTranscript {
        match &self.source {
            Source::Posted(request) => request.transcript(),
            Source::Handed(request) => request.transcript.clone(),
            Source::Paged(request) => request.transcript(),
        }
    }

    pub(crate) fn query(&self) -> &DcqlQuery {
        match &self.source {
            Source::Posted(request) => request.query(),
            Source::Handed(request) => &request.query,
            Source::Paged(request) => request.query(),
        }
    }

    pub(crate) fn purpose(&self) -> Option<&str> {
        match &self.source {
            Source::Posted(request) => request.purpose(),
            Source::Handed(request) => request.purpose.as_deref(),
            Source::Paged(request) => request.purpose(),
        }
    }

    /// What is to be authorised by the answer.
    pub(crate) fn transactions(&self) -> &[TransactionData] {
        match &self.source {
            Source::Posted(request) => request.transactions(),
            Source::Handed(_) => &[],
            Source::Paged(request) => request.transactions(),
        }
    }

    /// What the screen shows from which the request was scanned, if one did.
    pub(crate) fn number(&self) -> Option<String> {
        matches!(self.source, Source::Posted(_)).then(|| session_number(self.nonce()))
    }

    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        match &self.source {
            Source::Posted(request) => request.expires(),
            Source::Handed(request) => request.expires_at,
            Source::Paged(request) => request.expires(),
        }
    }

    pub(crate) fn host(&self) -> Option<&str> {
        match &self.source {
            Source::Posted(request) => Some(request.response_host()),
            Source::Handed(_) => None,
            Source::Paged(request) => request.audience().strip_prefix("origin:"),
        }
    }

    /// Whether nothing but TLS keeps the answer from whoever stands in between.
    pub(crate) fn is_open(&self) -> bool {
        match &self.source {
            Source::Posted(request) => request.response_mode() == ResponseMode::DirectPost,
            Source::Handed(_) => false,
            Source::Paged(request) => !request.is_encrypted(),
        }
    }
}
