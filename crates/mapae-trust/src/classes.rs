//! Classes of use: how old evidence may be depends on what hangs on the check (design D14).

use mapae_types::{Duration, UseClass};

use crate::{BundleError, Freshness};

/// More classes than any policy has.
const LIMIT: usize = 64;

/// The classes of a bundle with their ages, in its signer's order. The first is that of a use that names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classes(Vec<(UseClass, Freshness)>);

impl Classes {
    /// At least one class, none twice.
    pub fn new(classes: Vec<(UseClass, Freshness)>) -> Result<Self, BundleError> {
        let mut names: Vec<&UseClass> = classes.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        if classes.is_empty() || classes.len() > LIMIT || names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(BundleError::Classes);
        }
        Ok(Self(classes))
    }

    /// The policy to start from, in the words of eIDAS for levels of assurance. All are fresh for a day.
    ///
    /// | class | usable for | for instance |
    /// |---|---|---|
    /// | `low` | 35 days | an age or a membership, with a look at the face |
    /// | `substantial` | 7 days | an account, a contract |
    /// | `high` | 1 day | a log-in that acts for the state; longer only under a continuity order |
    pub fn standard() -> Result<Self, BundleError> {
        let class = |name: &str, usable_for| {
            let name = name.parse().map_err(|_| BundleError::Classes)?;
            Freshness::new(Duration::hours(24), usable_for).map(|freshness| (name, freshness))
        };
        Self::new(vec![
            class("low", Duration::days(35))?,
            class("substantial", Duration::days(7))?,
            class("high", Duration::days(1))?,
        ])
    }

    /// The same with other ages for a class, which is added at the end if it is new.
    pub fn with(mut self, name: UseClass, freshness: Freshness) -> Result<Self, BundleError> {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(class) => class.1 = freshness,
            None => self.0.push((name, freshness)),
        }
        Self::new(self.0)
    }

    /// The ages for a class, or for a use that names none; nothing for a class that the bundle does not know.
    pub fn freshness(&self, class: Option<&UseClass>) -> Option<Freshness> {
        let found = match class {
            Some(class) => self.0.iter().find(|(name, _)| name == class),
            None => self.0.first(),
        };
        found.map(|(_, freshness)| *freshness)
    }

    /// The classes in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&UseClass, &Freshness)> {
        self.0.iter().map(|(name, freshness)| (name, freshness))
    }
}
