//! The program under test.
//!
//! `MAPAE_BIN` names it; else it is the one beside these tests, which `cargo test --workspace` and
//! `cargo test -p mapae -p chaos` build first.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

pub(crate) fn mapae() -> PathBuf {
    let beside = || env::current_exe().unwrap().ancestors().nth(2).unwrap().join("mapae");
    let path = env::var_os("MAPAE_BIN").map_or_else(beside, PathBuf::from);
    assert!(path.is_file(), "{} is not there: `cargo test -p mapae -p chaos` builds it", path.display());
    path
}

/// The program with arguments separated by spaces, in a directory.
pub(crate) fn command(dir: &Path, arguments: &str) -> Command {
    let mut command = Command::new(mapae());
    command.args(arguments.split_whitespace()).current_dir(dir);
    for variable in ["MAPAE_POLICY", "MAPAE_MEMORY", "MAPAE_BUNDLE_KEY", "MAPAE_CRASH_AT"] {
        command.env_remove(variable);
    }
    command
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

/// Runs it and expects success.
pub(crate) fn ok(dir: &Path, arguments: &str) -> Value {
    let ran = run(dir, arguments);
    assert_eq!(ran.code, Some(0), "mapae {arguments}\n{}", ran.stderr);
    ran.json
}
