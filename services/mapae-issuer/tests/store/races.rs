//! Several at once, in one process and in two: exactly one wins, and nobody fails by another's fault.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use mapae_document::{LifeEvent, LifeState};
use mapae_issuer::store::{
    Committed, Deferral, IssuerStore, NewBatch, NewDeferred, NewOffer, Offered, Redeemed, Redemption, StoreError,
};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::{
    people::{
        CONFIGURATION, COPIES, OTHER_PHONE, active, after, application, batch, deferral, document, done, fresh,
        granted, offer_like, offered, redemption,
    },
    places::{Place, on_both},
};

on_both!(
    of_two_phones_one_redeems,
    of_two_clerks_one_offers,
    a_request_sent_twice_is_committed_once,
    a_nonce_sent_twice_is_good_for_one,
    a_deferral_sent_twice_waits_once,
    wrong_codes_sent_at_once_are_all_counted,
    a_call_that_breaks_a_rule_fails_alone,
    two_processes_issue_and_revoke_at_once,
);

const ROUNDS: u64 = 8;

/// Does two things at once, each with a store of its own or both with one.
async fn at_once<S, A, B, FA, FB>(stores: (S, S), one: impl FnOnce(S) -> FA, other: impl FnOnce(S) -> FB) -> (A, B)
where
    FA: Future<Output = A> + Send + 'static,
    FB: Future<Output = B> + Send + 'static,
    A: Send + 'static,
    B: Send + 'static,
{
    let together = Arc::new(Barrier::new(2));
    let wait = Arc::clone(&together);
    let (one, other) = (one(stores.0), other(stores.1));
    let one = tokio::spawn(async move {
        wait.wait().await;
        one.await
    });
    together.wait().await;
    let other = other.await;
    (one.await.unwrap(), other)
}

/// Two processes' stores, and two clones of one, by turns.
async fn stores<P: Place>(place: &P, round: u64, store: &P::Store) -> (P::Store, P::Store) {
    if round.is_multiple_of(2) { (store.clone(), place.store().await) } else { (store.clone(), store.clone()) }
}

async fn of_two_phones_one_redeems<P: Place>(place: P) {
    let store = place.store().await;
    for round in 0..ROUNDS {
        let (_, offer) = offered(&store, round).await;
        let (one, other) = (redemption(&offer), Redemption { jkt: OTHER_PHONE, ..redemption(&offer) });
        let (one, other) = at_once(
            stores(&place, round, &store).await,
            |store| async move { store.redeem(&one).await.unwrap() },
            |store| async move { store.redeem(&other).await.unwrap() },
        )
        .await;
        let ((Redeemed::Done(won), Redeemed::Used) | (Redeemed::Used, Redeemed::Done(won))) = (&one, &other) else {
            panic!("{one:?} {other:?}")
        };
        assert_eq!(document(&store, won).await.device, Some(won.jkt));
    }
}

async fn of_two_clerks_one_offers<P: Place>(place: P) {
    let store = place.store().await;
    for round in 0..ROUNDS {
        let ask = move |store: P::Store| async move {
            let application = application(round);
            let offer = offer_like(&application);
            (application.id, offer.id, store.apply_and_offer(&application, &offer).await.unwrap())
        };
        let (one, other) = at_once(stores(&place, round, &store).await, ask, ask).await;
        let (won, lost) = if one.2 == Offered::Done { (one, other) } else { (other, one) };
        assert_eq!(won.2, Offered::Done);
        let Offered::AlreadyOffered { document, offer, .. } = lost.2 else { panic!("{lost:?}") };
        assert_eq!((document, offer), (won.0, won.1));
        assert_eq!(store.documents_of(&application(round).person).await.unwrap().len(), 1);
    }
}

async fn a_request_sent_twice_is_committed_once<P: Place>(place: P) {
    let store = place.store().await;
    for round in 0..ROUNDS {
        let grant = granted(&store, round).await;
        let first = batch(&store, &grant, COPIES).await;
        let numbers = store.reserve_numbers(COPIES).await.unwrap();
        let second = NewBatch { id: fresh(), numbers, ..first.clone() };
        let (one, other) = at_once(
            stores(&place, round, &store).await,
            |store| async move { (first.id, store.commit(first).await.unwrap()) },
            |store| async move { (second.id, store.commit(second).await.unwrap()) },
        )
        .await;
        let (won, lost) = if matches!(one.1, Committed::Done { .. }) { (one, other) } else { (other, one) };
        assert_eq!(won.1, Committed::Done { replaced: None });
        let Committed::Same(same) = lost.1 else { panic!("{lost:?}") };
        assert_eq!(same.id, won.0);
        assert_eq!(store.batches(grant.document).await.unwrap(), [*same]);
    }
}

