//! Batches of copies: committed once, found again, of one device.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_document::{LifeEvent, LifeState};
use mapae_issuer::store::{
    Application, Committed, IssuerStore, NewBatch, NotificationEvent, Party, Redemption, StoreError, UsedNonce,
};

use super::{
    people::{
        COPIES, OTHER_PHONE, active, after, application, batch, document, done, fresh, fresh_hash, granted, offered,
        offered_as, redemption,
    },
    places::{Place, on_both},
};

on_both!(
    numbers_are_given_once,
    the_first_batch_activates_the_document,
    a_batch_is_kept_as_it_was_made,
    a_retry_meets_its_own_commit,
    a_nonce_is_good_once,
    a_grant_is_good_for_so_many_copies_of_each_configuration,
    a_document_that_ended_gets_no_copies,
    a_held_document_gets_no_copies,
    another_device_replaces_the_document_and_its_copies,
    a_suspended_document_is_replaced_too,
    numbers_of_others_are_refused,
    an_uneven_batch_is_refused,
    what_the_wallet_says_is_kept,
);

async fn numbers_are_given_once(place: impl Place) {
    let (store, other) = (place.store().await, place.store().await);
    assert_eq!(store.reserve_numbers(10).await.unwrap(), 0..10);
    assert_eq!(other.reserve_numbers(4096).await.unwrap(), 10..4106);
    assert_eq!(store.reserve_numbers(1).await.unwrap(), 4106..4107);
}

async fn the_first_batch_activates_the_document(place: impl Place) {
    let store = place.store().await;
    let (grant, batch) = active(&store, 1).await;
    let document = document(&store, &grant).await;
    assert_eq!((document.state, document.changed_at), (LifeState::Active, batch.at));
    assert_eq!(document.activated_at, Some(batch.at));
    assert_eq!(document.expires_at, Some(batch.document_expires_at));
    assert_eq!(document.refill_from, Some(batch.refill_from));
    let second =
        NewBatch { configuration: "resident-sd-jwt".to_owned(), ..super::people::batch(&store, &grant, 10).await };
    let second = NewBatch { at: after(100), ..second };
    assert_eq!(store.commit(second).await.unwrap(), Committed::Done { replaced: None });
    let now = super::people::document(&store, &grant).await;
    assert_eq!((now.activated_at, now.changed_at), (Some(batch.at), batch.at));
}

async fn a_batch_is_kept_as_it_was_made(place: impl Place) {
    let store = place.store().await;
    let (grant, batch) = active(&store, 1).await;
    let stored = store.batch(batch.id).await.unwrap().unwrap();
    assert_eq!(store.batches(grant.document).await.unwrap(), std::slice::from_ref(&stored));
    assert_eq!(
        (stored.document, stored.grant, &stored.configuration),
        (grant.document, grant.id, &batch.configuration)
    );
    assert_eq!((stored.keys, stored.seed), (Some(batch.keys), Some(batch.seed)));
    assert_eq!((&stored.thumbprints, &stored.hashes), (&batch.thumbprints, &batch.hashes));
    assert_eq!((&stored.numbers, stored.revision, &stored.memo), (&batch.numbers, batch.revision, &batch.memo));
    assert_eq!((stored.valid_until, stored.at), (batch.valid_until, batch.at));
    assert_eq!((stored.notified, stored.revoked), (None, false));
    assert_eq!(store.batch(fresh()).await.unwrap(), None);
}

