//! The published folder: the page, the module with its bindings, and a service worker that knows every file by its
//! hash, so that what a phone keeps is what was built, whole.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// Where the list goes in the worker.
const PLACE: &str = "/*FILES*/[]";
const WORKER: &str = "sw.js";

pub(crate) fn write(source: &Path, built: &Path, out: &Path) -> Result<()> {
    for folder in [source, built] {
        for file in names(folder)? {
            fs::copy(folder.join(&file), out.join(&file)).with_context(|| file.clone())?;
        }
    }
    let worker = fs::read_to_string(out.join(WORKER))?;
    anyhow::ensure!(worker.contains(PLACE), "{WORKER} has no place for the list of files");
    fs::write(out.join(WORKER), worker.replace(PLACE, &list(out)?))?;
    Ok(())
}

/// `[["app.js", "sha256-…"], …]`: integrity as a browser checks it (W3C SRI §3.1).
fn list(out: &Path) -> Result<String> {
    let files = names(out)?.into_iter().filter(|name| name != WORKER);
    let entry = |name: String| {
        let hash = base64_simd::STANDARD.encode_to_string(Sha256::digest(fs::read(out.join(&name))?));
        Ok(serde_json::json!([name, format!("sha256-{hash}")]))
    };
    Ok(serde_json::Value::Array(files.map(entry).collect::<Result<_>>()?).to_string())
}

/// The files of a folder in order; the page has no folders inside.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut names =
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
