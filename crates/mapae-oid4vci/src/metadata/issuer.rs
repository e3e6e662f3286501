//! Metadata of a credential issuer (OpenID4VCI §12.2).

use std::collections::{BTreeMap, BTreeSet};

use mapae_jose::{Object, Value, json};
use serde::Serialize;

use crate::{CredentialConfiguration, Fields, IssuerUrl, MessageFault, MetadataFault, members, uri};

/// A name in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Display {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The language, such as `ko` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// `batch_credential_issuance`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BatchIssuance {
    /// Keys in one request at most.
    pub batch_size: usize,
}

/// `credential_request_encryption`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RequestEncryption {
    /// A JWK Set; each key with `kid`, `alg`, `use`.
    pub jwks: Value,
    /// `enc` values.
    pub enc_values_supported: Vec<String>,
    /// Whether every request must be encrypted.
    pub encryption_required: bool,
}

/// `credential_response_encryption`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResponseEncryptionSupport {
    /// `alg` values.
    pub alg_values_supported: Vec<String>,
    /// `enc` values.
    pub enc_values_supported: Vec<String>,
    /// Whether every answer is encrypted.
    pub encryption_required: bool,
}

/// Metadata of a credential issuer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IssuerMetadata {
    /// The issuer's identifier.
    pub credential_issuer: String,
    /// Empty where the issuer is its own authorization server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_servers: Vec<String>,
    /// Where credentials are asked for.
    pub credential_endpoint: String,
    /// Where a `c_nonce` is had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce_endpoint: Option<String>,
    /// Where is asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_credential_endpoint: Option<String>,
    /// Where the wallet says what became of the copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_endpoint: Option<String>,
    /// Encryption of requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_request_encryption: Option<RequestEncryption>,
    /// Encryption of answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_response_encryption: Option<ResponseEncryptionSupport>,
    /// Batches; absent where one key is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_credential_issuance: Option<BatchIssuance>,
    /// The issuer's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
    /// What can be issued.
    pub credential_configurations_supported: BTreeMap<String, CredentialConfiguration>,
}

/// Bytes of metadata at most: every document of a country in both formats, with its claims in two languages.
pub(super) const MAX_LEN: usize = 1 << 20;

impl IssuerMetadata {
    /// The document, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        json::to_vec(self)
    }

    /// Reads the document of the issuer that was asked.
    pub fn parse(json: &[u8], issuer: &IssuerUrl) -> Result<Self, MetadataFault> {
        Self::from_object(members::object(json, MAX_LEN)?, issuer)
    }

    pub(super) fn from_object(object: Object, issuer: &IssuerUrl) -> Result<Self, MetadataFault> {
        let read = Self::read(object.into()).ok_or_else(|| malformed("metadata"))?;
        // §12.2.4: compared as text; otherwise nothing of it is used.
        if read.credential_issuer != issuer.as_str() {
            return Err(MetadataFault::IssuerDiffers);
        }
        read.check_endpoints()?;
        read.check_encryption()?;
        // §12.2.4: 2 or greater.
        if read.batch_credential_issuance.is_some_and(|batch| batch.batch_size < 2) {
            return Err(malformed("batch_size"));
        }
        check_languages(&read.display)?;
        read.credential_configurations_supported.values().try_for_each(CredentialConfiguration::check)?;
        Ok(read)
    }

    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let configurations = fields.has("credential_configurations_supported");
        let read = Self {
            credential_issuer: fields.text("credential_issuer"),
            authorization_servers: fields.any_texts("authorization_servers"),
            credential_endpoint: fields.text("credential_endpoint"),
            nonce_endpoint: fields.maybe_text("nonce_endpoint"),
            deferred_credential_endpoint: fields.maybe_text("deferred_credential_endpoint"),
            notification_endpoint: fields.maybe_text("notification_endpoint"),
            credential_request_encryption: fields.maybe("credential_request_encryption", RequestEncryption::read),
            credential_response_encryption: fields
                .maybe("credential_response_encryption", ResponseEncryptionSupport::read),
            batch_credential_issuance: fields.maybe("batch_credential_issuance", BatchIssuance::read),
            display: fields.any("display", Display::read),
            credential_configurations_supported: fields
                .named("credential_configurations_supported", CredentialConfiguration::read),
        };
        fields.whole(read).filter(|_| configurations)
    }

    fn check_endpoints(&self) -> Result<(), MetadataFault> {
        let endpoints = [
            ("credential_endpoint", Some(&self.credential_endpoint)),
            ("nonce_endpoint", self.nonce_endpoint.as_ref()),
            ("deferred_credential_endpoint", self.deferred_credential_endpoint.as_ref()),
            ("notification_endpoint", self.notification_endpoint.as_ref()),
        ];
        for (name, url) in endpoints {
            url.map_or(Ok(()), |url| uri::check_url(url, name))?;
        }
        Ok(self.authorization_servers.iter().try_for_each(|url| uri::check_url(url, "authorization_servers"))?)
    }

    fn check_encryption(&self) -> Result<(), MetadataFault> {
        if let Some(request) = &self.credential_request_encryption {
            request.check()?;
        }
        match &self.credential_response_encryption {
            Some(r) if r.alg_values_supported.is_empty() || r.enc_values_supported.is_empty() => {
                Err(malformed("credential_response_encryption"))
            }
            _ => Ok(()),
        }
    }
}

impl Display {
    pub(super) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self { name: fields.maybe_text("name"), locale: fields.maybe_text("locale") };
        fields.whole(read)
    }
}

impl BatchIssuance {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self { batch_size: fields.count("batch_size") };
        fields.whole(read)
    }
}

impl ResponseEncryptionSupport {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self {
            alg_values_supported: fields.texts("alg_values_supported"),
            enc_values_supported: fields.texts("enc_values_supported"),
            encryption_required: fields.flag("encryption_required"),
        };
        fields.whole(read)
    }
}

impl RequestEncryption {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self {
            jwks: fields.one("jwks", Some)?,
            enc_values_supported: fields.texts("enc_values_supported"),
            encryption_required: fields.flag("encryption_required"),
        };
        fields.whole(read)
    }

    /// §12.2.4: at least one key, each with a name of its own, and at least one `enc`.
    fn check(&self) -> Result<(), MetadataFault> {
        let keys = self.jwks.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut ids = BTreeSet::new();
        let named = keys.iter().all(|key| key.get("kid").and_then(Value::as_str).is_some_and(|id| ids.insert(id)));
        if named && !keys.is_empty() && !self.enc_values_supported.is_empty() {
            return Ok(());
        }
        Err(malformed("credential_request_encryption"))
    }
}

/// §12.2.4: one name for each language.
pub(super) fn check_languages(display: &[Display]) -> Result<(), MetadataFault> {
    let repeated = |(place, one): (usize, &Display)| display[..place].iter().any(|other| other.locale == one.locale);
    if display.iter().enumerate().any(repeated) { Err(malformed("display")) } else { Ok(()) }
}

pub(super) fn malformed(name: &'static str) -> MetadataFault {
    MessageFault::Malformed { name }.into()
}
