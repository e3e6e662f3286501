//! The program under test, and what a run of it leaves.

use std::{path::Path, process::Command};

use serde_json::Value;
use testkit::program::under;
pub(crate) use testkit::program::{mapae, ok};

/// The program with arguments separated by spaces, in a directory.
pub(crate) fn command(dir: &Path, arguments: &str) -> Command {
    under(&[], dir, arguments)
}

/// What a run of it left.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) json: Value,
    pub(crate) stderr: String,
}

pub(crate) fn run(dir: &Path, arguments: &str) -> Ran {
    let output = command(dir, &format!("{arguments} --json")).output().unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Ran { code: output.status.code(), json, stderr: String::from_utf8_lossy(&output.stderr).into_owned() }
}
