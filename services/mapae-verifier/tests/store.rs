//! What a verifier relies on, the same for SQLite and PostgreSQL: each scenario runs on both.

use mapae_sql::{SqlError, Swap};
use mapae_types::{Duration, Timestamp};
use mapae_verifier::{
    Lookup, SessionId,
    store::{Fetched, Finish, Finished, Flow, NewMessage, NewSession, SessionStore, State},
};
use testkit::now;

use crate::places::{Place, on_both};

fn after(seconds: i64) -> Timestamp {
    now() + Duration::seconds(seconds)
}

fn request(n: u8) -> Lookup {
    [n; 32]
}

fn response(n: u8) -> Lookup {
    [n | 0x80; 32]
}

fn id(n: u8) -> SessionId {
    SessionId::from_bytes([n; 16])
}

fn session(n: u8) -> NewSession {
    NewSession {
        id: id(n),
        owner: "shop".to_owned(),
        request: request(n),
        response: response(n),
        flow: Flow::CrossDevice,
        context: vec![n; 10],
        expires_at: after(300),
        keep_until: after(600),
    }
}

fn finished(message: Option<u8>) -> Finished {
    let message =
        message.map(|n| NewMessage { id: [n; 16], body: vec![n], next_at: after(10), keep_until: after(1000) });
    Finished { at: after(20), result: b"result".to_vec(), code: Some([9; 32]), keep_until: after(1000), message }
}

/// The result of an answer that came at a second.
fn came(second: i64) -> Finished {
    Finished { at: after(second), ..finished(None) }
}

/// A session whose request was given out at second 10.
async fn fetched(store: &impl SessionStore, n: u8) {
    store.begin(&session(n)).await.unwrap();
    store.fetch(request(n), None, after(10)).await.unwrap();
}

async fn a_session_goes_its_way<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    assert_eq!(store.session(id(1)).await.unwrap(), None);
    store.begin(&session(1)).await.unwrap();
    let begun = store.session(id(1)).await.unwrap().unwrap();
    assert_eq!((begun.state, begun.owner.as_str(), begun.flow), (State::Waiting, "shop", Flow::CrossDevice));
    assert_eq!((begun.response, begun.expires_at), (response(1), after(300)));
    assert_eq!(begun.context.as_deref(), Some([1; 10].as_slice()));
    let given = store.fetch(request(1), None, after(10)).await.unwrap();
    assert_eq!(given, Fetched::Done { id: id(1), response: response(1) });
    let fetched = store.awaiting(response(1)).await.unwrap().unwrap();
    assert_eq!((fetched.state, fetched.context.is_some()), (State::Fetched, true));
    assert_eq!(store.finish(id(1), &finished(None)).await.unwrap(), Finish::Done);
    let done = store.session(id(1)).await.unwrap().unwrap();
    assert_eq!((done.state, done.code), (State::Done, Some([9; 32])));
    assert_eq!(done.result.as_deref(), Some(b"result".as_slice()));
    assert_eq!(done.context, None, "what is judged is not kept");
}

async fn each_step_is_made_once<P: Place>() {
    let Some(place) = P::new() else { return };
    let (store, other) = (place.store().await, place.store().await);
    fetched(&store, 1).await;
    assert_eq!(other.fetch(request(1), None, after(11)).await.unwrap(), Fetched::Taken);
    assert_eq!(store.finish(id(1), &finished(Some(1))).await.unwrap(), Finish::Done);
    assert_eq!(other.finish(id(1), &finished(Some(2))).await.unwrap(), Finish::Taken);
    assert_eq!(other.fetch(request(1), None, after(21)).await.unwrap(), Fetched::Taken);
    let due: Vec<_> = other.due(after(10), after(70)).await.unwrap().iter().map(|one| one.id).collect();
    assert_eq!(due, [[1; 16]], "who lost tells nobody");
}

