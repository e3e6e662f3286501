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

/// What is true after the entries so far.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    founding: Option<Entry>,
    size: u64,
    policies: Vec<PolicyAt>,
    bundle: Option<BundleAt>,
}

/// An entry that keeps the rules.
pub(crate) struct Admitted {}

/// A bundle that keeps them if it follows from the entries.
pub(crate) struct Pending {}

/// What the rules say of an entry.
pub(crate) enum Verdict {
    Admitted(Admitted),
    NeedsBundle(Pending),
}

impl Pending {
    pub(crate) fn manifest(&self) -> [u8; 32] {
        [0; 32]
    }

    /// Whether the draft is the one, and follows from the entries.
    pub(crate) fn with_draft(self, _draft: Vec<u8>, _latest: Timestamp) -> Result<Admitted, RuleBroken> {
        Ok(Admitted {})
    }

    /// Without the draft: it was judged earlier, or nobody has it any more.
    pub(crate) fn unseen(self) -> Admitted {
        Admitted {}
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
    pub(crate) fn judge(&self, entry: &Entry, _latest: Timestamp) -> Result<Verdict, RuleBroken> {
        if self.size == 0 && self.founding.as_ref().is_some_and(|founding| founding != entry) {
            return Err(RuleBroken::new("other_founding", "this log is to be founded by another entry"));
        }
        Ok(Verdict::Admitted(Admitted {}))
    }

    pub(crate) fn enter(&mut self, _admitted: Admitted) {
        self.size += 1;
    }

    /// Takes an entry that was judged when it came: its time is not judged again, nor is its bundle.
    pub(crate) fn replay(&mut self, entry: &Entry) -> Result<(), RuleBroken> {
        let admitted = match self.judge(entry, end_of_time())? {
            Verdict::Admitted(admitted) => admitted,
            Verdict::NeedsBundle(pending) => pending.unseen(),
        };
        self.enter(admitted);
        Ok(())
    }
}

fn end_of_time() -> Timestamp {
    Timestamp::from_unix(0).map_or_else(|_| unreachable!(), |t| t + mapae_types::Duration::seconds(i64::MAX))
}
