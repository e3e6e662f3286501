//! The credential request and its answer (OpenID4VCI §8.2, §8.3).

use mapae_jose::Object;

use crate::{CredentialFault, Encryption, MediaType, MessageFault, Proofs, ResponseEncryption};

/// By what a credential is asked for; which of the two is allowed follows from the token response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialId {
    /// `credential_identifier`.
    Identifier(String),
    /// `credential_configuration_id`.
    Configuration(String),
}

/// A request for copies, as many as it proves keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRequest {
    /// What is asked for.
    pub by: CredentialId,
    /// The keys, unproven.
    pub proofs: Proofs,
    /// How the answer is to be encrypted.
    pub encryption: Option<ResponseEncryption>,
}

impl CredentialRequest {
    /// Opens and reads the body of a request, by the issuer's rules of encryption (§8.2, §10).
    pub fn receive(media_type: MediaType, body: &[u8], encryption: &Encryption) -> Result<Self, CredentialFault> {
        let _ = (media_type, body, encryption);
        Err(MessageFault::Missing { name: "proofs" }.into())
    }

    /// Reads the JSON of a request, which came unencrypted or was kept for deferred issuance.
    pub fn parse(json: &[u8]) -> Result<Self, CredentialFault> {
        let _ = (json, Object::new());
        Err(MessageFault::Missing { name: "proofs" }.into())
    }

    /// The JSON of the request.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }
}

/// The answer to a credential request or a deferred one.
#[derive(Clone, PartialEq, Eq)]
pub enum CredentialResponse {
    /// The copies.
    Issued {
        /// Each as its format has it: an SD-JWT VC, or base64url of an `IssuerSigned`.
        credentials: Vec<String>,
        /// `notification_id`.
        notification_id: Option<String>,
    },
    /// Later, at the deferred endpoint.
    Deferred {
        /// `transaction_id`.
        transaction_id: String,
        /// Seconds to wait before asking.
        interval: u64,
    },
}

impl CredentialResponse {
    /// 200 with copies, 202 without.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Issued { .. } => 200,
            Self::Deferred { .. } => 202,
        }
    }

    /// The body, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads the JSON of an issuer's answer.
    pub fn parse(json: &[u8]) -> Result<Self, MessageFault> {
        let _ = json;
        Err(MessageFault::Missing { name: "credentials" })
    }
}

impl core::fmt::Debug for CredentialResponse {
    /// Shows no copy, which is about a person.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Issued { credentials, .. } => write!(f, "Issued({} credentials)", credentials.len()),
            Self::Deferred { interval, .. } => write!(f, "Deferred({interval} s)"),
        }
    }
}
