//! Offers, and the codes by which they are redeemed.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_document::{LifeEvent, LifeState};
use mapae_issuer::store::{
    Application, Applied, GrantKind, IssuerStore, NewOffer, OfferStage, Offered, Party, Redeemed, Redemption,
    StoreError,
};

use super::{
    people::{
        COPIES, OTHER_PHONE, PHONE, active, after, application, document, done, fresh, offer_like, offer_of, offered,
        offered_as, person, redemption, resident,
    },
    places::{Place, on_both},
};

on_both!(
    an_offer_is_shown_as_it_was_made,
    a_document_has_one_offer_at_a_time,
    an_offer_that_came_to_nothing_is_followed_by_another,
    a_clerk_offers_the_document_that_is_on_its_way,
    a_redeemed_offer_is_a_grant_for_one_phone,
    the_same_phone_may_ask_again_for_a_minute,
    wrong_codes_are_counted_and_the_fifth_voids_the_offer,
    an_offer_expires_after_its_last_second,
    an_offer_that_nobody_made_is_unknown,
    an_id_is_given_once,
);

async fn an_offer_is_shown_as_it_was_made(place: impl Place) {
    let store = place.store().await;
    let (document, offer) = offered(&store, 1).await;
    let view = store.offer_of(offer.id).await.unwrap().unwrap();
    assert_eq!((view.document, view.person, view.name), (document.id, person(1), resident()));
    assert_eq!((view.stage, view.copies, view.expires_at), (OfferStage::Open, COPIES, offer.expires_at));
    assert_eq!((document.state, document.offer), (LifeState::Offered, Some(offer.id)));
    assert_eq!(store.offer_of(fresh()).await.unwrap(), None);
}

async fn a_document_has_one_offer_at_a_time(place: impl Place) {
    let store = place.store().await;
    let (document, offer) = offered(&store, 1).await;
    let standing = |until| Offered::AlreadyOffered { document: document.id, offer: offer.id, expires_at: until };
    assert_eq!(store.offer(&offer_of(&document)).await.unwrap(), standing(offer.expires_at));
    let other = application(1);
    assert_eq!(store.apply_and_offer(&other, &offer_like(&other)).await.unwrap(), standing(offer.expires_at));
    assert_eq!(store.document(other.id).await.unwrap(), None);
    // Redeemed, it stands as long as its grant.
    let grant = done(store.redeem(&redemption(&offer)).await.unwrap());
    let late = NewOffer { at: after(1000), expires_at: after(2000), ..offer_of(&document) };
    assert_eq!(store.offer(&late).await.unwrap(), standing(grant.expires_at));
}

async fn an_offer_that_came_to_nothing_is_followed_by_another(place: impl Place) {
    let store = place.store().await;
    let (document, offer) = offered(&store, 1).await;
    let second = NewOffer { at: after(601), expires_at: after(1200), ..offer_of(&document) };
    assert_eq!(store.offer(&second).await.unwrap(), Offered::Done);
    assert_eq!(store.redeem(&Redemption { now: after(602), ..redemption(&offer) }).await.unwrap(), Redeemed::Expired);
    // Even by a clock that is behind, the older one is good for nothing.
    assert_eq!(store.redeem(&redemption(&offer)).await.unwrap(), Redeemed::Void);
    let late = Redemption { now: after(602), expires_at: after(4200), ..redemption(&second) };
    assert!(matches!(store.redeem(&late).await.unwrap(), Redeemed::Done(_)));
}

async fn a_clerk_offers_the_document_that_is_on_its_way(place: impl Place) {
    let store = place.store().await;
    let Applied::Done(applied) = store.apply(&Application { identified: false, ..application(1) }).await.unwrap()
    else {
        panic!()
    };
    let application = Application { held: true, ..application(1) };
    let offer = offer_like(&application);
    assert_eq!(store.apply_and_offer(&application, &offer).await.unwrap(), Offered::Done);
    assert_eq!(store.offer_of(offer.id).await.unwrap().unwrap().document, applied.id);
    let offered = store.document(applied.id).await.unwrap().unwrap();
    assert_eq!((offered.state, offered.held), (LifeState::Offered, true));
    assert_eq!(store.document(application.id).await.unwrap(), None);
}

