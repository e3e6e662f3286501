//! The binary `mapae`, driven as a user would: arguments and files in, exit code and JSON out.
//!
//! `MAPAE_BIN` names it; else it is the debug build of this repository as it stands, made if there is none.

pub mod authority;
pub mod country;
pub mod issuer;
pub mod peer;
mod process;
pub mod verifier;

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;

use crate::install::{once, run, source, target};
use crate::ports;

/// What the binary did.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its exit code.
    pub exit: i32,
    /// Its answer.
    pub answer: Value,
}

/// Runs a command with `--json`, whatever it exits with.
pub fn mapae(arguments: &[&dyn AsRef<OsStr>]) -> Result<Ran> {
    let mut command = Command::new(binary()?);
    command.arg("--json").args(arguments.iter().map(AsRef::as_ref)).env_remove("MAPAE_BUNDLE_KEY");
    command.env("MAPAE_WALLET_PASSPHRASE", "correct horse battery");
    let output = command.output().with_context(|| format!("{command:?} did not start"))?;
    let exit = output.status.code().ok_or_else(|| anyhow!("{command:?} was killed"))?;
    let answer = serde_json::from_slice(&output.stdout).with_context(|| {
        format!("{command:?} exits {exit} without JSON; on stderr:\n{}", String::from_utf8_lossy(&output.stderr))
    })?;
    Ok(Ran { exit, answer })
}

/// Runs a command that must succeed.
pub fn succeed(arguments: &[&dyn AsRef<OsStr>]) -> Result<Value> {
    let ran = mapae(arguments)?;
    ensure!(ran.exit == 0, "mapae exits {}: {}", ran.exit, ran.answer);
    Ok(ran.answer)
}

/// The request that `mapae request` writes for elements of a document.
pub(crate) fn mapae_request(document: &str, elements: &str) -> Result<Value> {
    let out = folder()?.join("request.json");
    let purpose = "Interoperability";
    succeed(&[&"request", &"--document", &document, &"--elements", &elements, &"--purpose", &purpose, &"--out", &out])?;
    Ok(serde_json::from_slice(&fs::read(out)?)?)
}

/// A new folder for what one command reads and writes. Those of the last run are gone.
pub fn folder() -> Result<PathBuf> {
    static EMPTIED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let all = once(&EMPTIED, || {
        let all = target().join("mapae");
        if all.exists() {
            fs::remove_dir_all(&all)?;
        }
        Ok(all)
    })?;
    let folder = all.join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Where a service can answer: its settings hold the port, so it is chosen before it listens.
pub(crate) fn free_url() -> String {
    format!("http://{}", ports::free())
}

pub(crate) fn binary() -> Result<PathBuf> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match std::env::var_os("MAPAE_BIN") {
        Some(path) => Ok(path.into()),
        None => once(&BUILT, build),
    }
}

fn build() -> Result<PathBuf> {
    let binary = source("../../target/debug/mapae");
    if !binary.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        run(cargo.args(["build", "--package", "mapae", "--target-dir", "target"]).current_dir(source("../..")))?;
    }
    Ok(binary)
}
