//! A document's life.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_document::{LifeEvent, LifeState};
use mapae_issuer::ids::DocumentId;
use mapae_issuer::store::{Application, Applied, Changed, IssuerStore, Offered, Redeemed};

use super::{
    people::{active, after, application, document, fresh, offer_of, offered, person, redemption},
    places::{Place, on_both},
};

on_both!(
    a_document_is_applied_for_and_identified,
    a_person_has_one_pending_document_of_a_name,
    only_an_identified_document_is_offered,
    suspended_it_loses_its_copies_and_resumed_it_may_be_refilled,
    a_revoked_document_stays_revoked,
    a_revoked_application_makes_place_for_another,
    an_approval_ends_the_wait,
    what_comes_of_other_calls_cannot_be_asked_for,
    the_most_urgent_come_first,
    all_documents_of_a_person_are_found,
);

async fn a_document_is_applied_for_and_identified(place: impl Place) {
    let store = place.store().await;
    let application = Application { identified: false, ..application(1) };
    let Applied::Done(applied) = store.apply(&application).await.unwrap() else { panic!() };
    assert_eq!((applied.state, applied.id), (LifeState::Applied, application.id));
    let changed = store.change(applied.id, LifeEvent::Identify, None, after(5)).await.unwrap();
    let Changed::Done(identified) = changed else { panic!("{changed:?}") };
    assert_eq!((identified.state, identified.changed_at), (LifeState::Identified, after(5)));
    assert_eq!(store.document(applied.id).await.unwrap(), Some(identified));
    let again = store.change(applied.id, LifeEvent::Identify, None, after(6)).await.unwrap();
    assert_eq!(again, Changed::Not(LifeState::Identified));
    assert_eq!(store.change(fresh(), LifeEvent::Identify, None, after(6)).await.unwrap(), Changed::Unknown);
}

async fn a_person_has_one_pending_document_of_a_name(place: impl Place) {
    let store = place.store().await;
    let Applied::Done(first) = store.apply(&application(1)).await.unwrap() else { panic!() };
    assert_eq!(store.apply(&application(1)).await.unwrap(), Applied::Pending(first));
    let licence = Application { name: "licence".parse().unwrap(), ..application(1) };
    assert!(matches!(store.apply(&licence).await.unwrap(), Applied::Done(_)));
    assert!(matches!(store.apply(&application(2)).await.unwrap(), Applied::Done(_)));
}

async fn only_an_identified_document_is_offered(place: impl Place) {
    let store = place.store().await;
    let Applied::Done(applied) = store.apply(&Application { identified: false, ..application(1) }).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(store.offer(&offer_of(&applied)).await.unwrap(), Offered::Not(LifeState::Applied));
    store.change(applied.id, LifeEvent::Identify, None, after(1)).await.unwrap();
    assert_eq!(store.offer(&offer_of(&applied)).await.unwrap(), Offered::Done);
    let (grant, _) = active(&store, 2).await;
    let active = document(&store, &grant).await;
    assert_eq!(store.offer(&offer_of(&active)).await.unwrap(), Offered::Not(LifeState::Active));
}

async fn suspended_it_loses_its_copies_and_resumed_it_may_be_refilled(place: impl Place) {
    let store = place.store().await;
    let (grant, batch) = active(&store, 1).await;
    assert!(document(&store, &grant).await.refill_from.is_some());
    let changed = store.change(grant.document, LifeEvent::Suspend, Some("lost phone"), after(60)).await.unwrap();
    let Changed::Done(suspended) = changed else { panic!("{changed:?}") };
    assert_eq!(suspended.state, LifeState::Suspended);
    assert_eq!(suspended.reason.unwrap().expose(), "lost phone");
    let revoked = store.revoked(0, 10).await.unwrap();
    assert_eq!(revoked.iter().map(|one| (one.nth, one.numbers.clone())).collect::<Vec<_>>(), [(1, batch.numbers)]);
    let changed = store.change(grant.document, LifeEvent::Resume, None, after(90)).await.unwrap();
    let Changed::Done(resumed) = changed else { panic!("{changed:?}") };
    assert_eq!((resumed.state, resumed.refill_from, resumed.reason), (LifeState::Active, None, None));
    // Revoked stays revoked, and is not revoked twice (design D6).
    store.change(grant.document, LifeEvent::Suspend, None, after(91)).await.unwrap();
    assert_eq!(store.revoked(0, 10).await.unwrap(), revoked);
}

