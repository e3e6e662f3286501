//! `mapae office outbox`: the newest message that left for a citizen's phone.
//!
//! Stands for that phone on a development machine: a real gateway takes the messages away, and the clerk never sees one.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use crate::{
    failure::{Failure, Outcome},
    files,
    output::Output,
};

#[derive(Args)]
pub(crate) struct OutboxArgs {
    /// The outbox: `outbox` in the issuer's directory
    #[arg(long, env = "MAPAE_OUTBOX")]
    dir: PathBuf,
    /// The message that belongs to this offer; without it, the newest
    #[arg(long)]
    offer: Option<String>,
}

/// Reads it.
pub(super) fn run(args: &OutboxArgs, output: &Output) -> Outcome<()> {
    let path = match &args.offer {
        Some(offer) => args.dir.join(format!("{offer}.txt")),
        None => newest(&args.dir)?,
    };
    let message = files::read_text(&path).map_err(Failure::Usage)?;
    let mut lines = message.lines();
    let (Some(to), Some(code)) = (lines.next(), lines.next()) else {
        return Err(Failure::Failed(anyhow::anyhow!("{} is not a message", path.display())));
    };
    let offer = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    output.answer(&json!({ "to": to, "code": code, "offer_id": offer }), || format!("to {to}\ncode {code}"));
    Ok(())
}

fn newest(dir: &Path) -> Outcome<PathBuf> {
    let mut newest: Option<(SystemTime, PathBuf)> = None;
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string()).map_err(Failure::Usage)? {
        let entry = entry?;
        let is_message = entry.path().extension().is_some_and(|ending| ending == "txt");
        let Some(written) = is_message.then(|| entry.metadata().and_then(|of| of.modified())).transpose()? else {
            continue;
        };
        if newest.as_ref().is_none_or(|(before, _)| written > *before) {
            newest = Some((written, entry.path()));
        }
    }
    newest.map(|(_, path)| path).ok_or_else(|| Failure::usage(format!("nothing left by {}", dir.display())))
}
