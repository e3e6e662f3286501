//! The program under test, for suites that run real processes.
//!
//! `MAPAE_BIN` names it; else it is the one beside the test binary, which `cargo test --workspace` and `cargo test -p mapae -p …`
//! build first.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// What a person may have set for their own use of it.
const VARIABLES: [&str; 5] = ["MAPAE_POLICY", "MAPAE_MEMORY", "MAPAE_BUNDLE", "MAPAE_BUNDLE_KEY", "MAPAE_CRASH_AT"];

/// Where it is.
pub fn mapae() -> PathBuf {
    let beside = || env::current_exe().unwrap().ancestors().nth(2).unwrap().join("mapae");
    let path = env::var_os("MAPAE_BIN").map_or_else(beside, PathBuf::from);
    assert!(path.is_file(), "{} is not there: `cargo test --workspace` builds it", path.display());
    path
}

/// It with arguments separated by spaces, in a directory. Starts `before` if that is not empty, with all of that as arguments.
pub fn under(before: &[&str], dir: &Path, arguments: &str) -> Command {
    let mut command = match before {
        [] => Command::new(mapae()),
        [first, others @ ..] => {
            let mut command = Command::new(first);
            command.args(others).arg(mapae());
            command
        }
    };
    command.args(arguments.split_whitespace()).current_dir(dir);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command
}

/// Runs it with `--json`, expects success, and reads what it answers.
pub fn ok(dir: &Path, arguments: &str) -> Value {
    let output = under(&[], dir, &format!("{arguments} --json")).output().unwrap();
    assert!(output.status.success(), "mapae {arguments}\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}
