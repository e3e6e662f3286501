//! One credential configuration (OpenID4VCI §12.2.4, §A.2, §A.3).

use std::collections::BTreeMap;

use mapae_jose::Value;
use serde::{Deserialize, Serialize};

use super::{
    claims,
    issuer::{check_languages, malformed},
};
use crate::{AttackResistance, ClaimDescription, Display, MetadataFault};

/// A format with its type of document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    #[serde(other)]
    Other,
}

/// What can be issued, in one format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

impl CredentialConfiguration {
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofType {
    /// Algorithms.
    pub proof_signing_alg_values_supported: Vec<String>,
    /// What a key attestation must say; absent where none is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_attestations_required: Option<KeyAttestationsRequired>,
}

/// Levels of which one each must be attested; an empty list accepts any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeyAttestationsRequired {
    /// Of the keys' storage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_storage: Vec<AttackResistance>,
    /// Of the person's authentication to the storage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub user_authentication: Vec<AttackResistance>,
}

/// What a wallet shows of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CredentialMetadata {
    /// Its name, in one language each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
    /// Its claims, in the order in which they are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimDescription>,
}
