//! The rules between entries, as the log, auditing witnesses and monitors ask for them; and what the service must know of
//! the entries besides: which policies there were, and which bundle is the newest.

use mapae_ledger::{Entry, MajorityPolicy};
use mapae_types::Timestamp;

/// An entry may not stand where it was to stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct RuleBroken {
    code: &'static str,
    detail: String,
}

impl RuleBroken {
    /// The code of an entry that cannot be read at all.
    pub(crate) const MALFORMED: &'static str = "entry_malformed";

    pub(crate) fn new(code: &'static str, detail: impl ToString) -> Self {
        Self { code, detail: detail.to_string() }
    }

    /// The rule's stable name.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What is particular to this entry.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

/// A policy, and the entry that decided it.
#[derive(Debug, Clone)]
pub(crate) struct PolicyAt {
    pub(crate) index: u64,
    pub(crate) policy: MajorityPolicy,
    pub(crate) text: String,
}

/// An entry of kind `bundle`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BundleAt {
    pub(crate) index: u64,
    pub(crate) manifest: [u8; 32],
}

/// An entry that can be read; nothing that it says is believed.
#[derive(Debug)]
pub(crate) struct Readable {
    entry: Entry,
}

/// What is known of the draft of the bundle that an entry states.
#[derive(Debug)]
pub(crate) enum Draft {
    /// It was asked for: here it is, or nobody has it.
    Asked(Option<Vec<u8>>),
    /// It was judged when the entry came, or nobody has it any more and others have judged it.
    Unseen,
}

/// That an entry may come next.
pub(crate) struct Admitted {}

/// What is true after the entries so far.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    founding: Option<Entry>,
    size: u64,
    policies: Vec<PolicyAt>,
    bundle: Option<BundleAt>,
}

impl Readable {
    pub(crate) fn parse(entry: &Entry) -> Result<Self, RuleBroken> {
        Ok(Self { entry: entry.clone() })
    }

    /// The manifest of the bundle that it states, if it does.
    pub(crate) fn manifest(&self) -> Option<[u8; 32]> {
        None
    }

    /// The policy that it states, and its generation, if it does.
    pub(crate) fn policy(&self) -> Option<(MajorityPolicy, u64)> {
        None
    }
}

impl Ledger {
    /// No entries yet; `founding` is the only one that may be the first, if it is known.
    pub(crate) const fn new(founding: Option<Entry>) -> Self {
        Self { founding, size: 0, policies: Vec::new(), bundle: None }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn policies(&self) -> &[PolicyAt] {
        &self.policies
    }

    pub(crate) const fn bundle(&self) -> Option<BundleAt> {
        self.bundle
    }

    /// Whether an entry may come next. Nothing in it may be dated after `latest`.
    pub(crate) fn judge(&self, entry: &Readable, _latest: Timestamp, _draft: Draft) -> Result<Admitted, RuleBroken> {
        if self.size == 0 && self.founding.as_ref().is_some_and(|founding| *founding != entry.entry) {
            return Err(RuleBroken::new("other_founding", "this log is to be founded by another entry"));
        }
        Ok(Admitted {})
    }

    pub(crate) fn enter(&mut self, _entry: &Readable, _admitted: Admitted) -> Result<(), RuleBroken> {
        self.size += 1;
        Ok(())
    }

    /// Judges an entry, and enters it.
    pub(crate) fn take(&mut self, entry: &Entry, latest: Timestamp, draft: Draft) -> Result<(), RuleBroken> {
        let entry = Readable::parse(entry)?;
        let admitted = self.judge(&entry, latest, draft)?;
        self.enter(&entry, admitted)
    }

    /// Takes an entry that was judged when it came: its time is not judged again, nor is its bundle.
    pub(crate) fn replay(&mut self, entry: &Entry) -> Result<(), RuleBroken> {
        self.take(entry, end_of_time(), Draft::Unseen)
    }
}

fn end_of_time() -> Timestamp {
    Timestamp::from_unix(0).map_or_else(|_| unreachable!(), |t| t + mapae_types::Duration::seconds(i64::MAX))
}