async fn a_retry_meets_its_own_commit(place: impl Place) {
    let store = place.store().await;
    let (grant, first) = active(&store, 1).await;
    let stored = store.batch(first.id).await.unwrap().unwrap();
    let retry = NewBatch { id: fresh(), seed: fresh_hash(), ..first.clone() };
    let retry = NewBatch { numbers: store.reserve_numbers(COPIES).await.unwrap(), ..retry };
    assert_eq!(store.commit(retry.clone()).await.unwrap(), Committed::Same(Box::new(stored.clone())));
    // Also once another nonce came with it, and once the document lost its copies.
    let other = UsedNonce { hash: fresh_hash(), expires_at: after(300) };
    store.change(grant.document, LifeEvent::Suspend, None, after(30)).await.unwrap();
    let again = store.commit(NewBatch { nonce: Some(other), ..retry.clone() }).await.unwrap();
    let Committed::Same(again) = again else { panic!("{again:?}") };
    assert_eq!((again.id, again.revoked), (stored.id, true));
    // Another key set is another request.
    let fresh_keys = NewBatch { keys: fresh_hash(), ..retry };
    assert_eq!(store.commit(fresh_keys).await.unwrap(), Committed::NotAllowed(LifeState::Suspended));
}

async fn a_nonce_is_good_once(place: impl Place) {
    let store = place.store().await;
    let (_, used) = active(&store, 1).await;
    let grant = granted(&store, 2).await;
    let stolen = NewBatch { nonce: used.nonce, ..batch(&store, &grant, COPIES).await };
    assert_eq!(store.commit(stolen.clone()).await.unwrap(), Committed::NonceUsed);
    assert_eq!(document(&store, &grant).await.state, LifeState::Offered);
    assert!(store.batches(grant.document).await.unwrap().is_empty());
    let own = NewBatch { nonce: Some(super::people::nonce()), ..stolen };
    assert_eq!(store.commit(own).await.unwrap(), Committed::Done { replaced: None });
}

async fn a_grant_is_good_for_so_many_copies_of_each_configuration(place: impl Place) {
    let store = place.store().await;
    let grant = granted(&store, 1).await;
    let seven = batch(&store, &grant, 7).await;
    assert_eq!(store.commit(seven).await.unwrap(), Committed::Done { replaced: None });
    let four = batch(&store, &grant, 4).await;
    let spared = four.nonce;
    assert_eq!(store.commit(four).await.unwrap(), Committed::LimitReached { left: 3 });
    // What is refused uses nothing up.
    let three = NewBatch { nonce: spared, ..batch(&store, &grant, 3).await };
    assert_eq!(store.commit(three).await.unwrap(), Committed::Done { replaced: None });
    let one = batch(&store, &grant, 1).await;
    assert_eq!(store.commit(one.clone()).await.unwrap(), Committed::LimitReached { left: 0 });
    let other = NewBatch { configuration: "resident-sd-jwt".to_owned(), ..one };
    assert_eq!(store.commit(other).await.unwrap(), Committed::Done { replaced: None });
}

async fn a_document_that_ended_gets_no_copies(place: impl Place) {
    let store = place.store().await;
    for (number, event, state) in
        [(1, LifeEvent::Revoke, LifeState::Revoked), (2, LifeEvent::Expire, LifeState::Expired)]
    {
        let (grant, _) = active(&store, number).await;
        store.change(grant.document, event, None, after(30)).await.unwrap();
        let more = NewBatch { configuration: "resident-sd-jwt".to_owned(), ..batch(&store, &grant, 1).await };
        assert_eq!(store.commit(more).await.unwrap(), Committed::NotAllowed(state));
    }
    let grant = granted(&store, 3).await;
    let unknown = NewBatch { grant: fresh(), ..batch(&store, &grant, 1).await };
    assert_eq!(store.commit(unknown).await.unwrap(), Committed::Unknown);
}

async fn a_held_document_gets_no_copies(place: impl Place) {
    let store = place.store().await;
    let (_, offer) = offered_as(&store, &Application { held: true, ..application(1) }).await;
    let grant = done(store.redeem(&redemption(&offer)).await.unwrap());
    let batch = batch(&store, &grant, COPIES).await;
    assert_eq!(store.commit(batch.clone()).await.unwrap(), Committed::Held);
    store.approve(grant.document, after(30)).await.unwrap();
    assert_eq!(store.commit(batch).await.unwrap(), Committed::Done { replaced: None });
}

