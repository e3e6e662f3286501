//! A log's store.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use mapae_ledger::{Entry, TreeHash, TreeHead};
use mapae_ledger_server::store::{LogStore, Party, StoreError, Swap};
use tokio::sync::Barrier;

use super::places::{Place, entries, head, on_both, origin};

on_both!(
    a_log_begins_once,
    entries_come_back_in_their_order,
    what_was_appended_is_there_when_the_store_is_opened_again,
    an_append_to_an_old_head_is_lost,
    an_append_to_another_root_of_that_size_is_lost,
    a_log_that_has_not_begun_takes_nothing,
    no_entry_stands_twice,
    the_head_grows_by_as_many_as_there_are_entries,
    an_append_of_nothing_confirms_the_head,
    logs_in_one_store_do_not_mix,
    the_published_checkpoint_never_goes_back,
    drafts_are_kept_by_their_manifest,
    rotations_are_kept_in_their_order,
    of_two_who_append_one_wins_each_round,
);

async fn a_log_begins_once(place: impl Place) {
    let log = place.log().await;
    assert_eq!(log.head(&origin()).await.unwrap(), None);
    assert_eq!(log.begin(&origin()).await.unwrap(), Swap::Done);
    assert_eq!(log.head(&origin()).await.unwrap(), Some(TreeHead::EMPTY));
    let one = entries(0..1);
    assert_eq!(log.append(&origin(), TreeHead::EMPTY, head(&one), &one).await.unwrap(), Swap::Done);
    assert_eq!(log.begin(&origin()).await.unwrap(), Swap::Lost);
    assert_eq!(log.head(&origin()).await.unwrap(), Some(head(&one)));
}

/// A log that has entries 0 to `size`.
async fn grown<P: Place>(place: &P, size: u64) -> P::Log {
    let (log, all) = (place.log().await, entries(0..size));
    assert_eq!(log.begin(&origin()).await.unwrap(), Swap::Done);
    assert_eq!(log.append(&origin(), TreeHead::EMPTY, head(&all), &all).await.unwrap(), Swap::Done);
    log
}

async fn entries_come_back_in_their_order(place: impl Place) {
    // 777 = 3·256 + 8 + 1: statements of several lengths.
    let (log, all) = (grown(&place, 777).await, entries(0..777));
    assert_eq!(log.entries(&origin(), 0..777).await.unwrap(), all);
    assert_eq!(log.entries(&origin(), 255..258).await.unwrap(), all[255..258]);
    assert_eq!(log.entries(&origin(), 770..u64::MAX).await.unwrap(), all[770..]);
    assert_eq!(log.entries(&origin(), 777..900).await.unwrap(), []);
    for index in [0, 255, 256, 776] {
        let leaf = all[usize::try_from(index).unwrap()].leaf();
        assert_eq!(log.index_of(&origin(), leaf).await.unwrap(), Some(index));
    }
    assert_eq!(log.index_of(&origin(), entries(777..778)[0].leaf()).await.unwrap(), None);
}

async fn what_was_appended_is_there_when_the_store_is_opened_again(place: impl Place) {
    drop(grown(&place, 3).await);
    let log = place.log().await;
    assert_eq!(log.head(&origin()).await.unwrap(), Some(head(&entries(0..3))));
    let (four, more) = (entries(0..4), entries(3..4));
    assert_eq!(log.append(&origin(), head(&four[..3]), head(&four), &more).await.unwrap(), Swap::Done);
    assert_eq!(log.entries(&origin(), 0..4).await.unwrap(), four);
}

async fn an_append_to_an_old_head_is_lost(place: impl Place) {
    let log = grown(&place, 3).await;
    let (two, other) = (entries(0..2), entries(10..11));
    let after = head(&[&two[..], &other[..]].concat());
    assert_eq!(log.append(&origin(), head(&two), after, &other).await.unwrap(), Swap::Lost);
    assert_eq!(log.head(&origin()).await.unwrap(), Some(head(&entries(0..3))));
    assert_eq!(log.entries(&origin(), 0..9).await.unwrap(), entries(0..3));
}

