//! The steps from source to files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::command::{run, say};
use crate::context::Context;
use crate::wasm;

use super::{bindings, page, size};

const CRATE: &str = "reader-web";
const PROFILE: &str = "web";

/// Builds `apps/reader-web` into `target/web/reader`. False: it could not be built, or is too large.
pub(crate) fn reader(context: &mut Context) -> Result<bool> {
    let arguments = ["-p", CRATE, "--profile", PROFILE];
    let Some((mut build, target)) = wasm::cargo(context, "build", &arguments) else {
        say(&format!("{CRATE} needs the wasm target; run `{}`", wasm::ADD_TARGET));
        return Ok(false);
    };
    if !run(&mut build)? {
        return Ok(false);
    }
    let module = target.join("wasm32-unknown-unknown").join(PROFILE).join("reader_web.wasm");
    let work = fresh(context.metadata.target.join("web/work"))?;
    bindings::write(&module, &work)?;
    let out = fresh(context.metadata.target.join("web/reader"))?;
    page::write(&context.root().join("apps/reader-web/page"), &work, &out)?;
    size::report(&out)
}

/// An empty folder: nothing of an earlier build is published again.
fn fresh(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| shown(&folder))?;
    }
    fs::create_dir_all(&folder).with_context(|| shown(&folder))?;
    Ok(folder)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
