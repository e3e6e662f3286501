//! `mapae issue` under fire: what a thousand crashes leave.

use std::process::ExitCode;

use anyhow::Result;

use crate::command::{say, stream};
use crate::context::Context;

/// Runs of the crash harness in a soak; `cargo xtask test` has fifty.
const RUNS: u32 = 1000;

/// Only the crashes of a soak.
pub(crate) fn soak(context: &Context) -> Result<ExitCode> {
    let counts = crashes(context)?;
    say(counts.as_deref().unwrap_or("FAILED"));
    Ok(if counts.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the harness; its line of counts, or nothing if a run left something wrong.
pub(crate) fn crashes(context: &Context) -> Result<Option<String>> {
    let mut command = context.cargo(&["test", "-p", "mapae", "--", "--nocapture"]);
    command.arg("killed_at_any_moment_and_run_again_it_finishes_the_job").env("MAPAE_CRASH_RUNS", RUNS.to_string());
    let mut counts = None;
    let succeeded = stream(&mut command, |line| {
        if line.starts_with("crash: ") {
            counts = Some(line.to_owned());
        }
    })?;
    Ok(counts.filter(|_| succeeded))
}
