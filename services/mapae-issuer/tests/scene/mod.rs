//! An issuer on the loopback, with a store in a file, sample people, and a clock that stands until it is moved.

mod phone;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use mapae_document::{Catalogue, Label};
use mapae_hsm::Signer as Key;
use mapae_http::{Clock, Dice, Metrics, Notices, RequestLog};
use mapae_issuer::{
    DocumentSigner, IssuerConfig, IssuerDeps, Lifetimes, OfficeToken, Providers, ServerSecret, Serving, Signers, Surge,
    WalletAttestation,
    crash::Crash,
    serve,
    store::{Address, ISSUER, IssuerStore as _, RegisterRow, SqliteIssuerStore},
};
use mapae_oid4vci::TrustedProviders;
use mapae_sample::{Register, SamplePeople};
use mapae_sql::Database;
use mapae_types::{Duration, Entropy as _, PersonId, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Pki, Seeded, Signer, now, ports};

pub(crate) use phone::{Answer, Phone};

const TOKEN: &str = "the office's token";

/// An issuer, its office and its people.
pub(crate) struct Scene {
    pub(crate) serving: Serving,
    pub(crate) store: SqliteIssuerStore,
    pub(crate) people: Vec<PersonId>,
    pub(crate) pki: Pki,
    pub(crate) dir: TempDir,
    clock: Arc<AtomicI64>,
    client: reqwest::Client,
}

/// An offer as the office made it, and the code from the outbox.
pub(crate) struct Offer {
    pub(crate) answer: Value,
    pub(crate) code: String,
    pub(crate) tx_code: String,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same where something is set up otherwise.
    pub(crate) async fn with(change: impl FnOnce(&mut IssuerConfig)) -> Self {
        Self::with_parts(change, |_| {}).await
    }

    /// The same where some parts are others.
    pub(crate) async fn with_parts(
        change: impl FnOnce(&mut IssuerConfig),
        change_parts: impl FnOnce(&mut IssuerDeps<SqliteIssuerStore>),
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(now().unix()));
        let address = Address::sqlite(dir.path().join("issuer.db"));
        let Database::Sqlite(database) = Database::create(&address, &ISSUER).await.unwrap() else { unreachable!() };
        let store = SqliteIssuerStore::new(database);
        let people = import(&store).await;
        let pki = Pki::new(5, "KR");
        // The identifier has the port in it.
        let mut config = config(&dir, ports::free());
        change(&mut config);
        let mut deps = deps(&store, &pki, &clock);
        change_parts(&mut deps);
        let serving = serve(config, deps).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { serving, store, people, pki, dir, clock, client }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    /// Time passes.
    pub(crate) fn wait(&self, time: Duration) {
        self.clock.fetch_add(time.as_seconds(), Ordering::Relaxed);
    }

    /// Asks the office.
    pub(crate) async fn office(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.serving.office_url());
        let request = if body.is_null() { self.client.get(url) } else { self.client.post(url).body(body.to_string()) };
        let answer = request.bearer_auth(TOKEN).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
    }

    /// A clerk offers somebody their resident card.
    pub(crate) async fn offer(&self, person: usize) -> Offer {
        self.offer_with(&json!({ "person": self.people[person].as_str(), "document": "resident" })).await
    }

    /// The same with a body of one's own.
    pub(crate) async fn offer_with(&self, body: &Value) -> Offer {
        let (status, answer) = self.office("/office/offers", body).await;
        assert_eq!(status, 201, "{answer}");
        let file = self.dir.path().join(format!("outbox/{}.txt", answer["offer_id"].as_str().unwrap()));
        let tx_code = std::fs::read_to_string(file).unwrap().lines().nth(1).unwrap().to_owned();
        let url = answer["credential_offer_uri"].as_str().unwrap();
        let url = url.split("credential_offer_uri=").nth(1).unwrap();
        let url = percent_decode(url);
        let offer: Value = self
            .client
            .get(url)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .map(|b| serde_json::from_slice(&b).unwrap())
            .unwrap();
        let code = &offer["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"]["pre-authorized_code"];
        Offer { code: code.as_str().unwrap().to_owned(), tx_code, answer }
    }

    /// A phone that has not asked for anything yet.
    pub(crate) fn phone(&self, seed: u64) -> Phone {
        Phone::new(self.serving.url(), self.client.clone(), Arc::clone(&self.clock), seed)
    }
}

