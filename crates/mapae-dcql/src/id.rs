//! Ids of credential queries and claims (OpenID4VP 1.0 §6.1, §6.3).

use core::{borrow::Borrow, fmt, str::FromStr};

use crate::QueryError;

/// The id of a credential query or of a claim: one or more of `A–Z a–z 0–9 _ -`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryId(String);

impl QueryId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for QueryId {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if text.is_empty() || !text.bytes().all(allowed) {
            return Err(QueryError::IdInvalid);
        }
        Ok(Self(text.to_owned()))
    }
}

impl Borrow<str> for QueryId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Refuses a list in which an id occurs twice.
pub(crate) fn all_distinct<'a>(ids: impl IntoIterator<Item = &'a QueryId>) -> Result<(), QueryError> {
    let ids: Vec<&QueryId> = ids.into_iter().collect();
    let mut sorted: Vec<(&str, usize)> = ids.iter().map(|id| id.as_str()).zip(0..).collect();
    sorted.sort_unstable();
    let repeated = sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1);
    // The one that occurs again before any other does.
    match repeated.min() {
        Some(at) => Err(QueryError::IdRepeated { id: ids[at].clone() }),
        None => Ok(()),
    }
}
