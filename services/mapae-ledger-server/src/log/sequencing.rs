//! The one task that places entries: those that came while the last batch was on its way to the disk are the next batch.
//!
//! A batch is judged, placed, committed by compare-and-swap, and only then answered, written as tiles and signed. If the
//! store has moved under us (two sequencers on one store) or failed (nobody knows whether the batch stands), everything
//! is read anew from the store and the batch is tried again: whatever of it stands by then is found there.

use std::sync::Arc;

use axum::body::Bytes;
use mapae_http::{Fault, Problem, Stop};
use mapae_ledger::{Committed, Entry, TreeHash};
use mapae_types::{Duration, Timestamp};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    core::{Head, Shared},
    load::{Loaded, load},
    refusal::refused,
};
use crate::{
    Point, RuleBroken, ServeError,
    rules::{Draft, Readable},
    store::{LogStore, Swap},
};

/// Entries of one batch.
const BATCH: usize = 1024;

/// How far an entry's date may be ahead of our clock. Those who judge after us allow more, so that clocks two hours apart
/// never split them.
const AHEAD: Duration = Duration::hours(1);

/// How often a batch is tried.
const ATTEMPTS: usize = 4;

/// What the sequencing task is told.
pub(super) enum Message {
    /// An entry to be placed.
    Place(Box<Submitted>),
    /// Somebody has seen a larger log of ours: another sequencer may be at work on our store.
    LookAgain,
}

/// An entry, and who waits for its place.
pub(super) struct Submitted {
    pub(super) entry: Entry,
    /// Read where there are many threads: the sequencing task is one.
    pub(super) readable: Readable,
    pub(super) answer: oneshot::Sender<Result<u64, Fault>>,
}

/// The sequencing task.
pub(super) struct Sequencing<S> {
    core: Shared<S>,
    loaded: Option<Loaded>,
    head: watch::Sender<Option<Arc<Head>>>,
}

/// Why a batch was not placed this time.
enum Setback {
    /// The store has moved: read it and try again.
    Moved,
    /// The store or the disk failed.
    Failed(String),
}

impl<S: LogStore> Sequencing<S> {
    /// Takes up the log.
    pub(super) async fn start(core: Shared<S>, head: watch::Sender<Option<Arc<Head>>>) -> Result<Self, ServeError> {
        let (loaded, committed) = load(&core).await?;
        let mut sequencing = Self { core, loaded: Some(loaded), head };
        sequencing.announce(committed).map_err(|fault| ServeError::Signing(fault.to_string()))?;
        sequencing.core.readiness.ready();
        Ok(sequencing)
    }

