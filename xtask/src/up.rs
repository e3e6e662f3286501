//! `cargo xtask up`: a country on this machine. Builds the program and the reader page, and becomes the program, so that
//! Ctrl-C is heard by it alone.
//!
//! The development profile: the packages of others are optimised in it, and it is what the tests build as well, so that
//! whoever has run those starts in seconds.

use std::process::ExitCode;

use anyhow::Result;

use crate::command::{run, say};
use crate::context::Context;
use crate::{wasm, web};

/// Where it keeps what it makes.
const FOLDER: &str = "up";

/// Builds and starts; `arguments` are those of `mapae up`.
pub(crate) fn start(context: &mut Context, arguments: &[&str]) -> Result<ExitCode> {
    if !run(&mut context.cargo(&["build", "--package", "mapae", "--quiet"]))? {
        return Ok(ExitCode::FAILURE);
    }
    let page = context.metadata.target.join("web/reader");
    let has_page = wasm::cargo(context, "build", &[]).is_some() && web::run(context)? == ExitCode::SUCCESS;
    if !has_page {
        say(&format!("without the reader page; `{} && cargo xtask web` builds it", wasm::ADD_TARGET));
    }
    let target = &context.metadata.target;
    let mut command = std::process::Command::new(target.join("debug/mapae"));
    command.arg("up").arg("--dir").arg(target.join(FOLDER)).args(arguments);
    if has_page {
        command.arg("--web").arg(page);
    }
    become_it(command)
}

/// In this process, which has nothing more to do.
#[cfg(unix)]
fn become_it(mut command: std::process::Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_it(mut command: std::process::Command) -> Result<ExitCode> {
    Ok(if command.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
