//! `mapae ledger fork-check`: evidence of a fork, judged by a file and a key, whoever found it.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use mapae_ledger::{ForkError, ForkEvidence, TreeHead, VerifierKey};
use serde_json::{Value, json};

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
};

#[derive(Args)]
pub(crate) struct ForkCheckArgs {
    /// What a monitor wrote
    evidence: PathBuf,
    /// The verifier key file of the log; it stands in the ledger's policy, too
    #[arg(long)]
    log_vkey: PathBuf,
}

/// Exits with 0 if the log forked, and with 1 if this does not prove it.
pub(crate) fn check(args: &ForkCheckArgs, output: &Output) -> Outcome<ExitCode> {
    let key = files::read_text(&args.log_vkey).map_err(Failure::Usage)?;
    let key: VerifierKey =
        key.trim_end().parse().or_usage(|| format!("{} is not the key of a log", args.log_vkey.display()))?;
    let file = files::read(&args.evidence).map_err(Failure::Usage)?;
    let judged = ForkEvidence::parse(&file).and_then(|evidence| evidence.verify(&key));
    match &judged {
        Ok(forked) => {
            let document = json!({
                "forked": true,
                "log": forked.origin().to_string(),
                "older": head(forked.older()),
                "newer": head(forked.newer()),
                "older_by_the_newer": forked.root_then().to_string(),
            });
            output.answer(&document, || {
                format!(
                    "FORKED  {}\n  it signed {} entries with root {},\n  and {} entries that begin with {} others, root {}",
                    forked.origin(),
                    forked.older().size(),
                    forked.older().root(),
                    forked.newer().size(),
                    forked.older().size(),
                    forked.root_then()
                )
            });
        }
        Err(error) => not_proven(error, output),
    }
    Ok(if judged.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn head(head: TreeHead) -> Value {
    json!({ "size": head.size(), "root": head.root().to_string() })
}

fn not_proven(error: &ForkError, output: &Output) {
    output.answer(&json!({ "forked": false, "detail": error.to_string() }), || format!("not proven: {error}"));
}
