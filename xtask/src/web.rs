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
#[cfg(feature = "web")]
mod small;

/// Every page, by the name of its folder.
pub(crate) const PAGES: [&str; 2] = ["reader", "wallet"];

/// Builds the named pages; one that does not build keeps no other from it.
#[cfg(feature = "web")]
pub(crate) fn run(context: &mut Context, pages: &[&str]) -> Result<ExitCode> {
    let mut all = true;
    for page in pages {
        all &= publish::publish(context, page)?;
    }
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Calls this program again with the feature.
#[cfg(not(feature = "web"))]
pub(crate) fn run(context: &mut Context, pages: &[&str]) -> Result<ExitCode> {
    let words = ["run", "--quiet", "--package", "xtask", "--features", "web", "--", "web"];
    let done = crate::command::run(&mut context.cargo(&[&words, pages].concat()))?;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
