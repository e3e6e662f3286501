//! What the provider relies on, the same for SQLite and PostgreSQL: each scenario runs on both.

use mapae_sql::Swap;
use mapae_types::{Duration, Timestamp};
use mapae_verifier::store::{Kept, Named, OpenIdStore, Thing};
use testkit::now;

use crate::places::{Place, on_both};

const LOGIN: [u8; 16] = [7; 16];

fn after(seconds: i64) -> Timestamp {
    now() + Duration::seconds(seconds)
}

fn named(thing: Thing, name: u8) -> Named {
    let record = Some(vec![name, 1, 2]);
    Named { thing, name: vec![name; 32], login: Some(LOGIN), record, keep_until: after(60) }
}

fn kept(name: u8, record: Option<Vec<u8>>, used: bool) -> Kept {
    Kept { name: vec![name; 32], record, used }
}

async fn a_name_is_given_once<P: Place>() {
    let Some(place) = P::new() else { return };
    let (store, other) = (place.store().await, place.store().await);
    assert_eq!(store.keep(&named(Thing::Assertion, 1)).await.unwrap(), Swap::Done);
    assert_eq!(other.keep(&named(Thing::Assertion, 1)).await.unwrap(), Swap::Lost);
    assert_eq!(other.keep(&named(Thing::Pushed, 1)).await.unwrap(), Swap::Done, "of another kind it is another name");
    assert_eq!(other.kept(Thing::Assertion, &[1; 32]).await.unwrap(), Some(kept(1, Some(vec![1, 1, 2]), false)));
    assert_eq!(other.kept(Thing::Code, &[1; 32]).await.unwrap(), None);
}

async fn peer_hole_08_of_many_who_spend_one_does<P: Place>() {
    let Some(place) = P::new() else { return };
    let stores = [place.store().await, place.store().await];
    assert_eq!(stores[0].keep(&named(Thing::Code, 1)).await.unwrap(), Swap::Done);
    let mut spent = tokio::task::JoinSet::new();
    for turn in 0..8 {
        let store = stores[turn % 2].clone();
        spent.spawn(async move { store.spend(Thing::Code, &[1; 32]).await.unwrap() });
    }
    let done = spent.join_all().await.into_iter().filter(|swap| *swap == Swap::Done).count();
    assert_eq!(done, 1);
    assert_eq!(stores[1].spend(Thing::Code, &[2; 32]).await.unwrap(), Swap::Lost, "there is none");
    let left = stores[1].kept(Thing::Code, &[1; 32]).await.unwrap();
    assert_eq!(left, Some(kept(1, Some(vec![1, 1, 2]), true)), "a second use is judged by it");
}

async fn what_is_exchanged_is_forgotten_and_gives_one_thing<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    assert_eq!(store.keep(&named(Thing::Login, 1)).await.unwrap(), Swap::Done);
    let name = [1; 32];
    assert_eq!(store.exchange(Thing::Login, &name, Some(&named(Thing::Code, 2))).await.unwrap(), Swap::Done);
    assert_eq!(store.exchange(Thing::Login, &name, Some(&named(Thing::Code, 3))).await.unwrap(), Swap::Lost);
    assert_eq!(store.kept(Thing::Login, &name).await.unwrap(), Some(kept(1, None, true)));
    assert!(store.kept(Thing::Code, &[2; 32]).await.unwrap().is_some());
    assert_eq!(store.kept(Thing::Code, &[3; 32]).await.unwrap(), None);
    assert_eq!(store.keep(&named(Thing::Login, 4)).await.unwrap(), Swap::Done);
    assert!(store.exchange(Thing::Login, &[4; 32], Some(&named(Thing::Code, 2))).await.is_err(), "a name twice");
    let whole = store.kept(Thing::Login, &[4; 32]).await.unwrap();
    assert_eq!(whole, Some(kept(4, Some(vec![4, 1, 2]), false)), "both, or nothing");
}

async fn a_token_is_kept_while_its_code_was_used_once<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    assert_eq!(store.keep(&named(Thing::Code, 1)).await.unwrap(), Swap::Done);
    let (code, token) = ([1; 32], named(Thing::Access, 5));
    assert_eq!(store.grant(&code, &token).await.unwrap(), Swap::Lost, "it was not used");
    assert_eq!(store.spend(Thing::Code, &code).await.unwrap(), Swap::Done);
    assert_eq!(store.grant(&code, &token).await.unwrap(), Swap::Done);
    store.withdraw([8; 16]).await.unwrap();
    assert!(store.kept(Thing::Access, &[5; 32]).await.unwrap().is_some(), "another sign-in's");
    store.withdraw(LOGIN).await.unwrap();
    assert_eq!(store.kept(Thing::Access, &[5; 32]).await.unwrap(), None);
    assert_eq!(store.grant(&code, &named(Thing::Access, 6)).await.unwrap(), Swap::Lost, "nor does it give another");
}

async fn what_is_over_is_swept<P: Place>() {
    let Some(place) = P::new() else { return };
    let store = place.store().await;
    for name in 1..4 {
        assert_eq!(store.keep(&named(Thing::Pushed, name)).await.unwrap(), Swap::Done);
    }
    let longer = Named { keep_until: after(61), ..named(Thing::Key, 9) };
    assert_eq!(store.keep(&longer).await.unwrap(), Swap::Done);
    assert_eq!(store.sweep_openid(after(59)).await.unwrap(), 0);
    assert_eq!(store.sweep_openid(after(60)).await.unwrap(), 3);
    assert_eq!(store.all(Thing::Pushed).await.unwrap(), []);
    assert_eq!(store.all(Thing::Key).await.unwrap().len(), 1);
}

on_both!(
    a_name_is_given_once
    peer_hole_08_of_many_who_spend_one_does
    what_is_exchanged_is_forgotten_and_gives_one_thing
    a_token_is_kept_while_its_code_was_used_once
    what_is_over_is_swept
);
