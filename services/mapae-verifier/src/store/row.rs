//! Between our values and columns.

use mapae_sql::SqlError;
use mapae_types::Timestamp;

use super::{Flow, Message, Session, State};
use crate::ids::{Lookup, SessionId};

/// The columns of a session, in the order of [`SessionRow`].
macro_rules! columns {
    () => {
        "id, owner, response, flow, state, expires_at, context, result, code"
    };
}
pub(super) use columns;

pub(super) type SessionRow =
    (Vec<u8>, String, Vec<u8>, i64, i64, i64, Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);

/// A session, and the end of the address of its answer.
pub(super) type Given = (SessionId, Lookup);

/// A request that was given out: by what it was asked for, and of which session it is.
pub(super) type FetchedRow = (Vec<u8>, Vec<u8>, Vec<u8>);

pub(super) type MessageRow = (Vec<u8>, Vec<u8>, Vec<u8>, i64);

pub(super) fn session(row: SessionRow) -> Result<Session, SqlError> {
    let (id, owner, response, flow, state, expires_at, context, result, code) = row;
    Ok(Session {
        id: SessionId::from_bytes(array(id)?),
        owner,
        response: array(response)?,
        flow: to_flow(flow)?,
        state: to_state(state)?,
        expires_at: time(expires_at)?,
        context,
        result,
        code: code.map(array).transpose()?,
    })
}

pub(super) fn fetched((request, id, response): FetchedRow) -> Result<(Lookup, Given), SqlError> {
    Ok((array(request)?, (self::id(id)?, array(response)?)))
}

pub(super) fn id(bytes: Vec<u8>) -> Result<SessionId, SqlError> {
    array(bytes).map(SessionId::from_bytes)
}

pub(super) fn message((id, session, body, attempts): MessageRow) -> Result<Message, SqlError> {
    let attempts = u32::try_from(attempts).map_err(|_| SqlError::Damaged { what: "a number of attempts" })?;
    Ok(Message { id: array(id)?, session: SessionId::from_bytes(array(session)?), body, attempts })
}

fn array<const N: usize>(bytes: Vec<u8>) -> Result<[u8; N], SqlError> {
    bytes.try_into().map_err(|_| SqlError::Damaged { what: "an id or a hash" })
}

fn time(unix: i64) -> Result<Timestamp, SqlError> {
    Timestamp::from_unix(unix).map_err(|_| SqlError::Damaged { what: "a time" })
}

pub(super) const fn of_flow(flow: Flow) -> i64 {
    match flow {
        Flow::SameDevice => 0,
        Flow::CrossDevice => 1,
        Flow::Browser => 2,
    }
}

const fn to_flow(number: i64) -> Result<Flow, SqlError> {
    match number {
        0 => Ok(Flow::SameDevice),
        1 => Ok(Flow::CrossDevice),
        2 => Ok(Flow::Browser),
        _ => Err(SqlError::Damaged { what: "a flow" }),
    }
}

const fn to_state(number: i64) -> Result<State, SqlError> {
    match number {
        0 => Ok(State::Waiting),
        1 => Ok(State::Fetched),
        2 => Ok(State::Done),
        3 => Ok(State::Expired),
        _ => Err(SqlError::Damaged { what: "a state" }),
    }
}