async fn a_nonce_sent_twice_is_good_for_one<P: Place>(place: P) {
    let store = place.store().await;
    for round in 0..ROUNDS {
        let (one, other) = (granted(&store, 2 * round).await, granted(&store, 2 * round + 1).await);
        let first = batch(&store, &one, 1).await;
        let second = NewBatch { nonce: first.nonce, ..batch(&store, &other, 1).await };
        let (one, other) = at_once(
            stores(&place, round, &store).await,
            |store| async move { store.commit(first).await.unwrap() },
            |store| async move { store.commit(second).await.unwrap() },
        )
        .await;
        let done = Committed::Done { replaced: None };
        assert!(
            (one == done && other == Committed::NonceUsed) || (one == Committed::NonceUsed && other == done),
            "{one:?} {other:?}"
        );
    }
}

async fn a_deferral_sent_twice_waits_once<P: Place>(place: P) {
    let store = place.store().await;
    for round in 0..ROUNDS {
        let grant = granted(&store, round).await;
        let first = deferral(&grant);
        let second = NewDeferred { id: fresh(), ..first.clone() };
        let ids = (first.id, second.id);
        let (one, other) = at_once(
            stores(&place, round, &store).await,
            |store| async move { store.defer(&first).await.unwrap() },
            |store| async move { store.defer(&second).await.unwrap() },
        )
        .await;
        let first_won = one == Deferral::Done && other == Deferral::Same(ids.0);
        let second_won = other == Deferral::Done && one == Deferral::Same(ids.1);
        assert!(first_won || second_won, "{one:?} {other:?}");
    }
}

async fn wrong_codes_sent_at_once_are_all_counted(place: impl Place) {
    let (store, other) = (place.store().await, place.store().await);
    let (_, offer) = offered(&store, 1).await;
    let mut asked = JoinSet::new();
    for number in 0..12 {
        let store = if number % 2 == 0 { store.clone() } else { other.clone() };
        let wrong = Redemption { tx_code: [7; 32], ..redemption(&offer) };
        asked.spawn(async move { store.redeem(&wrong).await.unwrap() });
    }
    let mut left: Vec<Option<u32>> = Vec::new();
    while let Some(redeemed) = asked.join_next().await {
        left.push(match redeemed.unwrap() {
            Redeemed::WrongTxCode { left } => Some(left),
            Redeemed::Void => None,
            redeemed => panic!("{redeemed:?}"),
        });
    }
    left.sort();
    assert_eq!(left[7..], [Some(0), Some(1), Some(2), Some(3), Some(4)]);
    assert_eq!(left[..7], [None; 7]);
}

async fn a_call_that_breaks_a_rule_fails_alone(place: impl Place) {
    let store = place.store().await;
    let (_, taken) = offered(&store, 1000).await;
    let mut asked = JoinSet::new();
    for number in 0..60 {
        let store = store.clone();
        let id = if number == 30 { taken.id } else { fresh() };
        asked.spawn(async move {
            let application = application(number);
            let offer = NewOffer { id, ..offer_like(&application) };
            (number, store.apply_and_offer(&application, &offer).await)
        });
    }
    while let Some(answer) = asked.join_next().await {
        match answer.unwrap() {
            (30, offered) => assert!(matches!(offered, Err(StoreError::IdTaken)), "{offered:?}"),
            (number, offered) => assert_eq!(offered.unwrap(), Offered::Done, "{number}"),
        }
    }
}

/// Everybody gets a document, and then another on a new phone; the first ones are replaced. Nothing is given twice.
async fn two_processes_issue_and_revoke_at_once(place: impl Place) {
    const PEOPLE: u64 = 40;
    let (store, other) = (place.store().await, place.store().await);
    let mut issued = JoinSet::new();
    for number in 0..PEOPLE {
        let store = if number % 2 == 0 { store.clone() } else { other.clone() };
        issued.spawn(async move {
            let (first, _) = active(&store, number).await;
            let (_, offer) = offered(&store, number).await;
            let second = done(store.redeem(&Redemption { jkt: OTHER_PHONE, ..redemption(&offer) }).await.unwrap());
            let batch = batch(&store, &second, COPIES).await;
            assert_eq!(store.commit(batch).await.unwrap(), Committed::Done { replaced: Some(first.document) });
            store.change(second.document, LifeEvent::Suspend, None, after(90)).await.unwrap();
            (first, second)
        });
    }
    let mut numbers = BTreeSet::new();
    while let Some(grants) = issued.join_next().await {
        let (first, second) = grants.unwrap();
        assert_eq!(document(&store, &first).await.state, LifeState::Replaced);
        assert_eq!(document(&store, &second).await.state, LifeState::Suspended);
        for grant in [first, second] {
            for batch in store.batches(grant.document).await.unwrap() {
                assert_eq!(batch.configuration, CONFIGURATION);
                assert!(batch.numbers.clone().all(|number| numbers.insert(number)));
                assert!(batch.revoked);
            }
        }
    }
    let revoked = store.revoked(0, 1000).await.unwrap();
    assert!(revoked.iter().map(|one| one.nth).eq(1..=2 * PEOPLE));
    let ranges: BTreeSet<u64> = revoked.into_iter().flat_map(|one| one.numbers).collect();
    assert_eq!(ranges, numbers);
}
