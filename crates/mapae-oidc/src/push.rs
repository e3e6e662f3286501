//! Requests that were pushed before the browser came (RFC 9126): offered, never required.

use mapae_crypto::sha256;
use mapae_oid4vci::PushedAuthorizationResponse;
use mapae_types::{Entropy, EntropyError, Timestamp};
use zeroize::Zeroizing;

use crate::{
    AuthorizationRefusal, AuthorizationRequest, Once, PageFault, Provider, RecordFault, Refusal, Secret,
    authenticate::{Endpoint, Unconfirmed},
    fault::MessageFault,
    form::{Form, MAX_ID},
    record::{self, Record},
};

/// How the name of a pushed request begins (RFC 9126 §2.2).
const URN: &str = "urn:ietf:params:oauth:request_uri:";
const KIND: &str = "pushed";

/// A request that its client pushed, authenticated.
#[derive(Debug)]
pub struct PushedRequest {
    request: AuthorizationRequest,
}

/// What to keep of a pushed request, and the answer.
#[derive(Debug)]
pub struct KeptRequest {
    /// SHA-256 of its name, by which a browser finds it.
    pub hash: [u8; 32],
    /// What to keep.
    pub record: Zeroizing<Vec<u8>>,
    /// Until when.
    pub expires: Timestamp,
    /// The answer: status 201, `application/json`, never to be cached.
    pub json: Vec<u8>,
}

/// The name of a pushed request, as a browser brings it.
#[derive(Debug)]
pub struct PushedArrival {
    client_id: String,
    request_uri: Secret,
}

impl Provider {
    /// Reads a pushed request: the client authenticates as at the token endpoint, and everything is checked at once.
    pub fn push(
        &self,
        authorization: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Unconfirmed<PushedRequest>, Refusal> {
        let form = Form::parse(body)?;
        let (client, replay) = self.authenticate(Endpoint::Pushed, authorization, &form, now)?;
        // RFC 9126 §2.1: what is pushed does not point at what was pushed.
        if form.optional("request_uri", usize::MAX)?.is_some() {
            return Err(MessageFault::Unexpected { name: "request_uri" }.into());
        }
        let request = self.read(&form)?;
        debug_assert_eq!(request.client.id, client.id, "authentication compared client_id");
        Ok(Unconfirmed::new(PushedRequest { request }, replay))
    }
}

impl PushedRequest {
    /// Gives the request a name that nobody guesses.
    pub fn keep(
        self,
        provider: &Provider,
        entropy: &mut dyn Entropy,
        now: Timestamp,
    ) -> Result<KeptRequest, EntropyError> {
        let mut random = [0; 32];
        entropy.fill(&mut random)?;
        let lifetime = provider.lifetimes().pushed;
        let response = PushedAuthorizationResponse::new(random, lifetime.as_seconds().unsigned_abs());
        let expires = now + lifetime;
        let members = [("expires", Some(expires.unix().into())), ("form", Some(self.request.form.into()))];
        Ok(KeptRequest {
            hash: response.request_uri.sha256(),
            record: record::write(KIND, members),
            expires,
            json: response.to_json(),
        })
    }
}

impl PushedArrival {
    /// Reads the name, if there is one of ours. Other parameters do not count beside it (RFC 9101 §5).
    pub(crate) fn read(form: &Form<'_>) -> Result<Option<Self>, MessageFault> {
        let name = form.optional("request_uri", usize::MAX)?.filter(|name| name.starts_with(URN));
        let Some(name) = name else { return Ok(None) };
        let client_id = form.required("client_id", MAX_ID)?.to_owned();
        Ok(Some(Self { client_id, request_uri: name.to_owned().into() }))
    }

    /// By what the record is found.
    pub fn hash(&self) -> [u8; 32] {
        sha256(self.request_uri.expose().as_bytes())
    }

    /// Opens what was kept. `once` is the store's answer that nobody opened it before (RFC 9126 §4, hole 10 of the peers);
    /// `record` is nothing if there is none.
    pub fn open(
        self,
        provider: &Provider,
        record: Option<&[u8]>,
        once: Once,
        now: Timestamp,
    ) -> Result<AuthorizationRequest, AuthorizationRefusal> {
        let record = record.ok_or(PageFault::PushedUnknown)?;
        let record = Record::read(record, KIND).map_err(|_| PageFault::PushedUnknown)?;
        let (form, expires) = members(&record).map_err(|_| PageFault::PushedUnknown)?;
        if once == Once::Again {
            return Err(PageFault::PushedUsed.into());
        }
        if now >= expires {
            return Err(PageFault::PushedExpired.into());
        }
        let request = provider.read_kept(&form)?;
        // RFC 9126 §2.2: bound to the client that pushed it.
        if request.client.id == self.client_id { Ok(request) } else { Err(PageFault::PushedByAnother.into()) }
    }
}

fn members(record: &Record) -> Result<(String, Timestamp), RecordFault> {
    Ok((record.text("form")?, record.time("expires")?))
}
