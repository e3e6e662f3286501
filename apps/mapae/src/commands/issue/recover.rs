//! What an interrupted run left: copies on record that nobody has.
//!
//! Their lines are voided, their people are issued to anew, and their status entries are given to nobody.

use std::{fs, path::Path};

use anyhow::Context as _;
use mapae_types::Timestamp;

use super::{checkpoint::Checkpoint, crash::Crash, disk::Disk};
use crate::{
    files,
    issued::{JournalLine, VoidLine, VoidedEntry, hidden_path, stream_journal_from},
    lines::{self, Appender},
};

/// Makes journal and files agree; gives how many copies were voided.
pub(super) fn recover(
    out: &Path,
    journal: &mut Appender,
    checkpoint: &mut Checkpoint<'_>,
    disk: &Disk,
    now: Timestamp,
    crash: &Crash,
) -> anyhow::Result<u64> {
    clear_hidden(out)?;
    if checkpoint.upto() == journal.end() {
        return Ok(0);
    }
    let voids = unreleased(out, checkpoint.upto(), now)?;
    // A directory that is there may be so in memory only, and before the checkpoint nobody looks again.
    disk.sync([out])?;
    journal.append(&lines::to_text(&voids)?)?;
    checkpoint.set(journal.end(), crash)?;
    Ok(voids.len() as u64)
}

/// Voids the lines whose copies nobody has. All copies of a person appear at once, or none does.
fn unreleased(out: &Path, from: u64, now: Timestamp) -> anyhow::Result<Vec<VoidLine>> {
    let mut voids = Vec::new();
    for line in stream_journal_from(out, from)? {
        let JournalLine { person, document, uri, idx, .. } = line?;
        if !out.join(person).join(document).is_dir() {
            voids.push(VoidLine { void: VoidedEntry { uri, idx }, voided_at: now.to_string() });
        }
    }
    Ok(voids)
}

/// An empty hidden place, whatever an earlier run left in it.
fn clear_hidden(out: &Path) -> anyhow::Result<()> {
    let hidden = hidden_path(out);
    if hidden.exists() {
        fs::remove_dir_all(&hidden).with_context(|| format!("cannot remove {}", hidden.display()))?;
    }
    files::create_dir(&hidden)
}
