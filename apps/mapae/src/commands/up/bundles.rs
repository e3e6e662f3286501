//! The bundle, at the start and every 15 minutes: what the ledger's entries say, with the issuer's newest lists.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::ensure;
use tokio::runtime::Runtime;

use super::made::Made;
use crate::{commands::script::Script, failure::Outcome, output::Output};

/// As often as lists appear (design D6).
const EVERY: Duration = Duration::from_mins(15);

/// How long the first lists may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Publishes once, and goes on in the background until the program ends.
pub(super) fn publish_from_now_on(made: &Made, ledger: &str, runtime: &Runtime) -> Outcome<()> {
    wait_for_lists(&made.dir().join("issuer/lists"))?;
    let line = format!(
        "bundle publish --ledger {ledger} --policy @/policy.txt --agency @/agencies/interior --authority @/authority \
         --lists @/issuer/lists --out @/trust.bundle"
    );
    made.script().mapae(&line)?;
    let script = Script::new(made.dir().to_owned());
    runtime.spawn_blocking(move || {
        loop {
            thread::sleep(EVERY);
            if let Err(failure) = script.mapae(&line) {
                Output::note(&format!("bundle: {:#}", failure.error()));
            }
        }
    });
    Ok(())
}

fn wait_for_lists(lists: &Path) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    while !has_lists(lists) {
        ensure!(Instant::now() < until, "the issuer published no status lists into {}", lists.display());
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn has_lists(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else { return false };
    entries.flatten().any(|entry| entry.path().extension().is_some_and(|ending| ending == "cwt"))
}
