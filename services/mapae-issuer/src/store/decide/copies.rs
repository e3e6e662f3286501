//! Batches that are committed, and requests that wait.

use mapae_document::{LifeEvent, LifeSlot, LifeState};

use super::{Answer, Verdict, life};
use crate::{
    ids::{DocumentId, GrantId},
    store::{
        Committed, Deferral, Deferred, DeferredState, NewBatch, NewDeferred,
        rows::{BatchRow, DeferredRow, Document, GrantRow},
        world::World,
    },
};

pub(super) fn commit(world: &mut World, batch: &NewBatch) -> Verdict {
    let made = world.made(batch.grant);
    let same = made.iter().find(|made| made.configuration == batch.configuration && made.keys == Some(batch.keys));
    if let Some(same) = same {
        return Verdict::Same(same.id);
    }
    Verdict::Answer(Answer::Committed(match refusal(world, batch) {
        Err(refused) => refused,
        Ok(document) => Committed::Done { replaced: stand(world, batch, document) },
    }))
}

/// Everything that speaks against it; otherwise its document. The last check uses the nonce up.
fn refusal(world: &mut World, batch: &NewBatch) -> Result<DocumentId, Committed> {
    let (grant, document) = asking(world, batch.grant).ok_or(Committed::Unknown)?;
    let id = document.record.id;
    match standing(grant, document, batch.at) {
        Standing::Good if document.record.held => return Err(Committed::Held),
        Standing::Good => {}
        Standing::Expired => return Err(Committed::Unknown),
        Standing::Not(state) => return Err(Committed::NotAllowed(state)),
        Standing::Superseded => return Err(Committed::Superseded),
    }
    if let Some(deferred) = &batch.deferred {
        let waiting = world.deferred.get(deferred).ok_or(Committed::Unknown)?;
        if waiting.deferred.state != DeferredState::Waiting {
            return Err(Committed::Settled(waiting.deferred.state));
        }
    }
    let left = left(world, grant, &batch.configuration);
    if batch.numbers.end.saturating_sub(batch.numbers.start) > left.into() {
        return Err(Committed::LimitReached { left });
    }
    if batch.nonce.is_some_and(|nonce| !world.spend(nonce)) { Err(Committed::NonceUsed) } else { Ok(id) }
}

/// Writes it, with all that comes of it; the document that it replaces.
fn stand(world: &mut World, batch: &NewBatch, id: DocumentId) -> Option<DocumentId> {
    let replaced = world.documents.get(&id).and_then(|document| other_device(world, document));
    if let Some(other) = replaced {
        world.revoke(other, batch.at);
        life::end(world, other, batch.at);
        if let Some(other) = world.documents.change(&other) {
            other.record.state = LifeState::Replaced;
            other.record.changed_at = batch.at;
        }
    }
    if let Some(document) = world.documents.change(&id) {
        activate(document, batch);
    }
    if let Some(waiting) = batch.deferred.and_then(|deferred| world.deferred.change(&deferred)) {
        waiting.deferred.state = DeferredState::Issued(batch.id);
    }
    world.make(BatchRow { document: id, new: batch.clone(), revoked_at: None });
    replaced
}

/// Design D9: the one that the person's other device has.
fn other_device(world: &World, document: &Document) -> Option<DocumentId> {
    document.record.state.after(LifeEvent::Activate)?;
    Some(world.in_slot(&document.owner(), LifeSlot::Live)?.record.id)
}

fn activate(document: &mut Document, batch: &NewBatch) {
    let record = &mut document.record;
    if let Some(active) = record.state.after(LifeEvent::Activate) {
        record.state = active;
        record.changed_at = batch.at;
        record.activated_at = Some(batch.at);
    }
    record.expires_at = Some(batch.document_expires_at);
    record.refill_from = Some(batch.refill_from);
}

enum Standing {
    Good,
    Expired,
    Not(LifeState),
    Superseded,
}

fn asking(world: &World, grant: GrantId) -> Option<(&GrantRow, &Document)> {
    let grant = world.grants.get(&grant)?;
    Some((grant, world.documents.get(&grant.document)?))
}

fn standing(grant: &GrantRow, document: &Document, now: mapae_types::Timestamp) -> Standing {
    let record = &document.record;
    if now > grant.expires_at {
        Standing::Expired
    } else if !matches!(record.state, LifeState::Offered | LifeState::Active) {
        Standing::Not(record.state)
    } else if record.grant == Some(grant.id) {
        Standing::Good
    } else {
        Standing::Superseded
    }
}

fn left(world: &World, grant: &GrantRow, configuration: &str) -> u32 {
    let made = world.made(grant.id).iter().filter(|made| made.configuration == configuration);
    made.fold(grant.copies, |left, made| left.saturating_sub(made.copies))
}

pub(super) fn defer(world: &mut World, new: &NewDeferred) -> Deferral {
    let same = |row: &&DeferredRow| {
        row.deferred.grant == new.grant && row.deferred.configuration == new.configuration && row.keys == new.keys
    };
    if let Some(same) = world.deferred.values().find(same) {
        return Deferral::Same(same.id());
    }
    let Some((grant, document)) = asking(world, new.grant) else { return Deferral::Unknown };
    match standing(grant, document, new.at) {
        Standing::Good => {}
        Standing::Expired => return Deferral::Unknown,
        Standing::Not(state) => return Deferral::NotAllowed(state),
        Standing::Superseded => return Deferral::Superseded,
    }
    if !world.spend(new.nonce) {
        return Deferral::NonceUsed;
    }
    let deferred = Deferred {
        id: new.id,
        grant: new.grant,
        configuration: new.configuration.clone(),
        request: new.request.clone(),
        at: new.at,
        state: DeferredState::Waiting,
    };
    world.deferred.add(new.id, DeferredRow { deferred, keys: new.keys });
    Deferral::Done
}
