//! The one path to a cosignature: check, audit, persist by compare-and-swap, note the high water, and only then sign.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{PoisonError, RwLock},
};

use mapae_http::{Clock, Notices, Readiness};
use mapae_ledger::{
    AddCheckpoint, Entry, NoteSignature, Origin, Refusal, SignedCheckpoint, ToPersist, Witness, WitnessRecord,
};
use tokio::sync::Mutex;

use super::{
    audit::{AuditedTree, Auditor},
    high_water::HighWater,
    refusal::NotCosigned,
};
use crate::{
    Crash, NamedKey, Point,
    client::LedgerClient,
    disk,
    store::{Swap, WitnessStore},
};

/// How often a check is done anew because somebody was faster.
const ATTEMPTS: usize = 4;

/// A witness with all that it needs.
#[derive(Debug)]
pub(super) struct Cosigning<S> {
    pub(super) witness: Witness,
    pub(super) key: NamedKey,
    pub(super) store: S,
    pub(super) dir: PathBuf,
    pub(super) clock: Clock,
    pub(super) notices: Notices,
    pub(super) crash: Crash,
    pub(super) readiness: Readiness,
    /// What an auditing witness reads.
    pub(super) audited: Option<Audited>,
    /// One for each log.
    pub(super) logs: HashMap<Origin, Watched>,
}

/// What an auditing witness reads.
#[derive(Debug)]
pub(super) struct Audited {
    pub(super) log: LedgerClient,
    pub(super) founding: Option<Entry>,
}

/// What is kept in memory for a log.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Whoever holds it has the turn to move the record; with what an auditor knows.
    turn: Mutex<Option<Auditor>>,
    /// The latest checkpoint with our cosignature, for monitors.
    latest: RwLock<Option<String>>,
}

impl<S: WitnessStore> Cosigning<S> {
    /// A cosignature for the checkpoint, or why not.
    pub(super) async fn cosign(&self, request: AddCheckpoint) -> Result<NoteSignature, NotCosigned> {
        let origin = request.checkpoint().origin().clone();
        let log = self.logs.get(&origin).ok_or_else(|| Refusal::LogUnknown { origin: origin.clone() })?;
        let mut turn = log.turn.lock().await;
        for _ in 0..ATTEMPTS {
            let Some(cosigned) = self.attempt(&origin, request.clone(), &mut turn).await? else { continue };
            let (checkpoint, cosignature) = cosigned;
            let cosigned = checkpoint.with(cosignature.clone()).ok().map(|cosigned| cosigned.to_string());
            *log.latest.write().unwrap_or_else(PoisonError::into_inner) = cosigned;
            return Ok(cosignature);
        }
        Err(NotCosigned::KeepsMoving)
    }

    /// The latest checkpoint of a log, by the hash of its name, with our cosignature.
    pub(super) fn latest(&self, hash: &str) -> Option<String> {
        let (_, log) = self.logs.iter().find(|(origin, _)| origin.hash() == hash)?;
        log.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Cosigns what was cosigned last once more, so that monitors find it after a restart.
    pub(super) async fn take_up(&self, origin: &Origin) -> Result<(), NotCosigned> {
        let record = self.record(origin).await?;
        self.check_state(&record).await?;
        let Some(latest) = self.store.latest(origin).await? else { return Ok(()) };
        let latest = SignedCheckpoint::parse(latest.as_bytes()).map_err(Refusal::NotSigned)?;
        self.cosign(AddCheckpoint::new(record.head().size(), Vec::new(), latest)).await.map(drop)
    }

    /// Tries once; nothing if somebody moved the record meanwhile.
    async fn attempt(
        &self,
        origin: &Origin,
        request: AddCheckpoint,
        turn: &mut Option<Auditor>,
    ) -> Result<Option<(SignedCheckpoint, NoteSignature)>, NotCosigned> {
        let record = self.record(origin).await?;
        self.check_state(&record).await?;
        let to_persist = self.witness.check(request, &record)?;
        let (to_persist, judged, after) = self.audit(to_persist, &record, turn.as_ref()).await?;
        self.crash.reach(Point::AfterCheck);
        if !self.persist(&to_persist, &judged).await? {
            return Ok(None);
        }
        *turn = after;
        let checkpoint = to_persist.checkpoint().clone();
        let unsigned = to_persist.persisted(self.clock.now()?)?;
        let signature = self.key.sign(unsigned.to_be_signed())?;
        let cosignature = unsigned.attach(&signature)?;
        self.crash.reach(Point::AfterCosign);
        Ok(Some((checkpoint, cosignature)))
    }

    async fn record(&self, origin: &Origin) -> Result<WitnessRecord, NotCosigned> {
        Ok(self.store.record(origin).await?.unwrap_or_else(|| WitnessRecord::new(origin.clone())))
    }

    /// The store must know all that was cosigned.
    pub(super) async fn check_state(&self, record: &WitnessRecord) -> Result<(), NotCosigned> {
        let (file, record) = (HighWater::of(&self.dir, record.origin()), record.clone());
        let state = disk::blocking(move || file.check(&record)).await?;
        Ok(state.inspect_err(|_| self.readiness.not_ready("retire_key"))?)
    }

    /// A plain witness asks for no entries.
    async fn audit(
        &self,
        to_persist: ToPersist,
        record: &WitnessRecord,
        known: Option<&Auditor>,
    ) -> Result<(ToPersist, Vec<Entry>, Option<Auditor>), NotCosigned> {
        let Some(audited) = &self.audited else { return Ok((to_persist, Vec::new(), None)) };
        let auditor = if let Some(known) = known.filter(|known| known.stands_at(record)) {
            known.clone()
        } else {
            let (log, founding) = (audited.log.clone(), audited.founding.clone());
            Auditor::take_up(log, founding, &self.store, record).await?
        };
        let AuditedTree { to_persist, judged, after } = auditor.audit(to_persist, &self.clock).await?;
        Ok((to_persist, judged, Some(after)))
    }

    /// Both in the store and in the high-water file, in this order: the store may know more, never less.
    async fn persist(&self, to_persist: &ToPersist, judged: &[Entry]) -> Result<bool, NotCosigned> {
        let after = to_persist.after();
        let checkpoint = to_persist.checkpoint().to_string();
        if self.store.swap(to_persist.before(), &after, &checkpoint, judged).await? == Swap::Lost {
            return Ok(false);
        }
        self.crash.reach(Point::AfterRecord);
        let (file, head) = (HighWater::of(&self.dir, after.origin()), after.head());
        disk::blocking(move || file.raise(head)).await?;
        self.crash.reach(Point::AfterHighWater);
        Ok(true)
    }
}
