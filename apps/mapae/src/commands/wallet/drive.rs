//! Runs the wallet's errands: HTTP by the client of every command, keys and records in the vault.

use anyhow::Context as _;
use mapae_document::Catalogue;
use mapae_http::{Bounds, Client, HeaderMap, HeaderName, HeaderValue, Method, Request};
use mapae_types::{
    Entropy as _, Timestamp,
    http::{self, HttpRequest, HttpResponse},
};
use mapae_wallet::{Reply, Start, Step, Task, Wallet, Want};
use tokio::runtime::Runtime;

use super::vault::Vault;
use crate::{
    environment::{SystemEntropy, now},
    failure::Outcome,
    output::Output,
};

/// Bytes of an answer at most: a hundred copies with portraits.
const MAX_ANSWER: usize = 8 << 20;

/// An open wallet with everything that its errands want.
pub(super) struct Driver {
    pub(super) wallet: Wallet,
    vault: Vault,
    http: Client,
    runtime: Runtime,
    at: Option<Timestamp>,
}

impl Driver {
    /// The wallet of a vault; `at` is another time than now.
    pub(super) fn open(vault: Vault, at: Option<Timestamp>) -> Outcome<Self> {
        let wallet = Wallet::open(vault.records()?)?;
        wallet.speak(Catalogue::builtin()?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { wallet, vault, http: Client::new(Bounds::default())?, runtime, at })
    }

    /// The time.
    pub(super) fn now(&self) -> anyhow::Result<Timestamp> {
        now(self.at)
    }

    /// With what an errand begins.
    pub(super) fn start(&self) -> anyhow::Result<Start> {
        Ok(Start { now: self.now()?, seed: SystemEntropy.array()? })
    }

    /// Runs an errand to its end.
    pub(super) fn run<T>(&mut self, mut task: Task<T>) -> anyhow::Result<T> {
        loop {
            match task.step(self.now()?) {
                Step::Want(want) => task.reply(self.serve(&want)?),
                Step::Done(result) => return Ok(result),
            }
        }
    }

    fn serve(&mut self, want: &Want) -> anyhow::Result<Reply> {
        Ok(match want {
            Want::Send(request) => self.send(request)?,
            Want::MakeKeys(count) => Reply::Keys(self.vault.make_keys(*count)?),
            Want::Sign(messages) => Reply::Signatures(self.vault.sign(messages)?),
            Want::Write(changes) => {
                self.vault.change(changes)?;
                Reply::Written
            }
        })
    }

    fn send(&self, request: &HttpRequest) -> anyhow::Result<Reply> {
        let method = match request.method {
            http::Method::Get => Method::GET,
            http::Method::Post => Method::POST,
        };
        let asked =
            Request { method, url: request.url.clone(), headers: headers(request)?, body: request.body.clone() };
        match self.runtime.block_on(self.http.send(asked, MAX_ANSWER)) {
            Ok(answer) => {
                let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
                let headers = answer.headers.iter().filter_map(|(name, value)| Some((name.to_string(), text(value)?)));
                Ok(Reply::Response(HttpResponse {
                    status: answer.status,
                    headers: headers.collect(),
                    body: answer.body,
                }))
            }
            Err(error) => {
                Output::note(&format!("note: {:#}", anyhow::Error::new(error)));
                Ok(Reply::Silent)
            }
        }
    }
}

fn headers(request: &HttpRequest) -> anyhow::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let value = HeaderValue::from_str(value).context("a header that cannot be sent")?;
        headers.insert(HeaderName::from_bytes(name.as_bytes())?, value);
    }
    Ok(headers)
}
