//! Where a store is, as an operator writes it.

use core::{fmt, str::FromStr};
use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;

use crate::SqlError;

/// Where a store is: `sqlite:FILE`, or `postgres://user:password@host/database`.
///
/// A store in memory is none, and is refused. `Debug` shows no password.
#[derive(Clone)]
pub struct Address(pub(crate) Place);

#[derive(Clone)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    /// A file of SQLite.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self(Place::Sqlite(file.into()))
    }

    /// The file, if SQLite keeps it.
    pub fn file(&self) -> Option<&Path> {
        if let Place::Sqlite(file) = &self.0 { Some(file) } else { None }
    }
}

impl FromStr for Address {
    type Err = SqlError;

    fn from_str(text: &str) -> Result<Self, SqlError> {
        if let Some(file) = text.strip_prefix("sqlite:") {
            let named = !file.is_empty() && !file.starts_with(':');
            return if named { Ok(Self::sqlite(file)) } else { Err(SqlError::AddressMalformed) };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let options = text.parse().map_err(|_| SqlError::AddressMalformed)?;
            return Ok(Self(Place::Postgres(Box::new(options))));
        }
        Err(SqlError::AddressMalformed)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            Place::Postgres(options) => {
                write!(f, "postgres://{}:{}", options.get_host(), options.get_port())?;
                write!(f, "/{}", options.get_database().unwrap_or_default())
            }
        }
    }
}
