//! Groups of changes, each in one transaction.

use std::time::Duration;

use mapae_sql::Party;

use super::{
    Committed, StoreError, StoredBatch,
    decide::{Answer, Ask, Verdict},
    lane::Worker,
    rows::{BATCH, stored},
    sql::{Arg, Backend, Query, Transaction},
    world::{Needs, World},
};
use crate::ids::BatchId;

/// How often a change is tried that another process's transaction was in the way of.
const ATTEMPTS: u32 = 4;

/// Decides and writes.
#[derive(Debug)]
pub(super) struct Writer<B> {
    backend: B,
    /// By which each commit takes longer.
    delay: Duration,
}

const BATCHES: &str = "SELECT {columns} FROM batches WHERE id IN (@1)";

impl<B: Backend> Worker<Ask, Answer> for Writer<B> {
    async fn work(&self, asks: Vec<Ask>) -> Vec<Result<Answer, StoreError>> {
        match self.together(&asks).await {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            Err(error) if error.party() == Party::Store => asks.iter().map(|_| Err(error.clone())).collect(),
            Err(_) => self.one_by_one(&asks).await,
        }
    }
}

impl<B: Backend> Writer<B> {
    pub(super) const fn new(backend: B, delay: Duration) -> Self {
        Self { backend, delay }
    }

    /// Somebody's ask broke a rule of the schema, or another process was faster: nobody else is to fail by that.
    async fn one_by_one(&self, asks: &[Ask]) -> Vec<Result<Answer, StoreError>> {
        let mut answers = Vec::with_capacity(asks.len());
        for ask in asks {
            answers.push(self.alone(ask).await);
        }
        answers
    }

    /// A rule of the schema that is broken once may be one that another process's row would be found by next time.
    async fn alone(&self, ask: &Ask) -> Result<Answer, StoreError> {
        let mut attempt = 1;
        loop {
            let answer = self.together(core::slice::from_ref(ask)).await;
            match answer {
                Ok(mut answers) => return answers.pop().ok_or(StoreError::Closed),
                Err(error) if error.party() == Party::Store || attempt == ATTEMPTS => return Err(error),
                Err(_) => attempt += 1,
            }
        }
    }

    async fn together(&self, asks: &[Ask]) -> Result<Vec<Answer>, StoreError> {
        let mut transaction = self.backend.begin().await?;
        match decide(&mut transaction, asks).await {
            Ok(answers) => {
                transaction.commit().await?;
                if !self.delay.is_zero() {
                    tokio::time::sleep(self.delay).await;
                }
                Ok(answers)
            }
            Err(error) => {
                transaction.rollback().await?;
                Err(error)
            }
        }
    }
}

async fn decide(transaction: &mut impl Transaction, asks: &[Ask]) -> Result<Vec<Answer>, StoreError> {
    let mut needs = Needs::default();
    for ask in asks {
        ask.needs(&mut needs);
    }
    let mut world = World::load(transaction, needs).await?;
    let verdicts: Vec<Verdict> = asks.iter().map(|ask| ask.decide(&mut world)).collect();
    world.flush(transaction).await?;
    if world.is_unchanged() {
        transaction.confirm().await?;
    }
    answers(transaction, verdicts).await
}

/// Completes verdicts with the batches that they are about.
async fn answers(transaction: &mut impl Transaction, verdicts: Vec<Verdict>) -> Result<Vec<Answer>, StoreError> {
    let wanted = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Answer(_) => None,
        Verdict::Same(batch) | Verdict::Acknowledged(batch) => Some(*batch),
    });
    let batches = batches(transaction, wanted.collect()).await?;
    let find = |id| batches.iter().find(|batch| batch.id == id).cloned();
    let answer = |verdict| match verdict {
        Verdict::Answer(answer) => answer,
        Verdict::Acknowledged(batch) => Answer::Acknowledged(find(batch)),
        Verdict::Same(batch) => {
            Answer::Committed(find(batch).map_or(Committed::Unknown, |batch| Committed::Same(Box::new(batch))))
        }
    };
    Ok(verdicts.into_iter().map(answer).collect())
}

/// These batches, as far as there are any.
async fn batches(transaction: &mut impl Transaction, ids: Vec<BatchId>) -> Result<Vec<StoredBatch>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = Arg::Blobs(ids.iter().map(|id| id.as_bytes().to_vec()).collect());
    let rows = transaction.select(Query::of(&BATCH, BATCHES, vec![ids])).await?;
    rows.into_iter().map(stored).collect()
}
