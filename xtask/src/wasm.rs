//! The core compiles for a browser (design D5): `cargo check` of every package under `crates/` for wasm32.
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
        return Ok(Outcome::of(run(&mut context.cargo(&check_arguments(context)))?));
    }
    if context.tools.install(&DEBIAN).unwrap_or(false) {
        return Ok(Outcome::of(run(&mut with_debian(context))?));
    }
    Ok(Outcome::skipped(context, "the core for wasm32; run `rustup target add wasm32-unknown-unknown`"))
}

fn check_arguments(context: &Context) -> Vec<&str> {
    let metadata = &context.metadata;
    let core = metadata.members().filter(|package| metadata.group(&package.manifest) == Some("crates"));
    ["check", "--target", TARGET].into_iter().chain(core.flat_map(|package| ["-p", package.name.as_str()])).collect()
}

/// Debian ships the standard library's source and not its build for this target. Building it is an unstable option,
/// which a stable compiler takes when told to bootstrap.
fn with_debian(context: &Context) -> Command {
    let mut command = Command::new("/usr/bin/cargo");
    command.current_dir(context.root()).args(check_arguments(context)).arg("-Zbuild-std=std,panic_abort");
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", "/usr/bin/rustc").env_remove("RUSTUP_TOOLCHAIN");
    command.env("CARGO_TARGET_DIR", context.metadata.target.join("wasm-debian"));
    command
}

fn has_target() -> bool {
    output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}
