//! The notification endpoint (OpenID4VCI §11).

use serde_json::{Value, json};

use super::Thief;

/// The id of a batch that the thief has, in a notification.
async fn notification(thief: &mut Thief) -> Value {
    let request = thief.request();
    let call = thief.call("credential", &request);
    let answer = thief.send(call).await;
    json!({ "notification_id": answer.body["notification_id"], "event": "credential_accepted" })
}

#[tokio::test]
async fn a_malformed_notification_is_refused() {
    let mut thief = Thief::new().await;
    let good = notification(&mut thief).await;
    let with = |name: &str, value: Value| {
        let mut notification = good.clone();
        notification[name] = value;
        notification.to_string()
    };
    let malformed = [
        ("nothing", String::new()),
        ("no JSON", "nonsense".to_owned()),
        ("a list", "[]".to_owned()),
        ("no event", json!({ "notification_id": good["notification_id"] }).to_string()),
        ("an event that nobody knows", with("event", json!("credential_eaten"))),
        ("no id", json!({ "event": "credential_accepted" }).to_string()),
        ("a number for an id", with("notification_id", json!(1))),
        ("a description that is no text", with("event_description", json!({}))),
    ];
    for (what, body) in malformed {
        let call = thief.call("notification", &good).body(body);
        thief.refused(what, call, 400, "invalid_notification_request").await;
    }
    let form = thief.call("notification", &good).typed("application/x-www-form-urlencoded");
    thief.refused("a form", form, 400, "invalid_notification_request").await;
    let large = thief.call("notification", &good).body(vec![b' '; 200 << 10]);
    thief.refused("200 KiB", large, 413, "").await;
    let call = thief.call("notification", &good);
    assert_eq!(thief.send(call).await.status, 204);
}

#[tokio::test]
async fn a_notification_is_of_ones_own_copies() {
    let mut thief = Thief::new().await;
    let mine = notification(&mut thief).await;
    let (offer, mut victim) = (thief.scene.offer(1).await, thief.scene.phone(2));
    victim.redeem(&offer.code, &offer.tx_code).await;
    let keys = victim.keys(1);
    let theirs = victim.credentials("resident-mdoc", &keys).await.body["notification_id"].clone();
    for (what, id) in
        [("another's", theirs), ("a made-up one", json!("bWFkZSB1cA")), ("an access token", json!(thief.phone.token))]
    {
        let call = thief.call("notification", &json!({ "notification_id": id, "event": "credential_deleted" }));
        thief.refused(what, call, 400, "invalid_notification_id").await;
    }
    let call = thief.call("notification", &mine);
    assert_eq!(thief.send(call).await.status, 204);
}

/// §11.1: a wallet that got no answer says it again.
#[tokio::test]
async fn a_notification_may_come_again_and_with_members_that_nobody_knows() {
    let mut thief = Thief::new().await;
    let mut good = notification(&mut thief).await;
    let call = thief.call("notification", &good);
    assert_eq!(thief.send(call).await.status, 204);
    good["colour"] = json!("of no meaning");
    let call = thief.call("notification", &good);
    assert_eq!(thief.send(call).await.status, 204);
}
