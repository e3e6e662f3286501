//! A published folder: the page, what pages share, the module with its bindings; a service worker that knows every file by
//! its hash, so that what a phone keeps is what was built, whole; and `release.json`, the same list with the worker in it,
//! whose own hash stands for the release.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// Where the list goes in the worker.
const PLACE: &str = "/*FILES*/[]";
const WORKER: &str = "sw.js";
/// What a release is, file by file.
const RELEASE: &str = "release.json";

/// Puts folders together: the page's, those that pages share, and what was built.
pub(crate) fn write(folders: &[&Path], out: &Path) -> Result<()> {
    for folder in folders {
        copy(folder, out)?;
    }
    if out.join(WORKER).exists() {
        tell_worker(out)?;
    }
    Ok(fs::write(out.join(RELEASE), list(out, &[])?)?)
}

/// A worker has the list in it, or reads it from the release.
fn tell_worker(out: &Path) -> Result<()> {
    let worker = fs::read_to_string(out.join(WORKER))?;
    let knows = worker.contains(PLACE) || worker.contains(RELEASE);
    anyhow::ensure!(knows, "{WORKER} has no place for the list of files, and does not read {RELEASE}");
    Ok(fs::write(out.join(WORKER), worker.replace(PLACE, &list(out, &[WORKER])?))?)
}

/// All files of a folder, with the folders in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for name in names(from)? {
        let file = to.join(&name);
        anyhow::ensure!(!file.exists(), "{name} is in {}, and in another folder of the page", from.display());
        fs::create_dir_all(file.parent().unwrap_or(to))?;
        fs::copy(from.join(&name), file).with_context(|| name.clone())?;
    }
    Ok(())
}

/// `[["app.js", "sha256-…"], …]`: integrity as a browser checks it (W3C SRI §3.1).
fn list(out: &Path, without: &[&str]) -> Result<String> {
    let files = names(out)?.into_iter().filter(|name| !without.contains(&name.as_str()));
    let entry = |name: String| {
        let hash = base64_simd::STANDARD.encode_to_string(Sha256::digest(fs::read(out.join(&name))?));
        Ok(serde_json::json!([name, format!("sha256-{hash}")]))
    };
    Ok(serde_json::Value::Array(files.map(entry).collect::<Result<_>>()?).to_string())
}

/// The files of a folder and of those in it, in order, as a URL writes them: `engine/store.js`.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    gather(folder, "", &mut names)?;
    names.sort();
    Ok(names)
}

fn gather(folder: &Path, before: &str, names: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}
