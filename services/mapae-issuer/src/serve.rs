//! From parts to a service that answers at two addresses.

use core::net::SocketAddr;
use std::{
    io,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use axum::Router;
use mapae_crypto::{CryptoError, SigningKey};
use mapae_document::Catalogue;
use mapae_http::{
    Clock, ClockError, Cors, Dice, Health, Limits, Listening, Metrics, Notices, Probe, ProbeTimes, Rates, RequestLog,
    Running, Shell, Stop, stopping,
};
use mapae_jose::Jwk;
use mapae_oid4vci::{Encryption, IssuerUrl, RequestKey};
use tokio::task::JoinError;

use crate::{
    config::IssuerConfig,
    crash::Crash,
    desk::{Desk, Signers},
    issuing::Numbers,
    measures::Measures,
    office::{self, OfficeToken},
    openapi::{self, Audience},
    outbox::Outbox,
    providers::ProviderLedger,
    publication::{self, Publisher},
    register::{Follower, follow},
    replays::Replays,
    routes::{self, SignedNow},
    seal::Seal,
    secret::ServerSecret,
    service::{Mints, Providers, Service},
    sign_in::{self, SignIn},
    store::{IssuerStore, Sweep},
};

/// Bytes of a request: a key attestation over a batch of keys fits twice over.
const BODY: usize = 128 << 10;
/// Bytes that the health's write has: a batch of ten is as large.
const PROBE: u32 = 4 << 10;
/// How long key thumbprints are kept, so that a wallet may repeat its request (design D7, D10).
const RETRY_WINDOW: mapae_types::Duration = mapae_types::Duration::hours(24);
/// How often what is over is deleted, and how much at once.
const SWEEP_EVERY: Duration = Duration::from_secs(10);
const SWEPT_AT_ONCE: u32 = 5_000;

/// The parts that an issuer is made of.
pub struct IssuerDeps<S> {
    /// What it must not lose.
    pub store: S,
    /// The documents of the country.
    pub catalogue: Catalogue,
    /// Who signs.
    pub signers: Signers,
    /// What only this issuer knows, the same on all replicas.
    pub secret: ServerSecret,
    /// The key that permutes status indices.
    pub status_index_key: [u8; 32],
    /// What the office shows.
    pub office_token: OfficeToken,
    /// The wallet providers that are trusted.
    pub providers: Arc<Providers>,
    /// The ledger that says which others are; none: those above alone.
    pub provider_ledger: Option<ProviderLedger>,
    /// Who publishes lists and counts; nobody in a test that is not about them.
    pub publisher: Option<Publisher>,
    /// The registers that are followed.
    pub followers: Vec<Follower>,
    /// This replica's name, the same after a restart.
    pub replica: String,
    /// Where citizens sign in; none: there are clerks' offers alone.
    pub sign_in: Option<SignIn>,
    /// How often a client may ask; none: as often as it likes.
    pub rates: Option<Rates>,
    /// The time.
    pub clock: Clock,
    /// The operator's ear.
    pub notices: Notices,
    /// Which requests are logged.
    pub log: RequestLog,
    /// Where it counts.
    pub metrics: Metrics,
    /// Randomness.
    pub dice: Dice,
    /// Where to die, in tests.
    pub crash: Crash,
}

/// Why an issuer does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The operator: no such identifier of an issuer.
    #[error("base_url is not an https URL, or http on the loopback: {0}")]
    BaseUrl(#[from] mapae_oid4vci::MessageFault),
    /// The operator: nothing to issue.
    #[error("none of the documents is in the catalogue")]
    NothingToIssue,
    /// The address is taken, or the outbox cannot be written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The machine's clock.
    #[error("{0}")]
    Clock(#[from] ClockError),
    /// The secret gives no key.
    #[error("{0}")]
    Crypto(#[from] CryptoError),
}

/// An issuer that answers. Dropping it ends it at once.
#[derive(Debug)]
pub struct Serving {
    public: Running,
    office: SocketAddr,
}

/// Answers when it returns.
pub async fn serve<S: IssuerStore>(config: IssuerConfig, deps: IssuerDeps<S>) -> Result<Serving, ServeError> {
    let (public, office) = (Listening::on(config.listen).await?, Listening::on(config.office_listen).await?);
    let metrics = deps.metrics.clone();
    let parts = Parts::of(config, deps)?;
    Ok(parts.start(public, office, &metrics))
}

/// What is left of the parts once the service is made of them.
struct Parts<S> {
    service: Arc<Service<S>>,
    publisher: Option<Publisher>,
    provider_ledger: Option<ProviderLedger>,
    followers: Vec<Follower>,
    replica: String,
    office_token: OfficeToken,
    sign_in: Option<SignIn>,
    rates: Option<Rates>,
    log: RequestLog,
}

impl<S: IssuerStore> Parts<S> {
    fn of(config: IssuerConfig, deps: IssuerDeps<S>) -> Result<Self, ServeError> {
        let issuer = IssuerUrl::parse(&config.base_url)?;
        let desk = Desk::new(deps.catalogue, &config.documents, deps.signers, issuer.as_str());
        if desk.configurations().is_empty() {
            return Err(ServeError::NothingToIssue);
        }
        let now = deps.clock.now()?;
        let service = Service {
            store: deps.store,
            desk,
            seal: Seal::new(deps.secret.key("seal")),
            mints: Mints::new(deps.secret.key("nonces"), &config.lifetimes),
            numbers: Numbers::new(deps.status_index_key, issuer.as_str()),
            encryption: encryption(&deps.secret, config.encryption_required)?,
            providers: deps.providers,
            replays: Replays::new(config.lifetimes.dpop_nonce, now),
            outbox: Outbox::open(&config.outbox)?,
            waiting: AtomicU64::new(0),
            signed_metadata: SignedNow::default(),
            has_sign_in: deps.sign_in.is_some(),
            metrics: Measures::declare(&deps.metrics),
            clock: deps.clock,
            dice: deps.dice,
            crash: deps.crash,
            notices: deps.notices,
            issuer,
            config,
        };
        let service = Arc::new(service);
        Ok(Self {
            service,
            publisher: deps.publisher,
            provider_ledger: deps.provider_ledger,
            followers: deps.followers,
            replica: deps.replica,
            office_token: deps.office_token,
            sign_in: deps.sign_in,
            rates: deps.rates,
            log: deps.log,
        })
    }

    fn start(self, public: Listening, office: Listening, metrics: &Metrics) -> Serving {
        let (stopper, stop) = stopping();
        let (told, office_told) = self.told(office.address());
        let health = Health::new(probes(&self.service), ProbeTimes::default());
        let limits = Limits { body: BODY, ..Limits::default() };
        let mut shell = Shell::new(metrics.clone(), self.log);
        shell = shell.cors(Cors::wallets().except(&["/authorize", "/callback"]));
        if let Some(rates) = self.rates {
            shell = shell.rates(rates);
        }
        let mut routes: Router = routes::routes(&self.service).merge(health.routes());
        routes = routes.merge(told);
        if let Some(provider) = self.sign_in {
            routes = routes.merge(sign_in::routes(&self.service, provider));
        }
        if let Some(publisher) = &self.publisher {
            let folder = publisher.folder().clone();
            routes = routes.merge(publication::routes(self.service.issuer.path(), folder));
        }
        let mut public = public.serve_in(shell, routes, limits, stopper);
        let office_address = office.address();
        let office_routes = office::routes(&self.service, self.office_token).merge(metrics.routes()).merge(office_told);
        let (office_stopper, _) = stopping();
        let office_shell = Shell::new(metrics.clone(), self.log);
        let office = office.serve_in(office_shell, office_routes, limits, office_stopper);
        public.spawn(until(office, stop));
        public.spawn(health.watch(public.listener()));
        public.spawn(office::watch(Arc::clone(&self.service), public.listener()));
        if let Some(publisher) = self.publisher {
            let (service, stop) = (Arc::clone(&self.service), public.listener());
            public.spawn(async move { publisher.run(&service.store, stop).await });
        }
        if let Some(ledger) = self.provider_ledger {
            let (providers, clock) = (Arc::clone(&self.service.providers), self.service.clock.clone());
            public.spawn(ledger.follow(providers, clock, self.service.notices.clone(), public.listener()));
        }
        if !self.followers.is_empty() {
            let service = Arc::clone(&self.service);
            public.spawn(follow(service, self.followers, self.replica, public.listener()));
        }
        public.spawn(sweep(self.service, public.listener()));
        Serving { public, office: office_address }
    }

    /// The descriptions of both listeners' routes.
    fn told(&self, office: SocketAddr) -> (Router, Router) {
        let (issuer, path) = (self.service.issuer.as_str(), self.service.issuer.path());
        let origin = issuer.strip_suffix(path).unwrap_or(issuer);
        let public = openapi::document(Audience::Public, origin, path);
        let office = openapi::document(Audience::Office, &format!("http://{office}"), "");
        (openapi::routes(path, &public), openapi::routes("", &office))
    }
}

/// The office goes when the service goes.
async fn until(office: Running, mut stop: Stop) {
    // A part of it that dies is in the log of the runtime; wallets are served on.
    drop(office.until(async move { stop.requested().await }).await);
}

/// All replicas read what is encrypted to any.
fn encryption(secret: &ServerSecret, is_required: bool) -> Result<Encryption, CryptoError> {
    let key = SigningKey::from_scalar(&secret.key("request encryption"))?;
    let kid = mapae_jose::base64url::encode(Jwk::from(key.public().clone()).thumbprint());
    Ok(Encryption::new(vec![RequestKey::new(kid, key)], is_required, is_required))
}

/// Green only if a full-size write, a read and a signature went through lately.
fn probes<S: IssuerStore>(service: &Arc<Service<S>>) -> Vec<Probe> {
    let (storing, signing) = (Arc::clone(service), Arc::clone(service));
    let store = move || {
        let service = Arc::clone(&storing);
        async move {
            let now = service.clock.now().map_err(|error| error.to_string())?;
            service.store.probe(PROBE, now).await.map_err(|error| error.to_string())
        }
    };
    let signer = move || {
        let service = Arc::clone(&signing);
        async move {
            for signer in service.desk.signers().all() {
                let message = b"mapae health".to_vec();
                signer.signer.sign(vec![message]).await.map_err(|error| error.to_string())?;
            }
            Ok::<(), String>(())
        }
    };
    vec![Probe::new("store", store), Probe::new("signers", signer)]
}

/// Deletes what is over, a little at a time.
async fn sweep<S: IssuerStore>(service: Arc<Service<S>>, mut stop: Stop) {
    while !stop.within(SWEEP_EVERY).await {
        let Ok(now) = service.clock.now() else { continue };
        let sweep = Sweep { now, keys_before: now - RETRY_WINDOW, limit: SWEPT_AT_ONCE };
        if let Err(error) = service.store.sweep(sweep).await {
            service.notices.say(format_args!("nothing was swept: {error}"));
        }
    }
}

impl Serving {
    /// Where wallets ask.
    pub fn url(&self) -> String {
        self.public.url()
    }

    /// Where the office asks.
    pub fn office_url(&self) -> String {
        format!("http://{}", self.office)
    }

    /// The service, for who runs it with others.
    pub fn into_running(self) -> Running {
        self.public
    }

    /// Stops in order.
    pub async fn stop(self) {
        self.public.stop().await;
    }

    /// Runs until the signal, or until a part dies.
    pub async fn until(self, signal: impl Future<Output = ()>) -> Result<(), JoinError> {
        self.public.until(signal).await
    }
}
