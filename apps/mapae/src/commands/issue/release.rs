//! Lets the copies of batches appear: files to the disk, then a directory for each person at once, then the checkpoint.
//!
//! One sync serves all batches that are waiting, and also the directories that appeared since the last.

use std::{fs, io::ErrorKind, ops::Range, path::Path, sync::mpsc::Receiver};

use anyhow::Context as _;
use indicatif::ProgressBar;
use mapae_types::PersonId;

use super::{
    batch::{Issuer, Staged, lock},
    checkpoint::Checkpoint,
    crash::Point,
    disk::Disk,
    report::Report,
};
use crate::{files, issued::hidden_path};

/// What releases batches, one group after the other.
pub(super) struct Release<'a> {
    pub(super) issuer: &'a Issuer<'a>,
    pub(super) disk: Disk,
    pub(super) checkpoint: Checkpoint<'a>,
    pub(super) report: Report<'a>,
    /// Blocks and people whose directories are there, perhaps in memory only.
    pub(super) unsynced: (Vec<Range<u64>>, Vec<PersonId>),
}

impl<'a> Release<'a> {
    /// Releases batches until there are no more, or the first that failed.
    pub(super) fn all(&mut self, batches: &Receiver<anyhow::Result<Staged>>, bar: &ProgressBar) -> anyhow::Result<()> {
        while let Ok(first) = batches.recv() {
            let group: Vec<Staged> = std::iter::once(first).chain(batches.try_iter()).collect::<Result<_, _>>()?;
            self.group(group)?;
            self.report.show(bar);
        }
        Ok(())
    }

    fn group(&mut self, group: Vec<Staged>) -> anyhow::Result<()> {
        if group.iter().any(|batch| !batch.people.is_empty()) {
            self.issuer.crash.reach(Point::BeforeSync);
            self.sync(&group)?;
        }
        for mut batch in group {
            self.appear(&batch)?;
            self.unsynced.0.extend(batch.block.take());
            self.unsynced.1.append(&mut self.report.batch(batch)?);
        }
        Ok(())
    }

    /// Brings the files of these batches to the disk, and the directories that appeared before.
    fn sync(&mut self, group: &[Staged]) -> anyhow::Result<()> {
        let (blocks, people) = std::mem::take(&mut self.unsynced);
        let hidden = group.iter().map(|batch| self.issuer.hidden(batch.number));
        let dirs: Vec<_> = hidden.chain(people.iter().map(|person| self.issuer.out.join(person.as_str()))).collect();
        self.disk.sync(dirs.iter().map(std::path::PathBuf::as_path))?;
        self.checkpoint.released(blocks, self.issuer.crash)
    }

    fn appear(&self, batch: &Staged) -> anyhow::Result<()> {
        if batch.people.is_empty() {
            return Ok(());
        }
        self.issuer.crash.reach(Point::BeforeRename);
        let hidden = self.issuer.hidden(batch.number);
        for person in &batch.people {
            let target = self.issuer.target(person);
            appear(&hidden.join(person.as_str()), &target)
                .with_context(|| format!("cannot create {}", target.display()))?;
            lock(&self.issuer.in_hand).remove(person);
            self.issuer.crash.reach(Point::MidRename);
        }
        fs::remove_dir(&hidden).with_context(|| format!("cannot remove {}", hidden.display()))?;
        self.issuer.crash.reach(Point::AfterRename);
        Ok(())
    }

    /// Nothing is acknowledged before this returns: everything that appeared is on the disk.
    pub(super) fn finish(mut self) -> anyhow::Result<Report<'a>> {
        self.report.flush()?;
        self.sync(&[])?;
        let out = self.issuer.out;
        self.report.appear()?;
        fs::remove_dir_all(hidden_path(out))?;
        files::sync_dir(out)?;
        Ok(self.report)
    }
}

/// Moves a person's new directory to its place; of one who has other documents, the new document's alone.
fn appear(hidden: &Path, target: &Path) -> std::io::Result<()> {
    let (Some(person), Some(document)) = (target.parent(), target.file_name()) else {
        return Err(ErrorKind::InvalidInput.into());
    };
    match fs::rename(hidden, person) {
        Err(error) if is_taken(&error) => {}
        other => return other,
    }
    fs::rename(hidden.join(document), target)?;
    fs::remove_dir(hidden)
}

/// A directory replaces an empty one on Unix, and none elsewhere.
fn is_taken(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists | ErrorKind::PermissionDenied)
}
