//! Test data of others, read where it lies.

use std::{env, fs, path::PathBuf};

/// The folder of test data, if it is at hand; says loudly if it is not.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = env::var_os("MAPAE_VECTORS").map_or_else(beside, PathBuf::from).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: MAPAE_VECTORS not found ({name})");
    None
}

/// A JSON file of the specification's examples.
pub(crate) fn example(name: &str) -> Option<serde_json::Value> {
    let text = fs::read(folder("openid4vp/query_lang")?.join(name)).unwrap();
    Some(serde_json::from_slice(&text).unwrap())
}
