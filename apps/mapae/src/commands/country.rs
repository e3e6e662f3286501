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

/// Somebody who asks over the network.
struct Asker {
    /// Its name in the ledger, and its folder.
    id: &'static str,
    /// In Korean and in English, as all that follows.
    names: [&'static str; 2],
    class: &'static str,
    purposes: &'static [[&'static str; 2]],
    /// Documents, and what it may ask for of each.
    documents: &'static [&'static str],
}

/// Members are known again by the id of the register, which their verifier keeps to itself.
const LIBRARY: Asker = Asker {
    id: "library",
    names: ["세종시립도서관", "Sejong City Library"],
    class: "low",
    purposes: &[["도서관 회원증 발급", "to open a library card"], ["도서 대출", "to lend you a book"]],
    documents: &["resident=family_name_hangul,given_name_hangul,age_over_14,portrait,person_id"],
};
/// What is of a high class is asked on the person's own device alone.
const SAVINGS: Asker = Asker {
    id: "savings",
    names: ["가람은행", "Garam Bank"],
    class: "high",
    purposes: &[["비대면 계좌 개설", "to open an account online"]],
    documents: &[
        "resident=family_name_hangul,given_name_hangul,birth_date,age_over_19,person_id",
        "licence=family_name_hangul,given_name_hangul,birth_date,age_over_19,person_id",
    ],
};
/// An agency whose officials log in.
const MINISTRY: Asker = Asker {
    id: "ministry",
    names: ["견본부", "Ministry of Samples"],
    class: "substantial",
    purposes: &[["전자결재 로그인", "to log in to the approval system"]],
    documents: &["official=family_name_hangul,given_name_hangul,ministry_hangul,staff_number,person_id"],
};
/// Registered, and struck off since.
const CINEMA: Asker = Asker {
    id: "cinema",
    names: ["샛별극장", "Morning Star Cinema"],
    class: "low",
    purposes: &[["청소년 할인", "a discount for the young"]],
    documents: &["resident=family_name_hangul,age_over_19"],
};
/// It has a certificate, and the ledger does not know it.
const STRANGER: Asker = Asker {
    id: "stranger",
    names: ["모르는 가게", "An Unknown Shop"],
    class: "low",
    purposes: &[["회원 가입", "to become a member"]],
    documents: &["resident=family_name_hangul,age_over_19"],
};

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
    /// Those who ask; a cinema that is struck off; and a shop that has a certificate and stands in no entry. With the
    /// registrar of [`Self::statements`].
    pub(super) fn askers(&self) -> Outcome<Vec<String>> {
        let (by, at) = ("--agency @/agencies/privacy --entry-out @/entries", self.at);
        let mut entries = Vec::new();
        for asker in [LIBRARY, SAVINGS, MINISTRY, CINEMA] {
            let entry = format!("{}.cbor", asker.id);
            self.register(&asker, &format!("{by}/{entry}"))?;
            entries.push(format!("@/entries/{entry}"));
        }
        self.register(&STRANGER, "")?;
        self.script.mapae(&format!("relying-party withdraw --id {} {by}/withdrawn.cbor --at {at}", CINEMA.id))?;
        entries.push("@/entries/withdrawn.cbor".to_owned());
        Ok(entries)
    }

    fn register(&self, asker: &Asker, entry: &str) -> Outcome<()> {
        // A space inside a word of a line.
        let word = |text: &str| text.replace(' ', "\u{a0}");
        let [ko, en] = asker.names.map(word);
        let purpose = |[ko, en]: &[&str; 2]| format!("--purpose-ko {} --purpose-en {}", word(ko), word(en));
        let purposes: Vec<String> = asker.purposes.iter().map(purpose).collect();
        let documents: Vec<String> = asker.documents.iter().map(|one| format!("--document {one}")).collect();
        self.script.mapae(&format!(
            "relying-party register --registrar @/registrar --id {id} --name-ko {ko} --name-en {en} --class {class} {} {} \
             --out @/{id} {entry} --at {at}",
            purposes.join(" "),
            documents.join(" "),
            id = asker.id,
            class = asker.class,
            at = self.at
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
