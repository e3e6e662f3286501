//! The rules between entries, as the log, auditing witnesses and monitors ask for them.

/// An entry may not stand where it was to stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct RuleBroken {
    code: &'static str,
    detail: String,
}

impl RuleBroken {
    /// The rule's stable name.
    pub const fn code(&self) -> &'static str {
        self.code
    }
}
