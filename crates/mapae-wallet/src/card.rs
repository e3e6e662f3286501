//! What the wallet keeps of one offer: from its first request on, and in the end the copies.
//!
//! A card is written before every request that another party acts on. Whatever is missing afterwards is asked for again
//! with the same keys, and answered alike (design D10).

mod read;

use core::borrow::Borrow;

use mapae_jose::{Object, base64url};
use mapae_oid4vci::wallet::{CopyFormat, Deferred, Issued, ReceivedCopy};
use mapae_types::Timestamp;
use serde::{Serialize, Serializer};

use crate::{HeldKey, words::Words};

/// A card's name in this wallet: random, and derived of nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct CardId(String);

impl CardId {
    /// The id of that name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for CardId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// One offer and what came of it.
#[derive(Clone, Serialize)]
pub struct Card {
    /// The offer's link as it was given.
    pub link: String,
    /// When.
    pub begun_at: Stamp,
    /// The offer's JSON: one by reference may be gone later.
    pub offer: String,
    /// What the issuer calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Words>,
    /// How many copies of each format to ask for.
    pub copies: usize,
    /// To which the issuer binds its tokens.
    pub device_key: HeldKey,
    /// What a wallet provider attested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<AttestedClient>,
    /// What is kept while a person signs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<Object>,
    /// The right to ask for copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<Object>,
    /// Copies, by when they were asked for.
    pub batches: Vec<Batch>,
}

/// What a wallet provider attested for this offer's issuer.
#[derive(Clone, Serialize)]
pub struct AttestedClient {
    /// Its address.
    pub provider: String,
    /// The key that the attestation names.
    pub key: HeldKey,
    /// The attestation, if it has come.
    pub attestation: Option<Object>,
}

/// Copies that were asked for together.
#[derive(Clone, Serialize)]
pub struct Batch {
    /// What was asked for, as the issuer names it.
    pub configuration: String,
    /// `docType` or `vct`.
    pub document_type: String,
    /// What the issuer calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Words>,
    /// When.
    pub asked_at: Stamp,
    /// One for each copy.
    pub keys: Vec<HeldKey>,
    /// What came of it.
    pub state: State,
}

/// What came of asking for copies.
#[derive(Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The request may have been sent.
    Asked,
    /// The issuer needs longer.
    Deferred {
        /// By which to ask again.
        transaction_id: String,
        /// When, and not earlier.
        not_before: Stamp,
    },
    /// The copies are here.
    Held(Held),
    /// The copies came, and were not kept.
    Refused {
        /// By which the issuer wants to hear of it, until it has.
        notify: Option<String>,
    },
}

/// Copies that are here.
#[derive(Clone, Serialize)]
pub struct Held {
    /// They.
    pub copies: Vec<HeldCopy>,
    /// By which the issuer wants to hear of them, until it has.
    pub notify: Option<String>,
    /// What the wallet found when it looked at them, if it has a bundle.
    pub verdict: Option<Verdict>,
}

/// A copy, bound to a key of this device.
#[derive(Clone, Serialize)]
pub struct HeldCopy {
    /// Its place among the batch's keys.
    pub key: usize,
    /// Its format.
    pub format: Format,
    /// Text, or base64url of CBOR.
    pub credential: String,
    /// The client ids of those to whom it was shown.
    pub shown_to: Vec<String>,
}

/// A format of copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// ISO/IEC 18013-5.
    Mdoc,
    /// SD-JWT VC.
    SdJwt,
}

/// What was found when the wallet looked at copies by its trust bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They hold.
    Held,
    /// Something was missing, such as a status list newer than the copy.
    Undecided(String),
    /// The rule that is broken.
    Refused(String),
}

impl Card {
    /// Whether everything that was asked for has come.
    pub fn is_complete(&self) -> bool {
        !self.batches.is_empty() && !self.batches.iter().any(Batch::is_awaited)
    }

    /// The name of the document: what the names of its configurations begin with.
    pub fn document(&self) -> &str {
        self.batches.first().map_or("?", |batch| document_of(&batch.configuration))
    }

    /// Newer copies take the place of older ones of the same configuration, unless they are none to rely on. What is
    /// replaced is returned.
    pub(crate) fn drop_replaced(&mut self) -> Vec<Batch> {
        let mut kept: Vec<Batch> = Vec::new();
        let mut dropped = Vec::new();
        for batch in self.batches.drain(..).rev() {
            let is_replaced = kept.iter().any(|newer| newer.configuration == batch.configuration && newer.is_good());
            if is_replaced { dropped.push(batch) } else { kept.push(batch) }
        }
        kept.reverse();
        self.batches = kept;
        dropped
    }