async fn an_append_to_another_root_of_that_size_is_lost(place: impl Place) {
    let (log, more) = (grown(&place, 3).await, entries(3..4));
    let forged = TreeHead::new(3, TreeHash::from_bytes([7; 32]));
    assert_eq!(log.append(&origin(), forged, head(&entries(0..4)), &more).await.unwrap(), Swap::Lost);
    assert_eq!(log.head(&origin()).await.unwrap(), Some(head(&entries(0..3))));
}

async fn a_log_that_has_not_begun_takes_nothing(place: impl Place) {
    let (log, one) = (place.log().await, entries(0..1));
    assert_eq!(log.append(&origin(), TreeHead::EMPTY, head(&one), &one).await.unwrap(), Swap::Lost);
    assert_eq!(log.publish(&origin(), 0, "checkpoint").await.unwrap(), Swap::Lost);
    assert_eq!(log.head(&origin()).await.unwrap(), None);
    assert_eq!(log.published(&origin()).await.unwrap(), None);
}

async fn no_entry_stands_twice(place: impl Place) {
    let (log, three) = (grown(&place, 3).await, entries(0..3));
    let again = [entries(3..5), entries(1..2)].concat();
    let within = [entries(3..4), entries(3..4)].concat();
    for added in [again, within] {
        let after = head(&[&three[..], &added[..]].concat());
        let error = log.append(&origin(), head(&three), after, &added).await.unwrap_err();
        assert!(matches!(error, StoreError::EntryTwice), "{error:?}");
        assert_eq!(error.party(), Party::Caller);
        assert_eq!(log.head(&origin()).await.unwrap(), Some(head(&three)));
        assert_eq!(log.entries(&origin(), 0..9).await.unwrap(), three);
    }
}

async fn the_head_grows_by_as_many_as_there_are_entries(place: impl Place) {
    let (log, three) = (grown(&place, 3).await, entries(0..3));
    let other_root = TreeHead::new(3, TreeHash::from_bytes([7; 32]));
    let wrong = [(head(&entries(0..5)), 3..4), (head(&entries(0..2)), 3..4), (head(&entries(0..4)), 3..3)];
    for (after, added) in wrong.into_iter().chain([(other_root, 3..3)]) {
        let error = log.append(&origin(), head(&three), after, &entries(added)).await.unwrap_err();
        assert!(matches!(error, StoreError::SizesDiffer { before: 3, .. }), "{error:?}");
        assert_eq!(error.party(), Party::Caller);
    }
    assert_eq!(log.head(&origin()).await.unwrap(), Some(head(&three)));
}

async fn an_append_of_nothing_confirms_the_head(place: impl Place) {
    let (log, three) = (grown(&place, 3).await, head(&entries(0..3)));
    assert_eq!(log.append(&origin(), three, three, &[]).await.unwrap(), Swap::Done);
    let two = head(&entries(0..2));
    assert_eq!(log.append(&origin(), two, two, &[]).await.unwrap(), Swap::Lost);
    assert_eq!(log.head(&origin()).await.unwrap(), Some(three));
}

async fn logs_in_one_store_do_not_mix(place: impl Place) {
    let (log, three) = (grown(&place, 3).await, entries(0..3));
    let other = "ledger.example/drill".parse().unwrap();
    assert_eq!(log.begin(&other).await.unwrap(), Swap::Done);
    let again = entries(2..4);
    assert_eq!(log.append(&other, TreeHead::EMPTY, head(&again), &again).await.unwrap(), Swap::Done);
    assert_eq!(log.entries(&other, 0..9).await.unwrap(), again);
    assert_eq!(log.entries(&origin(), 0..9).await.unwrap(), three);
    assert_eq!(log.index_of(&other, three[2].leaf()).await.unwrap(), Some(0));
    assert_eq!(log.index_of(&origin(), three[2].leaf()).await.unwrap(), Some(2));
}

