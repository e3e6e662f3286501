//! The core compiles for a browser (design D5): every package under `crates/` is checked for wasm32, and linted, since
//! part of it is compiled for nothing else (D16).
//!
//! The target's standard library comes from rustup or, where only Debian's mirror is in reach, is built from Debian's
//! sources by Debian's own compiler.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command::{output, run, succeeds};
use crate::context::Context;
use crate::stages::Outcome;

const TARGET: &str = "wasm32-unknown-unknown";
/// The command that a reader may type where this program could not.
pub(crate) const ADD_TARGET: &str = "rustup target add wasm32-unknown-unknown";
/// Debian ships the standard library's source and not its build for this target. Building it is an unstable option,
/// which a stable compiler takes when told to bootstrap.
pub(crate) const BOOTSTRAP: &str = "RUSTC_BOOTSTRAP";
const DEBIAN: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-19"];

pub(crate) fn check(context: &mut Context) -> Result<Outcome> {
    let packages = packages(context);
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    // Debian's compiler has no clippy.
    let found = if obtain_target() {
        cargo(context, "clippy", &[&packages, &["--", "-D", "warnings"][..]].concat())
    } else {
        cargo(context, "check", &packages)
    };
    match found {
        Some((mut command, _)) => Ok(Outcome::of(run(&mut command)?)),
        None => Ok(Outcome::skipped(context, &format!("the core for wasm32; run `{ADD_TARGET}`"))),
    }
}

/// By what the target is built.
#[derive(Clone, Copy)]
pub(crate) enum Compiler {
    /// The one that builds everything else.
    Ours,
    /// Debian's, which builds the standard library along.
    Debian,
}

/// Cargo for the target, and the folder that it builds into; nothing where the target is not to be had.
pub(crate) fn cargo(context: &mut Context, verb: &str, arguments: &[&str]) -> Option<(Command, PathBuf)> {
    let compiler = compiler(context)?;
    let mut command = compiler.cargo(context, verb, arguments);
    let Compiler::Debian = compiler else { return Some((command, context.metadata.target.clone())) };
    let folder = context.metadata.target.join("wasm-debian");
    command.arg("-Zbuild-std=std,panic_abort").env(BOOTSTRAP, "1").env("CARGO_TARGET_DIR", &folder);
    Some((command, folder))
}

/// Who builds for the target here, fetched if need be.
pub(crate) fn compiler(context: &mut Context) -> Option<Compiler> {
    if obtain_target() {
        return Some(Compiler::Ours);
    }
    context.tools.install(&DEBIAN).unwrap_or(false).then_some(Compiler::Debian)
}

impl Compiler {
    /// Its program.
    pub(crate) const fn rustc(self) -> &'static str {
        match self {
            Self::Ours => "rustc",
            Self::Debian => "/usr/bin/rustc",
        }
    }

    /// Cargo at the root of the workspace.
    pub(crate) fn cargo(self, context: &Context, verb: &str, arguments: &[&str]) -> Command {
        let words = [&[verb, "--target", TARGET], arguments].concat();
        match self {
            Self::Ours => context.cargo(&words),
            Self::Debian => {
                let mut command = Command::new("/usr/bin/cargo");
                command.current_dir(context.root()).args(words);
                command.env("RUSTC", self.rustc()).env_remove("RUSTUP_TOOLCHAIN");
                command
            }
        }
    }
}

fn packages(context: &Context) -> Vec<String> {
    let metadata = &context.metadata;
    let core = metadata.members().filter(|package| metadata.group(&package.manifest) == Some("crates"));
    core.flat_map(|package| ["-p".to_owned(), package.name.clone()]).collect()
}

fn obtain_target() -> bool {
    has_target() || succeeds(Command::new("rustup").args(["target", "add", TARGET])) && has_target()
}

fn has_target() -> bool {
    output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}
