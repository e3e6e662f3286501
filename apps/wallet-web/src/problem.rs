//! What the page is told when something did not go on: a stable code, words for people who read English, and values for
//! the page's own words.

use core::fmt::Display;

use mapae_oid4vci::wallet::{IssuerFault, OfferFault, OurFault, ProviderFault, Refusal, UserFault, WalletError};
use mapae_reader::BundleRefused;
use mapae_trust::{BundleError, MemoryError};
use mapae_wallet::{AnswerError, Damaged, Stopped};
use serde_json::{Value, json};

/// Why something did not go on.
pub(crate) struct Problem {
    code: &'static str,
    detail: String,
    values: Value,
}

impl Problem {
    pub(crate) fn new(code: &'static str, detail: impl Display) -> Self {
        Self::with(code, detail, json!({}))
    }

    pub(crate) fn with(code: &'static str, detail: impl Display, values: Value) -> Self {
        Self { code, detail: detail.to_string(), values }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "code": self.code, "detail": self.detail, "values": self.values })
    }
}

impl From<Problem> for String {
    fn from(problem: Problem) -> Self {
        problem.to_json().to_string()
    }
}

impl From<Damaged> for Problem {
    fn from(damaged: Damaged) -> Self {
        let values = json!({ "name": damaged.name });
        Self::with("record_unreadable", &damaged, values)
    }
}

impl From<Stopped> for Problem {
    fn from(stopped: Stopped) -> Self {
        let detail = stopped.to_string();
        let (code, values) = match stopped {
            Stopped::Issuance(error) => of_issuance(&error),
            Stopped::Answer(error) => of_answer(&error),
            Stopped::Silent { host } => ("silent", json!({ "host": host })),
            Stopped::DeviceRefused => ("device_refused", json!({})),
            Stopped::NotWritten => ("not_kept", json!({})),
            Stopped::CardUnknown => ("card_unknown", json!({})),
            Stopped::SignInNeeded => ("sign_in_needed", json!({})),
            Stopped::NoncesRefused => ("issuer_at_fault", json!({})),
            Stopped::OtherPerson { card } => ("other_person", json!({ "card": card.as_str() })),
            Stopped::CopiesRefused { card, code, .. } => {
                ("copies_refused", json!({ "card": card.as_str(), "rule": code }))
            }
            _ => ("wallet_at_fault", json!({})),
        };
        Self { code, detail, values }
    }
}

fn of_issuance(error: &WalletError) -> (&'static str, Value) {
    match error {
        WalletError::Offer(fault) => (of_offer(fault), json!({})),
        WalletError::Issuer(IssuerFault::Refused(refusal)) => ("issuer_refused", of_refusal(refusal)),
        WalletError::Issuer(_) => ("issuer_at_fault", json!({})),
        WalletError::Provider(ProviderFault::Refused(refusal)) => ("provider_refused", of_refusal(refusal)),
        WalletError::Provider(_) => ("provider_at_fault", json!({})),
        WalletError::User(fault) => of_user(fault),
        WalletError::Us(OurFault::NotRefillable) => ("not_refillable", json!({})),
        WalletError::Us(OurFault::ClientAttestationMissing | OurFault::KeyAttestationMissing) => {
            ("attestation_missing", json!({}))
        }
        _ => ("wallet_at_fault", json!({})),
    }
}

const fn of_offer(fault: &OfferFault) -> &'static str {
    match fault {
        OfferFault::Unreadable(_) => "offer_unreadable",
        OfferFault::Gone(_) => "offer_gone",
        OfferFault::Insecure => "offer_insecure",
        _ => "offer_unusable",
    }
}

/// What the other side says stays what it says: the page shows it as theirs.
fn of_refusal(refusal: &Refusal) -> Value {
    json!({ "status": refusal.status, "error": refusal.code, "passing": refusal.is_passing() })
}

fn of_user(fault: &UserFault) -> (&'static str, Value) {
    match fault {
        UserFault::TxCodeMissing { .. } => ("tx_code_missing", json!({})),
        UserFault::TxCodeForm { length, digits } => ("tx_code_form", json!({ "length": length, "digits": digits })),
        UserFault::TxCodeWrong { tries_left } => ("tx_code_wrong", json!({ "tries_left": tries_left })),
        _ => ("sign_in_declined", json!({})),
    }
}

fn of_answer(error: &AnswerError) -> (&'static str, Value) {
    let values = match error {
        AnswerError::NotTaken { host, status } => json!({ "host": host, "status": status }),
        _ => json!({}),
    };
    (error.code(), values)
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
        let code = match error {
            BundleError::Forged => "bundle_forged",
            BundleError::OtherAnchor => "bundle_other_key",
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
