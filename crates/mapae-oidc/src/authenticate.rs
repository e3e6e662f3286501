//! Who a client is, at the token endpoint and where requests are pushed (OpenID Connect Core §9, RFC 6749 §2.3).

use std::sync::Arc;

use mapae_jose::base64url;
use mapae_types::{Timestamp, form::decode};

use crate::{
    Client, ClientAuthentication, ClientFault, Once, Provider, Replay,
    fault::MessageFault,
    form::{Form, MAX_ID},
};

/// Where a client authenticates.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Endpoint {
    Token,
    Pushed,
}

impl Endpoint {
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Pushed => "par",
        }
    }
}

/// A request whose client has authenticated, but for the question whether its assertion was shown before.
#[derive(Debug)]
pub struct Unconfirmed<T> {
    request: T,
    replay: Option<Replay>,
}

impl<T> Unconfirmed<T> {
    pub(crate) const fn new(request: T, replay: Option<Replay>) -> Self {
        Self { request, replay }
    }

    /// What a store has to note once; nothing where the client showed no assertion.
    pub const fn replay(&self) -> Option<&Replay> {
        self.replay.as_ref()
    }

    /// The request, by the store's answer; where there was no question, the answer does not count.
    pub fn confirm(self, once: Once) -> Result<T, ClientFault> {
        match (self.replay, once) {
            (Some(_), Once::Again) => Err(ClientFault::Replayed),
            _ => Ok(self.request),
        }
    }
}

/// What a request shows of its client.
enum Shown<'a> {
    Secret { id: String, secret: String },
    Assertion(&'a str),
    Nothing,
}

impl Provider {
    pub(crate) fn authenticate(
        &self,
        endpoint: Endpoint,
        authorization: Option<&str>,
        form: &Form<'_>,
        now: Timestamp,
    ) -> Result<(Arc<Client>, Option<Replay>), ClientFault> {
        let named = form.optional("client_id", MAX_ID)?;
        let (client, replay) = match shown(authorization, form)? {
            Shown::Secret { id, secret } => (self.by_secret(&id, &secret)?, None),
            Shown::Assertion(text) => {
                let (client, replay) = self.by_assertion(endpoint, text, now)?;
                (client, Some(replay))
            }
            Shown::Nothing => (self.by_name(named)?, None),
        };
        match named {
            Some(name) if name != client.id => Err(ClientFault::IdDiffers),
            _ => Ok((Arc::clone(client), replay)),
        }
    }

    fn by_secret(&self, id: &str, secret: &str) -> Result<&Arc<Client>, ClientFault> {
        let client = self.client(id).filter(|client| client.authentication.is_secret(secret));
        client.ok_or(ClientFault::SecretWrong)
    }

    /// Only a public client is who it says it is: one that has a key or a secret shows it (RFC 6749 §2.3.1).
    fn by_name(&self, name: Option<&str>) -> Result<&Arc<Client>, ClientFault> {
        let client = self.client(name.ok_or(ClientFault::Missing)?).ok_or(ClientFault::Missing)?;
        match client.authentication {
            ClientAuthentication::Public => Ok(client),
            _ => Err(ClientFault::Missing),
        }
    }
}

fn shown<'f>(authorization: Option<&str>, form: &'f Form<'_>) -> Result<Shown<'f>, ClientFault> {
    // A secret in the body is written to logs more easily (RFC 6749 §2.3.1 does not recommend it).
    if form.optional("client_secret", usize::MAX)?.is_some() {
        return Err(ClientFault::SecretInBody);
    }
    let assertion = assertion(form)?;
    match (authorization, assertion) {
        // RFC 6749 §2.3: no more than one method.
        (Some(_), Some(_)) => Err(ClientFault::SeveralMethods),
        (Some(header), None) => basic(header).ok_or(ClientFault::HeaderMalformed),
        (None, Some(text)) => Ok(Shown::Assertion(text)),
        (None, None) => Ok(Shown::Nothing),
    }
}

fn assertion<'f>(form: &'f Form<'_>) -> Result<Option<&'f str>, ClientFault> {
    const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let text = form.optional("client_assertion", 8 << 10)?;
    match (text, form.optional("client_assertion_type", MAX_ID)?) {
        (None, None) => Ok(None),
        (Some(text), Some(TYPE)) => Ok(Some(text)),
        _ => Err(MessageFault::Malformed { name: "client_assertion_type" }.into()),
    }
}

/// RFC 6749 §2.3.1: both are encoded as in a form before they are put together.
fn basic<'a>(header: &str) -> Option<Shown<'a>> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") || credentials.len() > 4 * MAX_ID {
        return None;
    }
    let text = String::from_utf8(base64url::decode_standard(credentials.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some(Shown::Secret { id: decode(id)?.into_owned(), secret: decode(secret)?.into_owned() })
}
