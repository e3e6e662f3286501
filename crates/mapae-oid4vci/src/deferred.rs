//! The deferred credential request (OpenID4VCI §9.1); its answer is a [`crate::CredentialResponse`].

use mapae_jose::{Object, json};

use crate::{
    CredentialFault, Encryption, MediaType, ResponseEncryption, Secret,
    encryption::MAX_BODY,
    members::{self, MAX_ID},
};

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
        let received = encryption.open(media_type, body)?;
        let object = members::object(received.json(), MAX_BODY)?;
        Ok(Self {
            transaction_id: members::required(&object, "transaction_id", MAX_ID)?.to_owned().into(),
            encryption: encryption.response(&object, received.is_encrypted())?,
        })
    }

    /// The JSON of the request.
    pub fn to_json(&self) -> Vec<u8> {
        let mut object = Object::from_iter([("transaction_id".to_owned(), self.transaction_id.expose().into())]);
        if let Some(encryption) = &self.encryption {
            object.insert("credential_response_encryption".to_owned(), encryption.to_object().into());
        }
        json::to_vec(&object)
    }
}