/// Design D9.
async fn another_device_replaces_the_document_and_its_copies(place: impl Place) {
    let store = place.store().await;
    let (old, first) = active(&store, 1).await;
    let second = NewBatch { configuration: "resident-sd-jwt".to_owned(), ..batch(&store, &old, 2).await };
    store.commit(second.clone()).await.unwrap();
    let (bystander, _) = active(&store, 2).await;
    let (_, offer) = offered(&store, 1).await;
    let new = done(store.redeem(&Redemption { jkt: OTHER_PHONE, ..redemption(&offer) }).await.unwrap());
    // Until it has copies, the old one is good.
    assert_eq!(document(&store, &old).await.state, LifeState::Active);
    let third = batch(&store, &new, COPIES).await;
    assert_eq!(store.commit(third).await.unwrap(), Committed::Done { replaced: Some(old.document) });
    assert_eq!(document(&store, &old).await.state, LifeState::Replaced);
    assert_eq!(document(&store, &new).await.state, LifeState::Active);
    assert_eq!(document(&store, &bystander).await.state, LifeState::Active);
    let revoked: Vec<_> = store.revoked(0, 10).await.unwrap().into_iter().map(|one| one.numbers).collect();
    assert_eq!(revoked.len(), 2);
    assert!(revoked.contains(&first.numbers) && revoked.contains(&second.numbers));
    let late = batch(&store, &old, 1).await;
    assert_eq!(store.commit(late).await.unwrap(), Committed::NotAllowed(LifeState::Replaced));
}

async fn a_suspended_document_is_replaced_too(place: impl Place) {
    let store = place.store().await;
    let (old, _) = active(&store, 1).await;
    store.change(old.document, LifeEvent::Suspend, None, after(30)).await.unwrap();
    let new = granted(&store, 1).await;
    let batch = batch(&store, &new, 1).await;
    assert_eq!(store.commit(batch).await.unwrap(), Committed::Done { replaced: Some(old.document) });
    assert_eq!(document(&store, &old).await.state, LifeState::Replaced);
    assert_eq!(store.revoked(0, 10).await.unwrap().len(), 1);
}

async fn numbers_of_others_are_refused(place: impl Place) {
    let store = place.store().await;
    let (_, first) = active(&store, 1).await;
    let grant = granted(&store, 2).await;
    let taken = NewBatch { numbers: first.numbers, ..batch(&store, &grant, COPIES).await };
    let error = store.commit(taken).await.unwrap_err();
    assert!(matches!(error, StoreError::NumbersTaken), "{error:?}");
    assert_eq!(error.party(), Party::Caller);
    assert_eq!(document(&store, &grant).await.state, LifeState::Offered);
}

async fn an_uneven_batch_is_refused(place: impl Place) {
    let store = place.store().await;
    let grant = granted(&store, 1).await;
    let good = batch(&store, &grant, 3).await;
    let end = good.numbers.end;
    let uneven = [
        NewBatch { numbers: good.numbers.start..end + 1, ..good.clone() },
        NewBatch { thumbprints: good.thumbprints[1..].to_vec(), ..good.clone() },
        NewBatch { hashes: good.hashes[1..].to_vec(), ..good.clone() },
        NewBatch { numbers: end..end, thumbprints: Vec::new(), hashes: Vec::new(), ..good.clone() },
    ];
    for batch in uneven {
        let error = store.commit(batch).await.unwrap_err();
        assert!(matches!(error, StoreError::BatchUneven { .. }), "{error:?}");
    }
    assert_eq!(store.commit(good).await.unwrap(), Committed::Done { replaced: None });
}

async fn what_the_wallet_says_is_kept(place: impl Place) {
    let store = place.store().await;
    let (_, batch) = active(&store, 1).await;
    for event in [NotificationEvent::Failure, NotificationEvent::Accepted, NotificationEvent::Deleted] {
        let acknowledged = store.acknowledge(batch.id, event, after(60)).await.unwrap().unwrap();
        assert_eq!(acknowledged.notified, Some(event));
        assert_eq!(store.batch(batch.id).await.unwrap(), Some(acknowledged));
    }
    assert_eq!(store.acknowledge(fresh(), NotificationEvent::Accepted, after(60)).await.unwrap(), None);
}
