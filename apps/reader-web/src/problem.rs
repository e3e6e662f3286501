//! What the page is told when something that it was handed cannot be used.

use core::fmt::Display;

use mapae_trust::{BundleError, MemoryError};
use serde_json::json;

/// A stable code and words for people who read English.
pub(crate) struct Problem {
    code: &'static str,
    detail: String,
}

impl Problem {
    pub(crate) fn new(code: &'static str, detail: impl Display) -> Self {
        Self { code, detail: detail.to_string() }
    }
}

impl From<BundleError> for Problem {
    fn from(error: BundleError) -> Self {
        let code = if error == BundleError::Forged { "bundle_forged" } else { "bundle_malformed" };
        Self::new(code, error)
    }
}

impl From<MemoryError> for Problem {
    fn from(error: MemoryError) -> Self {
        let code = match error {
            MemoryError::RolledBack { .. } => "bundle_rolled_back",
            MemoryError::ClockBehind { .. } => "bundle_clock_behind",
            _ => "bundle_other_key",
        };
        Self::new(code, error)
    }
}

impl From<Problem> for String {
    fn from(problem: Problem) -> Self {
        json!({ "code": problem.code, "detail": problem.detail }).to_string()
    }
}
