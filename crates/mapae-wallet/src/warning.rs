//! What a holder is told before it is too late: a document that ends, copies that run out.

use mapae_types::{Duration, Timestamp};
use serde::{Serialize, Serializer};

use crate::{
    Card, Format, HeldCopy,
    case::case,
    status::{CardStatus, StatusState},
};

/// Days before the end from which on a holder is told, the nearest first.
const TOLD: [i64; 3] = [7, 30, 90];
/// Copies that nobody has seen, at or below which a holder is told.
const FEW: usize = 2;

/// What a holder is told of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardWarning {
    /// It was revoked.
    Revoked,
    /// It has ended.
    Expired,
    /// It ends within so many days: 90, 30 or 7.
    ExpiresSoon {
        /// Within how many.
        days: i64,
    },
    /// Its copies have lived half of their lives: new ones are to be had (design D8).
    RefillDue,
    /// Few copies are left that nobody has seen.
    FewCopies {
        /// In which format.
        format: Format,
        /// How many.
        fresh: usize,
    },
    /// What was asked for is not all here.
    Unfinished,
}

impl Serialize for CardWarning {
    /// `{code, …}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of = |name| case("code", name, []);
        let told = match *self {
            Self::Revoked => of("revoked"),
            Self::Expired => of("expired"),
            Self::ExpiresSoon { days } => case("code", "expires_soon", [("days", days.into())]),
            Self::RefillDue => of("refill_due"),
            Self::FewCopies { format, fresh } => {
                case("code", "few_copies", [("format", format.name().into()), ("fresh", fresh.into())])
            }
            Self::Unfinished => of("unfinished"),
        };
        told.serialize(serializer)
    }
}

/// When copies of a card may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
}

/// What a holder is told of a card whose document ends at `ends`, and whose newest copies live for `copies`.
pub(crate) fn of_card(
    card: &Card,
    status: CardStatus,
    ends: Option<Timestamp>,
    copies: Option<Life>,
    now: Timestamp,
) -> Vec<CardWarning> {
    let mut told = Vec::new();
    told.extend((status.state == StatusState::Revoked).then_some(CardWarning::Revoked));
    told.extend((!card.is_complete()).then_some(CardWarning::Unfinished));
    told.extend(ends.or(copies.map(|life| life.until)).and_then(|ends| of_end(ends, now)));
    told.extend(copies.filter(|life| life.is_half_over(now)).map(|_| CardWarning::RefillDue));
    told.extend([Format::Mdoc, Format::SdJwt].into_iter().filter_map(|format| of_copies(card, format)));
    told
}

fn of_end(ends: Timestamp, now: Timestamp) -> Option<CardWarning> {
    if ends <= now {
        return Some(CardWarning::Expired);
    }
    let left = now.age_at(ends);
    let days = TOLD.into_iter().find(|days| left <= Duration::days(*days))?;
    Some(CardWarning::ExpiresSoon { days })
}

fn of_copies(card: &Card, format: Format) -> Option<CardWarning> {
    let is_of = |copy: &&HeldCopy| copy.format == format;
    let held = card.batches.iter().filter_map(|batch| batch.held());
    let copies: Vec<&HeldCopy> =
        held.filter(|held| !held.is_refused()).flat_map(|held| held.copies.iter().filter(is_of)).collect();
    let fresh = copies.iter().filter(|copy| copy.shown_to.is_empty()).count();
    (!copies.is_empty() && fresh <= FEW).then_some(CardWarning::FewCopies { format, fresh })
}

impl Life {
    fn is_half_over(self, now: Timestamp) -> bool {
        self.from.age_at(now).as_seconds().saturating_mul(2) >= self.from.age_at(self.until).as_seconds()
    }
}
