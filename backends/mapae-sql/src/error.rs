//! What can go wrong with a store, and who has to act.

/// A statement, a connection or a commit that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqlError {
    /// Caller: not `sqlite:FILE` or `postgres://…`. The text is not repeated, since it may hold a password.
    #[error("not the address of a store")]
    AddressMalformed,
    /// Caller: the data break a rule of the schema. SQLite's unnamed rules are named as PostgreSQL would.
    #[error("the data break the rule {rule}")]
    RuleBroken {
        /// The constraint's name, such as `entries_log_leaf_key`.
        rule: String,
    },
    /// Store: the file, the database or this component's tables are not there.
    #[error("the store of {component} does not exist")]
    Absent {
        /// Whose tables.
        component: &'static str,
    },
    /// Store: it was made by a later version of this program, or by somebody else.
    #[error("the store of {component} is at version {found}, this program at {known}")]
    Newer {
        /// Whose tables.
        component: &'static str,
        /// The store's version.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// Store: it is set so that a commit may be lost.
    #[error("the store would not keep what it commits: {setting} is {value}")]
    Unsafe {
        /// The setting's name.
        setting: &'static str,
        /// What it is.
        value: String,
    },
    /// Store: the commit was answered with a notice, so it may stand here only, and vanish with this machine.
    #[error("the commit is not durable: {notice}")]
    NotDurable {
        /// The notice's text.
        notice: String,
    },
    /// Store: nobody knows whether the commit stands. Read again before anything else.
    #[error("the commit was not confirmed")]
    Unconfirmed(#[source] sqlx::Error),
    /// Store: others held it for longer than anybody waits.
    #[error("the store was busy for too long")]
    Busy,
    /// Store: out of reach, full, read-only or broken.
    #[error("the store failed")]
    Failed(#[source] sqlx::Error),
    /// Store: it holds what nobody can have written.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// Where.
        what: &'static str,
    },
    /// Race: another transaction was faster. Nothing happened; try anew.
    #[error("another transaction was faster")]
    Lost,
}

/// Who has to act on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The program: it asked for what must not be.
    Caller,
    /// Whoever runs the store.
    Store,
    /// Nobody: another transaction came first, and the caller may try again.
    Race,
}

impl SqlError {
    /// Who has to act.
    pub const fn party(&self) -> Party {
        match self {
            Self::AddressMalformed | Self::RuleBroken { .. } => Party::Caller,
            Self::Lost => Party::Race,
            _ => Party::Store,
        }
    }

    /// The rule that the data broke, if that is what happened.
    pub fn rule(&self) -> Option<&str> {
        if let Self::RuleBroken { rule } = self { Some(rule) } else { None }
    }
}
