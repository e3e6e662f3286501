//! Bringing many new files to the disk at once.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use anyhow::Context as _;

/// The file system of a directory.
pub(super) struct Disk(File);

impl Disk {
    pub(super) fn of(dir: &Path) -> anyhow::Result<Self> {
        File::open(dir).map(Self).with_context(|| format!("cannot open {}", dir.display()))
    }

    /// Everything below these directories is on the disk when this returns, and so are they.
    pub(super) fn sync<'p>(&self, dirs: impl IntoIterator<Item = &'p Path>) -> anyhow::Result<()> {
        let whole = self.sync_file_system().context("cannot sync the file system")?;
        if whole {
            return Ok(());
        }
        dirs.into_iter().try_for_each(sync_tree).context("cannot sync")
    }

    /// One call for all files; `false` where there is none such.
    #[cfg(target_os = "linux")]
    fn sync_file_system(&self) -> io::Result<bool> {
        rustix::fs::syncfs(&self.0)?;
        Ok(true)
    }

    #[cfg(not(target_os = "linux"))]
    fn sync_file_system(&self) -> io::Result<bool> {
        self.0.metadata().map(|_| false)
    }
}

fn sync_tree(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            sync_tree(&entry?.path())?;
        }
        crate::files::sync_dir(path)?;
        return crate::files::sync_parent(path);
    }
    File::open(path)?.sync_all()
}
