//! The suites of tests: the workspace's own, the counter-parties that others wrote, and the fuzzing corpora.
//!
//! The latter two are workspaces of their own, and share the target folder: what all have in common is built once.

use std::process::Command;
use std::thread;

use anyhow::{Result, anyhow};

use crate::command::{run, stream_as};
use crate::context::Context;
use crate::failures::Failures;
use crate::stages::Outcome;
use crate::tally::Tally;
use crate::tools::{APACHE, NODE, NPM, OPENSSL, POSTGRES, PYTHON, SOFTHSM, STRACE, Tool};

const NOT_BUILT: &str = "FAILED: the workspace does not build";

pub(crate) fn workspace(context: &mut Context) -> Result<Outcome> {
    let strace = context.tools.obtain(&STRACE).then(|| context.tools.path_of("strace")).flatten();
    let postgres = context.tools.obtain(&POSTGRES);
    let softhsm =
        context.tools.obtain(&SOFTHSM).then(|| context.tools.file("usr/lib/softhsm/libsofthsm2.so")).flatten();
    let apache = context.tools.obtain(&APACHE).then(|| context.tools.path_of("apache2")).flatten();
    if !build(context)? {
        return Ok(Outcome::failed(NOT_BUILT));
    }
    let mut command = context.cargo(&["test", "--workspace", "--no-fail-fast", "--tests"]);
    patient(&mut command)?;
    if let Some(softhsm) = &softhsm {
        command.env("MAPAE_SOFTHSM", softhsm);
    }
    if let Some(strace) = &strace {
        command.env("MAPAE_STRACE", strace);
    }
    if let Some(apache) = &apache {
        command.env("MAPAE_APACHE", apache);
    }
    // Compiling the examples of the documentation fills the time in which tests wait.
    let examples = context.cargo(&["test", "--workspace", "--no-fail-fast", "--doc"]);
    let mut outcome = Outcome::counted(&count_all([("", command), ("examples: ", examples)])?);
    if strace.is_none() {
        outcome.skip(context, "that `mapae verify` makes no socket call (needs strace)");
    }
    if !postgres {
        outcome.skip(context, "the stores on PostgreSQL (needs Debian's package postgresql)");
    }
    if apache.is_none() {
        outcome.skip(
            context,
            "logging in behind the Apache of `mapae up` (needs Debian's package libapache2-mod-auth-openidc)",
        );
    }
    if softhsm.is_none() {
        outcome.skip(context, "signing in a PKCS#11 module (needs Debian's package softhsm2)");
    }
    if context.vectors().is_none() {
        outcome.skip(context, "the vectors of others (set MAPAE_VECTORS to their folder)");
    }
    Ok(outcome)
}

/// The whole workspace as its tests need it: another selection of packages would mean other features, and build anew.
pub(crate) fn build(context: &Context) -> Result<bool> {
    run(&mut context.cargo(&["test", "--workspace", "--no-run", "--quiet"]))
}

/// Twice as many tests at a time as there are cores: many wait for a disk, a process or a second that has to pass.
fn patient(command: &mut Command) -> Result<()> {
    const THREADS: &str = "RUST_TEST_THREADS";
    if std::env::var_os(THREADS).is_none() {
        command.env(THREADS, (2 * thread::available_parallelism()?.get()).to_string());
    }
    Ok(())
}

pub(crate) fn interop(context: &mut Context) -> Result<Outcome> {
    // The tests' own build makes the binary.
    if !build(context)? {
        return Ok(Outcome::failed(NOT_BUILT));
    }
    let apache = context.tools.obtain(&APACHE).then(|| context.tools.path_of("apache2")).flatten();
    let mut outcome = own_workspace(context, "tests/interop", &[NODE, NPM, PYTHON, OPENSSL], |command| {
        command.envs(apache.iter().map(|apache| ("MAPAE_APACHE", apache)));
    })?;
    if apache.is_none() {
        outcome.skip(context, "Apache as relying party (needs Debian's package libapache2-mod-auth-openidc)");
    }
    Ok(outcome)
}

pub(crate) fn fuzz(context: &mut Context) -> Result<Outcome> {
    own_workspace(context, "tests/fuzz", &[], |_| {})
}

fn own_workspace(
    context: &mut Context,
    folder: &str,
    needed: &[Tool],
    told: impl FnOnce(&mut Command),
) -> Result<Outcome> {
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
    told(&mut command);
    Ok(Outcome::counted(&count(&mut command)?))
}

/// What suites counted, and what those said that failed.
#[derive(Default)]
pub(crate) struct Count {
    pub(crate) tally: Tally,
    pub(crate) failures: Failures,
}

/// Runs `cargo test` and adds up its results. One that reports no failure and fails did not build: that is one failure.
pub(crate) fn count(command: &mut Command) -> Result<Count> {
    count_as("", command)
}

/// The same for several at a time, each by a name before its lines.
pub(crate) fn count_all<const N: usize>(commands: [(&str, Command); N]) -> Result<Count> {
    let counted: Vec<Result<Count>> = thread::scope(|scope| {
        let suites = commands.map(|(name, mut command)| scope.spawn(move || count_as(name, &mut command)));
        suites.map(|suite| suite.join().unwrap_or_else(|_| Err(anyhow!("a suite panicked")))).into()
    });
    let mut total = Count::default();
    for suite in counted {
        let suite = suite?;
        total.tally += suite.tally;
        total.failures.extend(suite.failures);
    }
    Ok(total)
}

fn count_as(name: &str, command: &mut Command) -> Result<Count> {
    let mut count = Count::default();
    let succeeded = stream_as(name, command, |line| {
        count.tally.read(line);
        count.failures.read(line);
    })?;
    if !succeeded && count.tally.failed == 0 {
        count.tally.failed = 1;
    }
    Ok(count)
}
