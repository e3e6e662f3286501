//! Steps of sessions that are made together, in one transaction (see `group`): the statements for many rows at once. What
//! each step means stands beside its statement for one row, in `both`; where those made together fail, each is made alone.

use mapae_sql::Swap;
use mapae_types::Timestamp;
use tokio::sync::oneshot;

use super::{
    Finished, Flow, NewMessage, NewSession,
    group::Job,
    row::{self, Given},
    rows::{Column, Statement},
};
use crate::ids::{Lookup, SessionId};

/// Where the outcome of a step goes. Dropped, the step was not made.
pub(super) type Done<T> = oneshot::Sender<T>;

/// A step of a session.
pub(super) enum Step {
    Begin(NewSession, Done<()>),
    Fetch(Fetch, Done<Option<Given>>),
    Finish(SessionId, Finished, Done<Swap>),
    Deliver(Deliver, Done<()>),
}

pub(super) struct Fetch {
    pub(super) request: Lookup,
    pub(super) nonce: Option<Lookup>,
    pub(super) now: Timestamp,
}

pub(super) struct Deliver {
    pub(super) id: SessionId,
    pub(super) keep_until: Timestamp,
    pub(super) forget: bool,
}

/// Steps by their kind, in the order in which they are made.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) begin: Vec<(NewSession, Done<()>)>,
    pub(super) fetch: Vec<(Fetch, Done<Option<Given>>)>,
    pub(super) finish: Vec<(SessionId, Finished, Done<Swap>)>,
    pub(super) deliver: Vec<(Deliver, Done<()>)>,
}

impl Job for Step {
    type Key = (u8, [u8; 32]);

    fn key(&self) -> Self::Key {
        let of = |id: &SessionId| core::array::from_fn(|place| id.as_bytes().get(place).copied().unwrap_or_default());
        match self {
            Self::Begin(new, _) => (0, of(&new.id)),
            Self::Fetch(fetch, _) => (1, fetch.request),
            Self::Finish(id, ..) => (2, of(id)),
            Self::Deliver(deliver, _) => (3, of(&deliver.id)),
        }
    }
}

impl Steps {
    pub(super) fn of(mut steps: Vec<Step>) -> Self {
        // Another replica locks the same rows in the same order, so that neither waits for the other in a circle.
        steps.sort_unstable_by_key(Job::key);
        let mut all = Self::default();
        for step in steps {
            match step {
                Step::Begin(new, done) => all.begin.push((new, done)),
                Step::Fetch(fetch, done) => all.fetch.push((fetch, done)),
                Step::Finish(id, finished, done) => all.finish.push((id, finished, done)),
                Step::Deliver(deliver, done) => all.deliver.push((deliver, done)),
            }
        }
        all
    }
}

/// What stands where nobody brought a nonce: no nonce's hash. Of the same length, so that a row is changed in its place.
pub(super) const NOBODYS: Lookup = [0; 32];

pub(super) const BEGIN: Statement = Statement {
    names: "v_id, v_owner, v_request, v_response, v_flow, v_state, v_nonce, v_context, v_expires_at, v_keep_until",
    rest: "INSERT INTO sessions (id, owner, request, response, flow, state, nonce, context, expires_at, keep_until)
        SELECT v_id, v_owner, v_request, v_response, v_flow, v_state, v_nonce, v_context, v_expires_at, v_keep_until
        FROM v WHERE v_id IS NOT NULL RETURNING id",
};

pub(super) fn begin(new: &[(NewSession, Done<()>)]) -> Vec<Column> {
    let new = || new.iter().map(|(one, _)| one);
    vec![
        Column::bytes(new().map(|one| one.id.as_bytes().to_vec())),
        Column::Text(new().map(|one| Some(one.owner.clone())).collect()),
        Column::bytes(new().map(|one| one.request.to_vec())),
        Column::bytes(new().map(|one| one.response.to_vec())),
        Column::numbers(new().map(|one| row::of_flow(one.flow))),
        // What goes by a browser is handed out at once.
        Column::numbers(new().map(|one| i64::from(one.flow == Flow::Browser))),
        Column::bytes(new().map(|_| NOBODYS.to_vec())),
        Column::bytes(new().map(|one| one.context.clone())),
        Column::numbers(new().map(|one| one.expires_at.unix())),
        Column::numbers(new().map(|one| one.keep_until.unix())),
    ]
}

