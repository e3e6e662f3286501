//! The pages in a real Chromium, driven by `tests/browser`: published as for people, served by the real binary.
//!
//! The scripts are copied beside what `npm ci` installs, under `target/browser/run`, where Node looks for packages. The
//! pictures that they take lie in `target/browser`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::command::run;
use crate::context::Context;
use crate::stages::Outcome;
use crate::suites::{Count, build, count_all};
use crate::tools::{CHROMIUM, KOREAN, NODE, NPM};
use crate::{wasm, web};

/// What is run, at a time: the reader's scenarios, and the wallet's. Either waits more than it works.
const SCRIPTS: [(&str, &str); 2] = [("reader: ", "run.mjs"), ("wallet: ", "wallet/run.mjs")];

pub(crate) fn test(context: &mut Context) -> Result<Outcome> {
    let missing = context.tools.missing(&[NODE, NPM, CHROMIUM]);
    if !missing.is_empty() {
        return Ok(Outcome::skipped(context, &format!("tests/browser (needs {})", missing.join(", "))));
    }
    if wasm::cargo(context, "build", &[]).is_none() {
        return Ok(Outcome::skipped(context, &format!("tests/browser; run `{}`", wasm::ADD_TARGET)));
    }
    if web::run(context, &web::PAGES)? != ExitCode::SUCCESS || !build(context)? {
        return Ok(Outcome::failed("FAILED: page or binary does not build"));
    }
    let scripts = install(context)?;
    let mut outcome = Outcome::counted(&play(context, &scripts)?);
    if !context.tools.obtain(&KOREAN) {
        outcome.skip(context, "Korean letters in the pictures (needs fonts-noto-cjk)");
    }
    Ok(outcome)
}

fn play(context: &Context, scripts: &Path) -> Result<Count> {
    count_all(SCRIPTS.map(|(name, script)| (name, node(context, scripts, script))))
}

fn folder(context: &Context) -> PathBuf {
    context.metadata.target.join("browser")
}

/// The scripts beside their packages, installed once per lock file.
fn install(context: &Context) -> Result<PathBuf> {
    let (source, scripts) = (context.root().join("tests/browser"), folder(context).join("run"));
    copy(&source, &scripts)?;
    let stamp = scripts.join("installed-from");
    let wanted = fs::read(source.join("package-lock.json"))?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(scripts);
    }
    let mut npm = Command::new("npm");
    context.tools.lend(npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&scripts));
    anyhow::ensure!(run(&mut npm)?, "npm could not install what tests/browser needs");
    fs::write(stamp, wanted)?;
    Ok(scripts)
}

/// A folder with those in it, but for what `npm` put there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let (source, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if !source.is_dir() {
            fs::copy(&source, to.join(name))?;
        } else if name != "node_modules" {
            copy(&source, &to.join(name))?;
        }
    }
    Ok(())
}

fn node(context: &Context, scripts: &Path, script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(script).current_dir(scripts);
    command.env("MAPAE_BIN", context.metadata.target.join("debug/mapae"));
    command.env("MAPAE_WEB", context.metadata.target.join("web/reader"));
    command.env("MAPAE_WALLET_WEB", context.metadata.target.join("web/wallet"));
    command.env("MAPAE_PICTURES", folder(context));
    command.env("MAPAE_SOURCES", context.root());
    command.env("CHROMIUM", context.tools.path_of("chromium").unwrap_or_else(|| "chromium".into()));
    context.tools.lend(&mut command);
    command
}
