//! A person's wallet, which consents to everything.

use std::collections::BTreeMap;

use mapae_dcql::{ClaimPath, CredentialQuery, Selection};
use mapae_issue::Format;
use mapae_oid4vp::{HttpRequest, OAuthError, Request, TransactionData};
use mapae_types::{Entropy, Timestamp};

use crate::{
    Country, SandboxError,
    card::{Card, Copy},
    present::{Session, present},
};

/// A person with documents. It answers from many threads at once.
pub struct Pocket {
    country: Country,
    person: u64,
    cards: Vec<Card>,
}

/// What answers one credential query.
pub(crate) struct Part<'p> {
    pub(crate) query: &'p CredentialQuery,
    pub(crate) card: &'p Card,
    pub(crate) copy: &'p Copy,
    pub(crate) paths: Vec<ClaimPath>,
    /// What the holder authorises by it.
    pub(crate) transactions: Vec<&'p TransactionData>,
}

impl Pocket {
    pub(crate) const fn new(country: Country, person: u64, cards: Vec<Card>) -> Self {
        Self { country, person, cards }
    }

    /// Whose it is.
    pub const fn person(&self) -> u64 {
        self.person
    }

    /// The names of the documents in it.
    pub fn documents(&self) -> impl Iterator<Item = &str> {
        self.cards.iter().map(|card| card.name.as_str())
    }

    pub(crate) const fn country(&self) -> &Country {
        &self.country
    }

    /// The right answer: what the request must have and nothing else, everything authorised.
    pub fn answer(
        &self,
        request: &Request,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<HttpRequest, SandboxError> {
        self.answer_among(&Format::ALL, request, now, entropy)
    }

    /// The right answer in one format.
    pub fn answer_in(
        &self,
        format: Format,
        request: &Request,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<HttpRequest, SandboxError> {
        self.answer_among(&[format], request, now, entropy)
    }

    /// The answer that the person wants to show nothing.
    pub fn decline(&self, request: &Request, entropy: &mut dyn Entropy) -> Result<HttpRequest, SandboxError> {
        Ok(request.refuse(OAuthError::AccessDenied, entropy)?)
    }

    fn answer_among(
        &self,
        formats: &[Format],
        request: &Request,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<HttpRequest, SandboxError> {
        let session = Session::of(request, now);
        let mut shown = BTreeMap::new();
        for part in self.parts(formats, request)? {
            shown.insert(part.query.id().clone(), vec![part.present(&session)?]);
        }
        Ok(request.answer(shown, entropy)?)
    }

    /// What answers: the first option of each set that can be had (OpenID4VP 1.0 §6.4.2).
    pub(crate) fn parts<'p>(&'p self, formats: &[Format], request: &'p Request) -> Result<Vec<Part<'p>>, SandboxError> {
        let choice = request.query().choose(|query| self.find(formats, query).is_some())?;
        let parts = choice.required().iter().filter_map(|query| self.find(formats, query).map(|found| (*query, found)));
        let mut parts: Vec<Part<'p>> = parts.filter_map(|(query, found)| Part::of(query, found)).collect();
        // §5.1: one of the credentials that it names authorises a transaction.
        for transaction in request.transactions() {
            let names = |part: &&mut Part<'_>| transaction.credentials().contains(part.query.id());
            if let Some(part) = parts.iter_mut().find(names) {
                part.transactions.push(transaction);
            }
        }
        Ok(parts)
    }

    fn find(&self, formats: &[Format], query: &CredentialQuery) -> Option<(&Card, Format, Selection)> {
        let all = self.cards.iter().flat_map(|card| formats.iter().map(move |format| (card, *format)));
        let mut having = all.filter(|(card, format)| card.has(*format));
        having.find_map(|(card, format)| Some((card, format, card.select(format, query).ok()?)))
    }
}

impl<'p> Part<'p> {
    fn of(query: &'p CredentialQuery, (card, format, selection): (&'p Card, Format, Selection)) -> Option<Self> {
        let paths = selection.paths().cloned().collect();
        Some(Self { query, card, copy: card.copy(format)?, paths, transactions: Vec::new() })
    }

    pub(crate) fn present(&self, session: &Session) -> Result<mapae_oid4vp::Presentation, SandboxError> {
        present(self.copy, &self.copy.holder, &self.paths, session, &self.transactions)
    }
}

impl core::fmt::Debug for Pocket {
    /// Whose it is. Habits formed on sample people carry over to real ones.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pocket").field("person", &self.person).finish_non_exhaustive()
    }
}
