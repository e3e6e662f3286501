//! `wasm-opt`, from the npm package of Binaryen: some per cent smaller, and the page works without.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command::{run, say, succeeds};
use crate::context::Context;
use crate::tools::{NODE, NPM};

const BINARYEN: &str = "binaryen@132.0.0";

/// What rustc 1.95 emits for the target; anything else `wasm-opt` must not introduce.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

pub(crate) fn shrink(context: &mut Context, module: &Path) -> Result<()> {
    let tools = context.metadata.target.join("web/tools");
    let program = tools.join("node_modules/.bin/wasm-opt");
    if !program.is_file() && !install(context, &tools)? {
        say("without wasm-opt, some per cent larger; `apt install nodejs npm` and a way to npm's registry add it");
        return Ok(());
    }
    let (before, after) = (tools.join("before.wasm"), tools.join("after.wasm"));
    if !is_same(&before, module) || !after.is_file() {
        let mut command = Command::new(program);
        context.tools.lend(&mut command);
        if !run(command.arg("-Oz").args(FEATURES).arg(module).arg("-o").arg(&after))? {
            say("wasm-opt failed; the module stays as it is");
            return Ok(());
        }
        fs::copy(module, before)?;
    }
    fs::copy(after, module)?;
    Ok(())
}

/// Half a minute is saved where only the page changed.
fn is_same(before: &Path, module: &Path) -> bool {
    matches!((fs::read(before), fs::read(module)), (Ok(before), Ok(module)) if before == module)
}

fn install(context: &mut Context, tools: &Path) -> Result<bool> {
    if !context.tools.missing(&[NODE, NPM]).is_empty() {
        return Ok(false);
    }
    fs::create_dir_all(tools)?;
    let mut npm = Command::new("npm");
    context.tools.lend(&mut npm);
    Ok(succeeds(npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(tools).arg(BINARYEN)))
}