async fn a_step_is_made_in_its_turn<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    store.begin(&session(1)).await.unwrap();
    assert_eq!(store.finish(id(1), &finished(None)).await.unwrap(), Finish::NotFetched);
    assert_eq!(store.finish(id(2), &finished(None)).await.unwrap(), Finish::Unknown);
    assert_eq!(store.fetch(request(2), None, after(5)).await.unwrap(), Fetched::Unknown);
    // The one address is not the other.
    assert_eq!(store.fetch(response(1), None, after(5)).await.unwrap(), Fetched::Unknown);
    assert_eq!(store.awaiting(response(1)).await.unwrap().unwrap().id, id(1));
    assert_eq!(store.awaiting(request(1)).await.unwrap(), None);
}

async fn a_wallet_is_known_by_its_nonce<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    store.begin(&session(1)).await.unwrap();
    let mine = Some([7; 32]);
    assert!(matches!(store.fetch(request(1), mine, after(1)).await.unwrap(), Fetched::Done { .. }));
    assert!(matches!(store.fetch(request(1), mine, after(2)).await.unwrap(), Fetched::Done { .. }));
    assert_eq!(store.fetch(request(1), Some([8; 32]), after(2)).await.unwrap(), Fetched::Taken);
    assert_eq!(store.fetch(request(1), None, after(2)).await.unwrap(), Fetched::Taken);
    store.finish(id(1), &finished(None)).await.unwrap();
    assert_eq!(store.fetch(request(1), mine, after(21)).await.unwrap(), Fetched::Taken);
}

async fn time_ends_a_session<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    store.begin(&session(1)).await.unwrap();
    store.begin(&session(2)).await.unwrap();
    store.fetch(request(2), None, after(299)).await.unwrap();
    assert_eq!(store.fetch(request(1), None, after(300)).await.unwrap(), Fetched::Expired);
    assert_eq!(store.finish(id(2), &came(300)).await.unwrap(), Finish::Expired);
    let swept = store.sweep(after(299)).await.unwrap();
    assert_eq!((swept.expired, swept.deleted), (0, 0));
    assert_eq!(store.sweep(after(300)).await.unwrap().expired, 2);
    assert_eq!(store.fetch(request(1), None, after(301)).await.unwrap(), Fetched::Expired);
    assert_eq!(store.finish(id(2), &came(299)).await.unwrap(), Finish::Expired, "it was swept");
    assert_eq!(store.session(id(1)).await.unwrap().unwrap().context, None);
    assert_eq!(store.sweep(after(600)).await.unwrap().deleted, 2);
    assert_eq!(store.session(id(1)).await.unwrap(), None);
}

/// An answer that came in time and was judged for longer than the session had.
async fn an_answer_counts_from_when_it_came<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    fetched(&store, 1).await;
    assert_eq!(store.finish(id(1), &came(300)).await.unwrap(), Finish::Expired);
    assert_eq!(store.finish(id(1), &came(299)).await.unwrap(), Finish::Done);
}

/// Nobody's nonce is that of whoever brought none.
async fn who_has_no_nonce_is_not_known_again<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    fetched(&store, 1).await;
    assert_eq!(store.fetch(request(1), None, after(11)).await.unwrap(), Fetched::Taken);
    assert_eq!(store.fetch(request(1), Some([7; 32]), after(11)).await.unwrap(), Fetched::Taken);
}

async fn a_delivered_result_is_kept_for_less<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    fetched(&store, 1).await;
    fetched(&store, 2).await;
    for n in [1, 2] {
        assert_eq!(store.finish(id(n), &finished(None)).await.unwrap(), Finish::Done);
    }
    store.delivered(id(1), after(100), false).await.unwrap();
    store.delivered(id(1), after(500), false).await.unwrap();
    store.delivered(id(2), after(100), true).await.unwrap();
    assert!(store.session(id(1)).await.unwrap().unwrap().result.is_some());
    assert!(store.session(id(2)).await.unwrap().unwrap().result.is_none());
    assert_eq!(store.sweep(after(99)).await.unwrap().deleted, 0);
    assert_eq!(store.sweep(after(100)).await.unwrap().deleted, 2);
}

