//! Files: read with the path in the error, written whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// Larger inputs are refused before they are read: a national bundle has some 20 MB.
pub(crate) const READ_LIMIT: u64 = 256 << 20;

/// Reads a file.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let size = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
    anyhow::ensure!(size <= READ_LIMIT, "{} is larger than {READ_LIMIT} bytes", path.display());
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a text file.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    String::from_utf8(read(path)?).map_err(|_| anyhow::anyhow!("{} is not UTF-8 text", path.display()))
}

/// Who may read a new file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody whom the directory lets in.
    Public,
    /// Its owner (mode 0600).
    Secret,
}

/// Writes a file so that a reader sees the old content or the new, and never half of it.
pub(crate) fn write(path: &Path, content: &[u8], access: Access) -> anyhow::Result<()> {
    let temporary = sibling(path);
    let written = write_new(&temporary, content, access).and_then(|()| Ok(fs::rename(&temporary, path)?));
    written
        .inspect_err(|_| drop(fs::remove_file(&temporary)))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Writes a file that does not exist yet, down to the disk.
pub(crate) fn write_new(path: &Path, content: &[u8], access: Access) -> anyhow::Result<()> {
    let mut file = create_new(path, access).with_context(|| format!("cannot create {}", path.display()))?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(())
}

/// Writes a file that does not exist yet, and leaves it to the caller to bring it to the disk.
pub(crate) fn write_plainly(path: &Path, content: &[u8], access: Access) -> anyhow::Result<()> {
    let write = || create_new(path, access)?.write_all(content);
    write().with_context(|| format!("cannot create {}", path.display()))
}

#[cfg(unix)]
fn create_new(path: &Path, access: Access) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mode = if access == Access::Secret { 0o600 } else { 0o644 };
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

#[cfg(not(unix))]
fn create_new(path: &Path, _: Access) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn sibling(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// Creates a directory and its parents.
pub(crate) fn create_dir(path: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(path).with_context(|| format!("cannot create the directory {}", path.display()))
}

/// Brings the entry of a new file in its directory to the disk.
pub(crate) fn sync_parent(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), sync_dir)
}

/// Brings the entries of a directory to the disk.
#[cfg(unix)]
pub(crate) fn sync_dir(path: &Path) -> std::io::Result<()> {
    let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(here)?.sync_all()
}

/// A directory cannot be opened as a file here; its entries reach the disk with the file system's own journal.
#[cfg(not(unix))]
pub(crate) fn sync_dir(_: &Path) -> std::io::Result<()> {
    Ok(())
}
