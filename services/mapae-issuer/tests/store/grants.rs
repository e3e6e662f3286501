//! Grants, what they show, and refills.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_document::{LifeEvent, LifeState};
use mapae_issuer::store::{
    Committed, GrantKind, IssuerStore, NewBatch, NewOffer, Offered, Redemption, Refresh, Refreshed, RegisterRow,
};
use mapae_types::Duration;

use super::{
    people::{
        CONFIGURATION, COPIES, OTHER_PHONE, active, after, batch, days, document, done, fresh, granted, offer_of,
        offered, person, redemption, refresh, resident,
    },
    places::{Place, on_both},
};

on_both!(
    a_grant_shows_all_that_decides_about_copies,
    a_grant_ends_after_its_last_second,
    a_device_is_refilled_from_the_day_that_was_set,
    a_refill_takes_the_place_of_the_grant_before,
    a_refill_may_be_asked_for_again_for_a_minute,
    another_key_gets_no_refill,
    a_document_that_is_not_active_gets_no_refill,
    a_new_offer_ends_the_grants_of_the_old_one,
);

async fn a_grant_shows_all_that_decides_about_copies(place: impl Place) {
    let store = place.store().await;
    let grant = granted(&store, 1).await;
    let view = store.grant(grant.id, after(20)).await.unwrap().unwrap();
    assert_eq!((&view.grant, &view.row, view.batches.len()), (&grant, &None, 0));
    assert_eq!(view.document, document(&store, &grant).await);
    let cells = [("given_name".to_owned(), "길동".to_owned())].into();
    let row = RegisterRow { person: person(1), cells };
    store.import(&resident(), vec![row.clone()], after(1)).await.unwrap();
    let batch = batch(&store, &grant, 4).await;
    store.commit(batch.clone()).await.unwrap();
    let view = store.grant(grant.id, after(20)).await.unwrap().unwrap();
    let found = view.row.clone().unwrap();
    assert_eq!((found.revision, &*found.cells), (1, &row.cells));
    assert_eq!(view.document.state, LifeState::Active);
    assert_eq!(view.batch(CONFIGURATION, &batch.keys).unwrap().id, batch.id);
    assert_eq!(view.batch("resident-sd-jwt", &batch.keys), None);
    assert_eq!((view.left(CONFIGURATION), view.left("resident-sd-jwt")), (COPIES - 4, COPIES));
    // The row of another of the person's documents is not this one's.
    store.remove(&resident(), &[person(1)], after(2)).await.unwrap();
    store.import(&"licence".parse().unwrap(), vec![row], after(3)).await.unwrap();
    assert_eq!(store.grant(grant.id, after(20)).await.unwrap().unwrap().row, None);
}

async fn a_grant_ends_after_its_last_second(place: impl Place) {
    let store = place.store().await;
    let grant = granted(&store, 1).await;
    assert!(store.grant(grant.id, grant.expires_at).await.unwrap().is_some());
    let late = grant.expires_at + Duration::seconds(1);
    assert_eq!(store.grant(grant.id, late).await.unwrap(), None);
    let batch = NewBatch { at: late, ..batch(&store, &grant, 1).await };
    assert_eq!(store.commit(batch).await.unwrap(), Committed::Unknown);
    assert_eq!(store.grant(fresh(), after(1)).await.unwrap(), None);
}

async fn a_device_is_refilled_from_the_day_that_was_set(place: impl Place) {
    let store = place.store().await;
    let (grant, batch) = active(&store, 1).await;
    let early = Refresh { now: batch.refill_from - Duration::seconds(1), ..refresh(&grant) };
    assert_eq!(store.refresh(&early).await.unwrap(), Refreshed::TooSoon { from: batch.refill_from });
    let asked = Refresh { now: batch.refill_from, copies: 3, ..refresh(&grant) };
    let refreshed = store.refresh(&asked).await.unwrap();
    let Refreshed::Done(refill) = refreshed else { panic!("{refreshed:?}") };
    assert_eq!((refill.id, refill.root, refill.document), (asked.grant, grant.id, grant.document));
    assert_eq!((refill.kind, refill.copies, &refill.client_id), (GrantKind::Refill, 3, &grant.client_id));
    let refill_batch = super::people::batch(&store, &refill, 3).await;
    assert_eq!(store.commit(refill_batch).await.unwrap(), Committed::Done { replaced: None });
    // Copies that were made before stay good.
    assert!(store.revoked(0, 10).await.unwrap().is_empty());
}

