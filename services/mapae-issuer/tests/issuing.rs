//! From a clerk's offer to copies on a phone, by HTTP.

use mapae_document::LifeState;
use mapae_issuer::store::IssuerStore as _;
use mapae_jose::base64url;
use mapae_types::Duration;
use serde_json::json;

use crate::scene::Scene;

const BOTH: [&str; 2] = ["resident-mdoc", "resident-sd-jwt"];

#[tokio::test]
async fn a_phone_gets_both_formats_of_what_a_clerk_offers() {
    let scene = Scene::new().await;
    let (offer, mut phone) = (scene.offer(0).await, scene.phone(1));
    let answer = phone.redeem(&offer.code, &offer.tx_code).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    for configuration in BOTH {
        let keys = phone.keys(10);
        let answer = phone.credentials(configuration, &keys).await;
        assert_eq!((answer.status, answer.credentials().len()), (200, 10), "{}", answer.text);
        for credential in answer.credentials() {
            match configuration {
                "resident-mdoc" => {
                    mapae_mdoc::HeldMdoc::parse(&base64url::decode(credential).unwrap()).unwrap();
                }
                _ => assert!(credential.ends_with('~')),
            }
        }
        let notification = json!({ "notification_id": answer.body["notification_id"], "event": "credential_accepted" });
        assert_eq!(phone.protected("notification", &notification).await.status, 204);
    }
    let documents = scene.store.documents_of(&scene.people[0]).await.unwrap();
    assert_eq!(documents.iter().map(|one| one.state).collect::<Vec<_>>(), [LifeState::Active]);
}

#[tokio::test]
async fn the_code_never_stands_beside_the_qr() {
    let scene = Scene::new().await;
    let offer = scene.offer(0).await;
    assert_eq!(offer.tx_code.len(), 6);
    assert!(!offer.answer.to_string().contains(&offer.tx_code));
}

#[tokio::test]
async fn a_request_for_the_same_keys_gets_the_same_copies() {
    let scene = Scene::new().await;
    let (offer, mut phone) = (scene.offer(0).await, scene.phone(1));
    phone.redeem(&offer.code, &offer.tx_code).await;
    for configuration in BOTH {
        let (keys, nonce) = (phone.keys(3), phone.nonce().await);
        let request = phone.request(configuration, &keys, &nonce);
        let first = phone.protected("credential", &request).await;
        let again = phone.protected("credential", &request).await;
        assert_eq!((first.status, again.status), (200, 200), "{}", again.text);
        assert_eq!(first.body["notification_id"], again.body["notification_id"]);
        // ECDSA signatures differ; what they sign does not.
        for (one, other) in first.credentials().iter().zip(again.credentials()) {
            assert!(signed_part(configuration, one) == signed_part(configuration, other));
        }
    }
    let documents = scene.store.documents_of(&scene.people[0]).await.unwrap();
    assert_eq!(scene.store.batches(documents[0].id).await.unwrap().len(), 2);
}

/// Everything but the issuer's signature: 64 bytes before the name spaces of an `IssuerSigned`, or at the end of the JWS.
fn signed_part(configuration: &str, credential: &str) -> Vec<u8> {
    if configuration == "resident-mdoc" {
        let mut bytes = base64url::decode(credential).unwrap();
        let spaces = bytes.windows(11).position(|window| window == b"jnameSpaces").unwrap();
        bytes.drain(spaces - 64..spaces);
        return bytes;
    }
    let (jws, disclosures) = credential.split_once('~').unwrap();
    [jws.rsplit_once('.').unwrap().0, disclosures].concat().into_bytes()
}

#[tokio::test]
async fn a_token_request_is_repeated_for_a_minute_by_the_same_key_alone() {
    let scene = Scene::new().await;
    let (offer, mut phone, mut thief) = (scene.offer(0).await, scene.phone(1), scene.phone(2));
    let first = phone.redeem(&offer.code, &offer.tx_code).await;
    let again = phone.redeem(&offer.code, &offer.tx_code).await;
    assert_eq!(first.body["access_token"], again.body["access_token"]);
    let stolen = thief.redeem(&offer.code, &offer.tx_code).await;
    assert_eq!((stolen.status, stolen.error()), (400, "invalid_grant"));
    scene.wait(Duration::seconds(61));
    let late = phone.redeem(&offer.code, &offer.tx_code).await;
    assert_eq!((late.status, late.error()), (400, "invalid_grant"));
}

