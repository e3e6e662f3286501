//! `mapae issue` under load and under fire: its throughput, and what a thousand crashes leave.

use std::process::ExitCode;

use anyhow::Result;

use crate::command::{run, say, stream};
use crate::context::Context;

/// Runs of the crash harness in a soak; `cargo xtask test` has fifty.
const RUNS: u32 = 1000;

/// People a second over the plain limit's, with the rest of the arguments handed on.
pub(crate) fn bench(context: &Context, arguments: &[&str]) -> Result<ExitCode> {
    let build = ["build", "--release", "-p", "mapae", "-p", "mapae-benches"];
    if !run(&mut context.cargo(&build))? {
        return Ok(ExitCode::FAILURE);
    }
    let work = context.metadata.target.join("bench-issue");
    if work.exists() {
        std::fs::remove_dir_all(&work)?;
    }
    let mut command = context.cargo(&["run", "--release", "-p", "mapae-benches", "--bin", "mapae-bench-issue", "--"]);
    command.arg("--mapae").arg(context.metadata.target.join("release/mapae"));
    command.arg("--dir").arg(&work).args(arguments);
    Ok(if run(&mut command)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

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
