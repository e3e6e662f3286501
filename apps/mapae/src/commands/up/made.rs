//! The folder: made once, and found again.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use mapae_crypto::sha256;
use mapae_http::Running;
use mapae_types::{Timestamp, hex};

use super::{
    mark,
    people::{self, Person},
    shown,
};
use crate::{
    commands::{
        country::{self, Country},
        script::Script,
    },
    environment::now,
    failure::Outcome,
    files,
};

/// Says that the folder is this command's.
const OURS: &str = "mapae-up";
/// Says that it is whole. The number is of what it is made of: a folder of before is made anew.
const WHOLE: &str = "made-3";
/// Says that the ledger has what the country decided.
const ENTERED: &str = "entered";

/// What is issued.
pub(super) const DOCUMENTS: [&str; 5] = ["resident", "overseas", "licence", "official", "welfare"];

/// Where everything listens.
#[derive(Clone, Copy)]
pub(super) struct Ports {
    pub(super) index: SocketAddr,
    pub(super) log: u16,
    pub(super) issuer: SocketAddr,
    pub(super) office: SocketAddr,
    pub(super) provider: SocketAddr,
    pub(super) reader: SocketAddr,
    pub(super) wallet: SocketAddr,
    pub(super) library: SocketAddr,
    pub(super) library_verifier: SocketAddr,
    pub(super) bank: SocketAddr,
    pub(super) bank_verifier: SocketAddr,
    /// Apache, with the approval system behind it.
    pub(super) approval: SocketAddr,
    pub(super) ministry_verifier: SocketAddr,
    /// The approval system itself.
    pub(super) backend: SocketAddr,
}

impl Ports {
    /// One after the other, from the first on.
    pub(super) fn from(first: u16) -> Self {
        let at = |place: u16| SocketAddr::from(([127, 0, 0, 1], first + place));
        Self {
            index: at(0),
            log: first + 1,
            issuer: at(5),
            office: at(6),
            provider: at(7),
            reader: at(8),
            wallet: at(9),
            library: at(10),
            library_verifier: at(11),
            bank: at(12),
            bank_verifier: at(13),
            approval: at(14),
            ministry_verifier: at(15),
            backend: at(16),
        }
    }

    /// The log's, and the three cosigners' after it.
    pub(super) const fn ledger(self) -> country::Ports {
        country::Ports { log: self.log, cosigners: Some(self.log + 1) }
    }
}

/// A country in a folder.
pub(super) struct Made {
    script: Script,
    dir: PathBuf,
    pub(super) ports: Ports,
    /// Some who may have documents.
    pub(super) people: Vec<Person>,
    /// One of them, who may have a resident card.
    pub(super) person: String,
    status: String,
    at: Timestamp,
}

impl Made {
    /// Whether a folder is this command's.
    pub(super) fn is_ours(dir: &Path) -> bool {
        dir.join(OURS).exists()
    }

    /// Finds it, or makes it; one whose making did not end is made anew.
    pub(super) fn open(dir: &Path, ports: &Ports, people: u32) -> Outcome<Self> {
        if !dir.join(WHOLE).exists() {
            super::remove(dir)?;
            files::create_dir(dir)?;
            mark(dir, OURS)?;
        }
        let status = format!("http://{}/status/", ports.issuer);
        let script = Script::new(dir.to_owned());
        let mut made = Self {
            script,
            dir: dir.to_owned(),
            ports: *ports,
            people: Vec::new(),
            person: String::new(),
            status,
            at: now(None)?,
        };
        if !dir.join(WHOLE).exists() {
            made.make(people)?;
            mark(dir, WHOLE)?;
        }
        made.people = people::eligible(&dir.join("register"), made.at)?;
        made.person = resident(&made.people)?;
        Ok(made)
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) const fn script(&self) -> &Script {
        &self.script
    }

