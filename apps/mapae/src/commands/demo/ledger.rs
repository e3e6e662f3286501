//! The trust ledger of the story: three agencies, each with an auditing cosigner, a log, and what they enter.
//!
//! The services are those of `mapae serve`, on free ports of the loopback, each with a database of its own. Everything that
//! is entered goes through them by the commands that everybody has.

use std::{fmt::Write as _, net::TcpListener};

use clap::Parser;
use mapae_http::Running;
use tokio::runtime::Runtime;

use super::stage::Stage;
use crate::{
    commands::serve::{self, ServeCommand},
    environment::now,
    failure::{Failure, Outcome},
    files::{self, Access},
};

/// Id, names, and what each may state alone.
const AGENCIES: [(&str, &str, &str, &str); 3] = [
    ("interior", "행정안전부", "Ministry of the Interior", "issuer,signer,status,journal,freshness,bundle"),
    ("police", "경찰청", "National Police Agency", "distrust,order"),
    ("privacy", "개인정보보호위원회", "Privacy Commission", "registrar,relying-party"),
];

/// What the bank may ask for.
const BANK: [&str; 2] = ["resident=family_name,age_over_19,portrait", "licence=family_name,age_over_19,portrait"];

/// A log and three cosigners that run.
pub(super) struct Ledger {
    runtime: Runtime,
    running: Vec<Running>,
    pub(super) url: String,
}

/// A `mapae serve` command line.
#[derive(Parser)]
struct Serve {
    #[command(subcommand)]
    command: ServeCommand,
}

impl Ledger {
    /// Founds the ledger, starts it, and enters what the country has decided.
    pub(super) fn found(stage: &mut Stage<'_>) -> Outcome<Self> {
        stage.tale.step("Three agencies found a ledger of whom to trust. None of them can rewrite it");
        found(stage)?;
        let ledger = Self::start(stage)?;
        stage
            .tale
            .say("a log and three cosigners run, each with its own key and database, on this machine's loopback;");
        stage.tale.say("a cosigner signs only if every entry keeps the rules, and two of the three must");
        stage.tale.step("They enter the issuer, its signers, how old evidence may be, who signs orders, and a bank");
        let entries = enter(stage)?;
        ledger.submit(stage, &entries)?;
        stage.tale.say(&format!("{} entries, each signed by an agency that may state it", entries.len() + 1));
        stage.tale.say("readers hold one file, policy.txt: the keys of the log and its cosigners");
        Ok(ledger)
    }

    fn start(stage: &Stage<'_>) -> Outcome<Self> {
        let mut ledger = Self {
            runtime: tokio::runtime::Builder::new_multi_thread().enable_all().build()?,
            running: Vec::new(),
            url: format!("http://127.0.0.1:{}", free_port()?),
        };
        let clock = clock(stage)?;
        let mut witnesses = Vec::new();
        for (id, ..) in AGENCIES {
            let running = ledger.serve(stage, &format!(
                "witness --dir @/cosigners/{id} --log-vkey @/log/log.vkey --audit --log-url {} --founding @/founding.cbor \
                 --listen 127.0.0.1:0 {clock}",
                ledger.url
            ))?;
            witnesses.push(format!("--witness {id}.example/cosigner={}", running.url()));
            ledger.running.push(running);
        }
        let listen = ledger.url.trim_start_matches("http://");
        let log = ledger.serve(
            stage,
            &format!(
                "ledger --dir @/log --policy @/policy.txt --founding @/founding.cbor --listen {listen} {} {clock}",
                witnesses.join(" ")
            ),
        )?;
        ledger.running.push(log);
        Ok(ledger)
    }

    fn serve(&self, stage: &Stage<'_>, line: &str) -> Outcome<Running> {
        let words = std::iter::once("serve".to_owned()).chain(stage.words(line));
        let command = Serve::try_parse_from(words)?.command;
        self.runtime.block_on(serve::begin(&command))
    }

    fn submit(&self, stage: &Stage<'_>, entries: &[String]) -> Outcome<()> {
        stage.mapae(&format!("ledger submit --to {} --policy @/policy.txt {}", self.url, entries.join(" ")))
    }

    /// The issuer states how many copies it was going to sign, and the root over all of them.
    pub(super) fn enter_journal(&self, stage: &mut Stage<'_>) -> Outcome<()> {
        stage.mapae(&format!(
            "ledger journal --issued @/issued --root @/authority/iaca.pem --agency @/agencies/interior \
             --out @/entries/journal.cbor --at {}",
            stage.start
        ))?;
        self.submit(stage, &["@/entries/journal.cbor".to_owned()])?;
        stage.tale.say(
            "the day's count and the Merkle root of the issuer's journal are in the ledger: nothing is issued unseen",
        );
        Ok(())
    }

    /// Publishes what is known at that time; every cosigner computes it anew before it signs.
    pub(super) fn publish(&self, stage: &Stage<'_>, out: &str, minute: i64) -> Outcome<u64> {
        stage.mapae(&format!(
            "bundle publish --ledger {} --policy @/policy.txt --agency @/agencies/interior --authority @/authority \
             --issued @/issued --out @/{out} --at {}",
            self.url,
            stage.minute(minute)
        ))?;
        Ok(std::fs::metadata(stage.path(out))?.len())
    }

