//! The core compiles for a browser (design D5): every package under `crates/` is checked for wasm32, and linted, since
//! part of it is compiled for nothing else (D16).
//!
//! The target's standard library comes from rustup or, where only Debian's mirror is in reach, is built from Debian's
//! sources by Debian's own compiler.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command::{output, run, succeeds};
use crate::context::Context;
use crate::stages::Outcome;

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-19"];

pub(crate) fn check(context: &mut Context) -> Result<Outcome> {
    if has_target() || succeeds(Command::new("rustup").args(["target", "add", TARGET])) && has_target() {
        let mut command = context.cargo(&["clippy"]);
        command.args(packages(context)).args(["--", "-D", "warnings"]);
        return Ok(Outcome::of(run(&mut command)?));
    }
    if context.tools.install(&DEBIAN).unwrap_or(false) {
        return Ok(Outcome::of(run(&mut with_debian(context))?));
    }
    Ok(Outcome::skipped(context, "the core for wasm32; run `rustup target add wasm32-unknown-unknown`"))
}

fn packages(context: &Context) -> Vec<&str> {
    let metadata = &context.metadata;
    let core = metadata.members().filter(|package| metadata.group(&package.manifest) == Some("crates"));
    ["--target", TARGET].into_iter().chain(core.flat_map(|package| ["-p", package.name.as_str()])).collect()
}

/// Debian ships the standard library's source and not its build for this target. Building it is an unstable option,
/// which a stable compiler takes when told to bootstrap.
fn with_debian(context: &Context) -> Command {
    let mut command = Command::new("/usr/bin/cargo");
    command.current_dir(context.root()).arg("check").args(packages(context)).arg("-Zbuild-std=std,panic_abort");
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", "/usr/bin/rustc").env_remove("RUSTUP_TOOLCHAIN");
    command.env("CARGO_TARGET_DIR", context.metadata.target.join("wasm-debian"));
    command
}

fn has_target() -> bool {
    output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}
