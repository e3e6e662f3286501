//! Requests that are answered later, once.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_document::{LifeEvent, LifeState};
use mapae_issuer::store::{
    Application, Committed, Deferral, DeferredState, Grant, IssuerStore, NewBatch, NewDeferred, Refresh, Refreshed,
    Swap,
};
use mapae_types::Duration;

use super::{
    people::{
        CONFIGURATION, active, after, application, batch, deferral, done, fresh, fresh_hash, granted, nonce,
        offered_as, redemption, refresh,
    },
    places::{Place, on_both},
};

on_both!(
    a_request_waits_for_an_approval,
    the_same_request_waits_once,
    a_deferral_uses_its_nonce_up,
    a_request_is_settled_once,
    a_refused_request_gets_no_copies,
    an_ended_document_defers_nothing,
    an_approval_after_the_token_is_met_by_a_new_one,
);

async fn held(store: &impl IssuerStore, number: u64) -> Grant {
    let (_, offer) = offered_as(store, &Application { held: true, ..application(number) }).await;
    done(store.redeem(&redemption(&offer)).await.unwrap())
}

async fn a_request_waits_for_an_approval(place: impl Place) {
    let store = place.store().await;
    let grant = held(&store, 1).await;
    let new = deferral(&grant);
    assert_eq!(store.defer(&new).await.unwrap(), Deferral::Done);
    let waiting = store.deferred(new.id).await.unwrap().unwrap();
    assert_eq!((waiting.state, waiting.grant, waiting.at), (DeferredState::Waiting, grant.id, new.at));
    assert_eq!((&*waiting.configuration, &waiting.request), (CONFIGURATION, &new.request));
    let settling = NewBatch { deferred: Some(new.id), nonce: None, ..batch(&store, &grant, 1).await };
    assert_eq!(store.commit(settling.clone()).await.unwrap(), Committed::Held);
    store.approve(grant.document, after(40)).await.unwrap();
    assert_eq!(store.commit(settling.clone()).await.unwrap(), Committed::Done { replaced: None });
    assert_eq!(store.deferred(new.id).await.unwrap().unwrap().state, DeferredState::Issued(settling.id));
    assert_eq!(store.deferred(fresh()).await.unwrap(), None);
}

async fn the_same_request_waits_once(place: impl Place) {
    let store = place.store().await;
    let grant = held(&store, 1).await;
    let first = deferral(&grant);
    store.defer(&first).await.unwrap();
    let again = NewDeferred { id: fresh(), ..first.clone() };
    assert_eq!(store.defer(&again).await.unwrap(), Deferral::Same(first.id));
    let other = NewDeferred { id: fresh(), keys: fresh_hash(), nonce: nonce(), ..first };
    assert_eq!(store.defer(&other).await.unwrap(), Deferral::Done);
}

async fn a_deferral_uses_its_nonce_up(place: impl Place) {
    let store = place.store().await;
    let (first, second) = (held(&store, 1).await, granted(&store, 2).await);
    let new = deferral(&first);
    store.defer(&new).await.unwrap();
    let stolen = NewBatch { nonce: Some(new.nonce), ..batch(&store, &second, 1).await };
    assert_eq!(store.commit(stolen.clone()).await.unwrap(), Committed::NonceUsed);
    let used = NewBatch { nonce: Some(nonce()), ..stolen };
    store.commit(used.clone()).await.unwrap();
    let late = NewDeferred { nonce: used.nonce.unwrap(), ..deferral(&first) };
    assert_eq!(store.defer(&late).await.unwrap(), Deferral::NonceUsed);
    assert_eq!(store.deferred(late.id).await.unwrap(), None);
}

async fn a_request_is_settled_once(place: impl Place) {
    let store = place.store().await;
    let grant = granted(&store, 1).await;
    let new = deferral(&grant);
    store.defer(&new).await.unwrap();
    let first = NewBatch { deferred: Some(new.id), nonce: None, ..batch(&store, &grant, 1).await };
    assert_eq!(store.commit(first.clone()).await.unwrap(), Committed::Done { replaced: None });
    let second = NewBatch { deferred: Some(new.id), nonce: None, ..batch(&store, &grant, 1).await };
    let settled = Committed::Settled(DeferredState::Issued(first.id));
    assert_eq!(store.commit(second).await.unwrap(), settled);
    assert_eq!(store.refuse_deferred(new.id).await.unwrap(), Swap::Lost);
    assert_eq!(store.deferred(new.id).await.unwrap().unwrap().state, DeferredState::Issued(first.id));
    // A retry of the one that settled it meets its own commit.
    let retry = NewBatch { id: fresh(), ..first };
    assert!(matches!(store.commit(retry).await.unwrap(), Committed::Same(_)));
}

async fn a_refused_request_gets_no_copies(place: impl Place) {
    let store = place.store().await;
    let grant = granted(&store, 1).await;
    let new = deferral(&grant);
    store.defer(&new).await.unwrap();
    assert_eq!(store.refuse_deferred(new.id).await.unwrap(), Swap::Done);
    assert_eq!(store.refuse_deferred(new.id).await.unwrap(), Swap::Lost);
    let late = NewBatch { deferred: Some(new.id), nonce: None, ..batch(&store, &grant, 1).await };
    assert_eq!(store.commit(late.clone()).await.unwrap(), Committed::Settled(DeferredState::Refused));
    let unknown = NewBatch { deferred: Some(fresh()), ..late };
    assert_eq!(store.commit(unknown).await.unwrap(), Committed::Unknown);
}

async fn an_ended_document_defers_nothing(place: impl Place) {
    let store = place.store().await;
    let (grant, _) = active(&store, 1).await;
    store.change(grant.document, LifeEvent::Revoke, None, after(15)).await.unwrap();
    assert_eq!(store.defer(&deferral(&grant)).await.unwrap(), Deferral::NotAllowed(LifeState::Revoked));
    let late = NewDeferred { at: grant.expires_at + Duration::seconds(1), ..deferral(&grant) };
    assert_eq!(store.defer(&late).await.unwrap(), Deferral::Unknown);
}

/// The approval came after days: the wallet polls with a token that it got for its refresh token.
async fn an_approval_after_the_token_is_met_by_a_new_one(place: impl Place) {
    let store = place.store().await;
    let grant = held(&store, 1).await;
    let new = deferral(&grant);
    store.defer(&new).await.unwrap();
    let asked = Refresh { now: after(86_400), ..refresh(&grant) };
    let Refreshed::Done(refill) = store.refresh(&asked).await.unwrap() else { panic!() };
    store.approve(grant.document, after(86_500)).await.unwrap();
    let settling = NewBatch { deferred: Some(new.id), nonce: None, ..batch(&store, &refill, 1).await };
    assert_eq!(store.commit(settling).await.unwrap(), Committed::Done { replaced: None });
}
