//! What becomes of a call, decided in memory on rows that are held: the same for both databases.

mod copies;
mod grants;
mod life;
mod offers;

use mapae_document::LifeEvent;
use mapae_types::{Pii, Timestamp};

use super::{
    Application, Applied, Changed, Committed, Deferral, Exchange, Exchanged, NewBatch, NewDeferred, NewOffer,
    NotificationEvent, Offered, Redeemed, Redemption, Refresh, Refreshed, StoredBatch,
    rows::Owner,
    world::{Needs, World},
};
use crate::ids::{BatchId, DocumentId};

/// A call.
#[derive(Debug)]
pub(super) enum Ask {
    Apply(Application),
    Offer(NewOffer),
    ApplyAndOffer(Application, NewOffer),
    Change(DocumentId, LifeEvent, Option<Pii<String>>, Timestamp),
    Approve(DocumentId, Timestamp),
    Redeem(Redemption),
    Refresh(Refresh),
    Exchange(Exchange),
    Commit(Box<NewBatch>),
    Defer(NewDeferred),
    Acknowledge(BatchId, NotificationEvent),
}

/// What comes of it.
#[derive(Debug)]
pub(super) enum Answer {
    Applied(Applied),
    Offered(Offered),
    Changed(Changed),
    Redeemed(Redeemed),
    Refreshed(Refreshed),
    Exchanged(Exchanged),
    Committed(Committed),
    Deferred(Deferral),
    Acknowledged(Option<StoredBatch>),
}

/// What was decided: an answer, or one that lacks a batch, which is read once all is written.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one")]
pub(super) enum Verdict {
    Answer(Answer),
    Same(BatchId),
    Acknowledged(BatchId),
}

impl Ask {
    /// What has to be held.
    pub(super) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Apply(application) => needs.owners.push(Owner::new(&application.person, &application.name)),
            Self::Offer(offer) => needs.documents.push(offer.document),
            Self::ApplyAndOffer(application, _) => {
                needs.owners.push(Owner::new(&application.person, &application.name));
            }
            Self::Change(document, ..) | Self::Approve(document, _) => needs.documents.push(*document),
            Self::Redeem(redemption) => needs.offers.push(redemption.offer),
            Self::Refresh(refresh) => needs.grants.push(refresh.root),
            Self::Exchange(exchange) => needs.sign_ins.push(exchange.id),
            Self::Commit(batch) => {
                needs.grants.push(batch.grant);
                needs.committing.push(batch.grant);
                needs.deferred.extend(batch.deferred);
                needs.nonces.extend(batch.nonce);
            }
            Self::Defer(deferred) => {
                needs.grants.push(deferred.grant);
                needs.deferring.push(deferred.grant);
                needs.nonces.push(deferred.nonce);
            }
            Self::Acknowledge(..) => {}
        }
        needs.newest |= !matches!(self, Self::Apply(_) | Self::Commit(_) | Self::Acknowledge(..));
    }

    /// What becomes of it.
    pub(super) fn decide(&self, world: &mut World) -> Verdict {
        Verdict::Answer(match self {
            Self::Apply(application) => Answer::Applied(life::apply(world, application)),
            Self::Offer(offer) => Answer::Offered(offers::offer(world, offer)),
            Self::ApplyAndOffer(application, offer) => {
                Answer::Offered(offers::apply_and_offer(world, application, offer))
            }
            Self::Change(document, event, reason, at) => {
                Answer::Changed(life::change(world, *document, *event, reason.as_ref(), *at))
            }
            Self::Approve(document, at) => Answer::Changed(life::approve(world, *document, *at)),
            Self::Redeem(redemption) => Answer::Redeemed(offers::redeem(world, redemption)),
            Self::Refresh(refresh) => Answer::Refreshed(grants::refresh(world, refresh)),
            Self::Exchange(exchange) => Answer::Exchanged(grants::exchange(world, exchange)),
            Self::Commit(batch) => return copies::commit(world, batch),
            Self::Defer(deferred) => Answer::Deferred(copies::defer(world, deferred)),
            Self::Acknowledge(batch, event) => {
                world.notify(*batch, *event);
                return Verdict::Acknowledged(*batch);
            }
        })
    }
}
