//! What a presentation must answer, and what the relying party accepts.

use mapae_crypto::SigningKey;
use mapae_dcql::DcqlQuery;
use mapae_mdoc::SessionTranscript;
use mapae_types::{Duration, UseClass};

/// The session in which a presentation was asked for. Both formats are bound to it by the holder's
/// signature: an mdoc to the transcript, an SD-JWT to audience and nonce.
pub struct Binding<'a> {
    pub(crate) transcript: SessionTranscript,
    pub(crate) reader_key: Option<&'a SigningKey>,
    pub(crate) audience: &'a str,
    pub(crate) nonce: &'a str,
}

impl<'a> Binding<'a> {
    /// A session of a protocol that names audience and nonce and derives a transcript from them.
    pub const fn new(transcript: SessionTranscript, audience: &'a str, nonce: &'a str) -> Self {
        Self { transcript, reader_key: None, audience, nonce }
    }

    /// A session of proximity, with the reader's ephemeral key, by which a device MAC is checked. Such a
    /// session has no audience and no nonce, hence no SD-JWT can answer it.
    pub const fn proximity(transcript: SessionTranscript, reader_key: &'a SigningKey) -> Self {
        Self { transcript, reader_key: Some(reader_key), audience: "", nonce: "" }
    }
}

/// What the relying party accepts. Whatever it leaves open is as the bundle says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Policy<'a> {
    /// What the check is for, of the classes that the bundle knows; without one, the bundle's first.
    pub use_class: Option<&'a UseClass>,
    /// A greatest age of evidence, stricter than the bundle's (design D3).
    pub accept_age: Option<Duration>,
    /// What was asked for. A presentation that answers none of the queries is refused.
    pub asked: Option<&'a DcqlQuery>,
    /// How long before the check the holder may have signed, by the holder's clock. Only an SD-JWT says when.
    pub greatest_presentation_age: Duration,
    /// How far the holder's clock may be ahead of ours.
    pub clock_skew: Duration,
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Self {
            use_class: None,
            accept_age: None,
            asked: None,
            greatest_presentation_age: Duration::seconds(600),
            clock_skew: Duration::seconds(60),
        }
    }
}

impl<'a> Policy<'a> {
    /// The same for an answer to `query`.
    pub const fn asking(mut self, query: &'a DcqlQuery) -> Self {
        self.asked = Some(query);
        self
    }

    /// The same for a use of that class.
    pub const fn for_use(mut self, class: Option<&'a UseClass>) -> Self {
        self.use_class = class;
        self
    }

    /// The same with a stricter greatest age of evidence.
    pub const fn accepting_age(mut self, age: Option<Duration>) -> Self {
        self.accept_age = age;
        self
    }

    /// The same for a request that was made that long ago.
    pub const fn presented_within(mut self, age: Duration) -> Self {
        self.greatest_presentation_age = age;
        self
    }
}
