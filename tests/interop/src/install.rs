//! Puts the npm and `PyPI` peers under `target/interop`, once per change of their lock files.
//!
//! Node looks for packages beside the script that asks, so the scripts are copied next to what `npm ci` installs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};

/// Folder of the installed node peers, with their scripts.
pub fn node() -> Result<PathBuf> {
    static DONE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    once(&DONE, install_node)
}

/// The Python interpreter that has the `PyPI` peers.
pub fn python() -> Result<PathBuf> {
    static DONE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    once(&DONE, install_python)
}

/// The program `st` of `PyPI` `schemathesis`.
pub fn schemathesis() -> Result<PathBuf> {
    static DONE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    once(&DONE, || Ok(environment("schemathesis", "python/schemathesis.txt")?.join("bin/st")))
}

/// A file of this package.
pub fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Folder for what tests make, under the target folder of the whole repository.
pub fn target() -> PathBuf {
    source("../../target/interop")
}

/// Does something once in a run, and remembers the failure too.
pub(crate) fn once(done: &OnceLock<Result<PathBuf, String>>, install: fn() -> Result<PathBuf>) -> Result<PathBuf> {
    done.get_or_init(|| install().map_err(|error| format!("{error:#}"))).clone().map_err(|error| anyhow!(error))
}

fn install_node() -> Result<PathBuf> {
    let folder = target().join("node");
    fs::create_dir_all(&folder)?;
    for file in fs::read_dir(source("node"))? {
        let file = file?;
        fs::copy(file.path(), folder.join(file.file_name()))?;
    }
    unless_current(&folder, &source("node/package-lock.json"), || {
        let mut npm = Command::new("npm");
        run(npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder))
    })?;
    Ok(folder)
}

fn install_python() -> Result<PathBuf> {
    Ok(environment("python", "python/requirements.txt")?.join("bin/python"))
}

/// A virtual environment with these packages and no others.
fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    let (folder, requirements) = (target().join(name), source(requirements));
    unless_current(&folder, &requirements, || {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        run(Command::new(folder.join("bin/python")).args(pip).arg(&requirements))
    })?;
    Ok(folder)
}

/// Runs the installation unless the folder remembers that it was made from this very lock file.
fn unless_current(folder: &Path, lock: &Path, install: impl FnOnce() -> Result<()>) -> Result<()> {
    let stamp = folder.join("installed-from");
    let wanted = fs::read(lock)?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install()?;
    Ok(fs::write(stamp, wanted)?)
}

/// Runs a command that must succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?} did not start"))?;
    ensure!(output.status.success(), "{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
