//! The trust ledger of the story, and what is entered and published as it goes on.

use std::net::Ipv4Addr;

use mapae_http::Running;
use tokio::runtime::Runtime;

use super::stage::Stage;
use crate::{
    commands::country::{Country, Ports},
    environment::now,
    failure::{Failure, Outcome},
    ports,
};

/// A log and three cosigners that run.
pub(super) struct Ledger {
    runtime: Runtime,
    running: Vec<Running>,
    pub(super) url: String,
}

/// What the URIs of its status lists begin with.
const STATUS: &str = "https://id.example/status/";

impl Ledger {
    /// Founds the ledger, starts it, and enters what the country has decided.
    pub(super) fn found(stage: &mut Stage<'_>) -> Outcome<Self> {
        stage.tale.step("Three agencies found a ledger of whom to trust. None of them can rewrite it");
        country(stage)?.found()?;
        let ledger = Self::start(&country(stage)?)?;
        stage
            .tale
            .say("a log and three cosigners run, each with its own key and database, on this machine's loopback;");
        stage.tale.say("a cosigner signs only if every entry keeps the rules, and two of the three must");
        stage.tale.step("They enter the issuer, its signers, how old evidence may be, who signs orders, and a bank");
        let entries = country(stage)?.statements()?;
        ledger.submit(stage, &entries)?;
        stage.tale.say(&format!("{} entries, each signed by an agency that may state it", entries.len() + 1));
        stage.tale.say("readers hold one file, policy.txt: the keys of the log and its cosigners");
        Ok(ledger)
    }

    fn start(country: &Country<'_>) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        // The cosigners must know the log's before it listens.
        let ports = Ports { log: ports::free(Ipv4Addr::LOCALHOST.into())?.port(), cosigners: None };
        let (running, url) = runtime.block_on(country.serve(ports))?;
        Ok(Self { runtime, running, url })
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
        stage.script().write(
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

/// The services go by the clock of the story.
fn clock(stage: &Stage<'_>) -> Outcome<String> {
    let ahead = now(None)?.age_at(stage.start).as_seconds();
    Ok(if ahead >= 0 { format!("--clock-ahead {ahead}s") } else { format!("--clock-behind {}s", -ahead) })
}

fn country<'s>(stage: &'s Stage<'_>) -> Outcome<Country<'s>> {
    Ok(Country { script: stage.script(), at: stage.start, status: STATUS, clock: clock(stage)? })
}
