//! The credential request and its answer (OpenID4VCI §8.2, §8.3).

use mapae_jose::{Object, Value, json};

use crate::{
    CredentialFault, Encryption, MediaType, MessageFault, Proofs, ResponseEncryption,
    encryption::MAX_BODY,
    members::{self, MAX_ID},
};

/// Bytes of an answer at most: a batch of copies, each with a portrait.
const MAX_RESPONSE: usize = 1 << 20;
/// Copies of an answer at most.
const MAX_COPIES: usize = 256;

/// By what a credential is asked for; which of the two is allowed follows from the token response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialId {
    /// `credential_identifier`.
    Identifier(String),
    /// `credential_configuration_id`.
    Configuration(String),
}

const IDENTIFIER: &str = "credential_identifier";
const CONFIGURATION: &str = "credential_configuration_id";

impl CredentialId {
    /// §8.2: exactly one of the two.
    fn take(object: &mut Object) -> Result<Self, MessageFault> {
        let identifier = members::take(object, IDENTIFIER, MAX_ID)?;
        match (identifier, members::take(object, CONFIGURATION, MAX_ID)?) {
            (Some(identifier), None) => Ok(Self::Identifier(identifier)),
            (None, Some(configuration)) => Ok(Self::Configuration(configuration)),
            (Some(_), Some(_)) => Err(MessageFault::Exclusive { name: IDENTIFIER, other: CONFIGURATION }),
            (None, None) => Err(MessageFault::Missing { name: CONFIGURATION }),
        }
    }
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
        let received = encryption.open(media_type, body)?;
        let mut object = members::object(received.json(), MAX_BODY)?;
        let wanted = encryption.response(&object, received.is_encrypted())?;
        Self::from_object(&mut object, wanted)
    }

    /// Reads the JSON of a request, which came unencrypted or was kept for deferred issuance.
    pub fn parse(json: &[u8]) -> Result<Self, CredentialFault> {
        Self::from_object(&mut members::object(json, MAX_BODY)?, None)
    }

    fn from_object(object: &mut Object, encryption: Option<ResponseEncryption>) -> Result<Self, CredentialFault> {
        Ok(Self { by: CredentialId::take(object)?, proofs: Proofs::take(object)?, encryption })
    }

    /// The JSON of the request.
    pub fn to_json(&self) -> Vec<u8> {
        let (name, id) = match &self.by {
            CredentialId::Identifier(id) => (IDENTIFIER, id),
            CredentialId::Configuration(id) => (CONFIGURATION, id),
        };
        let mut object = Object::from_iter([
            (name.to_owned(), id.as_str().into()),
            ("proofs".to_owned(), self.proofs.to_object().into()),
        ]);
        if let Some(encryption) = &self.encryption {
            object.insert("credential_response_encryption".to_owned(), encryption.to_object().into());
        }
        json::to_vec(&object)
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
        match self {
            Self::Issued { credentials, notification_id } => issued(credentials, notification_id.as_deref()),
            Self::Deferred { transaction_id, interval } => json::to_vec(&Object::from_iter([
                ("transaction_id".to_owned(), transaction_id.as_str().into()),
                ("interval".to_owned(), (*interval).into()),
            ])),
        }
    }

    /// Reads the JSON of an issuer's answer.
    pub fn parse(json: &[u8]) -> Result<Self, MessageFault> {
        let mut object = members::object(json, MAX_RESPONSE)?;
        let notification_id = members::take(&mut object, "notification_id", MAX_ID)?;
        match (object.remove("credentials"), members::take(&mut object, "transaction_id", MAX_ID)?) {
            (Some(credentials), None) => Ok(Self::Issued { credentials: copies(credentials)?, notification_id }),
            (None, Some(transaction_id)) => {
                // §8.3: positive.
                let interval = members::seconds(&object, "interval")?.filter(|interval| *interval > 0);
                let interval = interval.ok_or(MessageFault::Missing { name: "interval" })?;
                Ok(Self::Deferred { transaction_id, interval })
            }
            (None, None) => Err(MessageFault::Missing { name: "credentials" }),
            _ => Err(MessageFault::Exclusive { name: "credentials", other: "transaction_id" }),
        }
    }
}

/// Written at once: copies with portraits are long, and a tree of values would hold each a second time.
fn issued(credentials: &[String], notification_id: Option<&str>) -> Vec<u8> {
    let len: usize = credentials.iter().map(|credential| credential.len() + 20).sum();
    let mut out = Vec::with_capacity(len + 128);
    out.extend_from_slice(br#"{"credentials":["#);
    for (place, credential) in credentials.iter().enumerate() {
        out.extend_from_slice(if place == 0 { br#"{"credential":"# } else { br#",{"credential":"# });
        json::append_text(credential, &mut out);
        out.push(b'}');
    }
    out.push(b']');
    if let Some(id) = notification_id {
        out.extend_from_slice(br#","notification_id":"#);
        json::append_text(id, &mut out);
    }
    out.push(b'}');
    out
}

fn copies(value: Value) -> Result<Vec<String>, MessageFault> {
    const NAME: &str = "credentials";
    let malformed = MessageFault::Malformed { name: NAME };
    let Value::Array(copies) = value else { return Err(malformed) };
    if copies.is_empty() || copies.len() > MAX_COPIES {
        return Err(malformed);
    }
    let text = |copy: Value| match copy {
        Value::Object(mut copy) => copy.remove("credential").and_then(members::into_text),
        _ => None,
    };
    copies.into_iter().map(text).collect::<Option<_>>().ok_or(malformed)
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
