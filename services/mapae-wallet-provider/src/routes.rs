//! What is asked over HTTP: JSON in, JSON or a problem document (RFC 9457) out.
//!
//! ```text
//! POST /nonce                                                   → { nonce, expires_in }
//! POST /client-attestations { instance, key, evidence? }        → { client_attestation, expires_in }
//! POST /key-attestations    { instance, keys, nonce?, evidence? } → { key_attestation, expires_in }
//! GET  /levels/software                                         → what that level means, for people
//! ```
//!
//! `instance`, `key` and `keys` are proofs ([`crate::proof`]); `nonce` is the issuer's `c_nonce`.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use mapae_http::{Fault, Problem, Whole};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    SOFTWARE_PATH,
    error::Refusal,
    level::SOFTWARE_PAGE,
    service::{Attested, Service},
};

const CLIENT: &str = "/client-attestations";
const KEYS: &str = "/key-attestations";

/// Characters of an issuer's `c_nonce`, whatever it is made of.
const MAX_NONCE: usize = 512;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientAsked {
    instance: String,
    key: String,
    evidence: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysAsked {
    instance: String,
    keys: Vec<String>,
    nonce: Option<String>,
    evidence: Option<Value>,
}

pub(crate) fn routes(service: Arc<Service>) -> Router {
    let text = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Router::new()
        .route("/nonce", post(nonce))
        .route(CLIENT, post(client))
        .route(KEYS, post(keys))
        .route(SOFTWARE_PATH, get(move || async move { (text, SOFTWARE_PAGE) }))
        .with_state(service)
}

async fn nonce(State(service): State<Arc<Service>>) -> Response {
    let answer = service.nonce().map(|(nonce, expires_in)| json!({ "nonce": nonce, "expires_in": expires_in }));
    respond(&service, answer)
}

async fn client(State(service): State<Arc<Service>>, body: Result<Whole, Problem>) -> Response {
    let answer = async {
        let asked: ClientAsked = read(&body?)?;
        no_evidence(asked.evidence.as_ref())?;
        let attested = service.attest_client(CLIENT, &asked.instance, &asked.key).await?;
        Ok::<Value, Fault>(told("client_attestation", &attested))
    };
    let answer = answer.await;
    respond(&service, answer)
}

async fn keys(State(service): State<Arc<Service>>, body: Result<Whole, Problem>) -> Response {
    let answer = async {
        let asked: KeysAsked = read(&body?)?;
        no_evidence(asked.evidence.as_ref())?;
        let proofs: Vec<&str> = asked.keys.iter().map(String::as_str).collect();
        if asked.nonce.as_ref().is_some_and(|nonce| nonce.is_empty() || nonce.len() > MAX_NONCE) {
            return Err(Refusal::Body.into());
        }
        let attested = service.attest_keys(KEYS, &asked.instance, &proofs, asked.nonce.as_deref()).await?;
        Ok::<Value, Fault>(told("key_attestation", &attested))
    };
    let answer = answer.await;
    respond(&service, answer)
}

fn read<T: DeserializeOwned>(body: &Whole) -> Result<T, Refusal> {
    serde_json::from_slice(&body.0).map_err(|_| Refusal::Body)
}

fn no_evidence(evidence: Option<&Value>) -> Result<(), Refusal> {
    evidence.map_or(Ok(()), |_| Err(Refusal::Evidence))
}

fn told(name: &str, attested: &Attested) -> Value {
    json!({ name: attested.jwt, "expires_in": attested.expires_in })
}

/// No cache keeps a nonce or an attestation.
fn respond(service: &Service, answer: Result<Value, impl Into<Fault>>) -> Response {
    match answer {
        Ok(value) => {
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
            (headers, value.to_string()).into_response()
        }
        Err(fault) => fault.into().tell(&service.notices).into_response(),
    }
}
