//! The store in SQLite: one file, one writer, so that rows need no locks.

use mapae_sql::{SqlError, SqliteDatabase, Swap};
use mapae_types::Timestamp;

use super::{
    Fetched, Finish, Finished, Flow, Message, MessageId, NewSession, Session, SessionStore, State, Swept,
    both::{AT_ONCE, SWEPT_AT_ONCE, session_store},
    openid::{self, Kept, Named, NamedRow, OpenIdStore, Thing, number, openid_store},
    row::{self, FetchedRow, Given, MessageRow, SessionRow, columns},
};
use crate::ids::{Lookup, SessionId};

session_store!(SqliteSessionStore, SqliteDatabase, skip: "");
openid_store!(SqliteSessionStore, sqlx::SqliteConnection, skip: "");
