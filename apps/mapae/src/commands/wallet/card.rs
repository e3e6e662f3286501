//! What the wallet keeps of one offer: from its first request on, and in the end the copies.
//!
//! A card is written before every request that another party acts on. Whatever is missing afterwards is asked for again
//! with the same keys, and answered alike (design D10).

use mapae_crypto::SigningKey;
use mapae_jose::{Object, base64url};
use mapae_oid4vci::wallet::{CopyFormat, Deferred, Issued, ReceivedCopy};
use mapae_types::{EntropyError, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::environment::SystemEntropy;

/// One offer and what came of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Card {
    /// The offer as it was given.
    pub(super) link: String,
    pub(super) begun_at: Stamp,
    /// The offer's JSON: one by reference may be gone later.
    pub(super) offer: Option<String>,
    /// To which the issuer binds its tokens.
    pub(super) device_key: DeviceKey,
    pub(super) client: Option<AttestedClient>,
    pub(super) grant: Option<Object>,
    pub(super) batches: Vec<Batch>,
}

/// What a wallet provider attested for this offer's issuer.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttestedClient {
    pub(super) provider: String,
    pub(super) key: DeviceKey,
    pub(super) attestation: Option<Object>,
}

/// Copies that were asked for together.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    pub(super) configuration: String,
    /// `docType` or `vct`.
    pub(super) document_type: String,
    pub(super) asked_at: Stamp,
    pub(super) keys: Vec<DeviceKey>,
    pub(super) state: State,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum State {
    /// The request may have been sent.
    Asked,
    /// The issuer needs longer.
    Deferred { transaction_id: String, not_before: Stamp },
    /// The copies are here.
    Held(Held),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    pub(super) copies: Vec<HeldCopy>,
    /// By which the issuer wants to hear of them, until it has.
    pub(super) notify: Option<String>,
    pub(super) verdict: Option<Verdict>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeldCopy {
    /// Its place among the batch's keys.
    pub(super) key: usize,
    pub(super) format: Format,
    /// Text, or base64url of CBOR.
    pub(super) credential: String,
    /// The client ids of those to whom it was shown.
    pub(super) shown_to: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Format {
    Mdoc,
    SdJwt,
}

/// What was found when the wallet looked at copies by its trust bundle.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Verdict {
    Held,
    /// Something was missing, such as a status list newer than the copy.
    Undecided(String),
    /// The rule that is broken.
    Refused(String),
}

impl Card {
    pub(super) fn begin(link: &str, now: Timestamp) -> Result<Self, EntropyError> {
        Ok(Self {
            link: link.trim().to_owned(),
            begun_at: Stamp(now),
            offer: None,
            device_key: DeviceKey::generate()?,
            client: None,
            grant: None,
            batches: Vec::new(),
        })
    }

    /// Whether everything that was asked for is here.
    pub(super) fn is_complete(&self) -> bool {
        !self.batches.is_empty() && self.batches.iter().all(|batch| batch.held().is_some())
    }

    /// The name of the document: what the names of its configurations begin with.
    pub(super) fn document(&self) -> &str {
        self.batches.first().map_or("?", |batch| document_of(&batch.configuration))
    }

    /// Newer copies take the place of older ones of the same configuration, unless they are none to rely on.
    pub(super) fn drop_replaced(&mut self) {
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
pub(super) fn document_of(configuration: &str) -> &str {
    configuration.strip_suffix("-mdoc").or_else(|| configuration.strip_suffix("-sd-jwt")).unwrap_or(configuration)
}

impl Batch {
    pub(super) const fn held(&self) -> Option<&Held> {
        match &self.state {
            State::Held(held) => Some(held),
            State::Asked | State::Deferred { .. } => None,
        }
    }

    pub(super) const fn held_mut(&mut self) -> Option<&mut Held> {
        match &mut self.state {
            State::Held(held) => Some(held),
            State::Asked | State::Deferred { .. } => None,
        }
    }

    /// The transaction at which to ask again.
    pub(super) fn deferred(&self) -> Option<Deferred> {
        match &self.state {
            State::Deferred { transaction_id, not_before } => {
                Some(Deferred { transaction_id: transaction_id.clone().into(), not_before: not_before.0 })
            }
            State::Asked | State::Held(_) => None,
        }
    }
}

impl State {
    pub(super) fn deferred(deferred: &Deferred) -> Self {
        let transaction_id = deferred.transaction_id.expose().to_owned();
        Self::Deferred { transaction_id, not_before: Stamp(deferred.not_before) }
    }

    pub(super) fn issued(issued: Issued) -> Self {
        let copies = issued.copies.iter().map(HeldCopy::of).collect();
        Self::Held(Held { copies, notify: issued.notification_id, verdict: None })
    }
}

impl Held {
    pub(super) const fn is_refused(&self) -> bool {
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
    pub(super) fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        match self.format {
            Format::Mdoc => Ok(base64url::decode(&self.credential)?),
            Format::SdJwt => Ok(self.credential.clone().into_bytes()),
        }
    }
}

impl Format {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Mdoc => "mdoc",
            Self::SdJwt => "sd-jwt",
        }
    }
}

/// A key of the device, as PKCS #8 inside the sealed card.
pub(super) struct DeviceKey(pub(super) SigningKey);

impl DeviceKey {
    pub(super) fn generate() -> Result<Self, EntropyError> {
        SigningKey::generate(&mut SystemEntropy).map(Self)
    }
}

impl Serialize for DeviceKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_pkcs8_pem())
    }
}

impl<'de> Deserialize<'de> for DeviceKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pem = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
        SigningKey::from_pkcs8_pem(&pem).map(Self).map_err(D::Error::custom)
    }
}

/// A time in RFC 3339.
#[derive(Clone, Copy)]
pub(super) struct Stamp(pub(super) Timestamp);

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
