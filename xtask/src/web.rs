//! `cargo xtask web`: the pages as plain files under `target/web`, for any server of static files.
//!
//! The tools that it takes are many packages; they are a feature of this program, so that whoever only tests does not
//! wait for them. Left out: `wasm-opt`, which after LLVM's own pass for size takes 12 % off the module and adds 9 % to
//! what travels (Brotli), and would need Node.

use std::process::ExitCode;

use anyhow::Result;

use crate::context::Context;

#[cfg(feature = "web")]
mod bindings;
#[cfg(feature = "web")]
mod page;
#[cfg(feature = "web")]
mod publish;
#[cfg(feature = "web")]
mod size;

/// Builds the reader.
#[cfg(feature = "web")]
pub(crate) fn run(context: &mut Context) -> Result<ExitCode> {
    let published = publish::reader(context)?;
    Ok(if published { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Calls this program again with the feature.
#[cfg(not(feature = "web"))]
pub(crate) fn run(context: &mut Context) -> Result<ExitCode> {
    let words = ["run", "--quiet", "--package", "xtask", "--features", "web", "--", "web", "reader"];
    let done = crate::command::run(&mut context.cargo(&words))?;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
