//! Steps that come at the same time are made in one transaction: each as if it had been alone.

use mapae_types::Duration;
use mapae_verifier::{
    SessionId,
    store::{Fetched, Finish, Finished, Flow, NewSession, SessionStore, State},
};
use testkit::now;

use crate::places::{Place, on_both};

const MANY: u8 = 100;

fn session(n: u8) -> NewSession {
    NewSession {
        id: SessionId::from_bytes([n; 16]),
        owner: "shop".to_owned(),
        request: [n; 32],
        response: [n | 0x80; 32],
        flow: Flow::CrossDevice,
        context: vec![n; 2000],
        expires_at: now() + Duration::seconds(300),
        keep_until: now() + Duration::seconds(600),
    }
}

fn finished(result: u8) -> Finished {
    let keep_until = now() + Duration::seconds(1000);
    Finished { at: now(), result: vec![result], code: None, keep_until, message: None }
}

/// Does it for all sessions, twice for each, all at the same time; what came of both, session by session.
async fn twice<S: SessionStore, T: Send + 'static, F>(store: &S, one: impl Fn(S, u8, u8) -> F) -> Vec<[T; 2]>
where
    F: Future<Output = T> + Send + 'static,
{
    let start = |n, nth| tokio::spawn(one(store.clone(), n, nth));
    let begun: Vec<_> = (0..MANY).map(|n| [start(n, 1), start(n, 2)]).collect();
    let mut all = Vec::new();
    for [first, second] in begun {
        all.push([first.await.unwrap(), second.await.unwrap()]);
    }
    all
}

async fn each_step_of_many_is_made_once<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    let begun = twice(&store, |store, n, _| async move { store.begin(&session(n)).await.is_ok() }).await;
    assert!(begun.iter().all(|[first, second]| first != second), "one of two with one name: {begun:?}");
    let fetched = twice(&store, |store, n, nth| async move {
        let fetched = store.fetch([n; 32], Some([nth; 32]), now()).await.unwrap();
        fetched == Fetched::Done { id: SessionId::from_bytes([n; 16]), response: [n | 0x80; 32] }
    });
    assert!(fetched.await.iter().all(|[first, second]| first != second), "one of two wallets");
    let done = twice(&store, |store, n, nth| async move {
        store.finish(SessionId::from_bytes([n; 16]), &finished(nth)).await.unwrap()
    });
    for (n, both) in (0..MANY).zip(done.await) {
        let won = both.iter().position(|one| *one == Finish::Done).unwrap();
        assert_eq!(both[1 - won], Finish::Taken, "one of two answers");
        let kept = store.session(SessionId::from_bytes([n; 16])).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.result), (State::Done, Some(vec![u8::try_from(won + 1).unwrap()])));
    }
}

async fn looks_that_come_together_see_their_own<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    for n in 0..MANY / 2 {
        store.begin(&session(n)).await.unwrap();
    }
    let seen = twice(&store, |store, n, nth| async move {
        // By either name.
        let session = match nth {
            1 => store.session(SessionId::from_bytes([n; 16])).await,
            _ => store.awaiting([n | 0x80; 32]).await,
        };
        session.unwrap().and_then(|one| one.context)
    });
    for (n, seen) in (0..MANY).zip(seen.await) {
        let expected = (n < MANY / 2).then(|| vec![n; 2000]);
        assert_eq!(seen, [expected.clone(), expected]);
    }
}

async fn one_that_cannot_be_does_not_hinder_the_others<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    store.begin(&session(0)).await.unwrap();
    // The same address as another's: the whole transaction fails, and each is begun alone.
    let begun = twice(&store, |store, n, nth| async move {
        let mut session = session(n);
        let mut id = [n; 16];
        id[0] = 100 + nth;
        (session.id, session.response[0]) = (SessionId::from_bytes(id), nth);
        session.request = if nth == 1 { [0; 32] } else { [n; 32] };
        session.request[0] = nth - 1;
        store.begin(&session).await.is_ok()
    });
    assert!(begun.await.iter().all(|both| *both == [false, true]));
}

async fn a_result_that_is_delivered_is_not_kept_for_longer<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    for n in [1, 2] {
        store.begin(&session(n)).await.unwrap();
        store.fetch([n; 32], None, now()).await.unwrap();
        assert_eq!(store.finish(SessionId::from_bytes([n; 16]), &finished(n)).await.unwrap(), Finish::Done);
    }
    let soon = now() + Duration::seconds(60);
    let (kept, forgotten) = (SessionId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
    let (one, other) = tokio::join!(store.delivered(kept, soon, false), store.delivered(forgotten, soon, true));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(store.session(kept).await.unwrap().unwrap().result, Some(vec![1]));
    assert_eq!(store.session(forgotten).await.unwrap().unwrap().result, None);
    assert_eq!(store.sweep(soon - Duration::seconds(1)).await.unwrap().deleted, 0);
    assert_eq!(store.sweep(soon).await.unwrap().deleted, 2);
}

on_both!(each_step_of_many_is_made_once looks_that_come_together_see_their_own
    one_that_cannot_be_does_not_hinder_the_others a_result_that_is_delivered_is_not_kept_for_longer);
