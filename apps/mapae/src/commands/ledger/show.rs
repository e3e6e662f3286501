//! `mapae ledger show`: what an entry says, or all entries of a ledger.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{describe, read_entry};
use crate::{failure::Outcome, output::Output};

#[derive(Args)]
pub(crate) struct ShowArgs {
    /// An entry's file, or the URL of a ledger
    what: String,
    /// The ledger's policy: what it does not cover is not shown
    #[arg(long, env = "MAPAE_POLICY")]
    policy: Option<PathBuf>,
}

/// Shows it.
pub(crate) fn show(args: &ShowArgs, output: &Output) -> Outcome<()> {
    if args.what.starts_with("http://") || args.what.starts_with("https://") {
        return remote::show(&args.what, args.policy.as_deref(), output);
    }
    let path = Path::new(&args.what);
    let entry = read_entry(path)?;
    output.answer(&describe::entry(path, &entry), || describe::entry_text(path, &entry));
    Ok(())
}

#[cfg(not(feature = "services"))]
mod remote {
    use std::path::Path;

    use crate::{
        failure::{Failure, Outcome},
        output::Output,
    };

    pub(super) fn show(url: &str, _: Option<&Path>, _: &Output) -> Outcome<()> {
        Err(Failure::usage(format!("this program was built without services and cannot ask {url}")))
    }
}

#[cfg(feature = "services")]
mod remote {
    use std::path::Path;

    use anyhow::Context as _;
    use mapae_ledger::Entry;
    use mapae_ledger_server::client::ReadLedger;
    use mapae_trust::ledger::SignedEntry;
    use serde_json::{Value, json};

    use super::describe;
    use crate::{
        environment::now,
        failure::{Failure, Outcome},
        output::Output,
        pinned::read_policy,
        service,
    };

    /// Shows nothing that the policy does not cover: what a server alone says is worth nothing.
    pub(super) fn show(url: &str, policy: Option<&Path>, output: &Output) -> Outcome<()> {
        let policy = policy.ok_or_else(|| Failure::usage("--policy says by what the ledger is known"))?;
        let policy = read_policy(policy)?;
        let client = service::ledger(url)?;
        let read = service::block_on(async { Ok(client.read(&policy, now(None)?).await.context("the ledger")?) })?;
        let cosigned = cosigned(&read)?;
        let head = read.checkpoint.unverified().head();
        let document = json!({
            "ledger": read.checkpoint.origin().to_string(),
            "size": head.size(),
            "root": head.root().to_string(),
            "cosigned_by": cosigned,
            "policy_generation": read.state.policy_generation(),
            "entries": read.entries.iter().enumerate().map(entry).collect::<Vec<_>>(),
        });
        output.answer(&document, || text(&read, &cosigned));
        Ok(())
    }

    fn cosigned(read: &ReadLedger) -> Outcome<Vec<String>> {
        let accepted = read.policy.accept(&read.checkpoint).context("the ledger's checkpoint")?;
        Ok(accepted.cosigned().iter().map(|one| one.witness().to_string()).collect())
    }

    fn entry((index, entry): (usize, &Entry)) -> Value {
        let mut document = match SignedEntry::parse(entry.as_bytes()) {
            Ok(signed) => describe::of(&signed),
            Err(error) => json!({ "unreadable": error.to_string() }),
        };
        document["index"] = json!(index);
        document
    }

    fn text(read: &ReadLedger, cosigned: &[String]) -> String {
        let (origin, size) = (read.checkpoint.origin(), read.entries.len());
        let mut lines = vec![format!("Ledger {origin}: {size} entries, cosigned by {}", cosigned.join(", "))];
        lines.extend(read.entries.iter().enumerate().map(|(index, entry)| {
            match SignedEntry::parse(entry.as_bytes()) {
                Ok(signed) => format!("{index:6}  {}", describe::text(&signed)),
                Err(error) => format!("{index:6}  unreadable: {error}"),
            }
        }));
        lines.join("\n")
    }
}
