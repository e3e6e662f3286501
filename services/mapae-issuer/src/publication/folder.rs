//! The folder of published lists, which any server of files can serve.
//!
//! ```text
//! 0.jwt 0.cwt 1.jwt …   each list in both forms
//! aggregation.json      all lists by their URIs (draft-ietf-oauth-status-list-20 §9.3)
//! shown.json            up to which revocation they show; for the publisher
//! journal.json          the journal's tree as it was entered last; for the publisher
//! ```
//!
//! Files are replaced whole: a reader sees the old one or the new.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use super::PublicationError;

/// The form of a list (draft §8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON Web Token.
    Jwt,
    /// CBOR Web Token.
    Cwt,
}

impl Form {
    /// Its media type (draft §14.7).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jwt => "application/statuslist+jwt",
            Self::Cwt => "application/statuslist+cwt",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Cwt => "cwt",
        }
    }
}

/// The folder.
#[derive(Debug, Clone)]
pub struct ListFolder(PathBuf);

/// Draft §9.3.
#[derive(Serialize)]
struct Aggregation<'a> {
    status_lists: &'a [String],
}

const AGGREGATION: &str = "aggregation.json";

impl ListFolder {
    /// A folder, made if it is not there.
    pub fn open(dir: impl Into<PathBuf>) -> io::Result<Self> {
        let dir = dir.into();
        fs::create_dir_all(&dir)?;
        Ok(Self(dir))
    }

    /// A list, if it is published.
    pub fn list(&self, number: u64, form: Form) -> io::Result<Option<Vec<u8>>> {
        self.read(&format!("{number}.{}", form.extension()))
    }

    /// All lists by their URIs, if any is published.
    pub fn aggregation(&self) -> io::Result<Option<Vec<u8>>> {
        self.read(AGGREGATION)
    }

    pub(super) fn write_list(&self, number: u64, form: Form, token: &[u8]) -> Result<(), PublicationError> {
        self.write(&format!("{number}.{}", form.extension()), token)
    }

    pub(super) fn write_aggregation(&self, uris: &[String]) -> Result<(), PublicationError> {
        self.keep(AGGREGATION, &Aggregation { status_lists: uris })
    }

    /// What was kept under that name. A file that makes no sense is as good as none: it is made again.
    pub(super) fn kept<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, PublicationError> {
        let read = self.read(name).map_err(|source| self.fault(name, source))?;
        Ok(read.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub(super) fn keep(&self, name: &str, value: &impl Serialize) -> Result<(), PublicationError> {
        let bytes = serde_json::to_vec(value).map_err(|error| self.fault(name, error.into()))?;
        self.write(name, &bytes)
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.0.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), PublicationError> {
        let (path, part) = (self.0.join(name), self.0.join(format!(".{name}.{}.part", std::process::id())));
        let written = write_durably(&part, content).and_then(|()| fs::rename(&part, path));
        written.map_err(|source| {
            drop(fs::remove_file(&part));
            self.fault(name, source)
        })
    }

    fn fault(&self, name: &str, source: io::Error) -> PublicationError {
        PublicationError::Folder { path: self.0.join(name), source }
    }
}

/// A rename that reaches the disk before the content would leave an empty list there.
fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_data()
}
