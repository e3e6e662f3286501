//! What the wallet keeps of one offer: from its first request on, and in the end the copies.
//!
//! A card is written before every request that another party acts on. Whatever is missing afterwards is asked for again
//! with the same keys, and answered alike (design D10).

use mapae_jose::{Object, base64url};
use mapae_oid4vci::wallet::{CopyFormat, Deferred, Issued, ReceivedCopy};
use mapae_types::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::HeldKey;

/// A card's name in this wallet: random, and derived of nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// One offer and what came of it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The offer as it was given.
    pub link: String,
    pub begun_at: Stamp,
    /// The offer's JSON: one by reference may be gone later.
    pub offer: Option<String>,
    /// To which the issuer binds its tokens.
    pub device_key: HeldKey,
    pub client: Option<AttestedClient>,
    pub grant: Option<Object>,
    pub batches: Vec<Batch>,
}

/// What a wallet provider attested for this offer's issuer.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestedClient {
    pub provider: String,
    pub key: HeldKey,
    pub attestation: Option<Object>,
}

/// Copies that were asked for together.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    pub configuration: String,
    /// `docType` or `vct`.
    pub document_type: String,
    pub asked_at: Stamp,
    pub keys: Vec<HeldKey>,
    pub state: State,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum State {
    /// The request may have been sent.
    Asked,
    /// The issuer needs longer.
    Deferred { transaction_id: String, not_before: Stamp },
    /// The copies are here.
    Held(Held),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    pub copies: Vec<HeldCopy>,
    /// By which the issuer wants to hear of them, until it has.
    pub notify: Option<String>,
    pub verdict: Option<Verdict>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldCopy {
    /// Its place among the batch's keys.
    pub key: usize,
    pub format: Format,
    /// Text, or base64url of CBOR.
    pub credential: String,
    /// The client ids of those to whom it was shown.
    pub shown_to: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    Mdoc,
    SdJwt,
}

/// What was found when the wallet looked at copies by its trust bundle.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Verdict {
    Held,
    /// Something was missing, such as a status list newer than the copy.
    Undecided(String),
    /// The rule that is broken.
    Refused(String),
}

impl Card {
    /// Whether everything that was asked for is here.
    pub fn is_complete(&self) -> bool {
        !self.batches.is_empty() && self.batches.iter().all(|batch| batch.held().is_some())
    }

    /// The name of the document: what the names of its configurations begin with.
    pub fn document(&self) -> &str {
        self.batches.first().map_or("?", |batch| document_of(&batch.configuration))
    }

    /// Newer copies take the place of older ones of the same configuration, unless they are none to rely on.
    pub fn drop_replaced(&mut self) {
        let good = |batch: &Batch| batch.held().is_some_and(|held| !held.is_refused());
        let newest: Vec<usize> = (0..self.batches.len())
            .filter(|&index| {
                let batch = &self.batches[index];
                let later = &self.batches[index + 1..];
                !later.iter().any(|later| later.configuration == batch.configuration && good(later))
            })
            .collect();
        let mut index = 0;
        self.batches.retain(|_| {
            index += 1;
            newest.contains(&(index - 1))
        });
    }
}

/// `resident-mdoc` and `resident-sd-jwt` are one document in two formats.
pub fn document_of(configuration: &str) -> &str {
    configuration.strip_suffix("-mdoc").or_else(|| configuration.strip_suffix("-sd-jwt")).unwrap_or(configuration)
}

impl Batch {
    pub const fn held(&self) -> Option<&Held> {
        match &self.state {
            State::Held(held) => Some(held),
            State::Asked | State::Deferred { .. } => None,
        }
    }

    pub const fn held_mut(&mut self) -> Option<&mut Held> {
        match &mut self.state {
            State::Held(held) => Some(held),
            State::Asked | State::Deferred { .. } => None,
        }
    }

    /// The transaction at which to ask again.
    pub fn deferred(&self) -> Option<Deferred> {
        match &self.state {
            State::Deferred { transaction_id, not_before } => {
                Some(Deferred { transaction_id: transaction_id.clone().into(), not_before: not_before.0 })
            }
            State::Asked | State::Held(_) => None,
        }
    }
}

impl State {
    pub fn deferred(deferred: &Deferred) -> Self {
        let transaction_id = deferred.transaction_id.expose().to_owned();
        Self::Deferred { transaction_id, not_before: Stamp(deferred.not_before) }
    }

    pub fn issued(issued: Issued) -> Self {
        let copies = issued.copies.iter().map(HeldCopy::of).collect();
        Self::Held(Held { copies, notify: issued.notification_id, verdict: None })
    }
}

impl Held {
    pub const fn is_refused(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Refused(_)))
    }
}

impl HeldCopy {
    fn of(copy: &ReceivedCopy) -> Self {
        let (format, credential) = match copy.format() {
            CopyFormat::Mdoc => (Format::Mdoc, base64url::encode(copy.bytes())),
            CopyFormat::SdJwt => (Format::SdJwt, String::from_utf8_lossy(copy.bytes()).into_owned()),
        };
        Self { key: copy.key(), format, credential, shown_to: Vec::new() }
    }

    /// The copy as `mapae present` takes it.
    pub fn bytes(&self) -> Vec<u8> {
        match self.format {
            Format::Mdoc => base64url::decode(&self.credential).unwrap_or_default(),
            Format::SdJwt => self.credential.clone().into_bytes(),
        }
    }
}

impl Format {
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

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}
