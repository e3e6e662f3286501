//! To whom what was shown: lines that are on this device only (design §1).
//!
//! A line is written before anything leaves. It holds names of elements, never their values; but what the holder authorised
//! is there as they read it, since that is their receipt.

mod export;

use core::fmt;

use mapae_jose::{Value, json::to_vec as json};
use mapae_oid4vci::Fields;
use mapae_types::{Entropy as _, hex};
use serde::Serialize;

use crate::{
    Card, CardId, Change, Refusal, Stamp, Start, Stopped, Task, Wallet,
    asking::{TransactionView, Who},
    error::Halt,
    record,
    store::{PREPARED, SHOWN},
    task::Outside,
    wallet::Inner,
    words::Words,
};

/// One line.
#[derive(Clone, PartialEq, Eq, Serialize)]
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
    /// What was to be authorised by the answer, as the holder read it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<TransactionView>,
    /// What came of it.
    pub outcome: Outcome,
}

/// A document of which something was shared.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SharedDocument {
    /// What it is called.
    pub document: Words,
    /// What of it.
    pub elements: Vec<Words>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
        let mut lines: Vec<HistoryLine> = self.lock().history.values().cloned().collect();
        lines.sort_unstable_by(|a, b| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
        lines
    }

    /// The lines as a file, the newest first.
    pub fn export_history(&self, form: ExportAs) -> String {
        match form {
            ExportAs::Json => String::from_utf8(json(&self.history())).unwrap_or_default(),
            ExportAs::Csv => export::csv(&self.history()),
        }
    }

    /// Deletes lines. What the cards and the prepared answers know of those relying parties goes as well, unless another
    /// line names them: of a copy, only that somebody has seen it is left.
    pub fn delete_history(&self, which: Which, start: &Start) -> Task<Result<(), Stopped>> {
        let wallet = self.clone();
        Task::begin(start, |outside| async move {
            let (cards, gone, changes) = wallet.lock().without(&which);
            outside.write(changes).await?;
            let mut inner = wallet.lock();
            inner.history.retain(|id, _| !gone.contains(id));
            inner.prepared.retain(|id, _| !gone.contains(id));
            for id in cards {
                let left = marks(inner.history.values());
                if let Some(card) = inner.cards.get_mut(id.as_str()) {
                    forget_marks(card, &left);
                }
            }
            Ok(())
        })
    }

    /// Keeps a note of a request that the wallet refused. Nothing does so unless the holder wants it.
    pub fn keep_refusal(&self, refusal: &Refusal, start: &Start) -> Task<Result<String, Stopped>> {
        let (wallet, who) = (self.clone(), refusal.who().cloned());
        let outcome = Outcome::Refused { code: refusal.code().to_owned() };
        Task::begin(start, |mut outside| async move {
            let who = who.unwrap_or_else(Who::unknown);
            let id = new_id(&mut outside)?;
            let at = Stamp(outside.now());
            let (purposes, documents, transactions) = (Vec::new(), Vec::new(), Vec::new());
            let line = HistoryLine { id, at, who, purposes, documents, transactions, outcome };
            outside.write(vec![line.put()]).await?;
            let id = line.id.clone();
            wallet.lock().history.insert(id.clone(), line);
            Ok(id)
        })
    }
}

/// A name of a line and of the answer that belongs to it: random, and derived of nothing (hole 20 of the peers).
pub(crate) fn new_id(outside: &mut Outside) -> Result<String, Halt> {
    Ok(hex::encode(&outside.entropy.array::<16>()?))
}

impl HistoryLine {
    pub(crate) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let (at, who) = (fields.one("at", Stamp::read)?, fields.one("who", Who::read)?);
        let read = Self {
            id: fields.text("id"),
            at,
            who,
            purposes: fields.each("purposes", Words::read),
            documents: fields.each("documents", SharedDocument::read),
            transactions: fields.any("transactions", TransactionView::read),
            outcome: fields.one("outcome", Outcome::read)?,
        };
        fields.nothing_else(read)
    }

    /// The change that writes it.
    pub(crate) fn put(&self) -> Change {
        Change::Put(format!("{SHOWN}{}", self.id), json(self))
    }
}

impl SharedDocument {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let document = fields.one("document", Words::read)?;
        let read = Self { document, elements: fields.each("elements", Words::read) };
        fields.nothing_else(read)
    }
}

impl Outcome {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = match &*fields.text("is") {
            "shared" => Self::Shared,
            "unanswered" => Self::Unanswered,
            "prepared" => Self::Prepared,
            "declined" => Self::Declined,
            "refused" => Self::Refused { code: fields.text("code") },
            "failed" => Self::Failed { status: fields.count("status").try_into().ok()? },
            _ => return None,
        };
        fields.whole(read)
    }
}

impl Inner {
    /// The cards that change, the lines that go, and what is to be written.
    fn without(&self, which: &Which) -> (Vec<CardId>, Vec<String>, Vec<Change>) {
        let goes = |id: &&String| match which {
            Which::Lines(ids) => ids.contains(id),
            Which::All => true,
        };
        let gone: Vec<String> = self.history.iter().map(|(id, _)| id).filter(goes).cloned().collect();
        let mut changes: Vec<Change> = gone.iter().map(|id| Change::Remove(format!("{SHOWN}{id}"))).collect();
        let prepared = gone.iter().filter(|id| self.prepared.get(id).is_some());
        changes.extend(prepared.map(|id| Change::Remove(format!("{PREPARED}{id}"))));
        let left = marks(self.history.iter().filter(|(id, _)| !gone.contains(id)).map(|(_, line)| line));
        let mut cards = Vec::new();
        for (id, card) in self.cards.iter() {
            let mut forgetful = card.clone();
            if forget_marks(&mut forgetful, &left) {
                cards.push(id.clone());
                changes.push(record::put(id, &forgetful));
            }
        }
        (cards, gone, changes)
    }
}

/// The relying parties that lines name, as copies remember them.
fn marks<'l>(lines: impl Iterator<Item = &'l HistoryLine>) -> Vec<String> {
    lines.map(|line| line.who.mark().to_owned()).collect()
}

/// Leaves of each use of a copy that there was one, unless a line still names who saw it. Says whether anything changed.
fn forget_marks(card: &mut Card, left: &[String]) -> bool {
    let held = card.batches.iter_mut().filter_map(crate::Batch::held_mut);
    let mut changed = false;
    for mark in held.flat_map(|held| &mut held.copies).flat_map(|copy| &mut copy.shown_to) {
        if !mark.is_empty() && !left.contains(mark) {
            mark.clear();
            changed = true;
        }
    }
    changed
}

impl fmt::Debug for HistoryLine {
    /// The rest is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryLine").field("id", &self.id).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
