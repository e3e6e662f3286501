//! Up to which byte of the journal every copy is released or voided, so that a start looks at what follows only.
//!
//! A checkpoint that is lost or too old costs time, never truth. One that is too new would: it is written when everything
//! that it speaks of is on the disk.

use std::{collections::BTreeMap, fs, ops::Range, path::PathBuf};

use super::crash::{Crash, Point};
use crate::{
    files::{self, Access},
    issued::{checkpoint_path, hidden_path},
};

/// The checkpoint and the blocks behind it that are released already.
pub(super) struct Checkpoint<'a> {
    out: &'a std::path::Path,
    upto: u64,
    ahead: BTreeMap<u64, u64>,
}

impl<'a> Checkpoint<'a> {
    /// The checkpoint of a directory whose journal is that long. What cannot be one counts as none.
    pub(super) fn read(out: &'a std::path::Path, journal: u64) -> Self {
        let text = fs::read_to_string(checkpoint_path(out)).unwrap_or_default();
        let upto = text.strip_suffix('\n').and_then(|text| text.parse().ok()).filter(|upto| *upto <= journal);
        Self { out, upto: upto.unwrap_or(0), ahead: BTreeMap::new() }
    }

    /// Where to begin.
    pub(super) const fn upto(&self) -> u64 {
        self.upto
    }

    /// Everything up to there is released or voided, and on the disk.
    pub(super) fn set(&mut self, upto: u64, crash: &Crash) -> anyhow::Result<()> {
        crash.reach(Point::BeforeCheckpoint);
        self.upto = upto;
        let hidden: PathBuf = hidden_path(self.out).join("checkpoint");
        files::write_plainly(&hidden, format!("{upto}\n").as_bytes(), Access::Public)?;
        fs::rename(hidden, checkpoint_path(self.out))?;
        crash.reach(Point::AfterCheckpoint);
        Ok(())
    }

    /// These blocks are released and on the disk. Blocks are released in any order; the checkpoint goes as far as no
    /// block is missing.
    pub(super) fn released(
        &mut self,
        blocks: impl IntoIterator<Item = Range<u64>>,
        crash: &Crash,
    ) -> anyhow::Result<()> {
        self.ahead.extend(blocks.into_iter().map(|block| (block.start, block.end)));
        let mut upto = self.upto;
        while let Some(end) = self.ahead.remove(&upto) {
            upto = end;
        }
        if upto > self.upto { self.set(upto, crash) } else { Ok(()) }
    }
}
