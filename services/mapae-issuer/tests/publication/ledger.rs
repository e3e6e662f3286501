//! A ledger at work: one agency, its log and its witness, on the loopback in this process.

use std::{net::SocketAddr, time::Duration};

use mapae_crypto::{Ed25519SigningKey, SigningKey};
use mapae_hsm::Signer;
use mapae_http::{Bounds, Notices, Running};
use mapae_issuer::publication::{DailyJournal, JournalParts};
use mapae_ledger::{Entry, MajorityPolicy, SignatureType};
use mapae_ledger_server::{
    Crash, NamedKey,
    client::LedgerClient,
    log::{self, LogConfig, LogDeps},
    store::{LOG, SqliteLogStore, SqliteWitnessStore, WITNESS},
    witness::{self, WitnessConfig, WitnessDeps},
};
use mapae_sql::{Address, Database, SqliteDatabase};
use mapae_trust::{
    Names, StatusRule,
    ledger::{
        Agency, Change, Fingerprint, Founding, Issuer, Journal, Judged, LedgerState, Right, SignedEntry, SignerListing,
        Statement,
    },
};
use mapae_types::{AgencyId, Timestamp};
use testkit::{Seeded, now};

use super::scene::Scene;

/// The services, and what it takes to ask them.
pub(crate) struct Ledger {
    url: String,
    policy: MajorityPolicy,
    issuer: Fingerprint,
    _log: Running,
    _witness: Running,
}

fn agency() -> AgencyId {
    "interior".parse().unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_scalar(&[9; 32]).unwrap()
}

fn log_key() -> NamedKey {
    let key = Ed25519SigningKey::from_seed(&[1; 32]).unwrap();
    NamedKey::new("ledger.example/kr".parse().unwrap(), SignatureType::Ed25519, key)
}

async fn database(file: std::path::PathBuf, component: &mapae_sql::Component) -> SqliteDatabase {
    match Database::create(&Address::sqlite(file), component).await.unwrap() {
        Database::Sqlite(database) => database,
        Database::Postgres(_) => unreachable!(),
    }
}

fn entry(statement: &Statement, at: Timestamp) -> Entry {
    let unsigned = statement.prepare(at);
    let signature = key().sign(&unsigned.to_be_signed(&agency())).unwrap();
    Entry::new(unsigned.attach(vec![(agency(), signature)])).unwrap()
}

impl Ledger {
    /// With the issuer of the scene in it.
    pub(crate) async fn new(scene: &Scene) -> Self {
        let (dir, any) = (scene.dir.path(), SocketAddr::from(([127, 0, 0, 1], 0)));
        let place = dir.join("witness");
        std::fs::create_dir(&place).unwrap();
        let store = SqliteWitnessStore::new(database(place.join("witness.db"), &WITNESS).await);
        let seen =
            witness::init(&place, "witness.example".parse().unwrap(), &store, &mut Seeded::new(3)).await.unwrap();
        let policy = format!("log {}\nwitness w {}\nquorum w\n", log_key().verifier(), seen.verifier());
        let logs = vec![log_key().verifier().clone()];
        let config = WitnessConfig { listen: any, dir: place, logs, audit: None };
        let (clock, notices) = (scene.clock(), Notices::silent());
        let deps = WitnessDeps { store, clock, notices: notices.clone(), crash: Crash::never() };
        let witness = witness::serve(config, deps).await.unwrap();
        let interior = Agency {
            id: agency(),
            names: Names::new("행정안전부", "Interior").unwrap(),
            key: key().public().clone(),
            rights: Right::ALL.into(),
        };
        let founding = Statement::Founding(Founding::new(vec![interior], &policy).unwrap());
        let config = LogConfig {
            listen: any,
            dir: dir.join("log"),
            policy: policy.clone().into_bytes(),
            founding: Some(entry(&founding, now())),
            witnesses: [(seen.verifier().name().clone(), witness.url())].into(),
            retry: Duration::from_millis(100),
        };
        let store = SqliteLogStore::new(database(dir.join("log.db"), &LOG).await);
        let deps = LogDeps { store, key: log_key(), clock: scene.clock(), notices, crash: Crash::never() };
        let log = log::serve(config, deps).await.unwrap();
        let root = scene.pki.root.clone();
        let ledger = Self {
            url: log.url(),
            policy: MajorityPolicy::parse(policy.as_bytes()).unwrap(),
            issuer: Fingerprint::from(root.certificate()),
            _log: log,
            _witness: witness,
        };
        let issuer = Issuer { root, status: StatusRule::Required, signers: SignerListing::Any };
        let stated = entry(&Statement::Issuer(Change::Enter(issuer)), now());
        ledger.client().submit(&stated, Duration::from_secs(20)).await.unwrap();
        ledger
    }

    pub(crate) fn client(&self) -> LedgerClient {
        LedgerClient::new(&self.url, Bounds::default()).unwrap()
    }

    /// The journal as a replica begins it.
    pub(crate) fn journal(&self) -> DailyJournal {
        self.journal_at(self.client())
    }

    pub(crate) fn journal_at(&self, client: LedgerClient) -> DailyJournal {
        let (policy, issuer) = (self.policy.clone(), self.issuer);
        DailyJournal::new(JournalParts { client, policy, issuer, agency: agency(), key: Signer::software(key()) })
    }

    /// The days that stand in the log, in its order, once there are so many.
    pub(crate) async fn days(&self, scene: &Scene, at_least: usize) -> Vec<Journal> {
        for _ in 0..500 {
            let read = self.client().read(&self.policy, scene.now()).await.unwrap();
            let days = self.stated(&read.entries, scene.now());
            if days.len() >= at_least {
                return days;
            }
            // What was submitted is published a moment later.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the log does not publish {at_least} days")
    }

    fn stated(&self, entries: &[Entry], now: Timestamp) -> Vec<Journal> {
        let (mut state, mut days) = (LedgerState::new(), Vec::new());
        for entry in entries {
            let entry = SignedEntry::parse(entry.as_bytes()).unwrap();
            let Judged::Admitted(admission) = state.judge(&entry, now + mapae_types::Duration::hours(4)).unwrap()
            else {
                panic!("no entry is a bundle")
            };
            state.enter(admission).unwrap();
            days.extend(state.journals().get(&self.issuer).filter(|last| days.last() != Some(*last)).copied());
        }
        days
    }
}
