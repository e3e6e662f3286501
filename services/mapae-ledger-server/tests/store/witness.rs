//! A witness's store.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_crypto::Ed25519SigningKey;
use mapae_ledger::{KeyId, Origin, SignatureType, TreeHash, TreeHead, VerifierKey, WitnessRecord};
use mapae_ledger_server::store::{BirthMark, Party, StoreError, Swap, WitnessStore};

use super::places::{Place, entries, head, on_both, origin};

on_both!(
    a_store_has_one_birth,
    a_record_is_moved_from_what_it_was,
    of_two_first_records_one_stays,
    a_record_can_be_confirmed,
    a_record_does_not_shrink,
    logs_have_records_of_their_own,
    judged_entries_are_kept_with_the_record,
    an_auditor_judges_all_or_nothing,
    of_two_who_move_a_record_one_wins,
);

fn key(seed: u8) -> KeyId {
    let key = Ed25519SigningKey::from_seed(&[seed; 32]).unwrap().public().clone();
    VerifierKey::new("witness.example".parse().unwrap(), SignatureType::CosignatureV1, key).id()
}

fn record(head: TreeHead) -> WitnessRecord {
    WitnessRecord::stored(origin(), head).unwrap()
}

/// The record of a tree of so many entries.
fn of(size: u64) -> WitnessRecord {
    record(head(&entries(0..size)))
}

async fn a_store_has_one_birth(place: impl Place) {
    let witness = place.witness().await;
    assert_eq!(witness.birth(key(1)).await.unwrap(), None);
    assert_eq!(witness.mark(key(1), BirthMark([1; 32])).await.unwrap(), Swap::Done);
    assert_eq!(witness.mark(key(1), BirthMark([2; 32])).await.unwrap(), Swap::Lost);
    assert_eq!(witness.mark(key(2), BirthMark([2; 32])).await.unwrap(), Swap::Lost);
    drop(witness);
    let witness = place.witness().await;
    assert_eq!(witness.birth(key(1)).await.unwrap(), Some(BirthMark([1; 32])));
    assert_eq!(witness.birth(key(2)).await.unwrap(), None);
}

async fn a_record_is_moved_from_what_it_was(place: impl Place) {
    let witness = place.witness().await;
    assert_eq!(witness.record(&origin()).await.unwrap(), None);
    assert_eq!(witness.latest(&origin()).await.unwrap(), None);
    assert_eq!(witness.swap(&of(0), &of(2), "two", &[]).await.unwrap(), Swap::Done);
    assert_eq!(witness.swap(&of(0), &of(3), "forked", &[]).await.unwrap(), Swap::Lost);
    let forged = record(TreeHead::new(2, TreeHash::from_bytes([7; 32])));
    assert_eq!(witness.swap(&forged, &of(3), "forked", &[]).await.unwrap(), Swap::Lost);
    assert_eq!(witness.record(&origin()).await.unwrap(), Some(of(2)));
    assert_eq!(witness.latest(&origin()).await.unwrap().as_deref(), Some("two"));
    assert_eq!(witness.swap(&of(2), &of(5), "five", &[]).await.unwrap(), Swap::Done);
    drop(witness);
    let witness = place.witness().await;
    assert_eq!(witness.record(&origin()).await.unwrap(), Some(of(5)));
    assert_eq!(witness.latest(&origin()).await.unwrap().as_deref(), Some("five"));
}

/// A record that must be there and is not was lost: nothing replaces it.
async fn of_two_first_records_one_stays(place: impl Place) {
    let witness = place.witness().await;
    assert_eq!(witness.swap(&of(2), &of(3), "three", &[]).await.unwrap(), Swap::Lost);
    assert_eq!(witness.record(&origin()).await.unwrap(), None);
    assert_eq!(witness.swap(&of(0), &of(0), "none", &[]).await.unwrap(), Swap::Done);
    assert_eq!(witness.swap(&of(0), &of(1), "one", &[]).await.unwrap(), Swap::Done);
    assert_eq!(witness.swap(&of(0), &of(1), "one", &[]).await.unwrap(), Swap::Lost);
}

