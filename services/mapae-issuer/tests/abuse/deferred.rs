//! The deferred credential endpoint (OpenID4VCI §9).

use serde_json::{Value, json};

use super::{Thief, jwk, stranger};
use crate::scene::Scene;

/// A thief whose copies wait for approval, with the request that asks for them.
async fn waiting() -> (Thief, Value) {
    let mut thief = Thief::of(Scene::new().await, &json!({ "hold": true })).await;
    let request = thief.request();
    let call = thief.call("credential", &request);
    let answer = thief.send(call).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let asked = json!({ "transaction_id": answer.body["transaction_id"] });
    (thief, asked)
}

#[tokio::test]
async fn a_malformed_deferred_request_is_refused() {
    let (mut thief, good) = waiting().await;
    let malformed = [
        ("nothing", String::new()),
        ("no JSON", "nonsense".to_owned()),
        ("a list", "[]".to_owned()),
        ("no id", "{}".to_owned()),
        ("a number for an id", json!({ "transaction_id": 1 }).to_string()),
    ];
    for (what, body) in malformed {
        let call = thief.call("deferred", &good).body(body);
        thief.refused(what, call, 400, "invalid_credential_request").await;
    }
    let form = thief.call("deferred", &good).typed("application/x-www-form-urlencoded");
    thief.refused("a form", form, 400, "invalid_credential_request").await;
    let large = thief.call("deferred", &good).body(vec![b' '; 200 << 10]);
    thief.refused("200 KiB", large, 413, "").await;
    let mut key = jwk(&stranger(1));
    key["alg"] = json!("ECDH-ES");
    let mut clear = good.clone();
    clear["credential_response_encryption"] = json!({ "jwk": key, "enc": "A256GCM" });
    let call = thief.call("deferred", &clear);
    thief.refused("encryption asked for in the clear", call, 400, "invalid_encryption_parameters").await;
    let call = thief.call("deferred", &good);
    assert_eq!(thief.send(call).await.status, 202);
}

#[tokio::test]
async fn a_transaction_is_ones_own() {
    let (mut thief, good) = waiting().await;
    let body = json!({ "person": thief.scene.people[1].as_str(), "document": "resident", "hold": true });
    let (offer, mut victim) = (thief.scene.offer_with(&body).await, thief.scene.phone(2));
    victim.redeem(&offer.code, &offer.tx_code).await;
    let keys = victim.keys(1);
    let theirs = victim.credentials("resident-mdoc", &keys).await.body["transaction_id"].clone();
    assert!(theirs.is_string());
    for (what, id) in
        [("another's", theirs), ("a made-up one", json!("bWFkZSB1cA")), ("an access token", json!(thief.phone.token))]
    {
        let call = thief.call("deferred", &json!({ "transaction_id": id }));
        thief.refused(what, call, 400, "invalid_transaction_id").await;
    }
    let call = thief.call("deferred", &good);
    assert_eq!(thief.send(call).await.status, 202);
}

#[tokio::test]
async fn a_transaction_ends_once_the_wallet_says_that_it_has_the_copies() {
    let (mut thief, good) = waiting().await;
    let id = thief.document().await;
    assert_eq!(thief.scene.office(&format!("/office/documents/{id}/approve"), &json!({})).await.0, 200);
    let call = thief.call("deferred", &good);
    let answer = thief.send(call).await;
    assert_eq!((answer.status, answer.credentials().len()), (200, 2), "{}", answer.text);
    let said = json!({ "notification_id": answer.body["notification_id"], "event": "credential_accepted" });
    let call = thief.call("notification", &said);
    assert_eq!(thief.send(call).await.status, 204);
    let call = thief.call("deferred", &good);
    thief.refused("a second time", call, 400, "invalid_transaction_id").await;
}

#[tokio::test]
async fn nothing_is_fetched_of_a_document_that_was_revoked_meanwhile() {
    let (mut thief, good) = waiting().await;
    let id = thief.document().await;
    assert_eq!(
        thief.scene.office(&format!("/office/documents/{id}/revoke"), &json!({ "reason": "test" })).await.0,
        200
    );
    let call = thief.call("deferred", &good);
    thief.refused("a revoked document", call, 400, "credential_request_denied").await;
}