#[tokio::test]
async fn of_two_phones_one_redeems_an_offer() {
    let scene = Scene::new().await;
    let (offer, mut one, mut other) = (scene.offer(0).await, scene.phone(1), scene.phone(2));
    let (one, other) = tokio::join!(one.redeem(&offer.code, &offer.tx_code), other.redeem(&offer.code, &offer.tx_code));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn of_two_clerks_one_offers() {
    let scene = Scene::new().await;
    let body = json!({ "person": scene.people[0].as_str(), "document": "resident" });
    let (one, other) = tokio::join!(scene.office("/office/offers", &body), scene.office("/office/offers", &body));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn a_new_phone_takes_the_document_from_the_old_one() {
    let scene = Scene::new().await;
    for seed in 1..=2 {
        let (offer, mut phone) = (scene.offer(0).await, scene.phone(seed));
        assert_eq!(phone.redeem(&offer.code, &offer.tx_code).await.status, 200);
        let keys = phone.keys(2);
        assert_eq!(phone.credentials("resident-mdoc", &keys).await.status, 200);
    }
    let mut states: Vec<_> =
        scene.store.documents_of(&scene.people[0]).await.unwrap().iter().map(|d| d.state).collect();
    states.sort_unstable();
    assert_eq!(states, [LifeState::Active, LifeState::Replaced]);
    let revoked = scene.store.revoked(0, 10).await.unwrap();
    assert_eq!(revoked.iter().map(|r| r.numbers.end - r.numbers.start).sum::<u64>(), 2);
}

#[tokio::test]
async fn a_wallet_refills_from_the_day_that_the_catalogue_names() {
    let scene = Scene::new().await;
    let (offer, mut phone) = (scene.offer(0).await, scene.phone(1));
    phone.redeem(&offer.code, &offer.tx_code).await;
    let keys = phone.keys(10);
    assert_eq!(phone.credentials("resident-mdoc", &keys).await.status, 200);
    scene.wait(Duration::days(100));
    phone.dpop_nonce = None;
    let early = phone.refresh().await;
    assert_eq!((early.status, early.error()), (400, "invalid_grant"), "{}", early.text);
    scene.wait(Duration::days(81));
    phone.dpop_nonce = None;
    let refreshed = phone.refresh().await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text);
    let keys = phone.keys(10);
    let refilled = phone.credentials("resident-mdoc", &keys).await;
    assert_eq!((refilled.status, refilled.credentials().len()), (200, 10), "{}", refilled.text);
}

#[tokio::test]
async fn what_waits_for_approval_is_deferred() {
    let scene = Scene::new().await;
    let body = json!({ "person": scene.people[0].as_str(), "document": "resident", "hold": true });
    let (offer, mut phone) = (scene.offer_with(&body).await, scene.phone(1));
    phone.redeem(&offer.code, &offer.tx_code).await;
    let keys = phone.keys(2);
    let later = phone.credentials("resident-sd-jwt", &keys).await;
    assert_eq!(later.status, 202, "{}", later.text);
    let ask = json!({ "transaction_id": later.body["transaction_id"] });
    assert_eq!(phone.protected("deferred", &ask).await.status, 202);
    let id = offer.answer["document_id"].as_str().unwrap();
    let (status, _) = scene.office(&format!("/office/documents/{id}/approve"), &json!({})).await;
    assert_eq!(status, 200);
    let issued = phone.protected("deferred", &ask).await;
    assert_eq!((issued.status, issued.credentials().len()), (200, 2), "{}", issued.text);
    // An answer may be lost on its way; once the wallet says that it has the copies, the transaction is over.
    assert_eq!(phone.protected("deferred", &ask).await.status, 200);
    let notification = json!({ "notification_id": issued.body["notification_id"], "event": "credential_accepted" });
    assert_eq!(phone.protected("notification", &notification).await.status, 204);
    let over = phone.protected("deferred", &ask).await;
    assert_eq!((over.status, over.error()), (400, "invalid_transaction_id"));
}

#[tokio::test]
async fn who_has_no_right_gets_no_offer_and_no_copies() {
    let scene = Scene::new().await;
    let stranger = json!({ "person": "nobody", "document": "resident" });
    assert_eq!(scene.office("/office/offers", &stranger).await.0, 404);
    let (offer, mut phone) = (scene.offer(0).await, scene.phone(1));
    phone.redeem(&offer.code, &offer.tx_code).await;
    let name = "resident".parse().unwrap();
    scene.store.remove(&name, &scene.people[..1], scene.now()).await.unwrap();
    let keys = phone.keys(1);
    let refused = phone.credentials("resident-mdoc", &keys).await;
    assert_eq!((refused.status, refused.error()), (400, "credential_request_denied"));
}

#[tokio::test]
async fn in_a_surge_offers_carry_one_copy_and_the_most_urgent_go_first() {
    let scene = Scene::with(|config| config.surge.queue = 2).await;
    for (person, urgency) in [(0, 0), (1, 9), (2, 5)] {
        let body = json!({ "person": scene.people[person].as_str(), "document": "resident", "urgency": urgency });
        assert_eq!(scene.office("/office/applications", &body).await.0, 201);
    }
    // Those who wait are counted once a second.
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let body = json!({ "person": scene.people[3].as_str(), "document": "resident" });
    assert_eq!(scene.office("/office/offers", &body).await.0, 202);
    let (_, next) = scene.office("/office/offers/next", &json!({ "count": 2 })).await;
    let offers = next["offers"].as_array().unwrap();
    let people: Vec<&str> = offers.iter().map(|offer| offer["person"].as_str().unwrap()).collect();
    assert_eq!(people, [scene.people[1].as_str(), scene.people[2].as_str()]);
    assert!(offers.iter().all(|offer| offer["copies"] == 1));
}
