//! The log itself: entries are integrated, committed, written as tiles, signed, cosigned and published, in this order.
//!
//! [`Sequencer::integrate`] → [`Integrated`] → [`Committed`] → [`UnsignedCheckpoint`] → [`Collecting`] → [`Published`].
//! Each is consumed by the next. What is to be signed exists only after the store has moved from the old checkpoint to
//! the new one by compare-and-swap, so that two sequencers that were started by mistake cannot both sign. An integration
//! that is dropped never happened: the sequencer that made it is gone, and is resumed from the store.
//!
//! Left out: accepting entries and finding duplicates, the store, HTTP.

use core::ops::Range;

use crate::{
    Checkpoint, Entry, EntryBundle, LogFile, MajorityPolicy, MerkleError, NoteError, NoteSignature, Origin,
    SequencerError, SignatureType, SignedCheckpoint, Submission, TileError, TileKind, TilePath, TileTree, TreeHead,
    Unaccepted, UnsignedCheckpoint, VerifierKey,
    text::MAX_NUMBER,
    tile::{FULL, write_entry},
};

/// A log that can grow.
#[derive(Debug)]
pub struct Sequencer {
    key: VerifierKey,
    tree: TileTree,
    /// The entries of the last bundle, while that is partial.
    last_bundle: Vec<u8>,
}

/// Entries with their place in the log, not committed yet: nobody may be told of them.
#[derive(Debug)]
#[must_use]
pub struct Integrated {
    sequencer: Sequencer,
    before: TreeHead,
    files: Vec<LogFile>,
}

/// Entries that can no longer be lost or placed otherwise.
#[derive(Debug)]
#[must_use]
pub struct Committed {
    key: VerifierKey,
    checkpoint: Checkpoint,
    indices: Range<u64>,
    files: Vec<LogFile>,
}

/// A signed checkpoint, while its witnesses are asked.
#[derive(Debug, Clone)]
pub struct Collecting {
    checkpoint: SignedCheckpoint,
}

/// A checkpoint that every holder of the policy will accept.
#[derive(Debug, Clone)]
pub struct Published {
    checkpoint: SignedCheckpoint,
}

impl Sequencer {
    /// A log without entries. The key's name is its origin.
    pub fn new(key: VerifierKey) -> Result<Self, SequencerError> {
        if key.kind() != SignatureType::Ed25519 {
            return Err(SequencerError::WrongKindOfKey { name: key.name().clone() });
        }
        Ok(Self { key, tree: TileTree::new(), last_bundle: Vec::new() })
    }

    /// The files from which [`Sequencer::resume`] takes up a log of `size` entries.
    pub fn edge_of(size: u64) -> Vec<TilePath> {
        let mut paths = TileTree::edge_of(size);
        paths.extend(last_bundle(size));
        paths
    }

    /// Takes up a log at the checkpoint that was committed last. Refused if the files are not those of its root.
    ///
    /// If the tiles of that commit may not all have been written, write them again before; whoever stopped between commit
    /// and signature goes on with the [`Committed`].
    pub fn resume<'t>(
        key: VerifierKey,
        head: TreeHead,
        file: impl Fn(TilePath) -> Option<&'t [u8]>,
    ) -> Result<(Self, Committed), SequencerError> {
        let mut log = Self::new(key)?;
        log.tree = TileTree::open(head, &file)?;
        if let Some(path) = last_bundle(head.size()) {
            log.last_bundle = read_bundle(path, &file, &log.tree)?;
        }
        let committed = log.committed(head.size()..head.size(), Vec::new());
        Ok((log, committed))
    }

    /// Places entries at the end of the log.
    pub fn integrate(mut self, entries: &[Entry]) -> Result<Integrated, MerkleError> {
        let before = self.tree.head();
        if entries.len().try_into().is_ok_and(|count: u64| count > MAX_NUMBER - before.size()) {
            return Err(MerkleError::SizeTooLarge { size: before.size() });
        }
        let mut files = self.append_bundles(entries);
        files.extend(self.tree.append(entries.iter().map(Entry::leaf))?);
        Ok(Integrated { sequencer: self, before, files })
    }

    /// The bundles that become wider; full ones are finished and the last one is kept.
    fn append_bundles(&mut self, entries: &[Entry]) -> Vec<LogFile> {
        let mut files = Vec::new();
        let mut size = self.tree.size();
        for (place, entry) in (1..).zip(entries) {
            write_entry(entry, &mut self.last_bundle);
            size += 1;
            if size.is_multiple_of(FULL) || place == entries.len() {
                let path = TilePath::in_tree(TileKind::Entries, (size - 1) / FULL, size);
                files.extend(path.map(|path| LogFile { path, bytes: self.last_bundle.clone() }));
            }
            if size.is_multiple_of(FULL) {
                self.last_bundle.clear();
            }
        }
        files
    }

    fn committed(&self, indices: Range<u64>, files: Vec<LogFile>) -> Committed {
        let checkpoint = Checkpoint::new(Origin::from(self.key.name()), self.tree.head());
        Committed { key: self.key.clone(), checkpoint, indices, files }
    }

    /// The size and root of the last commit.
    pub fn head(&self) -> TreeHead {
        self.tree.head()
    }
}

