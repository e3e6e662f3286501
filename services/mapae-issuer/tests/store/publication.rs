//! Revocations, cover, the journal, leases and the probe.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_document::LifeEvent;
use mapae_issuer::store::{IssuerStore, Lease, NewBatch, Swap};

use super::{
    people::{active, after, batch, days, granted},
    places::{Place, on_both},
};

on_both!(
    revocations_are_numbered_without_gaps,
    what_was_committed_is_revocable_though_nobody_signed,
    cover_is_moved_by_who_knows_it,
    the_journal_has_a_leaf_for_each_batch_of_the_span,
    a_task_has_one_holder,
    the_probe_writes_and_reads,
);

async fn revocations_are_numbered_without_gaps(place: impl Place) {
    let store = place.store().await;
    let mut numbers = Vec::new();
    for number in 1..=5 {
        let (grant, batch) = active(&store, number).await;
        store.change(grant.document, LifeEvent::Revoke, None, after(60)).await.unwrap();
        numbers.push((number, batch.numbers, batch.valid_until, after(60)));
    }
    let all = store.revoked(0, 100).await.unwrap();
    let seen: Vec<_> = all.iter().map(|one| (one.nth, one.numbers.clone(), one.valid_until, one.at)).collect();
    assert_eq!(seen, numbers);
    assert_eq!(store.revoked(1, 2).await.unwrap(), all[1..3]);
    assert!(store.revoked(5, 2).await.unwrap().is_empty());
}

/// Design D10: the crash came between commit and signature.
async fn what_was_committed_is_revocable_though_nobody_signed(place: impl Place) {
    let (grant, numbers) = {
        let store = place.store().await;
        let (grant, batch) = active(&store, 1).await;
        (grant, batch.numbers)
    };
    let store = place.store().await;
    store.change(grant.document, LifeEvent::Revoke, None, after(60)).await.unwrap();
    assert_eq!(store.revoked(0, 10).await.unwrap()[0].numbers, numbers);
    assert!(store.batches(grant.document).await.unwrap()[0].revoked);
}

async fn cover_is_moved_by_who_knows_it(place: impl Place) {
    let store = place.store().await;
    assert_eq!(store.cover(7).await.unwrap(), 0);
    assert_eq!(store.set_cover(7, 5, 9).await.unwrap(), Swap::Lost);
    assert_eq!(store.set_cover(7, 0, 3).await.unwrap(), Swap::Done);
    assert_eq!(store.set_cover(7, 0, 4).await.unwrap(), Swap::Lost);
    assert_eq!(store.set_cover(7, 3, 8).await.unwrap(), Swap::Done);
    assert_eq!((store.cover(7).await.unwrap(), store.cover(8).await.unwrap()), (8, 0));
}

async fn the_journal_has_a_leaf_for_each_batch_of_the_span(place: impl Place) {
    let store = place.store().await;
    let mut committed = Vec::new();
    for (number, copies, at) in [(1, 3, days(1)), (2, 4, after(86_399)), (3, 5, after(0)), (4, 1, after(-1))] {
        let grant = granted(&store, number).await;
        let batch = NewBatch { at, ..batch(&store, &grant, copies).await };
        let batch = NewBatch { at: batch.at.min(grant.expires_at), ..batch };
        store.commit(batch.clone()).await.unwrap();
        committed.push(batch);
    }
    let journal = store.journal(after(0)..days(1)).await.unwrap();
    let within = committed.iter().filter(|batch| batch.at >= after(0) && batch.at < days(1));
    assert_eq!(journal.copies, within.clone().map(|batch| batch.numbers.end - batch.numbers.start).sum::<u64>());
    let mut ids: Vec<_> = within.map(|batch| (batch.at, batch.id)).collect();
    ids.sort();
    let leaves: Vec<_> = journal.leaves.iter().map(|leaf| leaf.batch).collect();
    assert_eq!(leaves, ids.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    assert!(journal.leaves.len() >= 2 && journal.leaves.len() < 4);
    assert_ne!(journal.leaves[0].hash, journal.leaves[1].hash);
    assert_eq!(store.journal(days(3)..days(4)).await.unwrap().copies, 0);
}

async fn a_task_has_one_holder(place: impl Place) {
    let (one, other) = (place.store().await, place.store().await);
    let lease = |task, holder: &str, until, now| Lease { task, holder: holder.to_owned(), until, now };
    assert_eq!(one.lease(&lease("publish", "one", after(60), after(0))).await.unwrap(), Swap::Done);
    assert_eq!(other.lease(&lease("publish", "other", after(100), after(40))).await.unwrap(), Swap::Lost);
    assert_eq!(other.lease(&lease("journal", "other", after(100), after(40))).await.unwrap(), Swap::Done);
    assert_eq!(one.lease(&lease("publish", "one", after(110), after(50))).await.unwrap(), Swap::Done);
    assert_eq!(other.lease(&lease("publish", "other", after(170), after(110))).await.unwrap(), Swap::Lost);
    assert_eq!(other.lease(&lease("publish", "other", after(171), after(111))).await.unwrap(), Swap::Done);
    assert_eq!(one.lease(&lease("publish", "one", after(180), after(120))).await.unwrap(), Swap::Lost);
}

async fn the_probe_writes_and_reads(place: impl Place) {
    let store = place.store().await;
    store.probe(8192, after(0)).await.unwrap();
    store.probe(16, after(1)).await.unwrap();
}
