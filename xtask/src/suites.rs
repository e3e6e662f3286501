//! The suites of tests: the workspace's own, the counter-parties that others wrote, and the fuzzing corpora.
//!
//! The latter two are workspaces of their own, and share the target folder: what all have in common is built once.

use std::process::Command;

use anyhow::Result;

use crate::command::{run, stream};
use crate::context::Context;
use crate::stages::Outcome;
use crate::tally::Tally;
use crate::tools::{NODE, NPM, OPENSSL, POSTGRES, PYTHON, SOFTHSM, STRACE, Tool};

pub(crate) fn workspace(context: &mut Context) -> Result<Outcome> {
    let strace = context.tools.obtain(&STRACE).then(|| context.tools.path_of("strace")).flatten();
    let postgres = context.tools.obtain(&POSTGRES);
    let softhsm =
        context.tools.obtain(&SOFTHSM).then(|| context.tools.file("usr/lib/softhsm/libsofthsm2.so")).flatten();
    let mut command = context.cargo(&["test", "--workspace", "--no-fail-fast"]);
    if let Some(softhsm) = &softhsm {
        command.env("MAPAE_SOFTHSM", softhsm);
    }
    if let Some(strace) = &strace {
        command.env("MAPAE_STRACE", strace);
    }
    let mut outcome = Outcome::counted(count(&mut command)?);
    if strace.is_none() {
        outcome.skip(context, "that `mapae verify` makes no socket call (needs strace)");
    }
    if !postgres {
        outcome.skip(context, "the stores on PostgreSQL (needs Debian's package postgresql)");
    }
    if softhsm.is_none() {
        outcome.skip(context, "signing in a PKCS#11 module (needs Debian's package softhsm2)");
    }
    if context.vectors().is_none() {
        outcome.skip(context, "the vectors of others (set MAPAE_VECTORS to their folder)");
    }
    Ok(outcome)
}

pub(crate) fn interop(context: &mut Context) -> Result<Outcome> {
    // The tests' own build makes the binary; another selection of packages would mean other features, and build anew.
    if !run(&mut context.cargo(&["test", "--workspace", "--no-run", "--quiet"]))? {
        return Ok(Outcome::failed("FAILED: the workspace does not build"));
    }
    own_workspace(context, "tests/interop", &[NODE, NPM, PYTHON, OPENSSL])
}

pub(crate) fn fuzz(context: &mut Context) -> Result<Outcome> {
    own_workspace(context, "tests/fuzz", &[])
}

fn own_workspace(context: &mut Context, folder: &str, needed: &[Tool]) -> Result<Outcome> {
    let manifest = context.root().join(folder).join("Cargo.toml");
    if !manifest.is_file() {
        return Ok(Outcome::absent(folder));
    }
    let missing = context.tools.missing(needed);
    if !missing.is_empty() {
        return Ok(Outcome::skipped(context, &format!("{folder} (needs {})", missing.join(", "))));
    }
    let mut command = context.cargo(&["test", "--no-fail-fast", "--workspace", "--manifest-path"]);
    command.arg(manifest).env("CARGO_TARGET_DIR", &context.metadata.target);
    command.env("MAPAE_BIN", context.metadata.target.join("debug/mapae"));
    Ok(Outcome::counted(count(&mut command)?))
}

/// Runs `cargo test` and adds up its results. One that reports no failure and fails did not build: that is one failure.
pub(crate) fn count(command: &mut Command) -> Result<Tally> {
    let mut tally = Tally::default();
    let succeeded = stream(command, |line| tally.read(line))?;
    if !succeeded && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}
