//! The service: its parts, and what it does with a request once that is read.

use core::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use mapae_http::{Clock, Cors, Health, Limits, Listening, Metrics, Notices, Probe, Rates, Running, Shell, stopping};
use mapae_jose::Jwk;
use mapae_oid4vci::{ClientAttestationContents, KeyAttestationContents, NonceKind, NonceMint};
use mapae_types::{Entropy, Timestamp};

use crate::{
    Attester, InstanceId, Instances, Level, ServeError, WalletProviderConfig,
    error::Refusal,
    proof::{self, Expected},
    routes::routes,
};

/// Client addresses of which the rate is remembered.
const ADDRESSES: usize = 1 << 16;

/// Bytes that health writes: more than any row has.
const PROBE: [u8; 4096] = [0x5A; 4096];

/// Bytes of a request: 256 proofs of half a kilobyte.
const BODY: usize = 256 << 10;

/// What a wallet provider works with.
pub struct WalletProviderDeps {
    /// Signs attestations.
    pub attester: Attester,
    /// Who asked, and who is blocked.
    pub instances: Instances,
    /// The time.
    pub clock: Clock,
    /// For nonces. They are good until the service starts again: what was asked for before is asked for anew.
    pub entropy: Box<dyn Entropy + Send>,
    /// The operator's ear.
    pub notices: Notices,
    /// What is measured.
    pub metrics: Metrics,
}

pub(crate) struct Service {
    config: WalletProviderConfig,
    attester: Attester,
    instances: Instances,
    clock: Clock,
    entropy: Mutex<Box<dyn Entropy + Send>>,
    nonces: NonceMint,
    level: Level,
    pub(crate) notices: Notices,
}

/// An attestation, and for how many seconds it is good.
pub(crate) struct Attested {
    pub(crate) jwt: String,
    pub(crate) expires_in: i64,
}

/// Answers from now on.
pub async fn serve(
    listen: SocketAddr,
    config: WalletProviderConfig,
    mut deps: WalletProviderDeps,
) -> Result<Running, ServeError> {
    let secret = array(&mut *deps.entropy)?;
    let health = health(&deps, &config);
    health.attempt().await;
    let rates = Rates::new(config.rate, ADDRESSES, config.proxies.clone());
    let shell = Shell::new(deps.metrics.clone(), config.log.requests()).rates(rates).cors(Cors::wallets());
    let service = Arc::new(Service::new(config, deps, secret));
    let limits = Limits { body: BODY, ..Limits::default() };
    let listening = Listening::on(listen).await.map_err(ServeError::Listen)?;
    let mut running = listening.serve_in(shell, health.routes().merge(routes(service)), limits, stopping().0);
    running.spawn(health.watch(running.listener()));
    Ok(running)
}

fn health(deps: &WalletProviderDeps, config: &WalletProviderConfig) -> Health {
    let (store, signer) = (deps.instances.clone(), deps.attester.clone());
    let store = Probe::new("store", move || {
        let store = store.clone();
        async move { store.probe(&PROBE).await }
    });
    let signer = Probe::new("signature", move || {
        let signer = signer.clone();
        async move { signer.probe().await }
    });
    Health::new(vec![store, signer], config.health)
}

fn array<const N: usize>(entropy: &mut dyn Entropy) -> Result<[u8; N], mapae_types::EntropyError> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}

impl Service {
    fn new(config: WalletProviderConfig, deps: WalletProviderDeps, secret: [u8; 32]) -> Self {
        Self {
            nonces: NonceMint::new(secret, NonceKind::Challenge, config.nonce_lifetime),
            level: Level::software(&config.base_url),
            attester: deps.attester,
            instances: deps.instances,
            clock: deps.clock,
            entropy: Mutex::new(deps.entropy),
            notices: deps.notices,
            config,
        }
    }

    fn now(&self) -> Result<Timestamp, Refusal> {
        self.clock.now().map_err(|error| Refusal::Machine(error.to_string()))
    }

