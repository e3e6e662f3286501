//! A provider that answers on a socket, a wallet with its instance's key, and what an issuer trusts.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use mapae_crypto::SigningKey;
use mapae_hsm::Signer;
use mapae_http::{Clock, Metrics, Notices, Running, settings};
use mapae_jose::Jwk;
use mapae_oid4vci::TrustedProviders;
use mapae_sql::{Address, Database};
use mapae_types::{Duration, Timestamp};
use mapae_wallet_provider::{
    Attester, INSTANCES, InstanceId, Instances, WalletProviderConfig, WalletProviderDeps, proof::ProofContents, serve,
};
use mapae_x509::{Certificate, Role};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Pki, Seeded, now};

pub(crate) const BASE: &str = "https://wallet.example";
pub(crate) const CLIENT: &str = "/client-attestations";
pub(crate) const KEYS: &str = "/key-attestations";

/// A provider while it runs.
pub(crate) struct Scene {
    pub(crate) pki: Pki,
    pub(crate) instances: Instances,
    pub(crate) running: Running,
    dir: TempDir,
    ahead: Arc<AtomicI64>,
}

/// A wallet with a key of its own.
pub(crate) struct Wallet {
    pub(crate) key: SigningKey,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

pub(crate) fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut Seeded::new(seed)).unwrap()
}

pub(crate) fn config() -> WalletProviderConfig {
    settings::parse(&format!(
        "base_url = \"{BASE}\"\nclient_id = \"{BASE}/app\"\nwallet_name = \"Sample\"\nwallet_link = \"{BASE}/about\"\n\
         max_keys = 3\nrate = \"1000/s burst 1000\""
    ))
    .unwrap()
}

/// The key and chain of a signer of attestations whose certificate lasts so many days more.
pub(crate) fn signer(pki: &Pki, days: i64) -> (Signer, Vec<Certificate>) {
    let from = now() - Duration::days(30);
    let signer = pki.signer(Role::AttestationSigner, 7, from, now() + Duration::days(days));
    (Signer::software(signer.key), vec![signer.certificate])
}

async fn instances(dir: &Path) -> Instances {
    let address = Address::sqlite(dir.join("instances.db"));
    let Database::Sqlite(database) = Database::create(&address, &INSTANCES).await.unwrap() else { unreachable!() };
    Instances::new(database)
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(30).await
    }

    /// A provider whose certificate lasts so many days more.
    pub(crate) async fn with(days: i64) -> Self {
        let (dir, pki) = (tempfile::tempdir().unwrap(), Pki::new(3, "KR"));
        let ahead = Arc::default();
        let (instances, running) = start(dir.path(), &pki, days, &ahead).await;
        Self { pki, instances, running, dir, ahead }
    }

    /// Stops and starts again with what is on the disk.
    pub(crate) async fn again(self) -> Self {
        let Self { pki, running, dir, ahead, .. } = self;
        running.stop().await;
        let (instances, running) = start(dir.path(), &pki, 30, &ahead).await;
        Self { pki, instances, running, dir, ahead }
    }

    /// Lets time pass for the service.
    pub(crate) fn wait(&self, time: Duration) {
        self.ahead.fetch_add(time.as_seconds(), Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Timestamp {
        now() + Duration::seconds(self.ahead.load(Ordering::SeqCst))
    }

    pub(crate) fn trusted(&self) -> TrustedProviders {
        TrustedProviders::new(vec![self.pki.root.clone()])
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        let request = reqwest::Client::new().post(format!("{}{path}", self.running.url())).body(body.to_owned());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        Answer { status, body: serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default() }
    }

    pub(crate) async fn nonce(&self) -> String {
        self.post("/nonce", "").await.text("nonce")
    }

    /// Asks for an attestation of the wallet by that key.
    pub(crate) async fn attest(&self, wallet: &Wallet, key: &SigningKey) -> Answer {
        let nonce = self.nonce().await;
        let (instance, key) = (wallet.own_proof(CLIENT, &nonce), wallet.proof(key, CLIENT, &nonce));
        self.post(CLIENT, &json!({ "instance": instance, "key": key }).to_string()).await
    }

    /// Asks for an attestation of those keys.
    pub(crate) async fn attest_keys(&self, wallet: &Wallet, keys: &[SigningKey], c_nonce: Option<&str>) -> Answer {
        let nonce = self.nonce().await;
        let proofs: Vec<String> = keys.iter().map(|key| wallet.proof(key, KEYS, &nonce)).collect();
        let instance = wallet.own_proof(KEYS, &nonce);
        self.post(KEYS, &json!({ "instance": instance, "keys": proofs, "nonce": c_nonce }).to_string()).await
    }
}

async fn start(dir: &Path, pki: &Pki, days: i64, ahead: &Arc<AtomicI64>) -> (Instances, Running) {
    let (signer, chain) = signer(pki, days);
    let instances = instances(dir).await;
    let clock = Arc::clone(ahead);
    let deps = WalletProviderDeps {
        attester: Attester::new(signer, &chain, &pki.root, now()).unwrap(),
        instances: instances.clone(),
        clock: Clock::from_fn(move || now() + Duration::seconds(clock.load(Ordering::SeqCst))),
        entropy: Box::new(Seeded::new(5)),
        notices: Notices::silent(),
        metrics: Metrics::new(),
    };
    (instances, serve("127.0.0.1:0".parse().unwrap(), config(), deps).await.unwrap())
}

impl Wallet {
    pub(crate) fn new(seed: u64) -> Self {
        Self { key: key(seed) }
    }

    pub(crate) fn id(&self) -> InstanceId {
        InstanceId::of(&jwk(&self.key))
    }

    /// The proof of the instance's own key.
    pub(crate) fn own_proof(&self, path: &str, nonce: &str) -> String {
        self.proof(&self.key, path, nonce)
    }

    /// The proof of another key, for this instance.
    pub(crate) fn proof(&self, key: &SigningKey, path: &str, nonce: &str) -> String {
        let contents = ProofContents { audience: &format!("{BASE}{path}"), nonce, instance: self.id() };
        let unsigned = contents.unsigned(&jwk(key));
        let signature = key.sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    }
}

impl Answer {
    /// A member that must be a text.
    pub(crate) fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.body)).to_owned()
    }

    /// Its status, and the code of its problem.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default())
    }
}

pub(crate) fn jwk(key: &SigningKey) -> Jwk {
    Jwk::from(key.public().clone())
}
