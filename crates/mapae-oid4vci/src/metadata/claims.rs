//! Descriptions of claims (OpenID4VCI §C).

use mapae_jose::Value;
use serde::Serialize;

use super::issuer::check_languages;
use crate::{Display, Fields, MetadataFault};

/// One step of a claims path pointer (§C).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

impl ClaimStep {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::String(name) => Some(Self::Name(name)),
            Value::Number(place) => place.as_u64().map(Self::Index),
            Value::Null => Some(Self::All),
            _ => None,
        }
    }
}

impl ClaimDescription {
    pub(super) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self {
            path: fields.each("path", ClaimStep::read),
            mandatory: fields.flag_or_no("mandatory"),
            display: fields.any("display", Display::read),
        };
        fields.whole(read)
    }

    /// A claim that every copy has, by the names of its path.
    pub fn mandatory<'n>(path: impl IntoIterator<Item = &'n str>, display: Vec<Display>) -> Self {
        Self { path: path.into_iter().map(|name| ClaimStep::Name(name.to_owned())).collect(), mandatory: true, display }
    }
}

/// §C.3: no claim is described twice, and no two descriptions contradict each other.
pub(super) fn check(claims: &[ClaimDescription]) -> Result<(), MetadataFault> {
    for (place, claim) in claims.iter().enumerate() {
        check_languages(&claim.display)?;
        let clash = claims[..place].iter().any(|other| contradict(&claim.path, &other.path));
        if claim.path.is_empty() || clash {
            return Err(MetadataFault::Claims);
        }
    }
    Ok(())
}

/// Two paths that part at one place: by names or by places, but not by both; and all elements of an array include each.
fn contradict(a: &[ClaimStep], b: &[ClaimStep]) -> bool {
    let parted = a.iter().zip(b).find(|(a, b)| a != b);
    match parted {
        None => a.len() == b.len(),
        Some((ClaimStep::Name(_), ClaimStep::Name(_)) | (ClaimStep::Index(_), ClaimStep::Index(_))) => false,
        Some(_) => true,
    }
}
