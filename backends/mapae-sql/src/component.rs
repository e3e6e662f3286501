//! Each component brings its own tables, and the steps by which older ones become newer ones.

use crate::SqlError;

/// A component's tables: a name, and migrations for either store, of which the n-th leads to version n.
///
/// A step that was released is never changed; a new one is added. Steps must leave a schema that the version before still
/// runs with, since sites are upgraded one by one.
#[derive(Debug, Clone, Copy)]
pub struct Component {
    /// Whose tables, such as `ledger-log`.
    pub name: &'static str,
    /// Steps for SQLite.
    pub sqlite: &'static [&'static str],
    /// Steps for PostgreSQL.
    pub postgres: &'static [&'static str],
}

/// Whether a store may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One that is absent is an error: who lost state must not go on as if there had been none.
    Open,
    /// One that is absent is made.
    Create,
}

impl Component {
    /// The steps that a store at `version` lacks, each with the version that it leads to.
    pub(crate) fn missing(
        &self,
        steps: &'static [&'static str],
        version: Option<i64>,
        mode: Mode,
    ) -> Result<impl Iterator<Item = (i64, &'static str)> + use<>, SqlError> {
        let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
        let found = match (version, mode) {
            (Some(found), _) => found,
            (None, Mode::Create) => 0,
            (None, Mode::Open) => return Err(SqlError::Absent { component: self.name }),
        };
        if found > known {
            return Err(SqlError::Newer { component: self.name, found, known });
        }
        Ok((1..).zip(steps.iter().copied()).filter(move |(version, _)| *version > found))
    }
}