    /// Where the first page is.
    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.ports.index)
    }

    /// Where the wallet page is. Browsers give no passkey to a page at a bare address.
    pub(super) fn wallet_url(&self) -> String {
        format!("http://localhost:{}/", self.ports.wallet.port())
    }

    pub(super) const fn country(&self) -> Country<'_> {
        Country { script: &self.script, at: self.at, status: self.status.as_str(), clock: String::new() }
    }

    fn make(&self, people: u32) -> Outcome<()> {
        let (script, ports) = (&self.script, self.ports);
        script.mapae("authority init --dir @/authority")?;
        script.mapae(&format!("people sample --count {people} --out @/register"))?;
        self.country().found()?;
        script.mapae(&format!(
            "wallet-provider init --dir @/wallet-provider --base-url http://{} --agency @/agencies/interior \
             --entry-out @/wallet-provider.cbor",
            ports.provider
        ))?;
        let documents = DOCUMENTS.map(|name| format!("--document {name} --register {name}=@/register/{name}.csv"));
        script.mapae(&format!(
            "issuer init --dir @/issuer --authority @/authority --base-url http://{} {} --wallet-provider \
             @/wallet-provider/root.pem --ledger http://127.0.0.1:{} --policy @/policy.txt --agency @/agencies/interior \
             --set listen={} --set office_listen={}",
            ports.issuer,
            documents.join(" "),
            ports.log,
            ports.issuer,
            ports.office
        ))
    }

    /// What the country decides, once. An entry that is there already is not entered twice.
    pub(super) fn enter(&self, ledger: &str) -> Outcome<()> {
        if self.dir.join(ENTERED).exists() {
            return Ok(());
        }
        for left in ["registrar", "bank", "library", "savings", "ministry", "cinema", "stranger"] {
            let left = self.dir.join(left);
            if left.exists() {
                std::fs::remove_dir_all(left)?;
            }
        }
        let entries = [self.country().statements()?, self.country().askers()?].concat().join(" ");
        self.submit(ledger, &format!("{entries} @/wallet-provider.cbor"))?;
        mark(&self.dir, ENTERED)
    }

    /// The release of the wallet page, so that a wallet that runs may take it: entered once for each that is served.
    pub(super) fn release(&self, ledger: &str, page: &Path) -> Outcome<()> {
        let file = page.join("release.json");
        if !file.is_file() {
            return Ok(());
        }
        let entry = format!("entries/wallet-web-{}", &hex::encode(&sha256(&files::read(&file)?))[..16]);
        let done = format!("{entry}.entered");
        if self.dir.join(&done).exists() {
            return Ok(());
        }
        self.country().release("wallet-web", &file.display().to_string(), &entry)?;
        self.submit(ledger, &format!("@/{entry}.cbor"))?;
        mark(&self.dir, &done)
    }

    fn submit(&self, ledger: &str, entries: &str) -> Outcome<()> {
        self.script.mapae(&format!("ledger submit --to {ledger} --policy @/policy.txt {entries}"))
    }

    /// All but the ledger.
    pub(super) async fn begin(&self) -> Outcome<Vec<Running>> {
        let (country, mut running) = (self.country(), Vec::new());
        for line in self.services() {
            running.push(country.begin(&line).await?);
        }
        Ok(running)
    }

    /// The lines of `mapae serve`.
    fn services(&self) -> [String; 2] {
        let registers = DOCUMENTS.map(|name| format!("--register {name}=@/register/{name}.csv")).join(" ");
        [
            format!("wallet-provider --dir @/wallet-provider --listen {}", self.ports.provider),
            format!("issuer --dir @/issuer {registers}"),
        ]
    }

    /// What a clerk types.
    pub(super) fn office(&self) -> String {
        format!(
            "mapae office offer --person {} --document resident --office http://{} --token-file {}",
            self.person,
            self.ports.office,
            shown(&self.dir, "issuer/office.token")
        )
    }

    /// What a citizen types, with the link; the code is asked for.
    pub(super) fn wallet(&self) -> String {
        format!("mapae wallet add --dir {} LINK", shown(&self.dir, "wallet"))
    }

    /// Where the code arrives.
    pub(super) fn outbox(&self) -> String {
        format!("mapae office outbox --dir {}", shown(&self.dir, "issuer/outbox"))
    }
}

fn resident(people: &[Person]) -> anyhow::Result<String> {
    let resident = people.iter().find(|person| person.documents.contains(&"resident"));
    Ok(resident.context("nobody in the register may have a resident card")?.id.clone())
}
