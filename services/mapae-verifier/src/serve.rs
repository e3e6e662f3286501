//! From parts to a service that answers.

use core::net::SocketAddr;
use std::{io, sync::Arc, time::Duration};

use axum::{Json, Router, routing::get};
use mapae_document::Catalogue;
use mapae_http::{
    Bounds, Client, ClientError, Clock, ClockError, Cors, Dice, Health, Limits, Listening, Metrics, Notices, Probe,
    Rates, Running, Shell, stopping,
};
use tokio::sync::{Notify, broadcast};

use crate::{
    Crash, NotASandbox, Pinned, RelyingParty, Sandbox, ServerSecret, UnknownUse, VerifierConfig, WebhookSecret,
    asking::{Uses, Waiting},
    bundle::Bundles,
    judging::Judging,
    measures::Measures,
    openapi::{self, Beside},
    openid::{self, Ingredients, OpenIdFault},
    routes, sandbox,
    service::Service,
    store::{OpenIdStore, SessionStore},
    tasks,
    vault::Vault,
    webhook::{self, Webhook},
};

/// Bytes of a request: an answer with several portraits.
const BODY: usize = 2 << 20;
/// Client addresses of which the rate is remembered.
const ADDRESSES: usize = 1 << 16;
/// Routes that no page of another origin calls: those of the relying party's server, and those that browsers visit.
const VISITED: [&str; 14] = [
    "/sessions",
    "/sessions/{id}",
    "/events",
    "/response",
    "/authorize",
    "/login/{id}",
    "/state",
    "/return",
    "/logout",
    "/sandbox",
    "/people",
    "/breaks",
    "/answer",
    "/trace",
];
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
    /// The operator: the section `[openid]`, or its files; or the store of its keys.
    #[error("the OpenID provider: {0}")]
    OpenId(#[from] OpenIdFault),
    /// The operator: a sandbox that believes others' bundles.
    #[error(transparent)]
    NotASandbox(#[from] NotASandbox),
    /// The machine: it has no time.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The machine: nothing can be asked over HTTP.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The address cannot be had.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
}

/// Answers from now on.
pub async fn serve<S: SessionStore + OpenIdStore>(
    listen: SocketAddr,
    config: VerifierConfig,
    deps: VerifierDeps<S>,
) -> Result<Running, ServeError> {
    serve_with(listen, config, deps, None).await
}

/// The same with sample people who answer on demand, for developers: never where a verdict counts.
pub async fn serve_sandbox<S: SessionStore + OpenIdStore>(
    listen: SocketAddr,
    config: VerifierConfig,
    deps: VerifierDeps<S>,
    sandbox: Sandbox,
) -> Result<Running, ServeError> {
    sandbox.check(&deps.pinned)?;
    deps.notices.say("SAMPLE: this is a sandbox, whose people are made up and answer as anybody likes");
    serve_with(listen, config, deps, Some(sandbox)).await
}

async fn serve_with<S: SessionStore + OpenIdStore>(
    listen: SocketAddr,
    config: VerifierConfig,
    deps: VerifierDeps<S>,
    sandbox: Option<Sandbox>,
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
    let (measures, clock) = (Measures::declare(&deps.metrics), deps.clock.clone());
    let bundles = Arc::new(Bundles::new(config.bundle.clone(), deps.pinned, client, clock, measures.clone()));
    bundles.begin(&deps.notices).await;
    let vault = Vault::new(deps.secret, deps.dice.clone());
    let registration = deps.relying_party.registration();
    let (store, catalogue) = (&deps.store, &deps.catalogue);
    let parts = Ingredients { config: &config, store, vault: &vault, dice: &deps.dice, registration, catalogue };
    let openid = openid::providers(&parts, deps.clock.now()?).await?;
    let service = Arc::new(Service {
        names: vault.names(registration.id()),
        openid,
        uses: Uses::new(deps.catalogue, config.uses.clone())?,
        store: deps.store,
        by: deps.relying_party,
        vault,
        bundles,
        clock: deps.clock,
        dice: deps.dice,
        notices: deps.notices,
        crash: deps.crash,
        measures,
        pushes: webhook.is_some(),
        sandbox,
        changed: broadcast::Sender::new(CHANGES),
        told: Notify::new(),
        waiting: Waiting::default(),
        judging: Judging::default(),
        config,
    });
    let metrics = match service.config.metrics_listen {
        Some(listen) => Some(Listening::on(listen).await.map_err(ServeError::Listen)?),
        None => None,
    };
    let listening = Listening::on(listen).await.map_err(ServeError::Listen)?;
    let mut running = start(&service, webhook, listening, deps.metrics.clone()).await;
    if let Some(listening) = metrics {
        tell_metrics(&mut running, listening, &deps.metrics);
    }
    Ok(running)
}

/// On a listener of their own, since wallets of strangers reach the other.
fn tell_metrics(running: &mut Running, listening: Listening, metrics: &Metrics) {
    let (stopper, mut stop) = (stopping().0, running.listener());
    let telling = listening.serve(metrics.routes(), Limits::default(), stopper);
    // How it ends nobody has to know: the service goes on without.
    running.spawn(async move { drop(telling.until(async move { stop.requested().await }).await) });
}

async fn start<S: SessionStore + OpenIdStore>(
    service: &Arc<Service<S>>,
    webhook: Option<Arc<Webhook>>,
    listening: Listening,
    metrics: Metrics,
) -> Running {
    let health = health(service);
    health.attempt().await;
    let config = &service.config;
    let rates = Rates::new(config.rate, ADDRESSES, config.proxies.clone());
    let cors = Cors::wallets().except(&VISITED);
    let shell = Shell::new(metrics, config.log.requests()).rates(rates).cors(cors);
    let (stopper, stop) = stopping();
    let mut routes = routes::routes(service, stop.clone()).merge(health.routes()).merge(told(service));
    if service.openid.is_some() {
        routes = routes.merge(openid::routes(service));
    }
    let routes = sandbox::routes(routes, service, stop.clone());
    let limits = Limits { body: BODY, ..Limits::default() };
    let mut running = listening.serve_in(shell, routes, limits, stopper);
    running.spawn(health.watch(stop.clone()));
    running.spawn(Arc::clone(&service.bundles).watch(service.notices.clone(), stop.clone()));
    running.spawn(tasks::tend(Arc::clone(service), stop.clone()));
    running.spawn(openid::tend(Arc::clone(service), stop.clone()));
    if let Some(webhook) = webhook {
        running.spawn(webhook::push(Arc::clone(service), webhook, stop));
    }
    running
}

/// What is told of the service itself.
fn told<S: SessionStore>(service: &Arc<Service<S>>) -> Router {
    let document = openapi::document(
        &service.config.base_url,
        Beside { provider: service.openid.is_some(), sandbox: service.sandbox.is_some() },
    );
    let service = Arc::clone(service);
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
