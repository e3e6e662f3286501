//! The folder that stands for the gateway of text messages: what is said to a citizen by another way than the QR.
//!
//! A message is a file, its first line the recipient, the rest the text. It appears whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use mapae_types::PersonId;

/// Where messages are put.
#[derive(Debug, Clone)]
pub struct Outbox {
    folder: PathBuf,
}

impl Outbox {
    /// The folder, made if it is not there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Puts a message for a person; one of that name before it is replaced.
    pub fn put(&self, name: &str, to: &PersonId, text: &str) -> io::Result<()> {
        let (path, hidden) = (self.folder.join(format!("{name}.txt")), self.folder.join(format!(".{name}.new")));
        let mut file = create_secret(&hidden)?;
        writeln!(file, "{to}\n{text}")?;
        file.sync_all()?;
        fs::rename(&hidden, path)?;
        File::open(&self.folder)?.sync_all()
    }
}

#[cfg(unix)]
fn create_secret(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create_secret(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).open(path)
}
