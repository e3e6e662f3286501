//! Releases of programs: what a wallet may take for an update.

use mapae_cose::cbor::Writer;

use crate::{
    Software, SoftwareName,
    ledger::{
        EntryError, Fingerprint,
        wire::{Members, fingerprint, id, text},
    },
};

/// Characters beyond which a version is none.
const LIMIT: usize = 64;

/// A release of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    name: SoftwareName,
    sha256: Fingerprint,
    version: String,
}

impl Release {
    /// The release of the program whose hash that is. The version is for people: 1 to 64 visible characters of ASCII.
    pub fn new(name: SoftwareName, sha256: Fingerprint, version: impl Into<String>) -> Result<Self, EntryError> {
        let version = version.into();
        let fits = (1..=LIMIT).contains(&version.len()) && version.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self { name, sha256, version }) } else { Err(EntryError::VersionUnfit) }
    }

    /// Of which program.
    pub const fn name(&self) -> &SoftwareName {
        &self.name
    }

    /// The SHA-256 of what is released: of the wallet's page, of its `release.json`.
    pub const fn sha256(&self) -> Fingerprint {
        self.sha256
    }

    /// What its maker calls it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What a bundle says of it.
    pub(in crate::ledger) fn software(&self) -> Software {
        Software { name: self.name.clone(), sha256: self.sha256.0 }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.map(3).text("name").text(self.name.as_str()).text("sha256").bytes(&self.sha256.0);
        writer.text("version").text(&self.version);
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let (name, sha256) = (members.take("name", id)?, members.take("sha256", fingerprint)?);
        let version = members.take("version", text)?;
        members.end()?;
        Self::new(name, sha256, version)
    }
}