async fn a_message_is_one_replicas_for_a_while<P: Place>() {
    let Some(place) = P::new() else { return };
    let (store, other) = (place.store().await, place.store().await);
    fetched(&store, 1).await;
    assert_eq!(store.finish(id(1), &finished(Some(1))).await.unwrap(), Finish::Done);
    assert_eq!(store.due(after(9), after(69)).await.unwrap(), []);
    let due = store.due(after(10), after(70)).await.unwrap();
    assert_eq!((due.len(), due[0].attempts, due[0].session, due[0].body.as_slice()), (1, 1, id(1), [1].as_slice()));
    assert_eq!(other.due(after(69), after(129)).await.unwrap(), []);
    assert_eq!(other.due(after(70), after(130)).await.unwrap()[0].attempts, 2, "its replica died");
    other.postpone([1; 16], after(500)).await.unwrap();
    assert_eq!(store.due(after(499), after(559)).await.unwrap(), []);
    assert_eq!(store.due(after(500), after(560)).await.unwrap()[0].attempts, 3);
    store.sent([1; 16]).await.unwrap();
    assert_eq!(store.due(after(999), after(1059)).await.unwrap(), []);
}

async fn a_message_outlives_its_session_but_not_its_time<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    for n in [1, 2] {
        fetched(&store, n).await;
        assert_eq!(store.finish(id(n), &finished(Some(n))).await.unwrap(), Finish::Done);
        store.delivered(id(n), after(100), false).await.unwrap();
    }
    store.sweep(after(100)).await.unwrap();
    assert_eq!(store.due(after(100), after(160)).await.unwrap().len(), 2);
    assert_eq!(store.due(after(1000), after(1060)).await.unwrap(), []);
    assert_eq!(store.sweep(after(1000)).await.unwrap().given_up, 2);
}

async fn deleting_takes_all_that_hangs_on_a_session<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    fetched(&store, 1).await;
    assert_eq!(store.finish(id(1), &finished(Some(1))).await.unwrap(), Finish::Done);
    assert_eq!(store.delete(id(1)).await.unwrap(), Swap::Done);
    assert_eq!(store.delete(id(1)).await.unwrap(), Swap::Lost);
    assert_eq!(store.due(after(10), after(70)).await.unwrap(), []);
}

async fn what_goes_by_a_browser_is_handed_out_at_once<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    store.begin(&NewSession { flow: Flow::Browser, ..session(1) }).await.unwrap();
    assert_eq!(store.fetch(request(1), None, after(1)).await.unwrap(), Fetched::Taken);
    assert_eq!(store.awaiting(response(1)).await.unwrap().unwrap().flow, Flow::Browser);
    assert_eq!(store.finish(id(1), &finished(None)).await.unwrap(), Finish::Done);
}

async fn ids_and_addresses_are_unique<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    store.begin(&session(1)).await.unwrap();
    for twice in [
        NewSession { id: id(1), ..session(2) },
        NewSession { request: request(1), ..session(2) },
        NewSession { response: response(1), ..session(2) },
    ] {
        assert!(matches!(store.begin(&twice).await, Err(SqlError::RuleBroken { .. })));
    }
    store.begin(&session(2)).await.unwrap();
    store.probe(b"probe").await.unwrap();
}

on_both!(
    a_session_goes_its_way
    each_step_is_made_once
    a_step_is_made_in_its_turn
    a_wallet_is_known_by_its_nonce
    time_ends_a_session
    an_answer_counts_from_when_it_came
    who_has_no_nonce_is_not_known_again
    a_delivered_result_is_kept_for_less
    a_message_is_one_replicas_for_a_while
    a_message_outlives_its_session_but_not_its_time
    deleting_takes_all_that_hangs_on_a_session
    what_goes_by_a_browser_is_handed_out_at_once
    ids_and_addresses_are_unique
);
