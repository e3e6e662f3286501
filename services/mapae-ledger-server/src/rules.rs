//! The rules between entries, as the log, auditing witnesses and monitors ask for them; and what the service must know of
//! the entries besides: which policies there were, and which bundle is the newest.

use mapae_ledger::{Entry, MajorityPolicy};
use mapae_trust::{
    BundleError, DraftBundle,
    ledger::{Admission, EntryError, Judged, LedgerState, RuleError, SignedEntry, Statement},
};
use mapae_types::{Duration, Timestamp, hex};

/// An entry may not stand where it was to stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleBroken {
    /// It cannot be read.
    #[error(transparent)]
    Malformed(#[from] EntryError),
    /// It breaks a rule between entries.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The log is to be founded by another entry.
    #[error("this log is to be founded by another entry")]
    OtherFounding,
    /// Its policy names another key of the log, or none for this one.
    #[error("the policy has another key of the log")]
    OtherLogKey,
    /// The draft of the bundle that it states must come first.
    #[error("the draft with the manifest {} is not here", hex::encode(manifest))]
    DraftMissing {
        /// SHA-256 of the manifest.
        manifest: [u8; 32],
    },
    /// The draft of the bundle that it states cannot be read.
    #[error("the draft: {0}")]
    Draft(BundleError),
}

impl RuleBroken {
    /// The rule's stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "entry_malformed",
            Self::Rule(rule) => rule.code(),
            Self::OtherFounding => "other_founding",
            Self::OtherLogKey => "other_log_key",
            Self::DraftMissing { .. } => "draft_missing",
            Self::Draft(_) => "draft_malformed",
        }
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
pub(crate) struct Readable(SignedEntry);

/// What is known of the draft of the bundle that an entry states.
#[derive(Debug)]
pub(crate) enum Draft {
    /// It was asked for: here it is, or nobody has it.
    Asked(Option<Vec<u8>>),
    /// It was judged when the entry came, or nobody has it any more and others have judged it.
    Unseen,
}

/// What is true after the entries so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    founding: Option<Entry>,
    state: LedgerState,
    policies: Vec<PolicyAt>,
    bundle: Option<BundleAt>,
}

impl Readable {
    pub(crate) fn parse(entry: &Entry) -> Result<Self, RuleBroken> {
        Ok(Self(SignedEntry::parse(entry.as_bytes())?))
    }

    /// The manifest of the bundle that it states, if it does.
    pub(crate) fn manifest(&self) -> Option<[u8; 32]> {
        if let Statement::Bundle(bundle) = self.0.statement() { Some(*bundle.manifest()) } else { None }
    }

    /// The policy that it states, and its generation, if it does.
    pub(crate) fn policy(&self) -> Option<(MajorityPolicy, u64)> {
        match self.0.statement() {
            Statement::Policy(policy) => Some((policy.majority().clone(), policy.generation())),
            Statement::Founding(founding) => Some((founding.policy().majority().clone(), 0)),
            _ => None,
        }
    }
}

impl Ledger {
    /// No entries yet; `founding` is the only one that may be the first, if it is known.
    pub(crate) fn new(founding: Option<Entry>) -> Self {
        Self { founding, ..Self::default() }
    }

    pub(crate) const fn size(&self) -> u64 {
        self.state.size()
    }

    pub(crate) const fn state(&self) -> &LedgerState {
        &self.state
    }

    /// All policies that were decided, the founding's first.
    pub(crate) fn policies(&self) -> &[PolicyAt] {
        &self.policies
    }

    /// The newest bundle.
    pub(crate) const fn bundle(&self) -> Option<BundleAt> {
        self.bundle
    }

    /// Whether an entry may come next. Nothing in it may be dated after `latest`.
    pub(crate) fn judge(&self, entry: &Readable, latest: Timestamp, draft: Draft) -> Result<Admission, RuleBroken> {
        let others = self.founding.as_ref().filter(|_| self.size() == 0);
        if others.is_some_and(|founding| founding.as_bytes() != entry.0.bytes()) {
            return Err(RuleBroken::OtherFounding);
        }
        match self.state.judge(&entry.0, latest)? {
            Judged::Admitted(admission) => Ok(admission),
            Judged::NeedsBundle(pending) => match draft {
                Draft::Unseen => Ok(pending.unseen()),
                Draft::Asked(None) => Err(RuleBroken::DraftMissing { manifest: *pending.manifest() }),
                Draft::Asked(Some(draft)) => {
                    Ok(pending.with_draft(&DraftBundle::parse(draft).map_err(RuleBroken::Draft)?)?)
                }
            },
        }
    }

    /// Enters what was judged last.
    pub(crate) fn enter(&mut self, entry: &Readable, admission: Admission) -> Result<(), RuleBroken> {
        let index = self.state.enter(admission)?;
        match entry.0.statement() {
            Statement::Founding(founding) => self.policies.push(PolicyAt::new(index, founding.policy())),
            Statement::Policy(policy) => self.policies.push(PolicyAt::new(index, policy)),
            Statement::Bundle(bundle) => self.bundle = Some(BundleAt { index, manifest: *bundle.manifest() }),
            _ => {}
        }
        Ok(())
    }

    /// Judges an entry, and enters it.
    pub(crate) fn take(&mut self, entry: &Entry, latest: Timestamp, draft: Draft) -> Result<(), RuleBroken> {
        let entry = Readable::parse(entry)?;
        let admission = self.judge(&entry, latest, draft)?;
        self.enter(&entry, admission)
    }

    /// Takes an entry that was judged when it came: its time is not judged again, nor is its bundle.
    pub(crate) fn replay(&mut self, entry: &Entry) -> Result<(), RuleBroken> {
        let entry = Readable::parse(entry)?;
        // Our clock may have been set back since.
        let latest = entry.0.at() + Duration::seconds(i64::MAX);
        let admission = self.judge(&entry, latest, Draft::Unseen)?;
        self.enter(&entry, admission)
    }
}

impl PolicyAt {
    fn new(index: u64, policy: &mapae_trust::ledger::PolicyStatement) -> Self {
        Self { index, policy: policy.majority().clone(), text: policy.policy().to_owned() }
    }
}
