//! `cargo xtask up`: a country on this machine. Builds the program and the pages, and becomes the program, so that
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

/// The pages, and how the program is told of each.
const PAGES: [(&str, &str); 2] = [("reader", "--web"), ("wallet", "--wallet-web")];

/// Builds and starts; `arguments` are those of `mapae up`.
pub(crate) fn start(context: &mut Context, arguments: &[&str]) -> Result<ExitCode> {
    if !run(&mut context.cargo(&["build", "--package", "mapae", "--quiet"]))? {
        return Ok(ExitCode::FAILURE);
    }
    let target = context.metadata.target.clone();
    let mut command = std::process::Command::new(target.join("debug/mapae"));
    command.arg("up").arg("--dir").arg(target.join(FOLDER)).args(arguments);
    for (page, option) in PAGES {
        if built(context, page)? {
            command.arg(option).arg(target.join("web").join(page));
        } else {
            say(&format!("without the page `{page}`; `{} && cargo xtask web {page}` builds it", wasm::ADD_TARGET));
        }
    }
    // One that was fetched for the tests; the machine's own it finds by itself.
    if let Some(folder) = context.tools.unpacked("usr/sbin/apache2").filter(|_| !arguments.contains(&"--apache")) {
        command.arg("--apache").arg(folder);
    }
    become_it(command)
}

/// Each page that has something to show.
fn built(context: &mut Context, page: &str) -> Result<bool> {
    let index = context.metadata.target.join("web").join(page).join("index.html");
    let can = wasm::cargo(context, "build", &[]).is_some();
    Ok(can && web::run(context, &[page])? == ExitCode::SUCCESS && index.is_file())
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