fn last_bundle(size: u64) -> Option<TilePath> {
    TilePath::in_tree(TileKind::Entries, size / FULL, size)
}

/// The bytes of the partial bundle, if they are the leaves of the tree.
fn read_bundle<'t>(
    path: TilePath,
    file: impl Fn(TilePath) -> Option<&'t [u8]>,
    tree: &TileTree,
) -> Result<Vec<u8>, TileError> {
    let bundle = EntryBundle::parse(path, file(path).ok_or(TileError::Missing { path })?)?;
    if !bundle.entries().iter().map(Entry::leaf).eq(tree.last_leaves().iter().copied()) {
        return Err(TileError::BundleDiffers { path });
    }
    let mut bytes = Vec::new();
    bundle.entries().iter().for_each(|entry| write_entry(entry, &mut bytes));
    Ok(bytes)
}

impl Integrated {
    /// What the store must hold now. If it holds another head, another sequencer is at work: drop this and resume.
    pub const fn before(&self) -> TreeHead {
        self.before
    }

    /// What the store must hold, durably, together with the files or the entries, before anything else happens.
    pub fn after(&self) -> TreeHead {
        self.sequencer.head()
    }

    /// The tiles and bundles that are new or wider. They must survive the commit, and may be served only after it: two
    /// sequencers would write different ones in the same place.
    pub fn files(&self) -> &[LogFile] {
        &self.files
    }

    /// To be called when the store has moved from [`before`](Self::before) to [`after`](Self::after) and that is on the
    /// disk. The sequencer can go on while the checkpoint is signed.
    pub fn committed(self) -> (Sequencer, Committed) {
        let indices = self.before.size()..self.after().size();
        let committed = self.sequencer.committed(indices, self.files);
        (self.sequencer, committed)
    }
}

impl Committed {
    /// The indices of the entries that were integrated, in their order. Their submitters may be told.
    pub fn indices(&self) -> Range<u64> {
        self.indices.clone()
    }

    /// The files to be written to where they are served.
    pub fn files(&self) -> &[LogFile] {
        &self.files
    }

    /// To be called when all files are where they are served: the checkpoint to sign.
    pub fn written(self) -> Result<UnsignedCheckpoint, NoteError> {
        self.checkpoint.sign_with(&self.key)
    }
}

impl Collecting {
    /// Takes the checkpoint that the log signed, to ask witnesses about it.
    pub const fn new(checkpoint: SignedCheckpoint) -> Self {
        Self { checkpoint }
    }

    /// What to send to a witness, which cosigned `last_known` entries the last time; zero if nobody knows.
    pub fn submit_to(&self, witness: VerifierKey, last_known: u64) -> Submission {
        Submission::new(witness, last_known.min(self.checkpoint.unverified().size()), self.checkpoint.clone())
    }

    /// Adds what a witness answered.
    pub fn with_cosignature(self, cosignature: NoteSignature) -> Result<Self, NoteError> {
        Ok(Self { checkpoint: self.checkpoint.with(cosignature)? })
    }

    /// The checkpoint to publish, once the policy that readers hold accepts it.
    pub fn publish(&self, policy: &MajorityPolicy) -> Result<Published, Unaccepted> {
        policy.accept(&self.checkpoint)?;
        Ok(Published { checkpoint: self.checkpoint.clone() })
    }
}

impl Published {
    /// The checkpoint, to be served at `checkpoint` and put into proofs.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }
}
