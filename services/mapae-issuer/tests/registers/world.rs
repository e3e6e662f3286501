//! A register in a file, a store, and a clock that stands until it is moved.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use mapae_document::{Catalogue, DocumentType, LifeState};
use mapae_http::{ClockError, Fault, Metrics};
use mapae_issuer::{
    ids::{BatchId, DocumentId, GrantId, OfferId},
    register::{Follower, Following, RegisterError, RegisterHost, RegisterMeasures, RegisterSource, Round, Targets},
    store::{
        Address, Application, Channel, Committed, DocumentRecord, ISSUER, IssuerStore as _, NewBatch, NewOffer,
        Offered, Redeemed, Redemption, SqliteIssuerStore, UsedNonce,
    },
};
use mapae_sample::{Register, SamplePeople};
use mapae_sql::Database;
use mapae_types::{DocumentName, Duration, Entropy as _, PersonId, Timestamp};
use tempfile::TempDir;
use testkit::{Seeded, now};

/// The smallest that passes for a JPEG: drawing everybody would take longer than the test.
const PORTRAIT: [u8; 4] = [0xff, 0xd8, 0xff, 0xd9];

pub(crate) type Row = BTreeMap<String, String>;

/// The service, as far as registers need it.
pub(crate) struct Host {
    store: SqliteIssuerStore,
    clock: AtomicI64,
    entropy: Mutex<Seeded>,
    /// Documents whose renewal was offered.
    pub(crate) renewed: Mutex<Vec<DocumentRecord>>,
    /// Whether offering fails.
    pub(crate) fails: AtomicBool,
}

/// A register of people who may all have the document, and who follows it.
pub(crate) struct World {
    pub(crate) host: Arc<Host>,
    pub(crate) rows: Vec<Row>,
    pub(crate) document: DocumentType,
    pub(crate) metrics: Metrics,
    pub(crate) follower: Follower,
    register: Register,
    measures: RegisterMeasures,
    dir: TempDir,
}

impl RegisterHost for Host {
    type Store = SqliteIssuerStore;

    fn store(&self) -> &SqliteIssuerStore {
        &self.store
    }

    fn now(&self) -> Result<Timestamp, ClockError> {
        Ok(Timestamp::from_unix(self.clock.load(Ordering::Relaxed)).unwrap())
    }

    fn new_document(&self, now: Timestamp) -> Result<DocumentId, Fault> {
        Ok(DocumentId::new(now, &mut *self.entropy.lock().unwrap()).unwrap())
    }

    async fn renew(&self, waiting: &DocumentRecord) -> Result<(), Fault> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(Fault::internal("the outbox is full"));
        }
        self.renewed.lock().unwrap().push(waiting.clone());
        Ok(())
    }
}

pub(crate) fn following() -> Following {
    let minutes = |minutes: i64| Duration::seconds(minutes * 60);
    let targets =
        Targets { death: minutes(15), right_lost: minutes(15), left_register: minutes(15), renewal: minutes(60) };
    Following { every: minutes(5), targets, vanished_percent: 1 }
}

/// So many people of a register who may have its document.
pub(crate) fn people(register: Register, document: &DocumentType, count: usize) -> Vec<Row> {
    let today = document.local_date(now());
    let read = |line: &str| -> Row {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        let cells = register.columns().iter().zip(record.iter());
        cells.map(|(name, cell)| ((*name).to_owned(), cell.to_owned())).collect()
    };
    let eligible = |row: &Row| {
        let applicant = document.read_row(|column| row.get(column).map(String::as_str), today).unwrap();
        applicant.eligibility().is_ok()
    };
    let people = SamplePeople::new(2026).take(200_000);
    let rows = people.filter_map(|person| register.csv_row_with_portrait(&person, &PORTRAIT));
    rows.map(|line| read(&line)).filter(eligible).take(count).collect()
}

pub(crate) fn person(row: &Row) -> PersonId {
    row["person_id"].parse().unwrap()
}

impl World {
    pub(crate) async fn of(register: Register, count: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = Address::sqlite(dir.path().join("issuer.db"));
        let Database::Sqlite(database) = Database::create(&address, &ISSUER).await.unwrap() else { unreachable!() };
        let host = Arc::new(Host {
            store: SqliteIssuerStore::new(database),
            clock: AtomicI64::new(now().unix()),
            entropy: Mutex::new(Seeded::new(1)),
            renewed: Mutex::default(),
            fails: AtomicBool::new(false),
        });
        let catalogue = Catalogue::builtin().unwrap();
        let document = catalogue.get(&register.name().parse().unwrap()).unwrap().clone();
        let rows = people(register, &document, count);
        assert_eq!(rows.len(), count);
        let metrics = Metrics::new();
        let measures = RegisterMeasures::declare(&metrics);
        let source = RegisterSource::file(dir.path().join("register.csv"));
        let follower = Follower::new(document.clone(), source, following(), measures.clone());
        Self { host, rows, document, metrics, follower, register, measures, dir }
    }

