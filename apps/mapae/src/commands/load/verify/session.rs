//! One session, by both who take part in it: the relying party's program begins it and fetches the result, a phone answers.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use axum::{
    body::Bytes,
    http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName},
};
use hyper::Method;
use mapae_oid4vp::{Begun, Call, HttpRequest, HttpResponse, Request};
use serde_json::Value;

use super::{
    super::wire::{Answer, Wire},
    cards::Card,
    scene::Scene,
};
use crate::environment::{SystemEntropy, now};

/// What is waited for, in its order.
pub(super) const STEPS: [&str; 4] = ["begin", "request", "answer", "result"];

/// Connections to every verifier, each of which takes the next request.
pub(super) struct Wires {
    wires: Vec<Wire>,
    next: usize,
}

/// A session in which somebody shows a card.
pub(super) struct Session<'a> {
    scene: &'a Scene,
    wires: &'a mut Wires,
    /// How long each step took, as who waits for it sees it.
    pub(super) took: [Duration; STEPS.len()],
}

impl Wires {
    /// For the line of that number, so that not all begin with the same verifier.
    pub(super) async fn open(scene: &Scene, number: usize) -> anyhow::Result<Self> {
        let mut wires = Vec::new();
        for address in &scene.addresses {
            wires.push(Wire::open(*address).await?);
        }
        Ok(Self { wires, next: number })
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, String)],
        body: Bytes,
    ) -> anyhow::Result<Answer> {
        self.next += 1;
        let turn = self.next % self.wires.len();
        self.wires[turn].send(method, path, headers, body).await
    }
}

impl<'a> Session<'a> {
    pub(super) fn new(scene: &'a Scene, wires: &'a mut Wires) -> Self {
        Self { scene, wires, took: [Duration::ZERO; STEPS.len()] }
    }

    /// The whole way, and a look at what came of it.
    pub(super) async fn go(&mut self, card: &Card) -> anyhow::Result<()> {
        let begun = self.begin().await.context("the session")?;
        let request = self.request(text(&begun, "link")?).await.context("the request")?;
        let code = self.answer(&request, card).await.context("the answer")?;
        let told = self.result(text(&begun, "id")?, code.as_deref()).await.context("the result")?;
        let credentials = &told["result"]["credentials"];
        ensure!(told["result"]["verdict"] == "held", "{}", told["result"]);
        let name = &credentials[0]["claims"]["family_name_hangul"];
        ensure!(*name == card.family_name.as_str() && credentials[1].is_null(), "another person's claims");
        Ok(())
    }

    /// Begins it, and no more.
    pub(super) async fn begin(&mut self) -> anyhow::Result<Value> {
        let headers = [(AUTHORIZATION, self.scene.bearer.clone())];
        let answer = self.timed(0, Method::POST, "/sessions", &headers, self.scene.wish.clone().into()).await?;
        accepted(&answer, 201)
    }

    /// OpenID4VP 1.0 §5.10.
    async fn request(&mut self, link: &str) -> anyhow::Result<Request> {
        let Begun::Fetch(awaiting) = Call::parse(link)?.begin(&mut SystemEntropy)? else {
            bail!("a link without a request")
        };
        let answer = self.of_wallet(1, awaiting.request()).await?;
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        let response = HttpResponse { status: answer.status, headers, body: answer.body.to_vec() };
        let object = awaiting.receive(&response)?;
        let registrars = std::slice::from_ref(&self.scene.registrar);
        Ok(object.authenticate(registrars, now(None)?)?.into_request())
    }

    /// OpenID4VP 1.0 §8.2; the code with which a browser comes back, on the same device.
    async fn answer(&mut self, request: &Request, card: &Card) -> anyhow::Result<Option<String>> {
        let (query, shown) = card.present(request).map_err(|failure| anyhow::anyhow!("{}", failure.error()))?;
        let answer = request.answer(BTreeMap::from([(query.id().clone(), vec![shown])]), &mut SystemEntropy)?;
        let told = accepted(&self.of_wallet(2, &answer).await?, 200)?;
        let code = |uri: &str| uri.rsplit_once("response_code=").map(|(_, code)| code.to_owned());
        Ok(told["redirect_uri"].as_str().and_then(code))
    }

    async fn result(&mut self, id: &str, code: Option<&str>) -> anyhow::Result<Value> {
        let query = code.map(|code| format!("?response_code={code}")).unwrap_or_default();
        let headers = [(AUTHORIZATION, self.scene.bearer.clone())];
        let path = format!("/sessions/{id}{query}");
        accepted(&self.timed(3, Method::GET, &path, &headers, Bytes::new()).await?, 200)
    }

    async fn of_wallet(&mut self, step: usize, request: &HttpRequest) -> anyhow::Result<Answer> {
        let path = request.url.strip_prefix(&self.scene.base_url).context("an address of another verifier")?;
        let header = |(name, value): &(&'static str, String)| Ok((name.parse::<HeaderName>()?, value.clone()));
        let headers = request.headers.iter().map(header).collect::<anyhow::Result<Vec<_>>>()?;
        let method = request.method.as_str().parse()?;
        self.timed(step, method, path, &headers, request.body.clone().into()).await
    }

    async fn timed(
        &mut self,
        step: usize,
        method: Method,
        path: &str,
        headers: &[(HeaderName, String)],
        body: Bytes,
    ) -> anyhow::Result<Answer> {
        let started = Instant::now();
        let answer = self.wires.send(method, path, headers, body).await;
        self.took[step] = started.elapsed();
        answer
    }
}

fn accepted(answer: &Answer, status: u16) -> anyhow::Result<Value> {
    ensure!(answer.status == status, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    Ok(serde_json::from_slice(&answer.body)?)
}

fn text<'v>(value: &'v Value, name: &str) -> anyhow::Result<&'v str> {
    value[name].as_str().with_context(|| format!("no {name}"))
}
