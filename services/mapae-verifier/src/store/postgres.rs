//! The store in PostgreSQL, which several replicas share.

use mapae_sql::{PostgresDatabase, SqlError, Swap};
use mapae_types::Timestamp;

use super::{
    Fetched, Finish, Finished, Flow, Message, MessageId, NewSession, Session, SessionStore, State, Swept,
    both::{AT_ONCE, SWEPT_AT_ONCE, session_store},
    openid::{self, Kept, Named, NamedRow, OpenIdStore, Thing, number, openid_store},
    row::{self, FetchedRow, Given, MessageRow, SessionRow, columns},
};
use crate::ids::{Lookup, SessionId};

session_store!(PostgresSessionStore, PostgresDatabase, skip: "FOR UPDATE SKIP LOCKED");
openid_store!(PostgresSessionStore, sqlx::PgConnection, skip: "FOR UPDATE SKIP LOCKED");
