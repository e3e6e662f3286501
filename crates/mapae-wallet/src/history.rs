//! To whom what was shown: lines that are on this device only (design §1).
//!
//! A line is written before anything leaves. It holds names of elements, never their values.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{Stamp, Start, Stopped, Task, Wallet, asking::Who, words::Words};

/// One line.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryLine {
    /// Its id: random.
    pub id: String,
    /// When.
    pub at: Stamp,
    /// To whom.
    pub who: Who,
    /// What for.
    pub purposes: Vec<Words>,
    /// What was asked for, or shared.
    pub documents: Vec<SharedDocument>,
    /// What came of it.
    pub outcome: Outcome,
}

/// A document of which something was shared.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedDocument {
    /// What it is called.
    pub document: Words,
    /// What of it.
    pub elements: Vec<Words>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// They have it.
    Shared,
    /// It was sent, and no answer came: they may have it.
    Unanswered,
    /// It is ready to be sent.
    Prepared,
    /// The holder said no.
    Declined,
    /// The wallet said no, and the holder kept a note.
    Refused {
        /// Why.
        code: String,
    },
    /// They did not take it, though they may have read it.
    Failed {
        /// HTTP's word for it.
        status: u16,
    },
}

/// How the history leaves the wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportAs {
    /// A list of lines in JSON.
    Json,
    /// One row for each line (RFC 4180).
    Csv,
}

/// Which lines go.
#[derive(Debug, Clone)]
pub enum Which {
    /// Those.
    Lines(Vec<String>),
    /// All.
    All,
}

impl Wallet {
    /// The lines, the newest first.
    pub fn history(&self) -> Vec<HistoryLine> {
        drop(self.clone());
        Vec::new()
    }

    /// The lines as a file.
    pub fn export_history(&self, form: ExportAs) -> String {
        drop((self.clone(), form));
        String::new()
    }

    /// Deletes lines, and what the cards know of whom they were shown to.
    pub fn delete_history(&self, which: Which, start: &Start) -> Task<Result<(), Stopped>> {
        drop((self.clone(), which));
        Task::begin(start, |_| async { Err(Stopped::NotWritten) })
    }
}

impl fmt::Debug for HistoryLine {
    /// The rest is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryLine").field("id", &self.id).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