async fn a_revoked_document_stays_revoked(place: impl Place) {
    let store = place.store().await;
    let (grant, _) = active(&store, 1).await;
    store.change(grant.document, LifeEvent::Revoke, None, after(60)).await.unwrap();
    for event in [LifeEvent::Suspend, LifeEvent::Resume, LifeEvent::Revoke, LifeEvent::Expire, LifeEvent::Identify] {
        let changed = store.change(grant.document, event, None, after(61)).await.unwrap();
        assert_eq!(changed, Changed::Not(LifeState::Revoked), "{event:?}");
    }
    assert_eq!(store.approve(grant.document, after(62)).await.unwrap(), Changed::Not(LifeState::Revoked));
}

async fn a_revoked_application_makes_place_for_another(place: impl Place) {
    let store = place.store().await;
    let (first, offer) = offered(&store, 1).await;
    store.change(first.id, LifeEvent::Revoke, None, after(5)).await.unwrap();
    assert!(matches!(store.apply(&application(1)).await.unwrap(), Applied::Done(_)));
    assert_eq!(store.redeem(&redemption(&offer)).await.unwrap(), Redeemed::Void);
}

async fn an_approval_ends_the_wait(place: impl Place) {
    let store = place.store().await;
    let Applied::Done(held) = store.apply(&Application { held: true, ..application(1) }).await.unwrap() else {
        panic!()
    };
    assert!(held.held);
    let changed = store.approve(held.id, after(1)).await.unwrap();
    assert!(matches!(changed, Changed::Done(document) if !document.held));
    assert!(!store.document(held.id).await.unwrap().unwrap().held);
    assert_eq!(store.approve(fresh::<_>(), after(1)).await.unwrap(), Changed::Unknown);
}

async fn what_comes_of_other_calls_cannot_be_asked_for(place: impl Place) {
    let store = place.store().await;
    let (document, _) = offered(&store, 1).await;
    for event in [LifeEvent::Offer, LifeEvent::Activate] {
        let changed = store.change(document.id, event, None, after(1)).await.unwrap();
        assert_eq!(changed, Changed::Not(LifeState::Offered));
    }
    let (grant, _) = active(&store, 2).await;
    let changed = store.change(grant.document, LifeEvent::Replace, None, after(1)).await.unwrap();
    assert_eq!(changed, Changed::Not(LifeState::Active));
}

async fn the_most_urgent_come_first(place: impl Place) {
    let store = place.store().await;
    for (number, urgency, at) in [(1, 0, 1), (2, 9, 3), (3, 9, 2), (4, 5, 0)] {
        store.apply(&Application { urgency, at: after(at), ..application(number) }).await.unwrap();
    }
    store.apply(&Application { identified: false, urgency: 10, ..application(5) }).await.unwrap();
    assert_eq!(store.waiting().await.unwrap(), 4);
    let urgent = store.most_urgent(3).await.unwrap();
    let people: Vec<_> = urgent.iter().map(|document| document.person.clone()).collect();
    assert_eq!(people, [person(3), person(2), person(4)]);
    store.offer(&offer_of(&urgent[0])).await.unwrap();
    assert_eq!(store.waiting().await.unwrap(), 3);
    assert_eq!(store.most_urgent(1).await.unwrap()[0].person, person(2));
}

async fn all_documents_of_a_person_are_found(place: impl Place) {
    let store = place.store().await;
    let (grant, _) = active(&store, 1).await;
    let Applied::Done(second) = store.apply(&application(1)).await.unwrap() else { panic!() };
    let licence = Application { name: "licence".parse().unwrap(), ..application(1) };
    store.apply(&licence).await.unwrap();
    // "person-0000010" begins with "person-000001" and is somebody else.
    store.apply(&Application { person: "person-0000010".parse().unwrap(), ..application(9) }).await.unwrap();
    let found: Vec<DocumentId> = store.documents_of(&person(1)).await.unwrap().iter().map(|one| one.id).collect();
    assert_eq!(found, [grant.document, second.id, licence.id]);
}
