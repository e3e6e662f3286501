//! What is asked for, and the ways to answer.

use std::sync::Arc;

use mapae_dcql::{CredentialQuery, CredentialSetQuery, DcqlQuery, Wanted};
use mapae_document::Catalogue;
use mapae_oid4vp::TransactionData;
use mapae_trust::TrustStore;
use mapae_types::Timestamp;

use super::{Holding, Part, Place, distinct};
use crate::{AskView, Card, CardId, ElementView, Format, OptionView, sorted::Sorted};

/// Ways to answer one thing that are offered; more would be no choice but a riddle.
const WAYS: usize = 16;

/// The ways to answer a request.
pub(crate) struct Choices {
    pub(crate) asks: Vec<Ask>,
}

/// One thing that is asked for.
pub(crate) struct Ask {
    pub(crate) required: bool,
    /// The way that says least first.
    pub(crate) ways: Vec<Way>,
}

/// One way to answer: a part for each credential query.
type Way = Vec<Arc<Part>>;
/// What answers each credential query, found once however often the request names it.
type Parts<'q> = Sorted<&'q str, Vec<Arc<Part>>>;

/// Something that must be answered cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nothing {
    /// What comes nearest.
    pub(crate) place: Place,
}

/// What there is to choose from.
pub(crate) struct Shelf<'w> {
    pub(crate) cards: &'w Sorted<CardId, Card>,
    pub(crate) trust: Option<&'w TrustStore>,
    pub(crate) catalogue: Option<&'w Arc<Catalogue>>,
}

impl Choices {
    /// What of the wallet answers a query of `them`, and authorises the transactions.
    pub(crate) fn find(
        shelf: &Shelf<'_>,
        (query, transactions): (&DcqlQuery, &[TransactionData]),
        them: &str,
        now: Timestamp,
    ) -> Result<Self, Nothing> {
        let holdings = shelf.holdings(them, now);
        let mut found = Parts::default();
        for one in query.credentials() {
            found.insert(one.id().as_str(), parts(one, &holdings));
        }
        let mut asks: Vec<Ask> = match query.credential_sets() {
            [] => found_in_order(query, &found).map(Ask::of_credential).collect(),
            sets => sets.iter().map(|set| Ask::of_set(set, &found)).collect(),
        };
        let authorises = transactions.iter().all(|one| authorise(&mut asks, one));
        if !authorises || asks.iter().any(|ask| ask.required && ask.ways.is_empty()) {
            return Err(Nothing { place: nearest(query, &holdings) });
        }
        Ok(Self { asks: asks.into_iter().filter(|ask| !ask.ways.is_empty()).collect() })
    }

    /// What people read of it.
    pub(crate) fn view(&self) -> Vec<AskView> {
        self.asks.iter().map(Ask::view).collect()
    }
}

/// A card in a format: what it has to show, or why it has nothing.
type Found = (Format, String, Result<Arc<Holding>, Place>);

impl Shelf<'_> {
    fn holdings(&self, them: &str, now: Timestamp) -> Vec<Found> {
        let mut found = Vec::new();
        for (id, card) in self.cards.iter() {
            for format in [Format::Mdoc, Format::SdJwt] {
                let holding = Holding::of((id, card), format, (self.trust, self.catalogue), them, now);
                found.push((format, kind(card, format), holding.map(Arc::new)));
            }
        }
        // Of two cards that say the same, the newer is taken.
        found.sort_by_key(|(.., holding)| core::cmp::Reverse(holding.as_ref().ok().map(|holding| holding.begun_at)));
        found
    }
}

/// The type of a card's documents in a format, as it was asked for.
fn kind(card: &Card, format: Format) -> String {
    let of_format = |held: &crate::card::Held| held.copies.iter().any(|copy| copy.format == format);
    let batch = card.batches.iter().find(|batch| batch.held().is_some_and(of_format));
    batch.map(|batch| batch.document_type.clone()).unwrap_or_default()
}

