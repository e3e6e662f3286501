//! Offers that are made and redeemed.

use mapae_crypto::constant_time_eq;
use mapae_document::{LifeEvent, LifeSlot, LifeState};
use mapae_types::Timestamp;

use super::{grants, life};
use crate::{
    ids::DocumentId,
    store::{
        Application, Applied, GrantKind, NewOffer, OfferStage, Offered, REPEAT, Redeemed, Redemption, TX_CODE_TRIES,
        rows::{Document, GrantRow, Offer, Owner},
        world::World,
    },
};

pub(super) fn apply_and_offer(world: &mut World, application: &Application, new: &NewOffer) -> Offered {
    let owner = Owner::new(&application.person, &application.name);
    let document = match life::apply(world, application) {
        Applied::Done(record) | Applied::Pending(record) => record.id,
    };
    let Some(pending) = world.in_slot(&owner, LifeSlot::Pending) else { return Offered::Unknown };
    if let Some(standing) = standing(world, pending, new.at) {
        return standing;
    }
    if let Some(pending) = world.documents.change(&document) {
        pending.record.held |= application.held;
        if let Some(after) = pending.record.state.after(LifeEvent::Identify).filter(|_| application.identified) {
            pending.record.state = after;
        }
    }
    offer(world, &NewOffer { document, ..new.clone() })
}

pub(super) fn offer(world: &mut World, new: &NewOffer) -> Offered {
    let Some(document) = world.documents.get(&new.document) else { return Offered::Unknown };
    let state = document.record.state;
    let Some(after) = state.after(LifeEvent::Offer) else { return Offered::Not(state) };
    if let Some(standing) = standing(world, document, new.at) {
        return standing;
    }
    let Some(document) = world.documents.change(&new.document) else { return Offered::Unknown };
    document.record.state = after;
    document.record.changed_at = new.at;
    document.record.offer = Some(new.id);
    world.offers.add(new.id, Offer::from(new));
    Offered::Done
}

/// An offer that can be redeemed, or was and its grant is good.
fn standing(world: &World, document: &Document, at: Timestamp) -> Option<Offered> {
    let offer = world.offers.get(&document.record.offer?)?;
    let until = match offer.stage {
        OfferStage::Open => offer.expires_at,
        OfferStage::Redeemed => world.grants.get(&document.record.grant?)?.expires_at,
        OfferStage::Void => return None,
    };
    let stands = Offered::AlreadyOffered { document: document.record.id, offer: offer.id, expires_at: until };
    (at <= until).then_some(stands)
}

pub(super) fn redeem(world: &mut World, redemption: &Redemption) -> Redeemed {
    let Some(offer) = world.offers.get(&redemption.offer) else { return Redeemed::Unknown };
    let right = constant_time_eq(&offer.tx_code, &redemption.tx_code);
    match offer.stage {
        OfferStage::Void => return Redeemed::Void,
        OfferStage::Redeemed => return repeated(world, offer, redemption, right),
        OfferStage::Open => {}
    }
    if redemption.now > offer.expires_at {
        return Redeemed::Expired;
    }
    if !is_newest(world, offer) {
        return Redeemed::Void;
    }
    if right { grant(world, redemption) } else { wrong(world, redemption) }
}

/// Whether the document still waits for it.
fn is_newest(world: &World, offer: &Offer) -> bool {
    let document = world.documents.get(&offer.document);
    document
        .is_some_and(|document| document.record.offer == Some(offer.id) && document.record.state == LifeState::Offered)
}

/// The answer got lost, and the same phone asks again (design D10); anybody else is too late.
fn repeated(world: &World, offer: &Offer, redemption: &Redemption, right: bool) -> Redeemed {
    let again = || {
        let document = world.documents.get(&offer.document)?;
        let grant = world.grants.get(&document.record.grant?)?;
        let same = document.record.offer == Some(offer.id) && grant.jkt == redemption.jkt;
        let soon = redemption.now <= grant.at + REPEAT && grant.kind == GrantKind::PreAuthorized;
        (right && same && soon).then(|| grant.of(&document.record))
    };
    again().map_or(Redeemed::Used, Redeemed::Repeated)
}

fn wrong(world: &mut World, redemption: &Redemption) -> Redeemed {
    let Some(offer) = world.offers.change(&redemption.offer) else { return Redeemed::Unknown };
    offer.wrong += 1;
    let left = TX_CODE_TRIES.saturating_sub(offer.wrong);
    if left == 0 {
        offer.stage = OfferStage::Void;
    }
    Redeemed::WrongTxCode { left }
}

fn grant(world: &mut World, redemption: &Redemption) -> Redeemed {
    let Some(offer) = world.offers.change(&redemption.offer) else { return Redeemed::Unknown };
    offer.stage = OfferStage::Redeemed;
    let grant = GrantRow {
        id: redemption.grant,
        root: redemption.grant,
        document: offer.document,
        jkt: redemption.jkt,
        client_id: redemption.client_id.clone(),
        copies: offer.copies,
        kind: GrantKind::PreAuthorized,
        at: redemption.now,
        expires_at: redemption.expires_at,
        keep_until: grants::kept_until(redemption.now),
    };
    let document: DocumentId = offer.document;
    grants::give(world, document, grant).map_or(Redeemed::Unknown, Redeemed::Done)
}
