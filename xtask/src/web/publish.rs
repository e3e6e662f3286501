//! The steps from source to files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::command::{run, say};
use crate::context::Context;
use crate::wasm;

use super::{bindings, page, size, small};

const PROFILE: &str = "web";
/// Scripts that all pages have, beside the packages.
const SHARED: &str = "web-shared";

/// Builds `apps/NAME-web` into `target/web/NAME`. False: it could not be built, or is too large though it was built to be
/// small.
pub(crate) fn publish(context: &mut Context, name: &str) -> Result<bool> {
    let package = format!("{name}-web");
    let Some(mut build) = small::build(context, &["-p", &package, "--profile", PROFILE]) else {
        say(&format!("{package} needs the wasm target; run `{}`", wasm::ADD_TARGET));
        return Ok(false);
    };
    if !run(&mut build.command)? {
        return Ok(false);
    }
    let module = build.target.join("wasm32-unknown-unknown").join(PROFILE).join(format!("{name}_web.wasm"));
    let work = fresh(context.metadata.target.join("web/work"))?;
    bindings::write(&module, &work)?;
    let out = fresh(context.metadata.target.join("web").join(name))?;
    let apps = context.root().join("apps");
    page::write(&[&apps.join(&package).join("page"), &apps.join(SHARED), &work], &out)?;
    // The budget is for how pages are meant to be built; one that is larger for want of a source serves people all the same.
    Ok(size::report(&out)? || !build.is_small)
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
