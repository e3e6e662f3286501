//! Benches that are programs of their own, since they measure the released `mapae` as a program: `benches/src/bin`.

use std::process::ExitCode;

use anyhow::Result;

use crate::command::run;
use crate::context::Context;

/// Runs `mapae-bench-<name>` in a new folder under `target`, with the rest of the arguments handed on.
pub(crate) fn program(context: &Context, name: &str, arguments: &[&str]) -> Result<ExitCode> {
    let build = ["build", "--release", "-p", "mapae", "-p", "mapae-benches"];
    if !run(&mut context.cargo(&build))? {
        return Ok(ExitCode::FAILURE);
    }
    let work = context.metadata.target.join(format!("bench-{name}"));
    if work.exists() {
        std::fs::remove_dir_all(&work)?;
    }
    let program = format!("mapae-bench-{name}");
    let mut command = context.cargo(&["run", "--release", "-p", "mapae-benches", "--bin", &program, "--"]);
    command.arg("--mapae").arg(context.metadata.target.join("release/mapae"));
    command.arg("--dir").arg(&work).args(arguments);
    Ok(if run(&mut command)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