async fn a_refill_takes_the_place_of_the_grant_before(place: impl Place) {
    let store = place.store().await;
    let (grant, _) = active(&store, 1).await;
    let Refreshed::Done(first) = store.refresh(&refresh(&grant)).await.unwrap() else { panic!() };
    let later = Refresh { now: first.at + Duration::seconds(61), ..refresh(&grant) };
    let Refreshed::Done(second) = store.refresh(&later).await.unwrap() else { panic!() };
    let old = batch(&store, &first, 1).await;
    assert_eq!(store.commit(old).await.unwrap(), Committed::Superseded);
    let new = batch(&store, &second, COPIES).await;
    assert_eq!(store.commit(new.clone()).await.unwrap(), Committed::Done { replaced: None });
    // The refresh token is of the code's grant, not of a refill's.
    assert_eq!(store.refresh(&Refresh { root: second.id, ..later.clone() }).await.unwrap(), Refreshed::Unknown);
    let third = Refresh { now: second.at + Duration::seconds(61), grant: fresh(), ..later };
    assert_eq!(store.refresh(&third).await.unwrap(), Refreshed::TooSoon { from: new.refill_from });
}

async fn a_refill_may_be_asked_for_again_for_a_minute(place: impl Place) {
    let store = place.store().await;
    let (grant, _) = active(&store, 1).await;
    let Refreshed::Done(first) = store.refresh(&refresh(&grant)).await.unwrap() else { panic!() };
    let again = Refresh { now: first.at + Duration::seconds(60), ..refresh(&grant) };
    assert_eq!(store.refresh(&again).await.unwrap(), Refreshed::Repeated(first));
}

async fn another_key_gets_no_refill(place: impl Place) {
    let store = place.store().await;
    let (grant, _) = active(&store, 1).await;
    let other = Refresh { jkt: OTHER_PHONE, ..refresh(&grant) };
    assert_eq!(store.refresh(&other).await.unwrap(), Refreshed::OtherKey);
    assert_eq!(store.refresh(&Refresh { root: fresh(), ..other }).await.unwrap(), Refreshed::Unknown);
}

async fn a_document_that_is_not_active_gets_no_refill(place: impl Place) {
    let store = place.store().await;
    let (grant, _) = active(&store, 1).await;
    store.change(grant.document, LifeEvent::Suspend, None, days(1)).await.unwrap();
    assert_eq!(store.refresh(&refresh(&grant)).await.unwrap(), Refreshed::Not(LifeState::Suspended));
    store.change(grant.document, LifeEvent::Resume, None, days(2)).await.unwrap();
    let at_once = Refresh { now: days(2), ..refresh(&grant) };
    assert!(matches!(store.refresh(&at_once).await.unwrap(), Refreshed::Done(_)));
    store.change(grant.document, LifeEvent::Revoke, None, days(3)).await.unwrap();
    assert_eq!(store.refresh(&refresh(&grant)).await.unwrap(), Refreshed::Not(LifeState::Revoked));
}

/// The phone broke between the offer and the first copy.
async fn a_new_offer_ends_the_grants_of_the_old_one(place: impl Place) {
    let store = place.store().await;
    let (applied, offer) = offered(&store, 1).await;
    let first = done(store.redeem(&redemption(&offer)).await.unwrap());
    let again = NewOffer { at: after(4000), expires_at: after(5000), ..offer_of(&applied) };
    assert_eq!(store.offer(&again).await.unwrap(), Offered::Done);
    let other = Redemption { jkt: OTHER_PHONE, now: after(4001), expires_at: after(8000), ..redemption(&again) };
    done(store.redeem(&other).await.unwrap());
    let batch = batch(&store, &first, 1).await;
    assert_eq!(store.commit(batch).await.unwrap(), Committed::Superseded);
    assert_eq!(store.refresh(&refresh(&first)).await.unwrap(), Refreshed::Unknown);
}
