//! A small country in processes of their own: three agencies with auditing cosigners, a log, an issuer with its office, a wallet
//! provider, a bundle's host. A counting proxy stands before each.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use mapae_ledger::MajorityPolicy;
use mapae_trust::{Bundle, TrustStore};
use scratch_postgres::Server;
use tempfile::TempDir;
use testkit::program;

use crate::{
    mirror::Mirror,
    process::{PATIENCE, Process},
    proxy::Proxy,
};

const AGENCIES: [(&str, &str); 3] = [
    ("interior", "issuer,signer,status,journal,freshness,bundle,wallet-provider"),
    ("police", "distrust,order"),
    ("privacy", "registrar,relying-party"),
];

const SIGNERS: [&str; 4] = ["document-signer", "mdl-signer", "sd-jwt-signer", "status-signer"];

pub(crate) const DOCUMENTS: [&str; 2] = ["resident", "licence"];

/// Jobs by the clock, put off until long after the test, so that what happens in it happens because of something. One address
/// asks for everybody here; and everything is logged.
const ISSUER_SETTINGS: [(&str, &str); 6] = [
    ("= \"15m\"", "= \"24h\""),
    ("= \"5m\"", "= \"12h\""),
    ("renewal = \"1h\"", "renewal = \"24h\""),
    ("rate = \"20/s burst 200\"", "rate = \"100000/s burst 100000\""),
    ("level = \"info\"", "level = \"trace\""),
    ("requests = \"failed\"", "requests = \"all\""),
];
const PROVIDER_SETTINGS: [(&str, &str); 3] = [
    ("rate = \"10/s burst 60\"", "rate = \"100000/s burst 100000\""),
    ("level = \"info\"", "level = \"trace\""),
    ("requests = \"failed\"", "requests = \"all\""),
];

/// A service that everybody in the country has in common.
pub(crate) struct Central {
    pub(crate) name: String,
    /// What it keeps.
    pub(crate) folder: PathBuf,
    pub(crate) proxies: Vec<Proxy>,
    /// The address of its database, if that is on a server; else it is a file in the folder.
    pub(crate) database: Option<String>,
    process: Option<Process>,
}

impl Central {
    fn new(name: &str, folder: PathBuf, proxies: Vec<Proxy>) -> Self {
        Self { name: name.to_owned(), folder, proxies, database: None, process: None }
    }

    fn keeping_on(self, server: Option<&Server>) -> Self {
        Self { database: server.map(Server::database), ..self }
    }

    /// Where its database is, as an option of commands.
    fn store(&self, option: &str) -> String {
        self.database.as_ref().map_or(String::new(), |database| format!("{option}{database}"))
    }

    fn start(&mut self, root: &Path, arguments: &str) {
        self.process = Some(Process::start(&self.name, root, &root.join("notes"), arguments));
    }

    /// The file of what it tells its operator.
    pub(crate) fn log(&self) -> Option<&Path> {
        self.process.as_ref().map(|process| process.log.as_path())
    }

    /// Whom it called since it was last asked; what `strace` saw.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        self.process.as_ref().map(|process| process.calls.take()).unwrap_or_default()
    }

    fn url(&self) -> String {
        self.proxies[0].url()
    }
}

/// Everything but relying parties and people.
pub(crate) struct Country {
    pub(crate) cosigners: Vec<Central>,
    pub(crate) log: Central,
    pub(crate) issuer: Central,
    pub(crate) wallet_provider: Central,
    /// Who puts the bundle together; what it publishes is served by the mirror.
    pub(crate) publisher: Central,
    pub(crate) mirror: Mirror,
    dir: TempDir,
}

/// A relying party's registration: its folder and id, its class of use, and what it may ask for.
#[derive(Clone, Copy)]
pub(crate) struct Registered {
    pub(crate) id: &'static str,
    pub(crate) class: &'static str,
    pub(crate) documents: &'static [&'static str],
}

impl Country {
    /// Founds it, with these relying parties; all that is central runs then, and has its database on the server if there is one.
    pub(crate) fn found(relying_parties: &[Registered], people: u32, server: Option<&Server>) -> Self {
        let dir = temporary();
        let root = dir.path().to_owned();
        fs::create_dir_all(root.join("notes")).unwrap();
        let one = |name: &str| vec![Proxy::before(name)];
        let cosigner = |(id, _): (&str, &str)| {
            let name = format!("cosigner-{id}");
            Central::new(&name, root.join(format!("cosigners/{id}")), one(&name)).keeping_on(server)
        };
        let mut country = Self {
            cosigners: AGENCIES.into_iter().map(cosigner).collect(),
            log: Central::new("ledger", root.join("log"), one("ledger")).keeping_on(server),
            issuer: Central::new(
                "issuer",
                root.join("issuer"),
                vec![Proxy::before("issuer"), Proxy::before("issuer-office")],
            )
            .keeping_on(server),
            wallet_provider: Central::new("wallet-provider", root.join("wallet-provider"), one("wallet-provider")),
            publisher: Central::new("bundle-publisher", root.join("published"), Vec::new()),
            mirror: Mirror::of(root.join("published/trust.bundle")),
            dir,
        };
        country.make(people);
        country.serve_ledger();
        country.enter(relying_parties);
        country.serve_issuer();
        country.publish();
        country
    }

