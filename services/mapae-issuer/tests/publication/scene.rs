//! An issuer's publication without the issuer: a store in memory, a clock, a folder.

use std::{
    collections::BTreeMap,
    ops::Range,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};

use mapae_crypto::SigningKey;
use mapae_hsm::Signer;
use mapae_http::{Clock, Dice, Notices};
use mapae_issuer::{
    ids::BatchId,
    publication::{
        DailyJournal, Form, ListSigner, PublicationConfig, PublicationParts, PublicationStore, Published, Publisher,
        Round,
    },
    store::{Journal, JournalLeaf, Lease, Revocation, StoreError, Swap},
};
use mapae_status_list::{Allocation, Expected, IndexAllocator, LIST_LEN, StatusTokenCwt, StatusTokenJwt};
use mapae_types::{Duration, Entropy as _, Timestamp};
use testkit::{Pki, Seeded, now};

pub(crate) const BASE: &str = "https://id.example/issuer";
pub(crate) const INDEX_KEY: [u8; 32] = [7; 32];
pub(crate) const EVERY: Duration = Duration::seconds(900);

/// What is asked of a store, and nothing more.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) numbers: Mutex<u64>,
    pub(crate) revocations: Mutex<Vec<Revocation>>,
    pub(crate) cover: Mutex<BTreeMap<u64, u32>>,
    pub(crate) batches: Mutex<Vec<(Timestamp, JournalLeaf)>>,
    lease: Mutex<Option<(String, Timestamp)>>,
    /// How many spans of the journal were asked for.
    pub(crate) spans: AtomicU64,
    /// Whether it answers nobody.
    pub(crate) down: AtomicBool,
}

impl Memory {
    /// Copies with these numbers are revoked now.
    pub(crate) fn revoke(&self, numbers: Range<u64>) {
        let mut revocations = self.revocations.lock().unwrap();
        let nth = revocations.len() as u64 + 1;
        revocations.push(Revocation { nth, numbers, valid_until: now() + Duration::days(300), at: now() });
    }

    /// A batch was committed then.
    pub(crate) fn commit(&self, at: Timestamp) {
        let mut batches = self.batches.lock().unwrap();
        let nth = u8::try_from(batches.len()).unwrap();
        let batch = BatchId::new(at, &mut Seeded::new(nth.into())).unwrap();
        batches.push((at, JournalLeaf { batch, hash: [nth; 32] }));
    }

    pub(crate) fn cover_of(&self, list: u64) -> u32 {
        self.cover.lock().unwrap().get(&list).copied().unwrap_or(0)
    }

    fn answer<T>(&self, answer: T) -> Result<T, StoreError> {
        if self.down.load(Ordering::Relaxed) { Err(StoreError::Closed) } else { Ok(answer) }
    }
}

impl PublicationStore for Memory {
    async fn reserve_numbers(&self, count: u32) -> Result<Range<u64>, StoreError> {
        let mut numbers = self.numbers.lock().unwrap();
        let start = *numbers;
        *numbers += u64::from(count);
        self.answer(start..*numbers)
    }

    async fn revoked(&self, after: u64, limit: u32) -> Result<Vec<Revocation>, StoreError> {
        let revocations = self.revocations.lock().unwrap();
        let page = revocations.iter().filter(|revocation| revocation.nth > after).take(limit as usize);
        self.answer(page.cloned().collect())
    }

    async fn cover(&self, list: u64) -> Result<u32, StoreError> {
        self.answer(self.cover_of(list))
    }

    async fn set_cover(&self, list: u64, before: u32, after: u32) -> Result<Swap, StoreError> {
        let mut cover = self.cover.lock().unwrap();
        let count = cover.entry(list).or_default();
        if *count != before {
            return self.answer(Swap::Lost);
        }
        *count = after;
        self.answer(Swap::Done)
    }

    async fn journal(&self, span: Range<Timestamp>) -> Result<Journal, StoreError> {
        self.spans.fetch_add(1, Ordering::Relaxed);
        let batches = self.batches.lock().unwrap();
        let within = batches.iter().filter(|(at, _)| span.contains(at));
        let mut leaves: Vec<JournalLeaf> = within.map(|(_, leaf)| *leaf).collect();
        leaves.sort_by_key(|leaf| leaf.batch);
        self.answer(Journal { copies: 10 * leaves.len() as u64, leaves })
    }

