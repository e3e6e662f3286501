//! Grants of refresh tokens and of authorization codes.

use mapae_document::{LifeEvent, LifeSlot, LifeState};
use mapae_types::{Duration, Timestamp};

use super::life;
use crate::{
    ids::DocumentId,
    store::{
        Application, Applied, Channel, Exchange, Exchanged, Grant, GrantKind, REPEAT, Refresh, Refreshed,
        rows::{GrantRow, Owner, SignIn, SignInStage},
        world::World,
    },
};

/// A root is kept until its document's end; no document lasts as long as this.
const ROOT_KEPT: Duration = Duration::days(20 * 366);

pub(super) fn kept_until(now: Timestamp) -> Timestamp {
    now + ROOT_KEPT
}

/// A root, which takes the place of the document's grants so far, and binds it to a device.
pub(super) fn give(world: &mut World, document: DocumentId, grant: GrantRow) -> Option<Grant> {
    let found = world.documents.change(&document)?;
    let before = found.root.replace(grant.id);
    found.record.grant = Some(grant.id);
    found.record.device = Some(grant.jkt);
    let given = grant.of(&found.record);
    world.retire(before, grant.at);
    world.grants.add(grant.id, grant);
    Some(given)
}

pub(super) fn refresh(world: &mut World, refresh: &Refresh) -> Refreshed {
    let Some(root) = world.grants.get(&refresh.root).filter(|root| root.id == root.root) else {
        return Refreshed::Unknown;
    };
    if root.jkt != refresh.jkt {
        return Refreshed::OtherKey;
    }
    let Some(document) = world.documents.get(&root.document) else { return Refreshed::Unknown };
    let record = &document.record;
    if !matches!(record.state, LifeState::Offered | LifeState::Active) {
        return Refreshed::Not(record.state);
    }
    if document.root != Some(root.id) {
        return Refreshed::Unknown;
    }
    let newest = record.grant.and_then(|newest| world.grants.get(&newest));
    let repeated = newest.filter(|newest| newest.kind == GrantKind::Refill && refresh.now <= newest.at + REPEAT);
    if let Some(repeated) = repeated {
        return Refreshed::Repeated(repeated.of(record));
    }
    if let Some(from) = record.refill_from.filter(|from| refresh.now < *from) {
        return Refreshed::TooSoon { from };
    }
    let grant = refill(root, refresh);
    let given = grant.of(record);
    if let Some(document) = world.documents.change(&grant.document) {
        document.record.grant = Some(grant.id);
    }
    world.grants.add(grant.id, grant);
    Refreshed::Done(given)
}

fn refill(root: &GrantRow, refresh: &Refresh) -> GrantRow {
    GrantRow {
        id: refresh.grant,
        root: root.id,
        document: root.document,
        jkt: root.jkt,
        client_id: root.client_id.clone(),
        copies: refresh.copies,
        kind: GrantKind::Refill,
        at: refresh.now,
        expires_at: refresh.expires_at,
        keep_until: refresh.expires_at,
    }
}

pub(super) fn exchange(world: &mut World, exchange: &Exchange) -> Exchanged {
    let signed_in = |sign_in: &&SignIn| sign_in.stage >= SignInStage::SignedIn;
    let Some(sign_in) = world.sign_ins.get(&exchange.id).filter(signed_in) else { return Exchanged::Unknown };
    if !is_as_pushed(sign_in, exchange) {
        return Exchanged::Mismatch;
    }
    if sign_in.stage == SignInStage::Exchanged {
        return repeated(world, sign_in, exchange);
    }
    if exchange.now > sign_in.expires_at {
        return Exchanged::Expired;
    }
    let Some(document) = offered(world, exchange) else { return Exchanged::Unknown };
    let Some(sign_in) = world.sign_ins.change(&exchange.id) else { return Exchanged::Unknown };
    sign_in.stage = SignInStage::Exchanged;
    sign_in.grant = Some(exchange.grant);
    let grant = GrantRow {
        id: exchange.grant,
        root: exchange.grant,
        document,
        jkt: exchange.jkt,
        client_id: Some(exchange.client_id.clone()),
        copies: exchange.copies,
        kind: GrantKind::Authorization,
        at: exchange.now,
        expires_at: exchange.expires_at,
        keep_until: kept_until(exchange.now),
    };
    give(world, document, grant).map_or(Exchanged::Unknown, Exchanged::Done)
}

/// RFC 6749 §4.1.3 for wallet and redirect URI, RFC 7636 §4.6 for the verifier, RFC 9449 §10 for the key.
fn is_as_pushed(sign_in: &SignIn, exchange: &Exchange) -> bool {
    let request = &sign_in.request;
    request.challenge == exchange.challenge
        && request.redirect_uri == exchange.redirect_uri
        && request.client_id == exchange.client_id
        && request.jkt.is_none_or(|jkt| jkt == exchange.jkt)
}

fn repeated(world: &World, sign_in: &SignIn, exchange: &Exchange) -> Exchanged {
    let again = || {
        let grant = world.grants.get(&sign_in.grant?)?;
        let document = world.documents.get(&grant.document)?;
        let newest = document.record.grant == Some(grant.id) && grant.jkt == exchange.jkt;
        (newest && exchange.now <= grant.at + REPEAT).then(|| grant.of(&document.record))
    };
    again().map_or(Exchanged::Used, Exchanged::Repeated)
}

/// The person's pending document, whoever began it, or a new one; offered to this wallet and to no other.
fn offered(world: &mut World, exchange: &Exchange) -> Option<DocumentId> {
    let sign_in = world.sign_ins.get(&exchange.id)?;
    let application = Application {
        id: exchange.document,
        person: sign_in.person.clone()?,
        name: sign_in.request.name.clone(),
        channel: Channel::SignIn,
        urgency: 0,
        identified: true,
        held: false,
        at: exchange.now,
    };
    let owner = Owner::new(&application.person, &application.name);
    let (Applied::Done(pending) | Applied::Pending(pending)) = life::apply(world, &application);
    life::void(world, world.in_slot(&owner, LifeSlot::Pending)?.record.offer);
    let document = world.documents.change(&pending.id)?;
    let identified = document.record.state.after(LifeEvent::Identify).unwrap_or(document.record.state);
    document.record.state = identified.after(LifeEvent::Offer)?;
    document.record.changed_at = exchange.now;
    document.record.offer = None;
    Some(pending.id)
}
