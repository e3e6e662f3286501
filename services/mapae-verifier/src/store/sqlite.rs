//! The store in SQLite: one file, one writer, so that rows need no locks.

use mapae_sql::{SqlError, SqliteDatabase, Swap};
use mapae_types::Timestamp;

use super::{
    Answered, Fetched, Finished, Flow, Message, MessageId, NewSession, Session, SessionStore, State, Swept,
    both::{AT_ONCE, SWEPT_AT_ONCE, UNJUDGED_FOR, session_store},
    row::{self, MessageRow, SessionRow, columns},
};
use crate::ids::{Lookup, SessionId};

session_store!(SqliteSessionStore, SqliteDatabase, skip: "");