    async fn lease(&self, lease: &Lease) -> Result<Swap, StoreError> {
        let mut held = self.lease.lock().unwrap();
        if held.as_ref().is_some_and(|(holder, until)| *holder != lease.holder && *until > lease.now) {
            return self.answer(Swap::Lost);
        }
        *held = Some((lease.holder.clone(), lease.until));
        self.answer(Swap::Done)
    }
}

/// A folder, a clock, a store and the operator's ear.
pub(crate) struct Scene {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) store: Arc<Memory>,
    pub(crate) pki: Pki,
    time: Arc<AtomicI64>,
    said: Arc<Mutex<Vec<String>>>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            store: Arc::default(),
            pki: Pki::new(1, "KR"),
            time: Arc::new(AtomicI64::new(now().unix())),
            said: Arc::default(),
        }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.dir.path().join("lists")
    }

    pub(crate) fn clock(&self) -> Clock {
        let time = self.time.clone();
        Clock::from_fn(move || Timestamp::from_unix(time.load(Ordering::Relaxed)).unwrap())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock().now().unwrap()
    }

    pub(crate) fn set_time(&self, at: Timestamp) {
        self.time.store(at.unix(), Ordering::Relaxed);
    }

    pub(crate) fn pass(&self, by: Duration) {
        self.set_time(self.now() + by);
    }

    /// A replica as it starts.
    pub(crate) fn publisher(&self, replica: &str) -> Publisher {
        self.publisher_with(replica, None)
    }

    pub(crate) fn publisher_with(&self, replica: &str, journal: Option<DailyJournal>) -> Publisher {
        let config = PublicationConfig {
            dir: self.folder(),
            base_url: BASE.to_owned(),
            every: EVERY,
            replica: replica.to_owned(),
        };
        let key = SigningKey::from_pkcs8_pem(&self.pki.status.key.to_pkcs8_pem()).unwrap();
        let chain = self.pki.status.chain().into_iter().map(<[u8]>::to_vec).collect();
        let entropy = Mutex::new(Seeded::new(5));
        let said = self.said.clone();
        let parts = PublicationParts {
            signer: ListSigner { signer: Signer::software(key), chain },
            status_index_key: INDEX_KEY,
            journal,
            clock: self.clock(),
            dice: Dice::from_fn(move |bytes| entropy.lock().unwrap().fill(bytes)),
            notices: Notices::to(move |line| said.lock().unwrap().push(line.to_owned())),
        };
        Publisher::new(config, parts).unwrap()
    }

    /// Whether the operator was told something with these words.
    pub(crate) fn heard(&self, words: &str) -> bool {
        self.said.lock().unwrap().iter().any(|line| line.contains(words))
    }

    /// What outsiders see of a list: its revoked entries, the same in both forms, and since when.
    pub(crate) fn list(&self, publisher: &Publisher, number: u64) -> (Vec<u32>, Timestamp) {
        let uri = format!("{BASE}/status/{number}");
        let (folder, key, expected) =
            (publisher.folder(), self.pki.status.key.public(), Expected::new(&uri, self.now()));
        let jwt = String::from_utf8(folder.list(number, Form::Jwt).unwrap().unwrap()).unwrap();
        let cwt = folder.list(number, Form::Cwt).unwrap().unwrap();
        let jwt = StatusTokenJwt::parse(&jwt).unwrap().verify(key, &expected).unwrap();
        let cwt = StatusTokenCwt::parse(&cwt).unwrap().verify(key, &expected).unwrap();
        assert_eq!((jwt.list(), jwt.issued_at()), (cwt.list(), cwt.issued_at()));
        assert_eq!(cwt.aggregation_uri(), Some("https://id.example/issuer/status"));
        assert_eq!(cwt.expires_at(), Some(cwt.issued_at() + Duration::days(70)));
        let revoked =
            (0..LIST_LEN).filter(|index| cwt.status((*index).into()).unwrap() != mapae_status_list::Status::Valid);
        (revoked.collect(), cwt.issued_at())
    }

    pub(crate) fn revoked(&self, publisher: &Publisher, number: u64) -> Vec<u32> {
        self.list(publisher, number).0
    }
}

/// Where a copy's status stands.
pub(crate) fn entry(number: u64) -> Allocation {
    IndexAllocator::new(INDEX_KEY).allocate(number)
}

/// A round that publishes.
pub(crate) async fn publish(publisher: &mut Publisher, store: &Memory) -> Published {
    match publisher.round(store).await.unwrap() {
        Round::Published(out) => out,
        Round::Elsewhere => panic!("another replica has the lease"),
    }
}
