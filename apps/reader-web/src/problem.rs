//! What the page is told when something that it was handed cannot be used.

use core::fmt::Display;

use mapae_ledger::{LogProofError, Unaccepted};
use mapae_reader::{BundleRefused, OrderRefused, OtherAnchor};
use mapae_trust::{BundleError, MemoryError, OrderError};
use serde_json::{Value, json};

/// A stable code, words for people who read English, and values for the page's own words.
pub(crate) struct Problem {
    code: &'static str,
    detail: String,
    values: Value,
}

impl Problem {
    pub(crate) fn new(code: &'static str, detail: impl Display) -> Self {
        Self::with(code, detail, Value::Null)
    }

    fn with(code: &'static str, detail: impl Display, values: Value) -> Self {
        Self { code, detail: detail.to_string(), values }
    }
}

impl From<BundleRefused> for Problem {
    fn from(refused: BundleRefused) -> Self {
        match refused {
            BundleRefused::Bundle(error) => error.into(),
            BundleRefused::Memory(error) => error.into(),
            BundleRefused::PolicyMissing { ref ledger } => {
                let values = json!({ "ledger": ledger.as_str() });
                Self::with("policy_missing", &refused, values)
            }
            _ => Self::new("bundle_malformed", refused),
        }
    }
}

impl From<BundleError> for Problem {
    fn from(error: BundleError) -> Self {
        let code = match &error {
            BundleError::Forged => "bundle_forged",
            BundleError::OtherAnchor => "bundle_other_key",
            BundleError::NotProven(LogProofError::Unaccepted(Unaccepted::QuorumNotMet { cosigned })) => {
                return Self::with("bundle_unseen", &error, json!({ "cosigned": cosigned }));
            }
            BundleError::NotProven(_) | BundleError::Policy(_) | BundleError::PolicyOrder => "bundle_not_proven",
            _ => "bundle_malformed",
        };
        Self::new(code, error)
    }
}

impl From<MemoryError> for Problem {
    fn from(error: MemoryError) -> Self {
        let code = match error {
            MemoryError::RolledBack { .. } => "bundle_rolled_back",
            MemoryError::ClockBehind { .. } => "bundle_clock_behind",
            MemoryError::PolicySuperseded => "bundle_policy_superseded",
            _ => "bundle_other_key",
        };
        Self::new(code, error)
    }
}

impl From<OtherAnchor> for Problem {
    fn from(error: OtherAnchor) -> Self {
        Self::new("policy_other", error)
    }
}

impl From<OrderRefused> for Problem {
    fn from(refused: OrderRefused) -> Self {
        let (code, values) = match &refused {
            OrderRefused::Order(error) => of_order(error),
            OrderRefused::Older { in_use } => ("order_older", json!({ "id": in_use.as_str() })),
            _ => ("order_malformed", Value::Null),
        };
        Self::with(code, refused, values)
    }
}

fn of_order(error: &OrderError) -> (&'static str, Value) {
    match error {
        OrderError::TooFewSigners { signed, needed } => {
            ("order_too_few", json!({ "signed": signed, "needed": needed }))
        }
        OrderError::SignatureInvalid { agency } => ("order_forged", json!({ "agency": agency.as_str() })),
        OrderError::OtherLedger { origin } => ("order_other_ledger", json!({ "ledger": origin.as_str() })),
        OrderError::NobodyMaySign => ("order_nobody", Value::Null),
        OrderError::Term { .. } | OrderError::Age { .. } | OrderError::Classes => ("order_too_much", Value::Null),
        _ => ("order_malformed", Value::Null),
    }
}

impl From<Problem> for String {
    fn from(problem: Problem) -> Self {
        json!({ "code": problem.code, "detail": problem.detail, "values": problem.values }).to_string()
    }
}
