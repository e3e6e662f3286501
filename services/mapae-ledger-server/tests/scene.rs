//! Three agencies, their log and their witnesses, each a service of its own on the loopback, all in one process.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use mapae_crypto::{Ed25519SigningKey, SigningKey};
use mapae_dcql::ClaimPath;
use mapae_http::{Bounds, Clock, Notices, Running};
use mapae_ledger::{Entry, KeyName, MajorityPolicy, SignatureType, VerifierKey};
use mapae_ledger_server::{
    Crash, NamedKey, ServeError,
    client::LedgerClient,
    log::{self, LogConfig, LogDeps},
    store::{LOG, SqliteLogStore, SqliteWitnessStore, WITNESS},
    witness::{self, AuditConfig, WitnessConfig, WitnessDeps},
};
use mapae_sql::{Database, SqliteDatabase};
use mapae_trust::{
    Names, NewRegistration, RegisteredDocument, RegisteredKind, Registration,
    ledger::{Agency, Catalogue, Change, Founding, PolicyStatement, Right, Statement, WalletProvider},
};
use mapae_types::{AgencyId, Timestamp};
use mapae_x509::Role;
use tempfile::TempDir;
use testkit::{Pki, Seeded, now, ports};

pub(crate) const ORIGIN: &str = "ledger.example/kr";
pub(crate) const ALL: [&str; 3] = ["court", "interior", "police"];

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The directories and addresses of everybody.
pub(crate) struct Scene {
    pub(crate) dir: TempDir,
    pub(crate) log_at: SocketAddr,
    pub(crate) witnesses: Vec<Place>,
    pub(crate) said: Arc<Mutex<Vec<String>>>,
}

/// A witness: its key, its directory, and where it listens.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) verifier: VerifierKey,
    pub(crate) dir: PathBuf,
    pub(crate) at: SocketAddr,
}

impl Scene {
    /// Three witnesses have their keys; nobody runs yet.
    pub(crate) async fn new() -> Self {
        let mut scene = Self {
            dir: tempfile::tempdir().unwrap(),
            log_at: ports::free(),
            witnesses: Vec::new(),
            said: Arc::default(),
        };
        for name in ALL {
            scene.add_witness(name).await;
        }
        scene
    }

    /// One more witness has its key.
    pub(crate) async fn add_witness(&mut self, name: &str) {
        let dir = self.dir.path().join(name);
        std::fs::create_dir(&dir).unwrap();
        let store = witness_store(&dir).await;
        let entropy = &mut Seeded::new(u64::try_from(self.witnesses.len()).unwrap() + 40);
        let key = witness::init(&dir, format!("{name}.example").parse().unwrap(), &store, entropy).await.unwrap();
        self.witnesses.push(Place { verifier: key.verifier().clone(), dir, at: ports::free() });
    }

    /// Two of the first three.
    pub(crate) fn policy(&self) -> String {
        self.policy_of(&[0, 1, 2], 2)
    }

    pub(crate) fn policy_of(&self, witnesses: &[usize], threshold: usize) -> String {
        let line = |at: &usize| format!("witness w{at} {}\n", self.witnesses[*at].verifier);
        let (lines, names): (String, Vec<String>) =
            (witnesses.iter().map(line).collect(), witnesses.iter().map(|at| format!("w{at}")).collect());
        let log = log_key();
        format!("log {}\n{lines}group all {threshold} {}\nquorum all\n", log.verifier(), names.join(" "))
    }

    pub(crate) fn majority(&self) -> MajorityPolicy {
        MajorityPolicy::parse(self.policy().as_bytes()).unwrap()
    }

    pub(crate) fn founding(&self) -> Entry {
        let founding = Founding::new(ALL.map(agency).into(), &self.policy()).unwrap();
        entry(&Statement::Founding(founding), &ALL)
    }