    /// Places what comes, until the stop.
    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Message>, mut stop: Stop) {
        loop {
            let again = self.loaded.is_none();
            let first = tokio::select! {
                () = stop.requested() => return,
                message = inbox.recv() => message,
                // What could not be taken up is not left until somebody submits.
                () = tokio::time::sleep(self.core.retry), if again => Some(Message::LookAgain),
            };
            let Some(first) = first else { return };
            let mut batch = Vec::new();
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Place(submitted) => batch.push(*submitted),
                    Message::LookAgain => self.look_again().await,
                }
                next = if batch.len() < BATCH { inbox.try_recv().ok() } else { None };
            }
            if !batch.is_empty() {
                self.place(batch).await;
            }
        }
    }

    /// Forgets what we know if the store knows more.
    async fn look_again(&mut self) {
        let ours = self.loaded.as_ref().map(|loaded| loaded.sequencer.head());
        let stored = self.core.store.head(&self.core.origin).await;
        if stored.is_ok_and(|stored| stored != ours) {
            self.loaded = None;
        }
        match self.reload().await {
            Ok(()) => self.core.readiness.ready(),
            Err(why) => {
                self.core.notices.say(format_args!("the log cannot be taken up: {why}"));
                self.core.readiness.not_ready("store_unavailable");
            }
        }
    }

    /// Places a batch, and answers everybody in it.
    pub(super) async fn place(&mut self, mut batch: Vec<Submitted>) {
        let mut last = String::from("the store keeps moving");
        for _ in 0..ATTEMPTS {
            match self.attempt(&mut batch).await {
                Ok(()) => return self.core.readiness.ready(),
                Err(Setback::Moved) => self.loaded = None,
                Err(Setback::Failed(why)) => {
                    self.core.notices.say(format_args!("a batch failed: {why}"));
                    self.loaded = None;
                    last = why;
                }
            }
        }
        self.core.readiness.not_ready("store_unavailable");
        for submitted in batch {
            // Whoever went away while waiting needs no answer.
            drop(submitted.answer.send(Err(Fault::unavailable("store_unavailable", &last))));
        }
    }

    async fn reload(&mut self) -> Result<(), Setback> {
        if self.loaded.is_none() {
            let (loaded, committed) = load(&self.core).await.map_err(|error| Setback::Failed(error.to_string()))?;
            self.loaded = Some(loaded);
            self.announce(committed)?;
        }
        Ok(())
    }

    /// Tries once. Whoever is answered is taken out of the batch.
    async fn attempt(&mut self, batch: &mut Vec<Submitted>) -> Result<(), Setback> {
        self.reload().await?;
        let now = self.core.clock.now().map_err(|error| Setback::Failed(error.to_string()))?;
        let (entries, refused) = self.sift(batch, now + AHEAD).await;
        let committed = match self.commit_or_confirm(&entries, !refused.is_empty()).await {
            Ok(committed) => committed,
            Err(setback) => {
                batch.extend(refused.into_iter().map(|(submitted, _)| submitted));
                return Err(setback);
            }
        };
        for (submitted, fault) in refused {
            drop(submitted.answer.send(Err(fault)));
        }
        self.answer(batch);
        let Some(committed) = committed else { return Ok(()) };
        let files = committed.files().to_vec();
        self.core.tiles.write(files).await.map_err(|error| Setback::Failed(error.to_string()))?;
        self.core.crash.reach(Point::AfterTiles);
        self.announce(committed)
    }

    /// Judges the batch. What is refused is taken out of it, with the fault; what is new is to be placed.
    async fn sift(&mut self, batch: &mut Vec<Submitted>, latest: Timestamp) -> (Vec<Entry>, Vec<(Submitted, Fault)>) {
        let (mut entries, mut waiting, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for submitted in batch.drain(..) {
            let leaf = submitted.entry.leaf();
            if self.place_of(leaf).is_some() {
                waiting.push(submitted);
                continue;
            }
            match self.judge(&submitted.readable, leaf, latest).await {
                Ok(()) => {
                    entries.push(submitted.entry.clone());
                    waiting.push(submitted);
                }
                Err(fault) => refused.push((submitted, fault)),
            }
        }
        *batch = waiting;
        (entries, refused)
    }

    /// A commit shows that the store was as we thought. Without one we look, if something was refused.
    async fn commit_or_confirm(&mut self, entries: &[Entry], refused: bool) -> Result<Option<Committed>, Setback> {
        match (entries, refused) {
            ([], false) => Ok(None),
            ([], true) => self.confirm().await.map(|()| None),
            _ => self.commit(entries).await.map(Some),
        }
    }

    /// A refusal is for good, and so is not made by rules that somebody else's entries have overtaken.
    async fn confirm(&self) -> Result<(), Setback> {
        let ours = self.loaded.as_ref().map(|loaded| loaded.sequencer.head());
        match self.core.store.head(&self.core.origin).await {
            Ok(stored) if stored == ours => Ok(()),
            Ok(_) => Err(Setback::Moved),
            Err(error) => Err(Setback::Failed(error.to_string())),
        }
    }

    fn place_of(&self, leaf: TreeHash) -> Option<u64> {
        self.loaded.as_ref()?.leaves.get(&leaf).copied()
    }

    /// Enters it before it is committed: if the commit fails, all of this is forgotten.
    async fn judge(&mut self, readable: &Readable, leaf: TreeHash, latest: Timestamp) -> Result<(), Fault> {
        // Whoever holds another key would have to go on with the log.
        if readable.policy().is_some_and(|(policy, _)| policy.log().key() != self.core.key.verifier()) {
            return Err(refused(&RuleBroken::OtherLogKey).into());
        }
        let (draft, new) = match readable.manifest() {
            Some(manifest) => self.draft(manifest).await?,
            None => (None, None),
        };
        let loaded = self.loaded.as_mut().ok_or_else(|| Fault::internal("no log is loaded"))?;
        let judged = loaded.ledger.judge(readable, latest, Draft::Asked(draft));
        let admitted = judged.map_err(|broken| refused(&broken))?;
        if let Some((manifest, draft)) = readable.manifest().zip(new) {
            // Before the entry: auditors ask for it as soon as they see that.
            self.core.store.put_draft(manifest, &draft).await.map_err(Fault::internal)?;
        }
        let index = loaded.ledger.size();
        loaded.ledger.enter(readable, admitted).map_err(Fault::internal)?;
        loaded.leaves.insert(leaf, index);
        Ok(())
    }

    /// The draft of the bundle that an entry states; it may be new to the store.
    async fn draft(&self, manifest: [u8; 32]) -> Result<(Option<Vec<u8>>, Option<Bytes>), Fault> {
        let stored = self.core.store.draft(manifest).await.map_err(Fault::internal)?;
        let new = if stored.is_none() { self.core.drafts.find(&manifest) } else { None };
        Ok((stored.or_else(|| new.as_ref().map(|draft| draft.to_vec())), new))
    }

    /// Places and commits. Without a commit, nothing of it happened.
    async fn commit(&mut self, entries: &[Entry]) -> Result<Committed, Setback> {
        let loaded = self.loaded.take().ok_or(Setback::Moved)?;
        let integrated = loaded.sequencer.integrate(entries).map_err(|error| Setback::Failed(error.to_string()))?;
        self.core.crash.reach(Point::BeforeAppend);
        let (before, after) = (integrated.before(), integrated.after());
        match self.core.store.append(&self.core.origin, before, after, entries).await {
            Ok(Swap::Done) => {}
            // An entry that is in the store though we do not know of it: somebody else placed it.
            Ok(Swap::Lost) | Err(crate::store::StoreError::EntryTwice) => {
                self.core.notices.say("another sequencer is at work on this store");
                return Err(Setback::Moved);
            }
            Err(error) => return Err(Setback::Failed(error.to_string())),
        }
        self.core.crash.reach(Point::AfterAppend);
        let (sequencer, committed) = integrated.committed();
        self.loaded = Some(Loaded { sequencer, ..loaded });
        Ok(committed)
    }

    /// Answers everybody whose entry has its place.
    fn answer(&self, batch: &mut Vec<Submitted>) {
        for submitted in batch.drain(..) {
            let place = self.place_of(submitted.entry.leaf());
            let place = place.ok_or_else(|| Fault::internal("an entry has no place"));
            drop(submitted.answer.send(place));
        }
    }

    /// Signs a head whose tiles are written, and hands it to those who publish it. The empty log is not signed.
    fn announce(&mut self, committed: Committed) -> Result<(), Setback> {
        let Some(loaded) = self.loaded.as_ref().filter(|loaded| loaded.ledger.size() > 0) else { return Ok(()) };
        let checkpoint = self.core.sign(committed).map_err(|error| Setback::Failed(error.to_string()))?;
        self.core.crash.reach(Point::AfterSign);
        let policies = loaded.ledger.policies().to_vec();
        self.head.send_replace(Some(Arc::new(Head { checkpoint, policies, bundle: loaded.ledger.bundle() })));
        Ok(())
    }
}

impl std::fmt::Display for Setback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Moved => f.write_str("the store has moved"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// The inbox is full: entries come faster than they can be placed.
pub(super) fn busy() -> Problem {
    Problem::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "busy", "Too many entries at once").retry_after(1)
}
