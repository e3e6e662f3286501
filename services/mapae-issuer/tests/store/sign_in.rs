//! A citizen's way through the authorization endpoint: each step once, in order.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_document::{LifeEvent, LifeState};
use mapae_issuer::ids::SignInId;
use mapae_issuer::store::{
    Applied, BeginSignIn, Changed, Exchange, Exchanged, GrantKind, IssuerStore, NewSignIn, PushedRequest, Redeemed,
};

use super::{
    people::{COPIES, OTHER_PHONE, PHONE, after, application, fresh, offered, person, redemption, resident},
    places::{Place, on_both},
};

on_both!(
    a_citizen_signs_in_and_gets_a_grant,
    each_step_is_taken_once,
    no_step_is_left_out,
    steps_expire,
    another_wallet_cannot_begin,
    a_code_is_exchanged_only_as_it_was_pushed,
    a_code_is_exchanged_once_and_repeated_for_a_minute,
    a_pending_document_is_taken_over,
);

fn pushed() -> NewSignIn {
    let request = PushedRequest {
        client_id: "wallet".to_owned(),
        redirect_uri: "https://wallet.example/cb".to_owned(),
        state: Some("xyz".to_owned()),
        challenge: "challenge".to_owned(),
        configurations: vec!["resident-mdoc".to_owned(), "resident-sd-jwt".to_owned()],
        name: resident(),
        jkt: Some(PHONE),
    };
    NewSignIn { id: fresh(), request, expires_at: after(60) }
}

fn begin(id: SignInId) -> BeginSignIn {
    let (nonce, verifier) = ("nonce".to_owned(), "verifier".to_owned());
    BeginSignIn { id, client_id: "wallet".to_owned(), nonce, verifier, expires_at: after(660), now: after(5) }
}

fn exchange(id: SignInId) -> Exchange {
    Exchange {
        id,
        challenge: "challenge".to_owned(),
        redirect_uri: "https://wallet.example/cb".to_owned(),
        client_id: "wallet".to_owned(),
        jkt: PHONE,
        document: fresh(),
        grant: fresh(),
        copies: COPIES,
        expires_at: after(3600),
        now: after(20),
    }
}

async fn signed_in(store: &impl IssuerStore, number: u64) -> SignInId {
    let new = pushed();
    store.push(&new).await.unwrap();
    store.begin_sign_in(&begin(new.id)).await.unwrap().unwrap();
    store.take_sign_in(new.id, after(10)).await.unwrap().unwrap();
    store.signed_in(new.id, &person(number), after(120), after(11)).await.unwrap().unwrap();
    new.id
}

async fn a_citizen_signs_in_and_gets_a_grant(place: impl Place) {
    let store = place.store().await;
    let new = pushed();
    store.push(&new).await.unwrap();
    assert_eq!(store.begin_sign_in(&begin(new.id)).await.unwrap(), Some(new.request.clone()));
    let taken = store.take_sign_in(new.id, after(10)).await.unwrap().unwrap();
    assert_eq!((&taken.request, &*taken.nonce, &*taken.verifier), (&new.request, "nonce", "verifier"));
    let known = store.signed_in(new.id, &person(1), after(120), after(11)).await.unwrap();
    assert_eq!(known, Some(new.request));
    let asked = exchange(new.id);
    let exchanged = store.exchange(&asked).await.unwrap();
    let Exchanged::Done(grant) = exchanged else { panic!("{exchanged:?}") };
    assert_eq!((grant.id, grant.document, grant.kind), (asked.grant, asked.document, GrantKind::Authorization));
    assert_eq!((grant.person, grant.jkt), (person(1), PHONE));
    let document = store.document(asked.document).await.unwrap().unwrap();
    assert_eq!((document.state, document.grant), (LifeState::Offered, Some(asked.grant)));
}

async fn each_step_is_taken_once(place: impl Place) {
    let store = place.store().await;
    let new = pushed();
    store.push(&new).await.unwrap();
    assert!(store.begin_sign_in(&begin(new.id)).await.unwrap().is_some());
    assert!(store.begin_sign_in(&begin(new.id)).await.unwrap().is_none());
    assert!(store.take_sign_in(new.id, after(10)).await.unwrap().is_some());
    assert!(store.take_sign_in(new.id, after(10)).await.unwrap().is_none());
    assert!(store.signed_in(new.id, &person(1), after(120), after(11)).await.unwrap().is_some());
    assert!(store.signed_in(new.id, &person(2), after(120), after(11)).await.unwrap().is_none());
    let Exchanged::Done(grant) = store.exchange(&exchange(new.id)).await.unwrap() else { panic!() };
    assert_eq!(grant.person, person(1));
}

