//! The deferred credential request (OpenID4VCI §9.1); its answer is a [`crate::CredentialResponse`].

use crate::{CredentialFault, Encryption, MediaType, MessageFault, ResponseEncryption, Secret};

/// Asks again for what was not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeferredRequest {
    /// `transaction_id`.
    pub transaction_id: Secret,
    /// How the answer is to be encrypted: what the first request said no longer counts (§9.1).
    pub encryption: Option<ResponseEncryption>,
}

impl DeferredRequest {
    /// Opens and reads the body of a request, by the issuer's rules of encryption.
    pub fn receive(media_type: MediaType, body: &[u8], encryption: &Encryption) -> Result<Self, CredentialFault> {
        let _ = (media_type, body, encryption);
        Err(MessageFault::Missing { name: "transaction_id" }.into())
    }

    /// The JSON of the request.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }
}
