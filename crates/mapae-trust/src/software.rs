//! Programs that the ledger names: by its hash a wallet knows an update for its maker's before it runs it.
//!
//! What the hash is taken of, each program's own format says; of the wallet's page it is the list of its files. Left
//! out: which of several releases is the newest, for nobody is made to update.

use mapae_cose::cbor::{CborError, Key, Reader, Writer};
use mapae_types::{Id, IdKind};

use crate::{BundleError, format::read_hash};

/// More releases than are in use at once.
pub const MAX_SOFTWARE: usize = 256;

/// Marks names of programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SoftwareKind {}

impl IdKind for SoftwareKind {
    const NAME: &'static str = "name of software";
}

/// A program, by its name in the ledger, such as `wallet-web`.
pub type SoftwareName = Id<SoftwareKind>;

/// A release that is in force.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Software {
    /// Of which program.
    pub name: SoftwareName,
    /// SHA-256 of what its maker stated.
    pub sha256: [u8; 32],
}

impl Software {
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.map(2).text("name").text(self.name.as_str()).text("sha256").bytes(&self.sha256);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, BundleError> {
        let (mut name, mut sha256) = (None, None);
        reader.map(|reader, key| {
            let at = reader.position();
            match key {
                Key::Text("name") => name = Some(reader.text()?.parse().map_err(|_| CborError::Unexpected(at))?),
                Key::Text("sha256") => sha256 = Some(read_hash(reader)?),
                _ => return Err(BundleError::VersionUnsupported),
            }
            Ok(())
        })?;
        let missing = |member| CborError::Missing(reader.position(), member);
        Ok(Self { name: name.ok_or_else(|| missing("name"))?, sha256: sha256.ok_or_else(|| missing("sha256"))? })
    }
}

/// Reads the list of a manifest. One that is empty would have been left out: there is one encoding.
pub(crate) fn read_list(reader: &mut Reader<'_>) -> Result<Vec<Software>, BundleError> {
    let list = reader.list(Software::read)?;
    let fits = (1..=MAX_SOFTWARE).contains(&list.len()) && list.is_sorted_by(|a, b| a < b);
    if fits { Ok(list) } else { Err(BundleError::Software) }
}
