//! Where PostgreSQL's programs are: on the path, or where Debian keeps them off it.

use std::env;
use std::fs;
use std::path::PathBuf;

#[derive(Debug)]
pub(crate) struct Programs(PathBuf);

impl Programs {
    /// The folder with all that is needed; of several versions the newest.
    pub(crate) fn find() -> Option<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let complete = |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file());
        env::split_paths(&path).chain(debian()).find(complete).map(Self)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// `/usr/lib/postgresql/15/bin`, and so on.
fn debian() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |version: &fs::DirEntry| version.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
    let mut versions: Vec<(Option<u32>, PathBuf)> =
        versions.map(|version| (number(&version), version.path().join("bin"))).collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, folder)| folder).collect()
}