    /// Residents, all of them in the store.
    pub(crate) async fn residents(count: usize) -> Self {
        let mut world = Self::of(Register::Resident, count).await;
        assert_eq!(world.round().await.added, count as u64);
        world
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("register.csv")
    }

    /// Another process takes over: it remembers nothing.
    pub(crate) fn restart(&mut self, rules: Following) {
        let source = RegisterSource::file(self.path());
        self.follower = Follower::new(self.document.clone(), source, rules, self.measures.clone());
    }

    /// The register's file as the rows say.
    pub(crate) fn write(&self) {
        let columns = self.register.columns();
        let mut file = csv::Writer::from_path(self.path()).unwrap();
        file.write_record(columns).unwrap();
        for row in &self.rows {
            file.write_record(columns.iter().map(|column| row[*column].as_str())).unwrap();
        }
        file.flush().unwrap();
    }

    pub(crate) async fn try_round(&mut self) -> Result<Round, RegisterError> {
        self.write();
        self.follower.round(&self.host).await
    }

    pub(crate) async fn round(&mut self) -> Round {
        self.try_round().await.unwrap()
    }

    pub(crate) fn set(&mut self, place: usize, column: &str, cell: &str) {
        cell.clone_into(self.rows[place].get_mut(column).unwrap());
    }

    pub(crate) fn wait(&self, time: Duration) {
        self.host.clock.fetch_add(time.as_seconds(), Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.host.now().unwrap()
    }

    pub(crate) fn name(&self) -> &DocumentName {
        self.document.name()
    }

    pub(crate) fn person(&self, place: usize) -> PersonId {
        person(&self.rows[place])
    }

    /// The states of somebody's documents, in the order of a life.
    pub(crate) async fn states(&self, person: &PersonId) -> Vec<LifeState> {
        let documents = self.host.store.documents_of(person).await.unwrap();
        let mut states: Vec<LifeState> = documents.iter().map(|document| document.state).collect();
        states.sort_unstable();
        states
    }

    pub(crate) async fn reason(&self, person: &PersonId) -> Option<String> {
        let documents = self.host.store.documents_of(person).await.unwrap();
        documents.first()?.reason.as_ref().map(|reason| reason.expose().clone())
    }

    /// Somebody's phone has copies from now on.
    pub(crate) async fn activate(&self, place: usize) {
        let (at, end) = (self.now(), self.now() + Duration::days(100));
        let id = self.host.new_document(at).unwrap();
        let (offer, grant, batch, seed, jkt) = {
            let mut entropy = self.host.entropy.lock().unwrap();
            (
                OfferId::new(at, &mut *entropy).unwrap(),
                GrantId::new(at, &mut *entropy).unwrap(),
                BatchId::new(at, &mut *entropy).unwrap(),
                entropy.array::<32>().unwrap(),
                entropy.array::<32>().unwrap(),
            )
        };
        let application = Application {
            id,
            person: self.person(place),
            name: self.name().clone(),
            channel: Channel::Office,
            urgency: 0,
            identified: true,
            held: false,
            at,
        };
        let new = NewOffer { id: offer, document: id, tx_code: [1; 32], copies: 10, expires_at: end, at };
        let offered = self.host.store.apply_and_offer(&application, &new).await.unwrap();
        assert!(matches!(offered, Offered::Done), "{offered:?}");
        let redemption = Redemption { offer, tx_code: [1; 32], jkt, client_id: None, grant, expires_at: end, now: at };
        let redeemed = self.host.store.redeem(&redemption).await.unwrap();
        assert!(matches!(redeemed, Redeemed::Done(_)), "{redeemed:?}");
        let numbers = self.host.store.reserve_numbers(1).await.unwrap();
        let copies = NewBatch {
            id: batch,
            grant,
            configuration: "resident-mdoc".to_owned(),
            keys: seed,
            thumbprints: vec![seed],
            seed,
            numbers,
            hashes: vec![seed],
            revision: 1,
            memo: Vec::new(),
            valid_until: end,
            document_expires_at: end,
            refill_from: at,
            nonce: Some(UsedNonce { hash: seed, expires_at: end }),
            deferred: None,
            at,
        };
        let committed = self.host.store.commit(copies).await.unwrap();
        assert!(matches!(committed, Committed::Done { .. }), "{committed:?}");
        assert_eq!(self.states(&self.person(place)).await, [LifeState::Active]);
    }

    pub(crate) fn renewed(&self) -> Vec<PersonId> {
        self.host.renewed.lock().unwrap().iter().map(|document| document.person.clone()).collect()
    }
}
