//! Steps and looks of many sessions at once: one transaction, a statement for each kind of step.

use core::fmt;
use std::collections::{HashMap, HashSet};

use mapae_sql::{SqlError, Swap};

use super::{
    Session,
    group::{Group, Job},
    row::{self, FetchedRow, Given, SessionRow},
    rows::{Column, Many, Statement},
    steps::{self, Done, Step, Steps},
};
use crate::ids::{Lookup, SessionId};

/// What waits for a transaction, and what waits for being read.
#[derive(Clone, Default)]
pub(super) struct Together {
    pub(super) steps: Group<Step>,
    pub(super) looks: Group<Look>,
}

impl fmt::Debug for Together {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Together")
    }
}

/// Somebody wants to know how a session stands.
pub(super) struct Look(pub(super) By, pub(super) Done<Option<Session>>);

/// By what a session is found.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum By {
    Id(SessionId),
    /// The end of the address of its answer.
    Response(Lookup),
}

impl Job for Look {
    /// Nobody disturbs another who looks, but he would take the answer of both.
    type Key = By;

    fn key(&self) -> By {
        self.0
    }
}

/// Connections that can take many rows at once, of every kind that steps have.
pub(super) trait Batches: Many<(Vec<u8>,)> + Many<SessionRow> + Many<FetchedRow> {}

impl<C: Many<(Vec<u8>,)> + Many<SessionRow> + Many<FetchedRow>> Batches for C {}

/// What became of steps that were made, once they are durable.
#[derive(Default)]
pub(super) struct Made {
    fetched: HashMap<Lookup, Given>,
    finished: HashSet<SessionId>,
}

impl Made {
    /// Makes them all, in a transaction that has begun.
    pub(super) async fn all<C: Batches + Send>(&mut self, all: &Steps, to: &mut C) -> Result<(), SqlError> {
        if !all.begin.is_empty() {
            let _ids: Vec<(Vec<u8>,)> = many(to, &steps::BEGIN, steps::begin(&all.begin)).await?;
        }
        if !all.fetch.is_empty() {
            let rows: Vec<FetchedRow> = many(to, &steps::FETCH, steps::fetch(&all.fetch)).await?;
            self.fetched = rows.into_iter().map(row::fetched).collect::<Result<_, _>>()?;
        }
        self.finish(all, to).await?;
        if !all.deliver.is_empty() {
            let _ids: Vec<(Vec<u8>,)> = many(to, &steps::DELIVER, steps::deliver(&all.deliver)).await?;
        }
        Ok(())
    }

    async fn finish<C: Batches + Send>(&mut self, all: &Steps, to: &mut C) -> Result<(), SqlError> {
        if all.finish.is_empty() {
            return Ok(());
        }
        let ids: Vec<(Vec<u8>,)> = many(to, &steps::FINISH, steps::finish(&all.finish)).await?;
        self.finished = ids.into_iter().map(|(id,)| row::id(id)).collect::<Result<_, _>>()?;
        let messages = all.finish.iter().filter(|(id, ..)| self.finished.contains(id));
        let messages: Vec<_> = messages.filter_map(|(id, one, _)| Some((*id, one.message.clone()?))).collect();
        if !messages.is_empty() {
            let _ids: Vec<(Vec<u8>,)> = many(to, &steps::TELL, steps::tell(&messages)).await?;
        }
        Ok(())
    }

    /// Tells everybody.
    pub(super) fn tell(mut self, all: Steps) {
        all.begin.into_iter().for_each(|(_, done)| reply(done, ()));
        for (fetch, done) in all.fetch {
            reply(done, self.fetched.remove(&fetch.request));
        }
        for (id, _, done) in all.finish {
            reply(done, if self.finished.contains(&id) { Swap::Done } else { Swap::Lost });
        }
        all.deliver.into_iter().for_each(|(_, done)| reply(done, ()));
    }
}

/// Looks for sessions and tells who asked.
pub(super) async fn look<C: Batches + Send>(looks: Vec<Look>, at: &mut C) -> Result<(), SqlError> {
    let (mut ids, mut responses) = (Vec::new(), Vec::new());
    for Look(by, _) in &looks {
        match by {
            By::Id(id) => ids.push(id.as_bytes().to_vec()),
            By::Response(response) => responses.push(response.to_vec()),
        }
    }
    let mut found = HashMap::new();
    for session in found_by(ids, &<C as Many<SessionRow>>::BY_ID, at).await? {
        found.insert(By::Id(session.id), session);
    }
    for session in found_by(responses, &<C as Many<SessionRow>>::BY_RESPONSE, at).await? {
        found.insert(By::Response(session.response), session);
    }
    for Look(by, done) in looks {
        reply(done, found.remove(&by));
    }
    Ok(())
}

async fn found_by<C: Batches + Send>(
    keys: Vec<Vec<u8>>,
    statement: &Statement,
    at: &mut C,
) -> Result<Vec<Session>, SqlError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<SessionRow> = many(at, statement, vec![Column::bytes(keys.into_iter())]).await?;
    rows.into_iter().map(row::session).collect()
}

async fn many<R, C: Many<R>>(to: &mut C, statement: &Statement, columns: Vec<Column>) -> Result<Vec<R>, SqlError> {
    Ok(to.many(statement, columns).await?)
}

/// Whoever has gone does not hear it.
fn reply<T>(done: Done<T>, outcome: T) {
    let _heard = done.send(outcome);
}
