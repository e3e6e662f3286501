//! One reading of a register, and what follows from what it says.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
};

use mapae_document::DocumentType;
use mapae_types::{Date, PersonId, Timestamp};
use tokio::task::JoinSet;

use super::{
    EventKind, Following, RegisterHost, RegisterMeasures, RegisterSource,
    error::{RegisterError, RowFault, RowProblem},
    judge::Verdict,
    source::Read,
};
use crate::store::{DocumentRecord, IssuerStore, RegisterRow, StoredRow};

/// Faults that are told one by one; the rest is counted.
const TOLD: usize = 20;

/// Follows the register of one document.
#[derive(Debug)]
pub struct Follower {
    pub(super) document: DocumentType,
    source: RegisterSource,
    pub(super) rules: Following,
    pub(super) measures: RegisterMeasures,
    hasher: RandomState,
    /// People without the right, whose documents are revoked: they need not be asked for again.
    settled: HashSet<u64>,
    /// Renewals that wait for their offer because the last try failed.
    pub(super) unoffered: Vec<DocumentRecord>,
    /// When the last reading that went well began.
    read_at: Option<Timestamp>,
    due: Option<Timestamp>,
}

/// What a reading found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that were not in the store.
    pub added: u64,
    /// Rows that say something else than the store did.
    pub changed: u64,
    /// People who are gone from the register.
    pub removed: u64,
    /// Documents that something followed for, and what.
    pub events: Vec<EventKind>,
    /// Events that were followed later than their target.
    pub late: u64,
    /// Rows that could not be read; the first ones.
    pub faults: Vec<RowFault>,
    /// Rows that could not be read.
    pub faulty: u64,
    /// Whether a row's person could not be read, so that nobody counts as gone.
    pub incomplete: bool,
}

/// A reading that goes on.
pub(super) struct Reading<'a, H> {
    pub(super) host: &'a Arc<H>,
    pub(super) round: Round,
    pub(super) seen: HashSet<u64>,
    /// Changes happened after this.
    pub(super) since: Timestamp,
    today: Date,
}

impl Follower {
    /// Follows `source` for a document.
    pub fn new(document: DocumentType, source: RegisterSource, rules: Following, measures: RegisterMeasures) -> Self {
        Self {
            document,
            source,
            rules,
            measures,
            hasher: RandomState::new(),
            settled: HashSet::new(),
            unoffered: Vec::new(),
            read_at: None,
            due: None,
        }
    }

    /// When the next reading is due; at once if there was none.
    pub const fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// Reads the register once, and does what follows from it. What was done before an error stands.
    pub async fn round<H: RegisterHost>(&mut self, host: &Arc<H>) -> Result<Round, RegisterError> {
        let outcome = self.read(host).await;
        self.due = Some(host.now()? + self.rules.every);
        self.measures.read(outcome.as_ref().map(|_| ()));
        let document = self.document.name().as_str();
        match &outcome {
            Ok(round) => tracing::info!(
                document,
                rows = round.rows,
                added = round.added,
                changed = round.changed,
                removed = round.removed,
                events = round.events.len(),
                faulty = round.faulty,
                "a register was read"
            ),
            Err(error) => tracing::error!(document, %error, "a register could not be followed"),
        }
        outcome
    }

    async fn read<H: RegisterHost>(&mut self, host: &Arc<H>) -> Result<Round, RegisterError> {
        let began = host.now()?;
        let today = self.document.local_date(began);
        let since = self.read_at.unwrap_or(began);
        let mut reading = Reading { host, round: Round::default(), seen: HashSet::new(), since, today };
        self.offer(&mut reading, Vec::new()).await?;
        let mut pages = self.source.open(&self.document).await?;
        loop {
            let page = pages.next().await?;
            if page.is_empty() {
                break;
            }
            self.take(&mut reading, page).await?;
        }
        self.vanished(&mut reading).await?;
        self.read_at = Some(began);
        Ok(reading.round)
    }

    /// What follows comes before the row is stored, so that after a crash between the two it comes again.
    async fn take<H: RegisterHost>(
        &mut self,
        reading: &mut Reading<'_, H>,
        page: Vec<Read>,
    ) -> Result<(), RegisterError> {
        let rows = self.identified(reading, page);
        let stored = self.stored(reading.host, &rows).await?;
        let (mut news, mut renewals) = (Vec::new(), Vec::new());
        for ((line, row), stored) in rows.into_iter().zip(stored) {
            let is_news = stored.as_ref().is_none_or(|stored| *stored.cells != row.cells);
            let verdict = match self.judge(&row.cells, stored.as_ref().filter(|_| is_news), reading.today) {
                Ok(verdict) => verdict,
                Err(problem) => {
                    self.fault(reading, RowFault { line, problem });
                    continue;
                }
            };
            let key = self.key(&row.person);
            match verdict {
                Verdict::Lost(rule) if is_news || !self.settled.contains(&key) => {
                    self.revoke(reading, &row.person, EventKind::of_rule(&rule), &rule).await?;
                    self.settled.insert(key);
                }
                Verdict::Lost(_) => {}
                Verdict::Fine => drop(self.settled.remove(&key)),
                Verdict::Differs => {
                    self.settled.remove(&key);
                    renewals.extend(self.mark(reading.host, &row.person).await?);
                }
            }
            if is_news {
                news.push(row);
            }
        }
        let imported = reading.host.store().import(self.document.name(), news, reading.host.now()?).await?;
        reading.round.added += imported.added;
        reading.round.changed += imported.changed.len() as u64;
        self.offer(reading, renewals).await
    }

    /// Rows whose person is known, and who did not stand in the register before.
    fn identified<H>(&self, reading: &mut Reading<'_, H>, page: Vec<Read>) -> Vec<(u64, RegisterRow)> {
        let mut rows = Vec::with_capacity(page.len());
        for read in page {
            reading.round.rows += 1;
            match read {
                Ok((line, row)) if reading.seen.insert(self.key(&row.person)) => rows.push((line, row)),
                Ok((line, _)) => self.fault(reading, RowFault { line, problem: RowProblem::Twice }),
                Err(fault) => {
                    reading.round.incomplete = true;
                    self.fault(reading, fault);
                }
            }
        }
        rows
    }

    /// What the store has of each, asked all at once.
    async fn stored<H: RegisterHost>(
        &self,
        host: &Arc<H>,
        rows: &[(u64, RegisterRow)],
    ) -> Result<Vec<Option<StoredRow>>, RegisterError> {
        let mut asked = JoinSet::new();
        for (place, (_, row)) in rows.iter().enumerate() {
            let (host, name, person) = (Arc::clone(host), self.document.name().clone(), row.person.clone());
            asked.spawn(async move { (place, host.store().row(&name, &person).await) });
        }
        let mut stored = vec![None; rows.len()];
        while let Some(answered) = asked.join_next().await {
            let (place, row) = answered.map_err(|_| RegisterError::TaskDied)?;
            stored[place] = row?;
        }
        Ok(stored)
    }

    fn fault<H>(&self, reading: &mut Reading<'_, H>, fault: RowFault) {
        self.measures.faulty();
        reading.round.faulty += 1;
        if reading.round.faults.len() < TOLD {
            tracing::warn!(document = self.document.name().as_str(), %fault, "a row of a register cannot be read");
            reading.round.faults.push(fault);
        }
    }

    pub(super) fn key(&self, person: &PersonId) -> u64 {
        self.hasher.hash_one(person.as_str())
    }
}