    /// What came and is none to rely on, where no other copies of the kind serve.
    pub(crate) fn unusable(&self) -> impl Iterator<Item = &Batch> {
        let serves =
            |of: &Batch| self.batches.iter().any(|other| other.configuration == of.configuration && other.is_good());
        self.batches.iter().filter(move |batch| !batch.is_awaited() && !serves(batch))
    }

    /// Every key that it refers to.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &HeldKey> {
        let client = self.client.iter().map(|client| &client.key);
        let copies = self.batches.iter().flat_map(|batch| &batch.keys);
        core::iter::once(&self.device_key).chain(client).chain(copies)
    }
}

/// `resident-mdoc` and `resident-sd-jwt` are one document in two formats.
pub fn document_of(configuration: &str) -> &str {
    configuration.strip_suffix("-mdoc").or_else(|| configuration.strip_suffix("-sd-jwt")).unwrap_or(configuration)
}

impl Batch {
    /// Whether something is still to come.
    pub const fn is_awaited(&self) -> bool {
        matches!(self.state, State::Asked | State::Deferred { .. })
    }

    /// Whether its copies are here and may be shown.
    pub fn is_good(&self) -> bool {
        self.held().is_some_and(|held| !held.is_refused())
    }

    /// Whether the bundle has not decided about its copies.
    pub(crate) fn is_unjudged(&self) -> bool {
        self.held().is_some_and(|held| matches!(held.verdict, None | Some(Verdict::Undecided(_))))
    }

    /// Whether something of it is to be looked at yet, or to be told.
    pub(crate) fn is_open(&self, can_judge: bool) -> bool {
        let is_told = match &self.state {
            State::Held(held) => held.notify.is_none(),
            State::Refused { notify } => notify.is_none(),
            State::Asked | State::Deferred { .. } => false,
        };
        !is_told || (can_judge && self.held().is_some_and(|held| held.verdict.is_none()))
    }

    /// The copies, if they are here.
    pub const fn held(&self) -> Option<&Held> {
        match &self.state {
            State::Held(held) => Some(held),
            State::Asked | State::Deferred { .. } | State::Refused { .. } => None,
        }
    }

    /// The same, to note something of them.
    pub const fn held_mut(&mut self) -> Option<&mut Held> {
        match &mut self.state {
            State::Held(held) => Some(held),
            State::Asked | State::Deferred { .. } | State::Refused { .. } => None,
        }
    }

    /// The transaction at which to ask again.
    pub(crate) fn deferred(&self) -> Option<Deferred> {
        match &self.state {
            State::Deferred { transaction_id, not_before } => {
                Some(Deferred { transaction_id: transaction_id.clone().into(), not_before: not_before.0 })
            }
            State::Asked | State::Held(_) | State::Refused { .. } => None,
        }
    }
}

impl State {
    /// Copies that come later.
    pub(crate) fn deferred(deferred: &Deferred) -> Self {
        let transaction_id = deferred.transaction_id.expose().to_owned();
        Self::Deferred { transaction_id, not_before: Stamp(deferred.not_before) }
    }

    /// Copies that came.
    pub(crate) fn issued(issued: &Issued) -> Self {
        let copies = issued.copies.iter().map(HeldCopy::of).collect();
        Self::Held(Held { copies, notify: issued.notification_id.clone(), verdict: None })
    }
}

impl Held {
    /// Whether they are none to rely on.
    pub const fn is_refused(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Refused(_)))
    }
}

impl HeldCopy {
    pub(crate) fn of(copy: &ReceivedCopy) -> Self {
        let (format, credential) = match copy.format() {
            CopyFormat::Mdoc => (Format::Mdoc, base64url::encode(copy.bytes())),
            CopyFormat::SdJwt => (Format::SdJwt, String::from_utf8_lossy(copy.bytes()).into_owned()),
        };
        Self { key: copy.key(), format, credential, shown_to: Vec::new() }
    }

    /// The copy as its format writes it.
    pub fn bytes(&self) -> Vec<u8> {
        match self.format {
            Format::Mdoc => base64url::decode(&self.credential).unwrap_or_default(),
            Format::SdJwt => self.credential.clone().into_bytes(),
        }
    }
}

impl Format {
    /// As configurations and commands name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mdoc => "mdoc",
            Self::SdJwt => "sd-jwt",
        }
    }
}

/// A time in RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(pub Timestamp);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
