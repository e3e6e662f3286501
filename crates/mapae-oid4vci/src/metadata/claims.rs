//! Descriptions of claims (OpenID4VCI §C).

use serde::{Deserialize, Serialize};

use crate::Display;

/// One step of a claims path pointer (§C).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ClaimStep {
    /// A member of an object; of an mdoc, the namespace or the element.
    Name(String),
    /// An element of an array.
    Index(u64),
    /// All elements of an array.
    All,
}

/// What a wallet shows of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDescription {
    /// Where the claim is.
    pub path: Vec<ClaimStep>,
    /// Whether every copy has it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub mandatory: bool,
    /// Its name, in one language each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
}
