//! Runs the exchanges of the wallet's states over HTTP.

use mapae_crypto::SigningKey;
use mapae_http::{Bounds, Client, HeaderMap, HeaderName, HeaderValue, Method, Request};
use mapae_oid4vci::wallet::{
    self, Answer, Context, Exchange, HttpRequest, HttpResponse, Party, ServerNonces, WalletAttestation, WalletError,
};
use mapae_types::Timestamp;
use tokio::runtime::Runtime;

use crate::{
    environment::{SystemEntropy, now},
    failure::{Failure, Outcome},
};

/// Bytes of an answer at most: a hundred copies with portraits.
const MAX_ANSWER: usize = 8 << 20;

/// A client of issuers, and what the servers gave it to prove its freshness with.
pub(super) struct Session {
    http: Client,
    runtime: Runtime,
    nonces: ServerNonces,
    at: Option<Timestamp>,
}

/// The keys of an exchange, by which the wallet proves who it is.
#[derive(Clone, Copy)]
pub(super) struct Identity<'a> {
    pub(super) device: &'a SigningKey,
    pub(super) client: Option<(&'a WalletAttestation, &'a SigningKey)>,
}

impl Session {
    pub(super) fn new(at: Option<Timestamp>) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { http: Client::new(Bounds::default())?, runtime, nonces: ServerNonces::default(), at })
    }

    pub(super) fn now(&self) -> anyhow::Result<Timestamp> {
        now(self.at)
    }

    /// Runs an exchange to its end.
    pub(super) fn run<E: Exchange>(
        &mut self,
        identity: Identity<'_>,
        begin: impl FnOnce(&mut Context<'_>) -> Result<E, WalletError>,
    ) -> Result<E::Done, Stopped> {
        let mut exchange = begin(&mut self.context(identity, &mut SystemEntropy)?)?;
        loop {
            let response = self.send(exchange.request())?;
            match exchange.receive(&response, &mut self.context(identity, &mut SystemEntropy)?)? {
                Answer::Again(next) => exchange = next,
                Answer::Done(done) => return Ok(done),
            }
        }
    }

    fn context<'a>(
        &'a mut self,
        identity: Identity<'a>,
        entropy: &'a mut SystemEntropy,
    ) -> anyhow::Result<Context<'a>> {
        let now = now(self.at)?;
        let wallet = identity.client.map(|(attestation, key)| attestation.with_key(key));
        Ok(Context { now, entropy, device: identity.device, wallet, nonces: &mut self.nonces })
    }

    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Stopped> {
        let method = match request.method {
            wallet::Method::Get => Method::GET,
            wallet::Method::Post => Method::POST,
        };
        let asked =
            Request { method, url: request.url.clone(), headers: headers(request)?, body: request.body.clone() };
        let answer = self.runtime.block_on(self.http.send(asked, MAX_ANSWER));
        let to = request.url.split('?').next().unwrap_or_default();
        let answer = answer.map_err(|error| Stopped::Silent(anyhow::Error::new(error).context(to.to_owned())))?;
        let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
        let headers = answer.headers.iter().filter_map(|(name, value)| Some((name.to_string(), text(value)?)));
        Ok(HttpResponse { status: answer.status, headers: headers.collect(), body: answer.body })
    }
}

fn headers(request: &HttpRequest) -> anyhow::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
    }
    Ok(headers)
}

/// Why an exchange ended before its end.
#[derive(Debug)]
pub(super) enum Stopped {
    /// By the protocol.
    Protocol(WalletError),
    /// Nobody answered, and whether the request arrived is not known.
    Silent(anyhow::Error),
    /// Something on this machine.
    Here(anyhow::Error),
}

impl From<WalletError> for Stopped {
    fn from(error: WalletError) -> Self {
        Self::Protocol(error)
    }
}

impl From<anyhow::Error> for Stopped {
    fn from(error: anyhow::Error) -> Self {
        Self::Here(error)
    }
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Protocol(error) if matches!(error.party(), Party::User | Party::Offer) => {
                Self::Usage(error.into())
            }
            Stopped::Protocol(error) => Self::Failed(error.into()),
            Stopped::Silent(error) => {
                Self::Failed(error.context("nothing is lost: run the same command again to go on"))
            }
            Stopped::Here(error) => Self::Failed(error),
        }
    }
}