impl Ask {
    fn of_credential(parts: &[Arc<Part>]) -> Self {
        let ways = parts.iter().map(|part| vec![Arc::clone(part)]).collect();
        Self { required: true, ways: least_first(ways) }
    }

    fn of_set(set: &CredentialSetQuery, found: &Parts<'_>) -> Self {
        let mut ways = Vec::new();
        for option in set.options() {
            let parts = option.iter().filter_map(|id| found.get(id.as_str()));
            ways.extend(parts.fold(vec![Vec::new()], |ways, parts| with_each(&ways, parts)));
        }
        Self { required: set.required(), ways: least_first(ways) }
    }

    fn view(&self) -> AskView {
        let is_least = |element: &ElementView| {
            let least = self.ways.first().into_iter().flatten().flat_map(|part| &part.elements);
            self.required && least.into_iter().any(|other| other.label == element.label)
        };
        let option = |way: &Way| OptionView {
            documents: way.iter().map(|part| part.view(|element| !is_least(element))).collect(),
        };
        AskView { required: self.required, options: self.ways.iter().map(option).collect() }
    }
}

/// Leaves of something that is asked for only the ways that authorise a transaction, of what is required if that will do.
/// Without such a way nothing authorises it.
fn authorise(asks: &mut [Ask], transaction: &TransactionData) -> bool {
    let does = |way: &Way| way.iter().any(|part| part.authorises(transaction));
    let able = asks.iter_mut().filter(|ask| ask.ways.iter().any(does));
    let Some(ask) = able.min_by_key(|ask| !ask.required) else { return false };
    ask.ways.retain(does);
    ask.required = true;
    true
}

fn found_in_order<'p>(query: &'p DcqlQuery, found: &'p Parts<'p>) -> impl Iterator<Item = &'p [Arc<Part>]> {
    query.credentials().iter().map(|one| found.get(one.id().as_str()).map(Vec::as_slice).unwrap_or_default())
}

fn parts(query: &CredentialQuery, holdings: &[Found]) -> Vec<Arc<Part>> {
    let copies = holdings.iter().filter_map(|(.., holding)| holding.as_ref().ok());
    let mut parts: Vec<Arc<Part>> = copies.flat_map(|holding| Part::all(query, holding)).map(Arc::new).collect();
    // Two claim sets may come to the same.
    distinct(&mut parts, |a, b| a.holding.key.handle == b.holding.key.handle && a.paths == b.paths);
    parts.sort_by_key(|part| part.cost());
    parts.truncate(WAYS);
    parts
}

fn with_each(ways: &[Way], parts: &[Arc<Part>]) -> Vec<Way> {
    let with = |way: &Way, part: &Arc<Part>| way.iter().chain([part]).cloned().collect();
    ways.iter().flat_map(|way| parts.iter().map(move |part| with(way, part))).take(WAYS).collect()
}

/// The sort is stable: the verifier's order of preference decides between ways that say equally much.
fn least_first(mut ways: Vec<Way>) -> Vec<Way> {
    distinct(&mut ways, |a, b| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b)));
    ways.sort_by_key(|way| {
        let costs = || way.iter().map(|part| part.cost());
        (costs().map(|(weight, _)| weight).sum::<u32>(), costs().map(|(_, state)| state).max())
    });
    ways.truncate(WAYS);
    ways
}

/// The best reason why nothing answers: a document of the right kind that cannot be shown at this time.
fn nearest(query: &DcqlQuery, holdings: &[Found]) -> Place {
    let asked = |format: Format, kind: &str| {
        query.credentials().iter().any(|query| match (query.wanted(), format) {
            (Wanted::Mdoc { doctype }, Format::Mdoc) => doctype == kind,
            (Wanted::SdJwtVc { vct_values }, Format::SdJwt) => vct_values.iter().any(|vct| vct == kind),
            _ => false,
        })
    };
    let near = holdings.iter().filter(|(format, kind, _)| asked(*format, kind));
    near.filter_map(|(.., holding)| holding.as_ref().err().copied()).max().unwrap_or(Place::Nowhere)
}