    pub(crate) fn log_config(&self) -> LogConfig {
        let url = |place: &Place| (place.verifier.name().clone(), format!("http://{}", place.at));
        LogConfig {
            listen: self.log_at,
            dir: self.dir.path().join("log"),
            policy: self.policy().into_bytes(),
            founding: Some(self.founding()),
            witnesses: self.witnesses.iter().map(url).collect::<BTreeMap<KeyName, String>>(),
            retry: Duration::from_millis(100),
        }
    }

    pub(crate) async fn log(&self) -> Running {
        self.log_with(self.log_config()).await.unwrap()
    }

    pub(crate) async fn log_with(&self, config: LogConfig) -> Result<Running, ServeError> {
        self.log_by(config, clock()).await
    }

    pub(crate) async fn log_by(&self, config: LogConfig, clock: Clock) -> Result<Running, ServeError> {
        let store = SqliteLogStore::new(database(&self.dir.path().join("log.db"), &LOG).await);
        let deps = LogDeps { store, key: log_key(), clock, notices: self.notices(), crash: Crash::never() };
        log::serve(config, deps).await
    }

    pub(crate) async fn witness(&self, at: usize) -> Running {
        self.witness_with(at, None).await.unwrap()
    }

    pub(crate) async fn auditor(&self, at: usize) -> Running {
        self.witness_with(at, Some(self.audit())).await.unwrap()
    }

    pub(crate) fn audit(&self) -> AuditConfig {
        AuditConfig { log_url: format!("http://{}", self.log_at), founding: Some(self.founding()) }
    }

    pub(crate) async fn witness_with(&self, at: usize, audit: Option<AuditConfig>) -> Result<Running, ServeError> {
        let place = &self.witnesses[at];
        let logs = vec![log_key().verifier().clone()];
        self.witness_of(WitnessConfig { listen: place.at, dir: place.dir.clone(), logs, audit }).await
    }

    pub(crate) async fn witness_of(&self, config: WitnessConfig) -> Result<Running, ServeError> {
        let store = witness_store(&config.dir).await;
        let deps = WitnessDeps { store, clock: clock(), notices: self.notices(), crash: Crash::never() };
        witness::serve(config, deps).await
    }

    pub(crate) async fn all_witnesses(&self) -> Vec<Running> {
        let mut running = Vec::new();
        for at in 0..3 {
            running.push(self.witness(at).await);
        }
        running
    }

    pub(crate) fn client(&self) -> LedgerClient {
        client(&format!("http://{}", self.log_at))
    }

    pub(crate) fn notices(&self) -> Notices {
        let said = Arc::clone(&self.said);
        Notices::to(move |line| said.lock().unwrap().push(line.to_owned()))
    }

    /// Whether the operator was told something with these words.
    pub(crate) fn heard(&self, words: &str) -> bool {
        self.said.lock().unwrap().iter().any(|line| line.contains(words))
    }
}

pub(crate) fn client(url: &str) -> LedgerClient {
    LedgerClient::new(url, Bounds::default()).unwrap()
}

pub(crate) fn clock() -> Clock {
    Clock::from_fn(now)
}

pub(crate) fn log_key() -> NamedKey {
    NamedKey::new(ORIGIN.parse().unwrap(), SignatureType::Ed25519, Ed25519SigningKey::from_seed(&[1; 32]).unwrap())
}

pub(crate) async fn database(file: &Path, component: &mapae_sql::Component) -> SqliteDatabase {
    match Database::create(&mapae_sql::Address::sqlite(file), component).await.unwrap() {
        Database::Sqlite(database) => database,
        Database::Postgres(_) => unreachable!(),
    }
}

pub(crate) async fn witness_store(dir: &Path) -> SqliteWitnessStore {
    SqliteWitnessStore::new(database(&dir.join("witness.db"), &WITNESS).await)
}

fn key(name: &str) -> SigningKey {
    SigningKey::generate(&mut Seeded::new(name.bytes().fold(7, |seed, byte| seed * 31 + u64::from(byte)))).unwrap()
}

fn id(name: &str) -> AgencyId {
    name.parse().unwrap()
}

