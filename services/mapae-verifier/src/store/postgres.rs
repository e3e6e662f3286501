//! The store in PostgreSQL, which several replicas share.

use mapae_sql::{PostgresDatabase, SqlError, Swap};
use mapae_types::Timestamp;

use super::{
    Answered, Fetched, Finished, Flow, Message, MessageId, NewSession, Session, SessionStore, State, Swept,
    both::{AT_ONCE, SWEPT_AT_ONCE, UNJUDGED_FOR, session_store},
    row::{self, MessageRow, SessionRow, columns},
};
use crate::ids::{Lookup, SessionId};

session_store!(PostgresSessionStore, PostgresDatabase, skip: "FOR UPDATE SKIP LOCKED");