pub(super) const FETCH: Statement = Statement {
    names: "v_request, v_nonce, v_known, v_now",
    rest: "UPDATE sessions SET state = 1, nonce = v_nonce FROM v WHERE request = v_request AND expires_at > v_now
        AND (state = 0 OR (state = 1 AND nonce = v_known)) RETURNING request, id, response",
};

pub(super) fn fetch(fetch: &[(Fetch, Done<Option<Given>>)]) -> Vec<Column> {
    let fetch = || fetch.iter().map(|(one, _)| one);
    vec![
        Column::bytes(fetch().map(|one| one.request.to_vec())),
        Column::bytes(fetch().map(|one| one.nonce.unwrap_or(NOBODYS).to_vec())),
        Column::Bytes(fetch().map(|one| one.nonce.map(|nonce| nonce.to_vec())).collect()),
        Column::numbers(fetch().map(|one| one.now.unix())),
    ]
}

pub(super) const FINISH: Statement = Statement {
    names: "v_id, v_at, v_result, v_code, v_keep_until",
    rest: "UPDATE sessions SET state = 2, result = v_result, code = v_code, keep_until = v_keep_until, context = NULL
        FROM v WHERE id = v_id AND state = 1 AND expires_at > v_at RETURNING id",
};

pub(super) fn finish(finish: &[(SessionId, Finished, Done<Swap>)]) -> Vec<Column> {
    vec![
        Column::bytes(finish.iter().map(|(id, ..)| id.as_bytes().to_vec())),
        Column::numbers(finish.iter().map(|(_, one, _)| one.at.unix())),
        Column::bytes(finish.iter().map(|(_, one, _)| one.result.clone())),
        Column::Bytes(finish.iter().map(|(_, one, _)| one.code.map(|code| code.to_vec())).collect()),
        Column::numbers(finish.iter().map(|(_, one, _)| one.keep_until.unix())),
    ]
}

pub(super) const TELL: Statement = Statement {
    names: "v_id, v_session, v_body, v_next_at, v_keep_until",
    rest: "INSERT INTO messages (id, session, body, attempts, next_at, keep_until)
        SELECT v_id, v_session, v_body, 0, v_next_at, v_keep_until FROM v WHERE v_id IS NOT NULL RETURNING id",
};

pub(super) fn tell(messages: &[(SessionId, NewMessage)]) -> Vec<Column> {
    vec![
        Column::bytes(messages.iter().map(|(_, one)| one.id.to_vec())),
        Column::bytes(messages.iter().map(|(session, _)| session.as_bytes().to_vec())),
        Column::bytes(messages.iter().map(|(_, one)| one.body.clone())),
        Column::numbers(messages.iter().map(|(_, one)| one.next_at.unix())),
        Column::numbers(messages.iter().map(|(_, one)| one.keep_until.unix())),
    ]
}

/// `v_forget`: 1, and the result is not kept at all.
pub(super) const DELIVER: Statement = Statement {
    names: "v_id, v_keep_until, v_forget",
    rest: "UPDATE sessions SET keep_until = v_keep_until, result = CASE WHEN v_forget = 1 THEN NULL ELSE result END
        FROM v WHERE id = v_id AND state = 2 AND (keep_until > v_keep_until OR (v_forget = 1 AND result IS NOT NULL))
        RETURNING id",
};

pub(super) fn deliver(deliver: &[(Deliver, Done<()>)]) -> Vec<Column> {
    let deliver = || deliver.iter().map(|(one, _)| one);
    vec![
        Column::bytes(deliver().map(|one| one.id.as_bytes().to_vec())),
        Column::numbers(deliver().map(|one| one.keep_until.unix())),
        Column::numbers(deliver().map(|one| i64::from(one.forget))),
    ]
}
