//! What a token response leaves: the right to ask for copies, now and later. It is data, which the wallet keeps.

use mapae_jose::{Object, Value, json};
use mapae_types::Timestamp;

use super::{OurFault, WalletError};
use crate::{CredentialId, GrantedDetail, Secret, TokenResponse};

/// The right to ask for copies, bound to the device's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    access_token: Secret,
    expires_at: Timestamp,
    refresh_token: Option<Secret>,
    details: Vec<GrantedDetail>,
    client_id: Option<String>,
}

impl Grant {
    pub(super) fn new(
        token: TokenResponse,
        expires_at: Timestamp,
        client_id: Option<String>,
        refresh_token: Option<Secret>,
    ) -> Self {
        let refresh_token = token.refresh_token.or(refresh_token);
        Self { access_token: token.access_token, expires_at, refresh_token, details: token.details, client_id }
    }

    /// Until when the access token serves; a refresh gets another.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Whether copies can be refilled.
    pub const fn is_refillable(&self) -> bool {
        self.refresh_token.is_some()
    }

    pub(super) const fn access_token(&self) -> &Secret {
        &self.access_token
    }

    pub(super) const fn refresh_token(&self) -> Option<&Secret> {
        self.refresh_token.as_ref()
    }

    /// As whom the wallet got it; nobody if anonymously. Proofs say the same (OpenID4VCI §F.1).
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// How copies of a configuration are asked for: by the identifier that the server named, else by the configuration
    /// (OpenID4VCI §8.2).
    pub(super) fn names(&self, configuration: &str) -> Result<CredentialId, WalletError> {
        if self.details.is_empty() {
            return Ok(CredentialId::Configuration(configuration.to_owned()));
        }
        let detail = self.details.iter().find(|detail| detail.credential_configuration_id == configuration);
        let identifier = detail.and_then(|detail| detail.credential_identifiers.first());
        let not_granted = || OurFault::NotGranted { configuration: configuration.to_owned() };
        Ok(CredentialId::Identifier(identifier.ok_or_else(not_granted)?.clone()))
    }

    /// For the wallet's encrypted store: it holds tokens.
    pub fn to_object(&self) -> Object {
        let mut object = json::object([
            ("access_token", self.access_token.expose().into()),
            ("expires_at", self.expires_at.unix().into()),
        ]);
        let refresh_token = self.refresh_token.as_ref().map(|token| ("refresh_token", token.expose()));
        let client_id = self.client_id.as_deref().map(|id| ("client_id", id));
        for (name, value) in refresh_token.into_iter().chain(client_id) {
            object.insert(name.to_owned(), value.into());
        }
        let details = self
            .details
            .iter()
            .map(|detail| (&*detail.credential_configuration_id, Value::from(detail.credential_identifiers.clone())));
        object.insert("identifiers".to_owned(), json::object(details).into());
        object
    }

    /// Reads what [`Self::to_object`] wrote.
    pub fn from_object(object: &Object) -> Result<Self, WalletError> {
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        let expires_at = object.get("expires_at").and_then(Value::as_i64).and_then(|at| Timestamp::from_unix(at).ok());
        Ok(Self {
            access_token: text("access_token").ok_or(OurFault::StoredMalformed("access_token"))?.into(),
            expires_at: expires_at.ok_or(OurFault::StoredMalformed("expires_at"))?,
            refresh_token: text("refresh_token").map(Secret::from),
            details: details(object).ok_or(OurFault::StoredMalformed("identifiers"))?,
            client_id: text("client_id"),
        })
    }
}

fn details(object: &Object) -> Option<Vec<GrantedDetail>> {
    let detail = |(id, identifiers): (&String, &Value)| {
        let identifiers: Option<Vec<String>> =
            identifiers.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect();
        Some(GrantedDetail { credential_configuration_id: id.clone(), credential_identifiers: identifiers? })
    };
    object.get("identifiers")?.as_object()?.iter().map(detail).collect()
}