    /// A nonce, and for how many seconds it is good.
    pub(crate) fn nonce(&self) -> Result<(String, i64), Refusal> {
        let random = array(&mut **self.entropy.lock().unwrap_or_else(PoisonError::into_inner));
        let random = random.map_err(|error| Refusal::Machine(error.to_string()))?;
        Ok((self.nonces.mint(self.now()?, random), self.nonces.lifetime().as_seconds()))
    }

    /// Attests the wallet to one issuer, by a key made for that issuer.
    pub(crate) async fn attest_client(&self, path: &str, instance: &str, key: &str) -> Result<Attested, Refusal> {
        let now = self.now()?;
        let keys = self.admit(path, instance, &[key], now).await?;
        let [key] = &keys[..] else { return Err(Refusal::Body) };
        let expires_at = self.until(now + self.config.client_lifetime);
        let contents = ClientAttestationContents {
            provider: &self.config.base_url,
            client_id: &self.config.client_id,
            issued_at: now,
            expires_at,
            key,
            wallet_name: Some(&self.config.wallet_name),
            wallet_link: self.config.wallet_link.as_deref(),
            chain: &self.attester.chain(),
        };
        self.attested(contents.unsigned(), now, expires_at).await
    }

    /// Attests where keys are kept, for one request to one issuer.
    pub(crate) async fn attest_keys(
        &self,
        path: &str,
        instance: &str,
        keys: &[&str],
        nonce: Option<&str>,
    ) -> Result<Attested, Refusal> {
        let now = self.now()?;
        let keys = self.admit(path, instance, keys, now).await?;
        let expires_at = self.until(now + self.config.key_lifetime);
        let contents = KeyAttestationContents {
            provider: &self.config.base_url,
            issued_at: now,
            expires_at: Some(expires_at),
            keys: &keys,
            key_storage: self.level.key_storage(),
            user_authentication: self.level.user_authentication(),
            certification: None,
            nonce,
            chain: &self.attester.chain(),
        };
        self.attested(contents.unsigned(), now, expires_at).await
    }

    /// The keys that an instance proved to hold, if it may have them attested.
    async fn admit(&self, path: &str, instance: &str, keys: &[&str], now: Timestamp) -> Result<Vec<Jwk>, Refusal> {
        let (id, keys) = self.prove(path, instance, keys, now)?;
        // Last, so that nobody fills the store without having signed.
        let known = self.instances.meet(&id, now).await?;
        if known.blocked.is_some() { Err(Refusal::Blocked) } else { Ok(keys) }
    }

    fn prove(
        &self,
        path: &str,
        instance: &str,
        keys: &[&str],
        now: Timestamp,
    ) -> Result<(InstanceId, Vec<Jwk>), Refusal> {
        let max = self.config.max_keys;
        if !(1..=max).contains(&keys.len()) {
            return Err(Refusal::KeyCount { count: keys.len(), max });
        }
        let (audience, nonce) = (format!("{}{path}", self.config.base_url), |text: &str| self.nonces.check(text, now));
        let expected = Expected { audience: &audience, nonce: &nonce };
        let refused = |which| move |fault| Refusal::Proof { which, fault };
        let id = proof::instance(instance, &expected).map_err(refused("instance"))?;
        let keys = keys.iter().map(|key| proof::key(key, &expected, &id).map_err(refused("key")));
        let keys = keys.collect::<Result<Vec<Jwk>, Refusal>>()?;
        check_keys(&id, &keys)?;
        Ok((id, keys))
    }

    /// Nothing that is signed outlives the certificate.
    fn until(&self, wanted: Timestamp) -> Timestamp {
        wanted.min(self.attester.not_after())
    }

    async fn attested(
        &self,
        unsigned: mapae_jose::UnsignedJws,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Attested, Refusal> {
        let jwt = self.attester.sign(unsigned, now).await?;
        Ok(Attested { jwt, expires_in: now.age_at(expires_at).as_seconds() })
    }
}

fn check_keys(instance: &InstanceId, keys: &[Jwk]) -> Result<(), Refusal> {
    if keys.iter().any(|key| InstanceId::of(key) == *instance) {
        return Err(Refusal::InstanceKey);
    }
    let twice = keys.iter().enumerate().any(|(at, key)| keys[..at].contains(key));
    if twice { Err(Refusal::KeyTwice) } else { Ok(()) }
}
