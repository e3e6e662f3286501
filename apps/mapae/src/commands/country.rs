//! The trust ledger of a small country on this machine: three agencies, each with an auditing cosigner, a log, and what they
//! enter. For `mapae demo` and `mapae up`.
//!
//! The services are those of `mapae serve`, in this process. Everything that is entered goes through them by the commands
//! that everybody has.

use std::fmt::Write as _;

use clap::Parser;
use mapae_http::Running;
use mapae_types::Timestamp;

use super::{
    script::Script,
    serve::{self, ServeCommand},
};
use crate::failure::Outcome;

/// Id, names, and what each may state alone.
const AGENCIES: [(&str, &str, &str, &str); 3] = [
    (
        "interior",
        "행정안전부",
        "Ministry of the Interior",
        "issuer,signer,status,journal,freshness,bundle,wallet-provider,release",
    ),
    ("police", "경찰청", "National Police Agency", "distrust,order"),
    ("privacy", "개인정보보호위원회", "Privacy Commission", "registrar,relying-party"),
];

/// What the bank may ask for.
const BANK: [&str; 2] = ["resident=family_name,age_over_19,portrait", "licence=family_name,age_over_19,portrait"];

/// Those who ask over the network, by folder: names, purposes, and what they may ask for of a resident card.
const LIBRARY: [&str; 6] = [
    "library",
    "세종시립도서관",
    "Sejong City Library",
    "도서관 회원증 발급",
    "to open a library card",
    "family_name_hangul,given_name_hangul,age_over_14,portrait",
];
/// Registered, and struck off since.
const CINEMA: [&str; 6] = [
    "cinema",
    "샛별극장",
    "Morning Star Cinema",
    "청소년 할인",
    "a discount for the young",
    "family_name_hangul,age_over_19",
];
/// It has a certificate, and the ledger does not know it.
const STRANGER: [&str; 6] =
    ["stranger", "모르는 가게", "An Unknown Shop", "회원 가입", "to become a member", "family_name_hangul,age_over_19"];

/// A `mapae serve` command line.
#[derive(Parser)]
struct Serve {
    #[command(subcommand)]
    command: ServeCommand,
}

/// Where its services listen: the log's port, and the first of the cosigners' ones.
#[derive(Clone, Copy)]
pub(super) struct Ports {
    pub(super) log: u16,
    /// None takes free ones.
    pub(super) cosigners: Option<u16>,
}

/// A country in a folder.
pub(super) struct Country<'s> {
    pub(super) script: &'s Script,
    /// When its statements are made.
    pub(super) at: Timestamp,
    /// What the URIs of its status lists begin with.
    pub(super) status: &'s str,
    /// The words that say by which clock its services go.
    pub(super) clock: String,
}

impl Country<'_> {
    /// Keys of agencies, cosigners and the log; the policy; the first entry.
    pub(super) fn found(&self) -> Outcome<()> {
        self.script.mapae("ledger log-init --dir @/log --name ledger.example/mapae")?;
        let mut founding = format!("ledger found --log @/log --threshold 2 --out @/. --at {}", self.at);
        for (id, ko, en, rights) in AGENCIES {
            let en = en.replace(' ', "\u{a0}");
            self.script.mapae(&format!(
                "ledger agency --dir @/agencies/{id} --id {id} --name-ko {ko} --name-en {en} --rights {rights}"
            ))?;
            self.script.mapae(&format!("ledger witness-init --dir @/cosigners/{id} --name {id}.example/cosigner"))?;
            write!(founding, " --agency @/agencies/{id} --witness @/cosigners/{id}/witness.vkey")
                .map_err(anyhow::Error::from)?;
        }
        self.script.mapae(&founding)
    }

    /// The cosigners and the log, and the URL of the log.
    pub(super) async fn serve(&self, ports: Ports) -> Outcome<(Vec<Running>, String)> {
        let (log, clock) = (format!("127.0.0.1:{}", ports.log), &self.clock);
        let (mut running, mut witnesses) = (Vec::new(), String::new());
        for ((id, ..), nth) in AGENCIES.into_iter().zip(0..) {
            let port = ports.cosigners.map_or(0, |first| first + nth);
            let line = format!(
                "witness --dir @/cosigners/{id} --log-vkey @/log/log.vkey --audit --log-url http://{log} \
                 --founding @/founding.cbor --listen 127.0.0.1:{port} {clock}"
            );
            let cosigner = self.begin(&line).await?;
            write!(witnesses, " --witness {id}.example/cosigner={}", cosigner.url()).map_err(anyhow::Error::from)?;
            running.push(cosigner);
        }
        let line = format!(
            "ledger --dir @/log --policy @/policy.txt --founding @/founding.cbor --listen {log}{witnesses} {clock}"
        );
        running.push(self.begin(&line).await?);
        Ok((running, format!("http://{log}")))
    }

    /// Serves in this process what a line of `mapae serve` says.
    pub(super) async fn begin(&self, line: &str) -> Outcome<Running> {
        let words = std::iter::once("serve".to_owned()).chain(self.script.words(line));
        let command = Serve::try_parse_from(words)?.command;
        serve::begin(&command).await
    }

    /// Writes what the country decides, has it signed, and gives the files of the entries.
    pub(super) fn statements(&self) -> Outcome<Vec<String>> {
        let mut entries = Vec::new();
        for (name, agencies, statement) in statements(self.status) {
            self.script.write(&format!("entries/{name}.toml"), &statement)?;
            let agencies: Vec<String> = agencies.iter().map(|id| format!("--agency @/agencies/{id}")).collect();
            let entry = format!("@/entries/{name}.cbor");
            self.script.mapae(&format!(
                "ledger entry --from @/entries/{name}.toml {} --out {entry} --at {}",
                agencies.join(" "),
                self.at
            ))?;
            entries.push(entry);
        }
        entries.extend(self.bank()?);
        Ok(entries)
    }

    /// A registrar, a bank, and a reader at its counter.
    fn bank(&self) -> Outcome<[String; 3]> {
        let (by, at) = ("--agency @/agencies/privacy --entry-out @/entries", self.at);
        self.script.mapae(&format!("relying-party registrar --dir @/registrar {by}/registrar.cbor --at {at}"))?;
        self.script.mapae(&format!(
            "relying-party register --registrar @/registrar --id bank --name-ko 은행 --name-en Bank --class substantial \
             --purpose-ko 계좌개설 --purpose-en account --document {} --document {} --out @/bank {by}/bank.cbor --at {at}",
            BANK[0], BANK[1]
        ))?;
        self.script.mapae(&format!(
            "relying-party enrol-reader --registrar @/registrar --relying-party @/bank --name counter-1 \
             --out @/bank/counter-1 {by}/reader.cbor --at {at}"
        ))?;
        Ok(["registrar", "bank", "reader"].map(|name| format!("@/entries/{name}.cbor")))
    }
}