async fn a_redeemed_offer_is_a_grant_for_one_phone(place: impl Place) {
    let store = place.store().await;
    let (applied, offer) = offered(&store, 1).await;
    let asked = redemption(&offer);
    let grant = done(store.redeem(&asked).await.unwrap());
    assert_eq!((grant.id, grant.root, grant.document), (asked.grant, asked.grant, applied.id));
    assert_eq!((grant.jkt, grant.copies, grant.kind), (PHONE, COPIES, GrantKind::PreAuthorized));
    assert_eq!((&grant.person, &grant.client_id), (&person(1), &Some("wallet".to_owned())));
    let now = document(&store, &grant).await;
    assert_eq!((now.state, now.grant, now.device), (LifeState::Offered, Some(grant.id), Some(PHONE)));
    assert_eq!(store.offer_of(offer.id).await.unwrap().unwrap().stage, OfferStage::Redeemed);
    let other = Redemption { jkt: OTHER_PHONE, ..redemption(&offer) };
    assert_eq!(store.redeem(&other).await.unwrap(), Redeemed::Used);
    assert_eq!(store.grant(other.grant, after(11)).await.unwrap(), None);
}

async fn the_same_phone_may_ask_again_for_a_minute(place: impl Place) {
    let store = place.store().await;
    let (_, offer) = offered(&store, 1).await;
    let grant = done(store.redeem(&redemption(&offer)).await.unwrap());
    let again = |seconds: i64| Redemption { now: after(10 + seconds), ..redemption(&offer) };
    assert_eq!(store.redeem(&again(60)).await.unwrap(), Redeemed::Repeated(grant));
    assert_eq!(store.redeem(&again(61)).await.unwrap(), Redeemed::Used);
    assert_eq!(store.redeem(&Redemption { tx_code: [7; 32], ..again(1) }).await.unwrap(), Redeemed::Used);
}

async fn wrong_codes_are_counted_and_the_fifth_voids_the_offer(place: impl Place) {
    let store = place.store().await;
    let (_, offer) = offered(&store, 1).await;
    let wrong = Redemption { tx_code: [7; 32], ..redemption(&offer) };
    for left in [4, 3, 2, 1, 0] {
        assert_eq!(store.redeem(&wrong).await.unwrap(), Redeemed::WrongTxCode { left });
    }
    assert_eq!(store.redeem(&redemption(&offer)).await.unwrap(), Redeemed::Void);
    assert_eq!(store.offer_of(offer.id).await.unwrap().unwrap().stage, OfferStage::Void);
    let (_, offer) = offered(&store, 2).await;
    let wrong = Redemption { tx_code: [7; 32], ..redemption(&offer) };
    for left in [4, 3, 2, 1] {
        assert_eq!(store.redeem(&wrong).await.unwrap(), Redeemed::WrongTxCode { left });
    }
    assert!(matches!(store.redeem(&redemption(&offer)).await.unwrap(), Redeemed::Done(_)));
}

async fn an_offer_expires_after_its_last_second(place: impl Place) {
    let store = place.store().await;
    let (_, offer) = offered(&store, 1).await;
    let at = |now| Redemption { now, ..redemption(&offer) };
    assert_eq!(store.redeem(&at(after(601))).await.unwrap(), Redeemed::Expired);
    assert!(matches!(store.redeem(&at(after(600))).await.unwrap(), Redeemed::Done(_)));
}

async fn an_offer_that_nobody_made_is_unknown(place: impl Place) {
    let store = place.store().await;
    let (document, _) = offered(&store, 1).await;
    assert_eq!(store.redeem(&redemption(&offer_of(&document))).await.unwrap(), Redeemed::Unknown);
    let nobody = NewOffer { document: fresh(), ..offer_of(&document) };
    assert_eq!(store.offer(&nobody).await.unwrap(), Offered::Unknown);
}

async fn an_id_is_given_once(place: impl Place) {
    let store = place.store().await;
    let (_, offer) = offered(&store, 1).await;
    let application = application(2);
    let again = NewOffer { id: offer.id, ..offer_like(&application) };
    let error = store.apply_and_offer(&application, &again).await.unwrap_err();
    assert!(matches!(error, StoreError::IdTaken), "{error:?}");
    assert_eq!(error.party(), Party::Caller);
    assert_eq!(store.document(application.id).await.unwrap(), None);
    let (grant, _) = active(&store, 3).await;
    store.change(grant.document, LifeEvent::Suspend, None, after(1)).await.unwrap();
    offered_as(&store, &application).await;
}