async fn the_published_checkpoint_never_goes_back(place: impl Place) {
    let log = grown(&place, 3).await;
    assert_eq!(log.published(&origin()).await.unwrap(), None);
    let steps = [
        (2, "two", Swap::Done, "two"),
        (1, "one", Swap::Lost, "two"),
        (3, "three", Swap::Done, "three"),
        // With more cosignatures.
        (3, "three again", Swap::Done, "three again"),
        (2, "two", Swap::Lost, "three again"),
        // Nobody can have signed what is not there.
        (4, "four", Swap::Lost, "three again"),
    ];
    for (size, checkpoint, expected, kept) in steps {
        assert_eq!(log.publish(&origin(), size, checkpoint).await.unwrap(), expected, "{checkpoint}");
        assert_eq!(log.published(&origin()).await.unwrap().as_deref(), Some(kept));
    }
}

async fn drafts_are_kept_by_their_manifest(place: impl Place) {
    let log = place.log().await;
    assert_eq!(log.draft([1; 32]).await.unwrap(), None);
    let draft = vec![5; 3 << 20];
    log.put_draft([1; 32], &draft).await.unwrap();
    log.put_draft([2; 32], b"another").await.unwrap();
    log.put_draft([1; 32], b"late").await.unwrap();
    assert_eq!(log.draft([1; 32]).await.unwrap().unwrap(), draft);
    assert_eq!(log.draft([2; 32]).await.unwrap().unwrap(), b"another");
}

async fn rotations_are_kept_in_their_order(place: impl Place) {
    let log = place.log().await;
    assert_eq!(log.begin(&origin()).await.unwrap(), Swap::Done);
    assert!(log.rotations(&origin()).await.unwrap().is_empty());
    for (nth, proof) in [(2, "second"), (1, "first"), (2, "another second")] {
        log.put_rotation(&origin(), nth, proof).await.unwrap();
    }
    assert_eq!(log.rotations(&origin()).await.unwrap(), ["first", "second"]);
    let other = "other.example".parse().unwrap();
    assert!(log.rotations(&other).await.unwrap().is_empty());
}

/// Both append their own entries to the head that both read; the loser goes on from the winner's.
async fn of_two_who_append_one_wins_each_round(place: impl Place) {
    const ROUNDS: u64 = 10;
    drop(grown(&place, 1).await);
    let together = Arc::new(Barrier::new(2));
    let mut racers = Vec::new();
    for racer in 1..=2 {
        let (log, together) = (place.log().await, Arc::clone(&together));
        racers.push(tokio::spawn(async move {
            let mut won = 0;
            for round in 0..ROUNDS {
                let own = entries(racer * 1000 + round * 10..racer * 1000 + round * 10 + 10);
                together.wait().await;
                let before = log.entries(&origin(), 0..u64::MAX).await.unwrap();
                together.wait().await;
                let first = append_to(&log, &before, &own).await;
                won += u64::from(first == Swap::Done);
                if first == Swap::Lost {
                    let now = log.entries(&origin(), 0..u64::MAX).await.unwrap();
                    assert_eq!(append_to(&log, &now, &own).await, Swap::Done);
                }
            }
            won
        }));
    }
    let mut won = 0;
    for racer in racers {
        won += racer.await.unwrap();
    }
    assert_eq!(won, ROUNDS);
    let log = place.log().await;
    let all = log.entries(&origin(), 0..u64::MAX).await.unwrap();
    assert_eq!(all.len(), 1 + 2 * 10 * usize::try_from(ROUNDS).unwrap());
    assert_eq!(log.head(&origin()).await.unwrap(), Some(head(&all)));
}

async fn append_to(log: &impl LogStore, before: &[Entry], own: &[Entry]) -> Swap {
    log.append(&origin(), head(before), head(&[before, own].concat()), own).await.unwrap()
}
