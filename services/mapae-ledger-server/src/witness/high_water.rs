//! The largest tree that was cosigned, in a file beside the key: a store that is restored from yesterday knows less than
//! this file, and the witness notices.

use std::{io, path::PathBuf};

use mapae_ledger::{Origin, TreeHash, TreeHead, WitnessRecord};

use crate::{StateLost, disk};

/// The high-water file of one log.
#[derive(Debug, Clone)]
pub(super) struct HighWater {
    path: PathBuf,
}

impl HighWater {
    pub(super) fn of(dir: &std::path::Path, origin: &Origin) -> Self {
        Self { path: dir.join("high-water").join(origin.hash()) }
    }

    /// Makes the file for a log of which nothing was cosigned. It is never made later: one that is gone is missed.
    pub(super) fn begin(&self) -> io::Result<()> {
        if self.path.exists() { Ok(()) } else { self.raise(TreeHead::EMPTY) }
    }

    /// Whether the store knows all that was cosigned. It may know more: the store is changed first.
    pub(super) fn check(&self, record: &WitnessRecord) -> io::Result<Result<(), StateLost>> {
        let Some(bytes) = disk::read(&self.path)? else { return Ok(Err(StateLost::HighWaterLost)) };
        let Some(cosigned) = read(&bytes) else { return Ok(Err(StateLost::HighWaterLost)) };
        let known = record.head();
        Ok(if cosigned.size() > known.size() {
            Err(StateLost::RolledBack { cosigned: cosigned.size(), recorded: known.size() })
        } else if cosigned.size() == known.size() && cosigned.root() != known.root() {
            Err(StateLost::OtherTree { size: known.size() })
        } else {
            Ok(())
        })
    }

    /// Notes what is to be cosigned; when it returns, that is on the disk.
    pub(super) fn raise(&self, head: TreeHead) -> io::Result<()> {
        self.path.parent().map_or(Ok(()), disk::create_dir)?;
        disk::replace(&self.path, format!("{}\n{}\n", head.size(), head.root()).as_bytes())
    }
}

fn read(bytes: &[u8]) -> Option<TreeHead> {
    let (size, root) = str::from_utf8(bytes).ok()?.strip_suffix('\n')?.split_once('\n')?;
    let root: TreeHash = root.parse().ok()?;
    Some(TreeHead::new(size.parse().ok()?, root))
}