fn agency(name: &str) -> Agency {
    let rights = if name == "interior" { Right::ALL.into() } else { [].into() };
    Agency { id: id(name), names: Names::new("기관", name).unwrap(), key: key(name).public().clone(), rights }
}

/// What these agencies state now.
pub(crate) fn entry(statement: &Statement, signers: &[&str]) -> Entry {
    entry_at(statement, now(), signers)
}

/// Signatures are random, so each entry is signed once: a test that says the same means the same bytes.
pub(crate) fn entry_at(statement: &Statement, at: Timestamp, signers: &[&str]) -> Entry {
    static SIGNED: Mutex<BTreeMap<Vec<Vec<u8>>, Entry>> = Mutex::new(BTreeMap::new());
    let unsigned = statement.prepare(at);
    let messages: Vec<Vec<u8>> = signers.iter().map(|name| unsigned.to_be_signed(&id(name))).collect();
    let sign = |(name, message): (&&str, &Vec<u8>)| (id(name), key(name).sign(message).unwrap());
    let signed = || Entry::new(unsigned.attach(signers.iter().zip(&messages).map(sign).collect())).unwrap();
    SIGNED.lock().unwrap().entry(messages.clone()).or_insert_with(signed).clone()
}

/// The nth version of the catalogue, which `interior` may state alone; versions only grow.
pub(crate) fn version(nth: u64) -> Entry {
    entry(&Statement::Catalogue(Catalogue { version: nth, sha256: [9; 32] }), &["interior"])
}

/// The same, by an agency that may not.
pub(crate) fn presumption(nth: u64) -> Entry {
    entry(&Statement::Catalogue(Catalogue { version: nth, sha256: [9; 32] }), &["court"])
}

pub(crate) fn policy_entry(policy: &str, generation: u64) -> Entry {
    entry(&Statement::Policy(PolicyStatement::new(policy, generation).unwrap()), &["court", "interior"])
}

/// A wallet provider by its number: any of them may come in any order.
pub(crate) fn wallet_provider(nth: u64) -> Statement {
    // A root's signature is random: each is made once, so that the same number means the same bytes.
    static STATED: Mutex<BTreeMap<u64, Statement>> = Mutex::new(BTreeMap::new());
    STATED.lock().unwrap().entry(nth).or_insert_with(|| new_wallet_provider(nth)).clone()
}

fn new_wallet_provider(nth: u64) -> Statement {
    let (names, root) = (Names::new("지갑", "wallet").unwrap(), Pki::new(1000 + nth, "KR").root);
    let id = format!("wallet-{nth}").parse().unwrap();
    Statement::WalletProvider(Change::Enter(WalletProvider { id, names, root }))
}

/// A registrar, a shop below it, and that the shop is gone.
pub(crate) fn withdrawn_shop() -> [Statement; 3] {
    let registrar = Pki::new(77, "KR");
    let from = now().start_of_day() - mapae_types::Duration::days(1);
    let access = registrar.signer(Role::MdocReader, 78, from, from + mapae_types::Duration::days(365)).certificate;
    let elements = vec![ClaimPath::element("org.iso.18013.5.1", "age_over_19")];
    let licence = RegisteredDocument::new(RegisteredKind::Mdoc("org.iso.18013.5.1.mDL".into()), elements).unwrap();
    let shop = Registration::new(NewRegistration {
        id: "shop".parse().unwrap(),
        names: Names::new("가게", "Shop").unwrap(),
        certificate: access,
        use_class: "low".parse().unwrap(),
        purposes: vec![Names::new("성년 확인", "To see that you are 19").unwrap()],
        legal_basis: None,
        documents: vec![licence],
    });
    [
        Statement::Registrar(Change::Enter(registrar.root)),
        Statement::RelyingParty(Change::Enter(Box::new(shop.unwrap()))),
        Statement::RelyingParty(Change::Withdraw("shop".parse().unwrap())),
    ]
}
