//! One credential configuration (OpenID4VCI §12.2.4, §A.2, §A.3).

use std::collections::BTreeMap;

use mapae_jose::Value;
use serde::Serialize;

use super::{
    claims,
    issuer::{check_languages, malformed},
};
use crate::{AttackResistance, ClaimDescription, Display, Fields, MetadataFault, members::into_text};

/// A format with its type of document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "format")]
#[non_exhaustive]
pub enum CredentialFormat {
    /// ISO mdoc.
    #[serde(rename = "mso_mdoc")]
    Mdoc {
        /// The document type.
        doctype: String,
    },
    /// SD-JWT VC.
    #[serde(rename = "dc+sd-jwt")]
    SdJwt {
        /// The type.
        vct: String,
    },
    /// One that we do not issue.
    Other,
}

/// What can be issued, in one format.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CredentialConfiguration {
    /// The format.
    #[serde(flatten)]
    pub format: CredentialFormat,
    /// `scope`: HAIP 1.0 §4.1 wants one for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Names of JOSE (strings) or numbers of COSE, by the format.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credential_signing_alg_values_supported: Vec<Value>,
    /// `jwk`, `cose_key`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cryptographic_binding_methods_supported: Vec<String>,
    /// By the name of the proof type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub proof_types_supported: BTreeMap<String, ProofType>,
    /// What a wallet shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_metadata: Option<CredentialMetadata>,
}

impl CredentialFormat {
    /// It stands among the members of its configuration.
    fn read(fields: &mut Fields) -> Self {
        match &*fields.text("format") {
            "mso_mdoc" => Self::Mdoc { doctype: fields.text("doctype") },
            "dc+sd-jwt" => Self::SdJwt { vct: fields.text("vct") },
            _ => Self::Other,
        }
    }
}

impl CredentialConfiguration {
    pub(super) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self {
            format: CredentialFormat::read(&mut fields),
            scope: fields.maybe_text("scope"),
            credential_signing_alg_values_supported: fields.any("credential_signing_alg_values_supported", Some),
            cryptographic_binding_methods_supported: fields.any_texts("cryptographic_binding_methods_supported"),
            proof_types_supported: fields.named("proof_types_supported", ProofType::read),
            credential_metadata: fields.maybe("credential_metadata", CredentialMetadata::read),
        };
        fields.whole(read)
    }

    /// §12.2.4: what stands together does so, and no list is empty; §C.3.
    pub(super) fn check(&self) -> Result<(), MetadataFault> {
        if self.cryptographic_binding_methods_supported.is_empty() != self.proof_types_supported.is_empty() {
            return Err(malformed("proof_types_supported"));
        }
        if self.proof_types_supported.values().any(|proof| proof.proof_signing_alg_values_supported.is_empty()) {
            return Err(malformed("proof_signing_alg_values_supported"));
        }
        let Some(shown) = &self.credential_metadata else { return Ok(()) };
        check_languages(&shown.display)?;
        claims::check(&shown.claims)
    }
}

/// A proof type's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofType {
    /// Algorithms.
    pub proof_signing_alg_values_supported: Vec<String>,
    /// What a key attestation must say; absent where none is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_attestations_required: Option<KeyAttestationsRequired>,
}

impl ProofType {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self {
            proof_signing_alg_values_supported: fields.texts("proof_signing_alg_values_supported"),
            key_attestations_required: fields.maybe("key_attestations_required", KeyAttestationsRequired::read),
        };
        fields.whole(read)
    }
}

/// Levels of which one each must be attested; an empty list accepts any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct KeyAttestationsRequired {
    /// Of the keys' storage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_storage: Vec<AttackResistance>,
    /// Of the person's authentication to the storage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub user_authentication: Vec<AttackResistance>,
}

impl KeyAttestationsRequired {
    fn read(value: Value) -> Option<Self> {
        let level = |value| into_text(value).map(AttackResistance::from);
        let mut fields = Fields::of(value)?;
        let read = Self {
            key_storage: fields.any("key_storage", level),
            user_authentication: fields.any("user_authentication", level),
        };
        fields.whole(read)
    }
}

/// What a wallet shows of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CredentialMetadata {
    /// Its name, in one language each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
    /// Its claims, in the order in which they are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimDescription>,
}

impl CredentialMetadata {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self {
            display: fields.any("display", Display::read),
            claims: fields.any("claims", ClaimDescription::read),
        };
        fields.whole(read)
    }
}