    pub(crate) fn root(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn notes(&self) -> PathBuf {
        self.root().join("notes")
    }

    pub(crate) fn centrals(&self) -> impl Iterator<Item = &Central> {
        self.cosigners.iter().chain([&self.log, &self.issuer, &self.wallet_provider, &self.publisher])
    }

    pub(crate) fn provider_url(&self) -> String {
        self.wallet_provider.url()
    }

    /// What everybody holds.
    pub(crate) fn trust(&self) -> TrustStore {
        let bundle = fs::read(self.root().join("published/trust.bundle")).unwrap();
        let policy = MajorityPolicy::parse(&fs::read(self.root().join("policy.txt")).unwrap()).unwrap();
        Bundle::parse(bundle).unwrap().verify(&policy).unwrap()
    }

    /// People who are in all registers.
    pub(crate) fn people(&self) -> Vec<String> {
        let ids = |document: &str| -> Vec<String> {
            let register = fs::read_to_string(self.root().join(format!("register/{document}.csv"))).unwrap();
            // The id is the first cell of a row, and never quoted; a portrait may have lines of its own.
            let ids = register.lines().filter_map(|line| Some(line.split_once(',')?.0.to_owned()));
            ids.filter(|id| id.len() == 26).collect()
        };
        let [first, others @ ..] = DOCUMENTS.map(ids);
        first.into_iter().filter(|id| others.iter().all(|ids| ids.contains(id))).collect()
    }
}

/// At the office.
impl Country {
    fn office(&self, errand: &str) -> serde_json::Value {
        let office = self.issuer.proxies[1].url();
        let line = format!("office {errand} --office {office} --token-file issuer/office.token --json");
        let output = program::under(&[], self.root(), &line).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// Offers somebody a document; the link, and the code that goes another way. None who may not have it.
    pub(crate) fn offer(&self, person: &str, document: &str) -> Option<(String, String)> {
        let offer = self.office(&format!("offer --person {person} --document {document}"));
        let (link, id) = (offer["credential_offer_uri"].as_str()?, offer["offer_id"].as_str()?);
        let told = fs::read_to_string(self.root().join(format!("issuer/outbox/{id}.txt"))).unwrap();
        Some((link.to_owned(), told.lines().nth(1).unwrap().to_owned()))
    }

    /// Revokes somebody's document.
    pub(crate) fn revoke_one(&self) {
        let documents = |person: String| self.office(&format!("documents --person {person}"))["documents"].clone();
        let document =
            self.people().into_iter().map(documents).find(|documents| documents[0]["state"] == "active").unwrap();
        let revoked = self.office(&format!("revoke {} --reason test", document[0]["document_id"].as_str().unwrap()));
        assert_eq!(revoked["state"], "revoked", "{revoked}");
    }
}

/// How it comes to be.
impl Country {
    fn mapae(&self, arguments: &str) {
        program::ok(self.root(), arguments);
    }

    fn make(&self, people: u32) {
        self.mapae("authority init --dir authority");
        self.mapae(&format!("people sample --count {people} --seed 1 --out register"));
        for ((id, rights), cosigner) in AGENCIES.into_iter().zip(&self.cosigners) {
            self.mapae(&format!(
                "ledger agency --dir agencies/{id} --id {id} --name-ko 기관 --name-en {id} --rights {rights}"
            ));
            let store = cosigner.store("--store ");
            self.mapae(&format!("ledger witness-init --dir cosigners/{id} --name {id}.example/cosigner {store}"));
        }
        self.mapae("ledger log-init --dir log --name ledger.example/mapae");
        let parties =
            AGENCIES.map(|(id, _)| format!("--agency agencies/{id} --witness cosigners/{id}/witness.vkey")).join(" ");
        self.mapae(&format!("ledger found --log log --threshold 2 --out . {parties}"));
        self.mapae(&format!("wallet-provider init --dir wallet-provider --base-url {}", self.wallet_provider.url()));
        let documents =
            DOCUMENTS.map(|name| format!("--document {name} --register {name}=register/{name}.csv")).join(" ");
        let [public, office] = [0, 1].map(|nth: usize| self.issuer.proxies[nth].service);
        self.mapae(&format!(
            "issuer init --dir issuer --authority authority --base-url {} {documents} --wallet-provider \
             wallet-provider/root.pem --ledger {} --policy policy.txt --agency agencies/interior --set listen={public} \
             --set office_listen={office} {}",
            self.issuer.url(),
            self.log.url(),
            self.issuer.store("--set store=")
        ));
        settle(&self.root().join("issuer/issuer.toml"), &ISSUER_SETTINGS);
        settle(&self.root().join("wallet-provider/wallet-provider.toml"), &PROVIDER_SETTINGS);
    }