async fn a_record_can_be_confirmed(place: impl Place) {
    let witness = place.witness().await;
    assert_eq!(witness.swap(&of(0), &of(2), "two", &[]).await.unwrap(), Swap::Done);
    assert_eq!(witness.swap(&of(2), &of(2), "two again", &[]).await.unwrap(), Swap::Done);
    assert_eq!(witness.record(&origin()).await.unwrap(), Some(of(2)));
    assert_eq!(witness.latest(&origin()).await.unwrap().as_deref(), Some("two again"));
}

async fn a_record_does_not_shrink(place: impl Place) {
    let witness = place.witness().await;
    assert_eq!(witness.swap(&of(0), &of(2), "two", &[]).await.unwrap(), Swap::Done);
    let other = record(TreeHead::new(2, TreeHash::from_bytes([7; 32])));
    for after in [of(1), other] {
        let error = witness.swap(&of(2), &after, "back", &[]).await.unwrap_err();
        assert!(matches!(error, StoreError::SizesDiffer { before: 2, .. }), "{error:?}");
        assert_eq!(error.party(), Party::Caller);
    }
    assert_eq!(witness.record(&origin()).await.unwrap(), Some(of(2)));
}

async fn logs_have_records_of_their_own(place: impl Place) {
    let witness = place.witness().await;
    let other: Origin = "ledger.example/drill".parse().unwrap();
    let others = |size| WitnessRecord::stored(other.clone(), head(&entries(0..size))).unwrap();
    assert_eq!(witness.swap(&of(0), &of(2), "two", &[]).await.unwrap(), Swap::Done);
    assert_eq!(witness.record(&other).await.unwrap(), None);
    assert_eq!(witness.swap(&others(0), &others(7), "seven", &[]).await.unwrap(), Swap::Done);
    assert_eq!(witness.record(&origin()).await.unwrap(), Some(of(2)));
    assert_eq!(witness.record(&other).await.unwrap(), Some(others(7)));
    let error = witness.swap(&of(2), &others(9), "nine", &[]).await.unwrap_err();
    assert!(matches!(error, StoreError::OriginsDiffer), "{error:?}");
}

async fn judged_entries_are_kept_with_the_record(place: impl Place) {
    let witness = place.witness().await;
    assert_eq!(witness.swap(&of(0), &of(300), "300", &entries(0..300)).await.unwrap(), Swap::Done);
    assert_eq!(witness.swap(&of(300), &of(303), "303", &entries(300..303)).await.unwrap(), Swap::Done);
    assert_eq!(witness.swap(&of(300), &of(304), "304", &entries(900..904)).await.unwrap(), Swap::Lost);
    assert_eq!(witness.judged(&origin(), 0..u64::MAX).await.unwrap(), entries(0..303));
    assert_eq!(witness.judged(&origin(), 299..301).await.unwrap(), entries(299..301));
}

async fn an_auditor_judges_all_or_nothing(place: impl Place) {
    let witness = place.witness().await;
    let error = witness.swap(&of(0), &of(3), "three", &entries(0..2)).await.unwrap_err();
    assert!(matches!(error, StoreError::SizesDiffer { before: 0, after: 3, entries: 2 }), "{error:?}");
    assert_eq!(witness.record(&origin()).await.unwrap(), None);
    assert_eq!(witness.judged(&origin(), 0..9).await.unwrap(), []);
}

async fn of_two_who_move_a_record_one_wins(place: impl Place) {
    let mut before = of(0);
    for size in 1..=10 {
        let mut movers = Vec::new();
        for mover in 1..=2 {
            let (witness, before) = (place.witness().await, before.clone());
            let after = record(TreeHead::new(size, TreeHash::from_bytes([mover; 32])));
            movers
                .push(tokio::spawn(async move { (witness.swap(&before, &after, "next", &[]).await.unwrap(), after) }));
        }
        let mut won = Vec::new();
        for mover in movers {
            let (swap, after) = mover.await.unwrap();
            won.extend((swap == Swap::Done).then_some(after));
        }
        assert_eq!(won.len(), 1);
        assert_eq!(place.witness().await.record(&origin()).await.unwrap(), Some(won[0].clone()));
        before = won.remove(0);
    }
}
