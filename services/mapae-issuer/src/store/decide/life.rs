//! Documents that begin, and what happens to them.

use mapae_document::{LifeEvent, LifeSlot, LifeState};
use mapae_types::{Pii, Timestamp};

use crate::{
    ids::DocumentId,
    store::{
        Application, Applied, Changed, DocumentRecord, OfferStage,
        rows::{Document, Owner},
        world::World,
    },
};

pub(super) fn apply(world: &mut World, application: &Application) -> Applied {
    let owner = Owner::new(&application.person, &application.name);
    if let Some(pending) = world.in_slot(&owner, LifeSlot::Pending) {
        return Applied::Pending(pending.record.clone());
    }
    let record = new(application);
    world.begin(Document { record: record.clone(), root: None });
    Applied::Done(record)
}

fn new(application: &Application) -> DocumentRecord {
    DocumentRecord {
        id: application.id,
        person: application.person.clone(),
        name: application.name.clone(),
        state: if application.identified { LifeState::Identified } else { LifeState::Applied },
        held: application.held,
        channel: application.channel,
        urgency: application.urgency,
        applied_at: application.at,
        changed_at: application.at,
        reason: None,
        offer: None,
        grant: None,
        device: None,
        activated_at: None,
        expires_at: None,
        refill_from: None,
    }
}

pub(super) fn change(
    world: &mut World,
    document: DocumentId,
    event: LifeEvent,
    reason: Option<&Pii<String>>,
    at: Timestamp,
) -> Changed {
    let Some(found) = world.documents.get(&document) else { return Changed::Unknown };
    let state = found.record.state;
    let Some(after) = state.after(event).filter(|_| may_be_asked_for(event)) else { return Changed::Not(state) };
    if event.revokes_copies() {
        world.revoke(document, at);
    }
    if after.slot().is_none() {
        end(world, document, at);
    }
    let Some(found) = world.documents.change(&document) else { return Changed::Unknown };
    found.record.state = after;
    found.record.changed_at = at;
    found.record.reason = reason.cloned();
    if event == LifeEvent::Resume {
        // Its copies were revoked, so the wallet has none (design D6).
        found.record.refill_from = None;
    }
    Changed::Done(found.record.clone())
}

/// The others come of an offer and of a commit.
const fn may_be_asked_for(event: LifeEvent) -> bool {
    use LifeEvent::{Expire, Identify, Resume, Revoke, Suspend};
    matches!(event, Identify | Suspend | Resume | Revoke | Expire)
}

/// Nothing that hangs on the document is good for anything any more.
pub(super) fn end(world: &mut World, document: DocumentId, at: Timestamp) {
    let Some(found) = world.documents.get(&document) else { return };
    let (root, offer) = (found.root, found.record.offer);
    world.retire(root, at);
    void(world, offer);
}

/// Voids an offer that is open.
pub(super) fn void(world: &mut World, offer: Option<crate::ids::OfferId>) {
    let open = offer.filter(|id| world.offers.get(id).is_some_and(|offer| offer.stage == OfferStage::Open));
    if let Some(offer) = open.and_then(|id| world.offers.change(&id)) {
        offer.stage = OfferStage::Void;
    }
}

pub(super) fn approve(world: &mut World, document: DocumentId, at: Timestamp) -> Changed {
    let Some(found) = world.documents.get(&document) else { return Changed::Unknown };
    if found.slot().is_none() {
        return Changed::Not(found.record.state);
    }
    let Some(found) = world.documents.change(&document) else { return Changed::Unknown };
    found.record.held = false;
    found.record.changed_at = at;
    Changed::Done(found.record.clone())
}
