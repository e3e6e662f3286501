//! Claims to be issued, and which of them the holder may withhold.
//!
//! A claim inside a selectively disclosable one may itself be selectively disclosable (RFC 9901 §4.2.6).

use mapae_jose::{Object, Value, json::MAX_DEPTH};

use crate::{DIGESTS, HASH_CLAIM, IssueError, PLACEHOLDER};

/// Bytes of a disclosure besides its name and a text as its value: the salt, punctuation, a short value.
const DISCLOSURE_LEN: usize = 64;

/// The members of an object, each shown always or at the holder's choice.
#[derive(Clone, Default)]
pub struct Claims {
    members: Vec<(String, Claim)>,
}

/// One claim, or one element of an array.
#[derive(Clone)]
pub struct Claim {
    pub(crate) selective: bool,
    pub(crate) content: Content,
}

/// What a claim says.
#[derive(Clone)]
#[non_exhaustive]
pub enum Content {
    /// A value shown as a whole or not at all.
    Whole(Value),
    /// An object whose members are claims.
    Object(Claims),
    /// An array whose elements are claims.
    Array(Vec<Claim>),
}

impl Claims {
    /// No claims yet.
    pub const fn new() -> Self {
        Self { members: Vec::new() }
    }

    /// Every member of an object at the holder's choice, each as a whole.
    pub fn all_selective(object: Object) -> Result<Self, IssueError> {
        object.into_iter().try_fold(Self::new(), |claims, (name, value)| claims.with(name, Claim::selective(value)))
    }

    /// Adds a claim.
    pub fn with(mut self, name: impl Into<String>, claim: Claim) -> Result<Self, IssueError> {
        let name = name.into();
        refuse_reserved(&name)?;
        claim.content.check(1)?;
        if self.members.iter().any(|(taken, _)| *taken == name) {
            return Err(IssueError::NameTaken { name });
        }
        self.members.push((name, claim));
        Ok(self)
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.members.iter().map(|(name, claim)| (name.as_str(), claim))
    }

    /// Whether an `_sd` belongs at this level.
    pub(crate) fn any_selective(&self) -> bool {
        self.members.iter().any(|(_, claim)| claim.selective)
    }

    /// Disclosures, and objects with an `_sd`, at this level and below.
    pub(crate) fn count(&self) -> Count {
        let own = Count { disclosures: 0, levels: usize::from(self.any_selective()), bytes: 0 };
        self.members.iter().fold(own, |sum, (name, claim)| sum.plus(claim.count()).plus(Count::of_text(name)))
    }
}

impl Claim {
    /// A claim that every verifier sees.
    pub fn always(content: impl Into<Content>) -> Self {
        Self { selective: false, content: content.into() }
    }

    /// A claim that the holder may withhold.
    pub fn selective(content: impl Into<Content>) -> Self {
        Self { selective: true, content: content.into() }
    }

    fn count(&self) -> Count {
        let own = Count { disclosures: usize::from(self.selective), levels: 0, bytes: DISCLOSURE_LEN };
        match &self.content {
            Content::Whole(Value::String(text)) => own.plus(Count::of_text(text)),
            Content::Whole(_) => own,
            Content::Object(claims) => own.plus(claims.count()),
            Content::Array(elements) => elements.iter().fold(own, |sum, element| sum.plus(element.count())),
        }
    }
}

/// How much randomness and room the claims will need.
#[derive(Clone, Copy)]
pub(crate) struct Count {
    pub(crate) disclosures: usize,
    pub(crate) levels: usize,
    /// A guess at the bytes of all disclosures before they are encoded.
    pub(crate) bytes: usize,
}

impl Count {
    const fn plus(self, other: Self) -> Self {
        Self {
            disclosures: self.disclosures + other.disclosures,
            levels: self.levels + other.levels,
            bytes: self.bytes + other.bytes,
        }
    }

    const fn of_text(text: &str) -> Self {
        Self { disclosures: 0, levels: 0, bytes: text.len() }
    }
}

impl Content {
    /// Names of members of [`Content::Object`] were checked when they were added; its depth was not.
    fn check(&self, depth: usize) -> Result<(), IssueError> {
        match self {
            Self::Whole(value) => check_value(value, depth),
            Self::Object(claims) => deeper(depth, claims.members.iter().map(|(_, claim)| &claim.content), Self::check),
            Self::Array(elements) => deeper(depth, elements.iter().map(|element| &element.content), Self::check),
        }
    }
}

fn check_value(value: &Value, depth: usize) -> Result<(), IssueError> {
    match value {
        Value::Object(object) => {
            object.keys().try_for_each(|name| refuse_reserved(name))?;
            deeper(depth, object.values(), check_value)
        }
        Value::Array(elements) => deeper(depth, elements.iter(), check_value),
        _ => Ok(()),
    }
}

/// A disclosure wraps its value in an array of its own, hence one level less than a reader's limit.
fn deeper<'v, T: 'v>(
    depth: usize,
    mut inner: impl Iterator<Item = &'v T>,
    check: impl Fn(&T, usize) -> Result<(), IssueError>,
) -> Result<(), IssueError> {
    if depth >= MAX_DEPTH {
        return Err(IssueError::TooDeep { limit: MAX_DEPTH });
    }
    inner.try_for_each(|value| check(value, depth + 1))
}

/// RFC 9901 §4.1 rule 7: these names convey digests and nothing else.
fn refuse_reserved(name: &str) -> Result<(), IssueError> {
    if [DIGESTS, PLACEHOLDER, HASH_CLAIM].contains(&name) {
        return Err(IssueError::NameReserved { name: name.to_owned() });
    }
    Ok(())
}

impl<T: Into<Value>> From<T> for Content {
    fn from(value: T) -> Self {
        Self::Whole(value.into())
    }
}

impl From<Claims> for Content {
    fn from(claims: Claims) -> Self {
        Self::Object(claims)
    }
}

impl core::fmt::Debug for Claims {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Claims([{} redacted])", self.members.len())
    }
}

impl core::fmt::Debug for Claim {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Claim([redacted])")
    }
}

impl core::fmt::Debug for Content {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Content([redacted])")
    }
}