    fn serve_ledger(&mut self) {
        let (root, log) = (self.root().to_owned(), self.log.url());
        let mut witnesses = String::new();
        for (cosigner, (id, _)) in self.cosigners.iter_mut().zip(AGENCIES) {
            let (at, store) = (cosigner.proxies[0].service, cosigner.store("--store "));
            cosigner.start(
                &root,
                &format!(
                    "serve witness --dir cosigners/{id} --log-vkey log/log.vkey --audit --log-url {log} --founding founding.cbor \
                     --listen {at} {store}"
                ),
            );
            write!(witnesses, " --witness {id}.example/cosigner={}", cosigner.url()).unwrap();
        }
        let (at, store) = (self.log.proxies[0].service, self.log.store("--store "));
        self.log.start(
            &root,
            &format!(
                "serve ledger --dir log --policy policy.txt --founding founding.cbor --listen {at} {store}{witnesses}"
            ),
        );
    }

    fn enter(&self, relying_parties: &[Registered]) {
        let mut entries = String::new();
        for (name, agencies, statement) in statements(&self.issuer.url()) {
            fs::create_dir_all(self.root().join("entries")).unwrap();
            fs::write(self.root().join(format!("entries/{name}.toml")), statement).unwrap();
            let agencies = agencies.iter().map(|id| format!("--agency agencies/{id}")).collect::<Vec<_>>().join(" ");
            self.mapae(&format!("ledger entry --from entries/{name}.toml {agencies} --out entries/{name}.cbor"));
            write!(entries, " entries/{name}.cbor").unwrap();
        }
        self.mapae(
            "relying-party registrar --dir registrar --agency agencies/privacy --entry-out entries/registrar.cbor",
        );
        entries.push_str(" entries/registrar.cbor");
        for Registered { id, class, documents } in relying_parties {
            let documents = documents.iter().map(|one| format!("--document {one}")).collect::<Vec<_>>().join(" ");
            self.mapae(&format!(
                "relying-party register --registrar registrar --id {id} --name-ko 기관 --name-en {id} --class {class} \
                 --purpose-ko 확인 --purpose-en check {documents} --out {id} --agency agencies/privacy --entry-out \
                 entries/{id}.cbor"
            ));
            write!(entries, " entries/{id}.cbor").unwrap();
        }
        self.mapae(&format!("ledger submit --to {} --policy policy.txt{entries}", self.log.url()));
    }

    fn serve_issuer(&mut self) {
        let root = self.root().to_owned();
        let at = self.wallet_provider.proxies[0].service;
        self.wallet_provider.start(&root, &format!("serve wallet-provider --dir wallet-provider --listen {at}"));
        self.start_issuer();
        let end = Instant::now() + PATIENCE;
        // The issuer writes it once all lists are there.
        while !root.join("issuer/lists/aggregation.json").is_file() {
            assert!(Instant::now() < end, "the issuer publishes no lists");
            sleep(Duration::from_millis(50));
        }
    }

    /// It publishes lists when it starts.
    pub(crate) fn restart_issuer(&mut self) {
        self.issuer.process = None;
        self.start_issuer();
    }

    fn start_issuer(&mut self) {
        let registers = DOCUMENTS.map(|name| format!("--register {name}=register/{name}.csv")).join(" ");
        let root = self.root().to_owned();
        self.issuer.start(&root, &format!("serve issuer --dir issuer {registers}"));
    }

    fn publish(&self) {
        fs::create_dir_all(self.root().join("published")).unwrap();
        self.mapae(&format!(
            "bundle publish --ledger {} --policy policy.txt --agency agencies/interior --authority authority --lists \
             issuer/lists --out published/trust.bundle",
            self.log.url()
        ));
    }
}

fn settle(file: &Path, settings: &[(&str, &str)]) {
    let mut text = fs::read_to_string(file).unwrap();
    for (default, ours) in settings {
        assert!(text.contains(default), "{} has no {default}", file.display());
        text = text.replace(default, ours);
    }
    fs::write(file, text).unwrap();
}

/// What is entered, and by whom.
fn statements(issuer: &str) -> Vec<(&'static str, &'static [&'static str], String)> {
    let ages = ["low", "substantial", "high"]
        .map(|class| format!("[[classes]]\nname = \"{class}\"\nfresh_for = \"24h\"\nusable_for = \"7d\"\n"));
    let root = "root = \"../authority/iaca.pem\"\n";
    let mut said: Vec<(_, &[&str], _)> = vec![
        ("freshness", &["interior"], format!("kind = \"freshness\"\n{}", ages.concat())),
        ("issuer", &["interior"], format!("kind = \"issuer\"\n{root}status = \"required\"\nsigners = \"listed\"\n")),
    ];
    for name in SIGNERS {
        let statement = format!("kind = \"signer\"\ncertificate = \"../authority/{name}.pem\"\n");
        said.push((name, &["interior"], statement));
    }
    said.push(("status", &["interior"], format!("kind = \"status\"\nprefix = \"{issuer}/status/\"\n{root}")));
    said
}

/// Memory serves as well as a disk where nothing crashes.
fn temporary() -> TempDir {
    let memory = Path::new("/dev/shm");
    let builder = || tempfile::Builder::new().prefix("mapae-end-").to_owned();
    if memory.is_dir() { builder().tempdir_in(memory) } else { builder().tempdir() }.unwrap()
}
