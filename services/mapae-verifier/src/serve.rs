//! From parts to a service that answers.

use core::net::SocketAddr;
use std::{io, sync::Arc, time::Duration};

use axum::{Json, Router, routing::get};
use mapae_document::Catalogue;
use mapae_http::{
    Bounds, Client, ClientError, Clock, Cors, Dice, Health, Limits, Listening, Metrics, Notices, Probe, Rates, Running,
    Shell, stopping,
};
use tokio::sync::{Notify, broadcast};

use crate::{
    Crash, Pinned, RelyingParty, ServerSecret, UnknownUse, VerifierConfig, WebhookSecret,
    asking::Uses,
    bundle::Bundles,
    openapi, routes,
    service::Service,
    store::SessionStore,
    tasks,
    vault::Vault,
    webhook::{self, Webhook},
};

/// Bytes of a request: an answer with several portraits.
const BODY: usize = 2 << 20;
/// Client addresses of which the rate is remembered.
const ADDRESSES: usize = 1 << 16;
/// Bytes that health writes: more than a session has.
const PROBE: [u8; 4096] = [0x5A; 4096];
/// Changes of sessions that a watcher may lag behind before it looks for itself.
const CHANGES: usize = 1024;

/// The parts that a verifier is made of.
pub struct VerifierDeps<S> {
    /// What it must not lose.
    pub store: S,
    /// Who asks.
    pub relying_party: RelyingParty,
    /// What documents say.
    pub catalogue: Catalogue,
    /// What seals the store, the same on all replicas.
    pub secret: ServerSecret,
    /// Who vouches for trust bundles.
    pub pinned: Pinned,
    /// What signs webhooks; needed if the settings name an address.
    pub webhook_secret: Option<WebhookSecret>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub dice: Dice,
    /// The operator's ear.
    pub notices: Notices,
    /// What is measured.
    pub metrics: Metrics,
    /// Where to die, in tests.
    pub crash: Crash,
}

/// Why a verifier does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The operator: a use of a document or attribute that is not in the catalogue.
    #[error(transparent)]
    Use(#[from] UnknownUse),
    /// The operator: an address for webhooks, and no secret to sign them.
    #[error("webhooks are to be sent, and nothing signs them")]
    WebhookSecretMissing,
    /// The operator: nobody could begin a session.
    #[error("there is no API key")]
    KeyMissing,
    /// The machine: nothing can be asked over HTTP.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The address cannot be had.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
}

/// Answers from now on.
pub async fn serve<S: SessionStore>(
    listen: SocketAddr,
    config: VerifierConfig,
    deps: VerifierDeps<S>,
) -> Result<Running, ServeError> {
    let client = Client::new(Bounds { total: Duration::from_secs(20), ..Bounds::default() })?;
    if config.api_keys.is_empty() {
        return Err(ServeError::KeyMissing);
    }
    let webhook = match (config.webhook.url.clone(), deps.webhook_secret) {
        (None, _) => None,
        (Some(_), None) => return Err(ServeError::WebhookSecretMissing),
        (Some(url), Some(secret)) => Some(Arc::new(Webhook::new(url, secret, client.clone()))),
    };
    let bundles = Arc::new(Bundles::new(config.bundle.clone(), deps.pinned, client, deps.clock.clone()));
    bundles.begin(&deps.notices).await;
    let service = Arc::new(Service {
        uses: Uses::new(deps.catalogue, config.uses.clone())?,
        store: deps.store,
        by: deps.relying_party,
        vault: Vault::new(deps.secret, deps.dice.clone()),
        bundles,
        clock: deps.clock,
        dice: deps.dice,
        notices: deps.notices,
        crash: deps.crash,
        pushes: webhook.is_some(),
        changed: broadcast::Sender::new(CHANGES),
        told: Notify::new(),
        config,
    });
    let listening = Listening::on(listen).await.map_err(ServeError::Listen)?;
    Ok(start(&service, webhook, listening, deps.metrics).await)
}

async fn start<S: SessionStore>(
    service: &Arc<Service<S>>,
    webhook: Option<Arc<Webhook>>,
    listening: Listening,
    metrics: Metrics,
) -> Running {
    let health = health(service);
    health.attempt().await;
    let config = &service.config;
    let rates = Rates::new(config.rate, ADDRESSES, config.proxies.clone());
    let cors = Cors::wallets().except(&["/sessions", "/sessions/{id}", "/events", "/response"]);
    let shell = Shell::new(metrics, config.log.requests()).rates(rates).cors(cors);
    let (stopper, stop) = stopping();
    let routes = routes::routes(service, stop.clone()).merge(health.routes()).merge(told(service));
    let limits = Limits { body: BODY, ..Limits::default() };
    let mut running = listening.serve_in(shell, routes, limits, stopper);
    running.spawn(health.watch(stop.clone()));
    running.spawn(Arc::clone(&service.bundles).watch(service.notices.clone(), stop.clone()));
    running.spawn(tasks::tend(Arc::clone(service), stop.clone()));
    if let Some(webhook) = webhook {
        running.spawn(webhook::push(Arc::clone(service), webhook, stop));
    }
    running
}

/// What is told of the service itself.
fn told<S: SessionStore>(service: &Arc<Service<S>>) -> Router {
    let (document, service) = (openapi::document(&service.config.base_url), Arc::clone(service));
    let bundle = move || async move { Json(service.bundles.told(service.by.registration().use_class())) };
    Router::new()
        .route("/health/bundle", get(bundle))
        .route("/openapi.json", get(move || async move { Json(document.clone()) }))
}

fn health<S: SessionStore>(service: &Arc<Service<S>>) -> Health {
    let (store, bundle, by) = (service.store.clone(), Arc::clone(service), Arc::clone(service));
    let store = Probe::new("store", move || {
        let store = store.clone();
        async move { store.probe(&PROBE).await }
    });
    let bundle = Probe::new("bundle", move || {
        let checked = bundle.bundles.check(bundle.by.registration().use_class());
        async move { checked }
    });
    let signature = Probe::new("signature", move || {
        let made = by.by.signature(&PROBE).map(drop);
        async move { made }
    });
    Health::new(vec![store, bundle, signature], service.config.health)
}