    /// An operator of the log adds an issuer that no agency entered.
    pub(super) fn refuses_a_rogue_issuer(&self, stage: &mut Stage<'_>) -> Outcome<()> {
        stage.mapae("ledger agency --dir @/rogue --id interior --name-ko 가짜 --name-en Impostor --rights issuer")?;
        write(
            stage,
            "rogue/issuer.toml",
            "kind = \"issuer\"\nroot = \"../impostor/iaca.pem\"\nstatus = \"none\"\nsigners = \"any\"\n",
        )?;
        stage.mapae(&format!(
            "ledger entry --from @/rogue/issuer.toml --agency @/rogue --out @/rogue/issuer.cbor --at {}",
            stage.start
        ))?;
        match self.submit(stage, &["@/rogue/issuer.cbor".to_owned()]) {
            Err(Failure::Failed(error)) if error.to_string().contains("signature_invalid") => {
                stage.tale.say("operator refused: signature_invalid (no agency entered that issuer)");
                Ok(())
            }
            Err(other) => Err(other),
            Ok(()) => Err(Failure::Failed(anyhow::anyhow!("the ledger took an issuer that no agency signed"))),
        }
    }

    /// Nothing answers any more, and nothing is left of what the services kept.
    pub(super) fn burn(self, stage: &Stage<'_>) -> Outcome<()> {
        let Self { runtime, running, .. } = self;
        drop(running);
        runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        ["log", "cosigners", "authority"].iter().try_for_each(|dir| Ok(std::fs::remove_dir_all(stage.path(dir))?))
    }
}

/// A port that nobody has. The cosigners must know the log's before it listens.
fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The services go by the clock of the story.
fn clock(stage: &Stage<'_>) -> Outcome<String> {
    let ahead = now(None)?.age_at(stage.start).as_seconds();
    Ok(if ahead >= 0 { format!("--clock-ahead {ahead}s") } else { format!("--clock-behind {}s", -ahead) })
}

/// Keys of agencies, cosigners and the log; the policy; the first entry.
fn found(stage: &Stage<'_>) -> Outcome<()> {
    stage.mapae("ledger log-init --dir @/log --name ledger.example/mapae")?;
    let mut founding = format!("ledger found --log @/log --threshold 2 --out @/. --at {}", stage.start);
    for (id, ko, en, rights) in AGENCIES {
        let en = en.replace(' ', "\u{a0}");
        stage.mapae(&format!(
            "ledger agency --dir @/agencies/{id} --id {id} --name-ko {ko} --name-en {en} --rights {rights}"
        ))?;
        stage.mapae(&format!("ledger witness-init --dir @/cosigners/{id} --name {id}.example/cosigner"))?;
        write!(founding, " --agency @/agencies/{id} --witness @/cosigners/{id}/witness.vkey")
            .map_err(anyhow::Error::from)?;
    }
    stage.mapae(&founding)
}

/// Writes the statements, has them signed, and gives the files of the entries.
fn enter(stage: &Stage<'_>) -> Outcome<Vec<String>> {
    let mut entries = Vec::new();
    for (name, agencies, statement) in statements() {
        write(stage, &format!("entries/{name}.toml"), &statement)?;
        let agencies: Vec<String> = agencies.iter().map(|id| format!("--agency @/agencies/{id}")).collect();
        let entry = format!("@/entries/{name}.cbor");
        stage.mapae(&format!(
            "ledger entry --from @/entries/{name}.toml {} --out {entry} --at {}",
            agencies.join(" "),
            stage.start
        ))?;
        entries.push(entry);
    }
    let by = "--agency @/agencies/privacy --entry-out @/entries";
    stage.mapae(&format!("relying-party registrar --dir @/registrar {by}/registrar.cbor --at {}", stage.start))?;
    stage.mapae(&format!(
        "relying-party register --registrar @/registrar --id bank --name-ko 은행 --name-en Bank --class substantial \
         --purpose-ko 계좌개설 --purpose-en account --document {} --document {} --out @/bank {by}/bank.cbor --at {}",
        BANK[0], BANK[1], stage.start
    ))?;
    stage.mapae(&format!(
        "relying-party enrol-reader --registrar @/registrar --relying-party @/bank --name counter-1 --out @/bank/counter-1 \
         {by}/reader.cbor --at {}",
        stage.start
    ))?;
    entries.extend(["registrar", "bank", "reader"].map(|name| format!("@/entries/{name}.cbor")));
    Ok(entries)
}

type Said = (&'static str, &'static [&'static str], String);

/// What is entered, and by whom.
fn statements() -> Vec<Said> {
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
    said.push(("status", &["interior"], format!("kind = \"status\"\nprefix = \"https://id.example/status/\"\n{root}")));
    let orders = format!("kind = \"order-signers\"\nthreshold = 2\n{order_keys}");
    said.push(("order-signers", &["interior", "privacy"], orders));
    said
}

fn write(stage: &Stage<'_>, name: &str, text: &str) -> Outcome<()> {
    let path = stage.path(name);
    if let Some(parent) = path.parent() {
        files::create_dir(parent)?;
    }
    Ok(files::write(&path, text.as_bytes(), Access::Public)?)
}