impl Country<'_> {
    /// A library; a cinema that is struck off; and a shop that has a certificate and stands in no entry. With the registrar
    /// of [`Self::statements`].
    pub(super) fn askers(&self) -> Outcome<[String; 3]> {
        let (by, at) = ("--agency @/agencies/privacy --entry-out @/entries", self.at);
        self.register(LIBRARY, &format!("{by}/library.cbor"))?;
        self.register(CINEMA, &format!("{by}/cinema.cbor"))?;
        self.register(STRANGER, "")?;
        let withdraw = format!("relying-party withdraw --id {} {by}/cinema-withdrawn.cbor --at {at}", CINEMA[0]);
        self.script.mapae(&withdraw)?;
        Ok(["library", "cinema", "cinema-withdrawn"].map(|name| format!("@/entries/{name}.cbor")))
    }

    fn register(&self, asker: [&str; 6], entry: &str) -> Outcome<()> {
        let [id, name_ko, name_en, purpose_ko, purpose_en, elements] = asker.map(|text| text.replace(' ', "\u{a0}"));
        self.script.mapae(&format!(
            "relying-party register --registrar @/registrar --id {id} --name-ko {name_ko} --name-en {name_en} --class low \
             --purpose-ko {purpose_ko} --purpose-en {purpose_en} --document resident={elements} --out @/{id} {entry} --at {}",
            self.at
        ))
    }

    /// The entry of a release of a program, by the hash of a file.
    pub(super) fn release(&self, name: &str, file: &str, entry: &str) -> Outcome<()> {
        let version = env!("CARGO_PKG_VERSION");
        let statement = format!(
            "kind = \"release\"\nname = \"{name}\"\nversion = \"{version}\"\nfile = {}\n",
            toml::Value::from(file)
        );
        self.script.write(&format!("{entry}.toml"), &statement)?;
        let by = "--agency @/agencies/interior";
        self.script.mapae(&format!("ledger entry --from @/{entry}.toml {by} --out @/{entry}.cbor --at {}", self.at))
    }
}

type Said = (&'static str, &'static [&'static str], String);

/// What is entered, and by whom.
fn statements(status: &str) -> Vec<Said> {
    let class = |name: &str, usable: &str| {
        format!("[[classes]]\nname = \"{name}\"\nfresh_for = \"24h\"\nusable_for = \"{usable}\"\n")
    };
    let ages = [class("low", "35d"), class("substantial", "7d"), class("high", "1d")].concat();
    let order_key = |(id, ..): (&str, &str, &str, &str)| {
        format!("[[keys]]\nagency = \"{id}\"\nkey = \"../agencies/{id}/order.pem\"\n")
    };
    let order_keys: String = AGENCIES.map(order_key).concat();
    let root = "root = \"../authority/iaca.pem\"\n";
    let mut said: Vec<Said> = vec![
        ("freshness", &["interior"], format!("kind = \"freshness\"\n{ages}")),
        ("issuer", &["interior"], format!("kind = \"issuer\"\n{root}status = \"required\"\nsigners = \"listed\"\n")),
    ];
    for name in ["document-signer", "mdl-signer", "sd-jwt-signer", "status-signer"] {
        let statement = format!("kind = \"signer\"\ncertificate = \"../authority/{name}.pem\"\n");
        said.push((name, &["interior"], statement));
    }
    said.push(("status", &["interior"], format!("kind = \"status\"\nprefix = \"{status}\"\n{root}")));
    let orders = format!("kind = \"order-signers\"\nthreshold = 2\n{order_keys}");
    said.push(("order-signers", &["interior", "privacy"], orders));
    said
}
