//! What expired is forgotten, and nothing else.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_document::LifeState;
use mapae_issuer::store::{Committed, IssuerStore, NewBatch, Refreshed, RegisterRow, Sweep, Swept};
use mapae_types::Duration;

use super::{
    people::{active, after, batch, days, document, granted, now, person, refresh, resident},
    places::{Place, on_both},
};

on_both!(
    an_expired_nonce_is_forgotten,
    keys_and_seeds_are_deleted_after_the_retry_window,
    refills_end_and_roots_stay,
    a_document_expires,
    old_rows_are_forgotten,
    a_sweep_takes_a_few_at_a_time,
);

fn sweep(at: mapae_types::Timestamp) -> Sweep {
    Sweep { now: at, keys_before: at - Duration::days(1), limit: 100 }
}

async fn an_expired_nonce_is_forgotten(place: impl Place) {
    let store = place.store().await;
    let (_, used) = active(&store, 1).await;
    let grant = granted(&store, 2).await;
    let stolen = NewBatch { nonce: used.nonce, ..batch(&store, &grant, 1).await };
    assert_eq!(store.sweep(sweep(after(300))).await.unwrap(), Swept::default());
    assert_eq!(store.commit(stolen.clone()).await.unwrap(), Committed::NonceUsed);
    assert_eq!(store.sweep(sweep(after(301))).await.unwrap().rows, 1);
    // Whoever mints nonces refuses it by its age.
    assert_eq!(store.commit(stolen).await.unwrap(), Committed::Done { replaced: None });
}

async fn keys_and_seeds_are_deleted_after_the_retry_window(place: impl Place) {
    let store = place.store().await;
    let (_, old) = active(&store, 1).await;
    let grant = granted(&store, 2).await;
    let young = NewBatch { at: after(3600), ..batch(&store, &grant, 1).await };
    store.commit(young.clone()).await.unwrap();
    let swept = Sweep { now: after(100), keys_before: after(3600), limit: 100 };
    assert_eq!(store.sweep(swept).await.unwrap().rows, 1);
    let kept = store.batch(old.id).await.unwrap().unwrap();
    assert_eq!((kept.keys, kept.seed, kept.thumbprints.len()), (None, None, 0));
    assert_eq!((kept.hashes, kept.numbers), (old.hashes, old.numbers));
    assert!(store.batch(young.id).await.unwrap().unwrap().seed.is_some());
}

async fn refills_end_and_roots_stay(place: impl Place) {
    let store = place.store().await;
    let (grant, _) = active(&store, 1).await;
    let Refreshed::Done(refill) = store.refresh(&refresh(&grant)).await.unwrap() else { panic!() };
    let later = refill.expires_at + Duration::seconds(1);
    store.sweep(sweep(later)).await.unwrap();
    assert_eq!(store.grant(refill.id, refill.at).await.unwrap(), None);
    let again = mapae_issuer::store::Refresh { now: later, ..refresh(&grant) };
    assert!(matches!(store.refresh(&again).await.unwrap(), Refreshed::Done(_)));
    // Once another device has the document, nobody refills by the old root.
    let new = granted(&store, 1).await;
    let batch = batch(&store, &new, 1).await;
    assert_eq!(store.commit(batch.clone()).await.unwrap(), Committed::Done { replaced: Some(grant.document) });
    assert_eq!(store.refresh(&again).await.unwrap(), Refreshed::Not(LifeState::Replaced));
    store.sweep(sweep(batch.at + Duration::days(2))).await.unwrap();
    assert_eq!(store.refresh(&again).await.unwrap(), Refreshed::Unknown);
}

async fn a_document_expires(place: impl Place) {
    let store = place.store().await;
    let (grant, batch) = active(&store, 1).await;
    let last = batch.document_expires_at;
    assert_eq!(store.sweep(sweep(last)).await.unwrap().expired, 0);
    assert_eq!(document(&store, &grant).await.state, LifeState::Active);
    assert_eq!(store.sweep(sweep(last + Duration::seconds(1))).await.unwrap().expired, 1);
    assert_eq!(document(&store, &grant).await.state, LifeState::Expired);
    assert_eq!(store.sweep(sweep(last + Duration::seconds(2))).await.unwrap().expired, 0);
}

async fn old_rows_are_forgotten(place: impl Place) {
    let store = place.store().await;
    let row =
        |number, cell: &str| RegisterRow { person: person(number), cells: [("a".to_owned(), cell.to_owned())].into() };
    store.import(&resident(), vec![row(1, "1"), row(2, "1")], now()).await.unwrap();
    store.import(&resident(), vec![row(1, "2")], after(10)).await.unwrap();
    store.remove(&resident(), &[person(2)], after(10)).await.unwrap();
    store.sweep(Sweep { now: now(), keys_before: after(10), limit: 100 }).await.unwrap();
    assert!(store.row_at(&resident(), &person(1), 1).await.unwrap().is_some());
    assert!(store.row_at(&resident(), &person(2), 1).await.unwrap().is_some());
    store.sweep(Sweep { now: now(), keys_before: after(11), limit: 100 }).await.unwrap();
    assert_eq!(store.row_at(&resident(), &person(1), 1).await.unwrap(), None);
    assert!(store.row_at(&resident(), &person(1), 2).await.unwrap().is_some());
    assert_eq!(store.row_at(&resident(), &person(2), 1).await.unwrap(), None);
}

async fn a_sweep_takes_a_few_at_a_time(place: impl Place) {
    let store = place.store().await;
    for number in 0..5 {
        active(&store, number).await;
    }
    let few = Sweep { limit: 2, ..sweep(after(301)) };
    let mut sweeps = Vec::new();
    loop {
        let swept = store.sweep(few).await.unwrap();
        sweeps.push(swept.rows);
        if !swept.more {
            break;
        }
    }
    assert_eq!(sweeps, [2, 2, 1]);
    assert_eq!(store.sweep(sweep(days(2))).await.unwrap().rows, 5);
}