async fn no_step_is_left_out(place: impl Place) {
    let store = place.store().await;
    let new = pushed();
    assert!(store.begin_sign_in(&begin(new.id)).await.unwrap().is_none());
    store.push(&new).await.unwrap();
    assert!(store.take_sign_in(new.id, after(10)).await.unwrap().is_none());
    assert_eq!(store.exchange(&exchange(new.id)).await.unwrap(), Exchanged::Unknown);
    store.begin_sign_in(&begin(new.id)).await.unwrap().unwrap();
    assert!(store.signed_in(new.id, &person(1), after(120), after(11)).await.unwrap().is_none());
    assert_eq!(store.exchange(&exchange(new.id)).await.unwrap(), Exchanged::Unknown);
    store.take_sign_in(new.id, after(10)).await.unwrap().unwrap();
    assert_eq!(store.exchange(&exchange(new.id)).await.unwrap(), Exchanged::Unknown);
}

async fn steps_expire(place: impl Place) {
    let store = place.store().await;
    let new = pushed();
    store.push(&new).await.unwrap();
    let late = BeginSignIn { now: after(61), ..begin(new.id) };
    assert!(store.begin_sign_in(&late).await.unwrap().is_none());
    assert!(store.begin_sign_in(&BeginSignIn { now: after(60), ..late }).await.unwrap().is_some());
    assert!(store.take_sign_in(new.id, after(661)).await.unwrap().is_none());
    assert!(store.take_sign_in(new.id, after(660)).await.unwrap().is_some());
    assert!(store.signed_in(new.id, &person(1), after(700), after(661)).await.unwrap().is_none());
    assert!(store.signed_in(new.id, &person(1), after(700), after(660)).await.unwrap().is_some());
    let late = Exchange { now: after(701), ..exchange(new.id) };
    assert_eq!(store.exchange(&late).await.unwrap(), Exchanged::Expired);
    assert!(matches!(store.exchange(&Exchange { now: after(700), ..late }).await.unwrap(), Exchanged::Done(_)));
}

async fn another_wallet_cannot_begin(place: impl Place) {
    let store = place.store().await;
    let new = pushed();
    store.push(&new).await.unwrap();
    let other = BeginSignIn { client_id: "other".to_owned(), ..begin(new.id) };
    assert!(store.begin_sign_in(&other).await.unwrap().is_none());
    assert!(store.begin_sign_in(&begin(new.id)).await.unwrap().is_some());
}

async fn a_code_is_exchanged_only_as_it_was_pushed(place: impl Place) {
    let store = place.store().await;
    let id = signed_in(&store, 1).await;
    let wrong = [
        Exchange { challenge: "other".to_owned(), ..exchange(id) },
        Exchange { redirect_uri: "https://other.example".to_owned(), ..exchange(id) },
        Exchange { client_id: "other".to_owned(), ..exchange(id) },
        Exchange { jkt: OTHER_PHONE, ..exchange(id) },
    ];
    for wrong in wrong {
        assert_eq!(store.exchange(&wrong).await.unwrap(), Exchanged::Mismatch);
    }
    assert!(matches!(store.exchange(&exchange(id)).await.unwrap(), Exchanged::Done(_)));
}

async fn a_code_is_exchanged_once_and_repeated_for_a_minute(place: impl Place) {
    let store = place.store().await;
    let id = signed_in(&store, 1).await;
    let Exchanged::Done(grant) = store.exchange(&exchange(id)).await.unwrap() else { panic!() };
    let again = |now| Exchange { now, ..exchange(id) };
    assert_eq!(store.exchange(&again(after(80))).await.unwrap(), Exchanged::Repeated(grant.clone()));
    assert_eq!(store.exchange(&again(after(81))).await.unwrap(), Exchanged::Used);
    // What came of it has ended.
    let id = signed_in(&store, 2).await;
    let Exchanged::Done(grant) = store.exchange(&exchange(id)).await.unwrap() else { panic!() };
    let changed = store.change(grant.document, LifeEvent::Revoke, None, after(21)).await.unwrap();
    assert!(matches!(changed, Changed::Done(_)));
    let repeated = store.exchange(&again_of(id)).await.unwrap();
    assert!(matches!(repeated, Exchanged::Repeated(_) | Exchanged::Used), "{repeated:?}");
}

fn again_of(id: SignInId) -> Exchange {
    Exchange { now: after(22), ..exchange(id) }
}

async fn a_pending_document_is_taken_over(place: impl Place) {
    let store = place.store().await;
    let (document, offer) = offered(&store, 1).await;
    let id = signed_in(&store, 1).await;
    let Exchanged::Done(grant) = store.exchange(&exchange(id)).await.unwrap() else { panic!() };
    assert_eq!(grant.document, document.id);
    assert_eq!(store.redeem(&redemption(&offer)).await.unwrap(), Redeemed::Void);
    let applied = mapae_issuer::store::Application { identified: false, ..application(2) };
    let Applied::Done(applied) = store.apply(&applied).await.unwrap() else { panic!() };
    let id = signed_in(&store, 2).await;
    let Exchanged::Done(grant) = store.exchange(&exchange(id)).await.unwrap() else { panic!() };
    assert_eq!(grant.document, applied.id);
    assert_eq!(store.document(applied.id).await.unwrap().unwrap().state, LifeState::Offered);
}
