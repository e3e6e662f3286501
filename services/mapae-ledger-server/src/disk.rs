//! Files that must survive: written whole or not at all, and forced to the disk with the directory that names them.
//!
//! Everything here blocks; services call it on the threads that are for that.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody whom the directory lets in.
    Public,
    /// Its owner (mode 0600).
    Secret,
}

/// Puts a file in its place, durably, over whatever was there: a reader sees the old content or the new.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let file = Pending::write(path, content)?;
    file.sync()?;
    file.put()?;
    sync_parent(path)
}

/// A file beside the place that it is for.
#[derive(Debug)]
pub(crate) struct Pending {
    file: File,
    part: PathBuf,
    path: PathBuf,
}

impl Pending {
    /// Writes it; a crash may leave half of it, where nobody looks.
    pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<Self> {
        let part = part(path);
        // What a crash left there is nobody's.
        remove_if_there(&part)?;
        let mut file = create_new(&part, Access::Public)?;
        file.write_all(content)?;
        Ok(Self { file, part, path: path.to_owned() })
    }

    /// Forces its content to the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Puts it in its place, but for the name: [`sync_parent`] makes that last, once for many files.
    pub(crate) fn put(self) -> io::Result<()> {
        fs::rename(&self.part, &self.path)
    }
}

/// Writes a file that must not exist yet, durably but for its name; [`sync_parent`] makes that last, too.
pub(crate) fn write_new(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let mut file = create_new(path, access)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Reads a file, if it is there.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a directory with those above it, each durably.
pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), create_dir)?;
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync_parent(path),
    }
}

/// Forces the name of a file to the disk.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_dir)
}

#[cfg(unix)]
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(here)?.sync_all()
}

/// A directory cannot be opened as a file here; its entries reach the disk with the file system's own journal.
#[cfg(not(unix))]
pub(crate) fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn create_new(path: &Path, access: Access) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mode = if access == Access::Secret { 0o600 } else { 0o644 };
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

#[cfg(not(unix))]
fn create_new(path: &Path, _: Access) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Beside the file, so that the rename stays in one file system; of this process, so that two do not share it.
fn part(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// Runs what blocks where that is no harm.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