fn percent_decode(text: &str) -> String {
    let (mut out, mut bytes) = (Vec::new(), text.bytes());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex: String = [bytes.next().unwrap(), bytes.next().unwrap()].map(char::from).iter().collect();
            out.push(u8::from_str_radix(&hex, 16).unwrap());
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).unwrap()
}

/// Those of the first dozen sample people who may have a resident card.
async fn import(store: &SqliteIssuerStore) -> Vec<PersonId> {
    let catalogue = Catalogue::builtin().unwrap();
    let document = catalogue.get(&"resident".parse().unwrap()).unwrap();
    let header = Register::Resident.columns();
    let mut rows = Vec::new();
    for person in SamplePeople::new(2026).take(12) {
        let Some(line) = Register::Resident.csv_row(&person) else { continue };
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        let cells = header.iter().zip(record.iter()).map(|(name, cell)| ((*name).to_owned(), cell.to_owned()));
        let cells: std::collections::BTreeMap<String, String> = cells.collect();
        let today = document.local_date(now());
        let read = document.read_row(|column| cells.get(column).map(String::as_str), today).unwrap();
        let person = read.person().clone();
        if read.eligibility().is_ok() {
            rows.push(RegisterRow { person, cells });
        }
    }
    let people = rows.iter().map(|row| row.person.clone()).collect();
    store.import(document.name(), rows, now()).await.unwrap();
    people
}

fn config(dir: &TempDir, address: std::net::SocketAddr) -> IssuerConfig {
    IssuerConfig {
        listen: address,
        office_listen: "127.0.0.1:0".parse().unwrap(),
        base_url: format!("http://{address}"),
        name: Label { ko: "견본 발급 기관".to_owned(), en: "Sample issuer".to_owned() },
        documents: vec!["resident".parse().unwrap()],
        batch_size: 10,
        wallet_attestation: WalletAttestation::AtSignIn,
        key_storage: std::collections::BTreeMap::new(),
        lifetimes: Lifetimes::default(),
        surge: Surge::default(),
        outbox: dir.path().join("outbox"),
        deferred_interval: 5,
        encryption_required: false,
    }
}

fn deps(store: &SqliteIssuerStore, pki: &Pki, clock: &Arc<AtomicI64>) -> IssuerDeps<SqliteIssuerStore> {
    let time = Arc::clone(clock);
    IssuerDeps {
        store: store.clone(),
        catalogue: Catalogue::builtin().unwrap(),
        signers: Signers {
            mdoc: [("org.iso.23220.photoid.1".to_owned(), signer(&pki.document))].into(),
            sd_jwt: signer(&pki.sd_jwt),
            status: signer(&pki.status),
        },
        secret: ServerSecret::new([7; 32]),
        status_index_key: [8; 32],
        office_token: OfficeToken::new(TOKEN),
        providers: Arc::new(Providers::new(TrustedProviders::new(vec![pki.root.clone()]))),
        provider_ledger: None,
        publisher: None,
        sign_in: None,
        followers: Vec::new(),
        replica: "one".to_owned(),
        rates: None,
        clock: Clock::from_fn(move || Timestamp::from_unix(time.load(Ordering::Relaxed)).unwrap()),
        // A test may listen to everything that is said.
        notices: Notices::to(|line| tracing::warn!(target: "mapae_issuer::notices", "{line}")),
        log: RequestLog::all(),
        metrics: Metrics::new(),
        dice: dice(),
        crash: Crash::default(),
    }
}

fn signer(signer: &Signer) -> DocumentSigner {
    DocumentSigner {
        signer: Key::software(mapae_crypto::SigningKey::from_pkcs8_pem(&signer.key.to_pkcs8_pem()).unwrap()),
        certificate: signer.certificate.clone(),
        chain: signer.chain().into_iter().map(<[u8]>::to_vec).collect(),
    }
}

/// Another stream for each issuer, the same in each run.
fn dice() -> Dice {
    let seeded = std::sync::Mutex::new(Seeded::new(99));
    Dice::from_fn(move |bytes| seeded.lock().unwrap().fill(bytes))
}
