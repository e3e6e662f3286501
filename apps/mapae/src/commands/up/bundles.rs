//! The bundle, at the start and every 15 minutes: what the ledger's entries say, with the issuer's newest lists.

use std::{
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::ensure;

use super::{made::Made, plug::Plug};
use crate::{commands::script::Script, failure::Outcome, output::Output};

/// As often as lists appear (design D6).
const EVERY: Duration = Duration::from_mins(15);

/// What the issuer writes once all lists are there.
const LAST: &str = "aggregation.json";

/// How long the first lists may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Publishes once, and goes on in the background until the program ends.
pub(super) fn publish_from_now_on(made: &Made, plug: &Arc<Plug>, ledger: &str) -> Outcome<()> {
    wait_for_lists(&made.dir().join("issuer/lists"))?;
    let line = format!(
        "bundle publish --ledger {ledger} --policy @/policy.txt --agency @/agencies/interior --authority @/authority \
         --lists @/issuer/lists --out @/trust.bundle"
    );
    made.script().mapae(&line)?;
    let (script, plug) = (Script::new(made.dir().to_owned()), Arc::clone(plug));
    // A thread that nobody waits for: it ends with the program.
    thread::spawn(move || {
        loop {
            thread::sleep(EVERY);
            if !plug.is_in() {
                continue;
            }
            if let Err(failure) = script.mapae(&line) {
                Output::note(&format!("bundle: {:#}", failure.error()));
            }
        }
    });
    Ok(())
}

fn wait_for_lists(lists: &Path) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    while !lists.join(LAST).is_file() {
        ensure!(Instant::now() < until, "the issuer published no status lists into {}", lists.display());
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
