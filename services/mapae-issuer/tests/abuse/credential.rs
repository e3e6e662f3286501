//! The credential endpoint: what is asked for (OpenID4VCI §8.2, §8.3.1), once per nonce.

use mapae_types::Duration;
use serde_json::{Value, json};

use super::{Thief, jwk, stranger};

#[tokio::test]
async fn a_malformed_credential_request_is_refused() {
    let mut thief = Thief::new().await;
    let good = thief.request();
    let with = |name: &str, value: Value| {
        let mut request = good.clone();
        request[name] = value;
        request.to_string()
    };
    let neither = json!({ "proofs": good["proofs"] }).to_string();
    let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    let twice = format!("{{\"credential_configuration_id\":\"x\",{}", &good.to_string()[1..]);
    let malformed = [
        ("nothing", String::new()),
        ("no JSON", "nonsense".to_owned()),
        ("a list", "[]".to_owned()),
        ("a list in lists", deep),
        ("a member twice", twice),
        ("JSON and more", format!("{good} {{}}")),
        ("no configuration", neither),
        ("both names of what is wanted", with("credential_identifier", json!("resident-sd-jwt"))),
        ("a number for a name", with("credential_configuration_id", json!(1))),
        ("an empty name", with("credential_configuration_id", json!(""))),
    ];
    for (what, body) in malformed {
        let call = thief.call("credential", &good).body(body);
        thief.refused(what, call, 400, "invalid_credential_request").await;
    }
    let form = thief.call("credential", &good).typed("application/x-www-form-urlencoded");
    thief.refused("a form", form, 400, "invalid_credential_request").await;
    let large = thief.call("credential", &good).body(vec![b' '; 200 << 10]);
    thief.refused("200 KiB", large, 413, "").await;
    accepted(thief, &good).await;
}

#[tokio::test]
async fn what_is_not_issued_here_or_to_this_token_is_refused_by_its_name() {
    let mut thief = Thief::new().await;
    let good = thief.request();
    let mut request = good.clone();
    for name in ["unknown", "licence-sd-jwt"] {
        request["credential_configuration_id"] = json!(name);
        let call = thief.call("credential", &request);
        thief.refused(name, call, 400, "unknown_credential_configuration").await;
    }
    let mut request = json!({ "proofs": good["proofs"] });
    for name in ["unknown", "licence-sd-jwt"] {
        request["credential_identifier"] = json!(name);
        let call = thief.call("credential", &request);
        thief.refused(name, call, 400, "unknown_credential_identifier").await;
    }
    accepted(thief, &good).await;
}

/// OpenID4VCI §8.2: what is not known is ignored.
#[tokio::test]
async fn members_that_nobody_knows_are_ignored() {
    let thief = Thief::new().await;
    let mut request = thief.request();
    request["colour"] = json!({ "of": "no meaning" });
    accepted(thief, &request).await;
}

#[tokio::test]
async fn a_nonce_is_good_for_one_batch() {
    let mut thief = Thief::new().await;
    let good = thief.request();
    let call = thief.call("credential", &good);
    assert_eq!(thief.send(call).await.status, 200);
    for seconds in [0, 1, 60] {
        thief.scene.wait(Duration::seconds(seconds));
        let others = thief.phone.keys(2);
        let request = thief.phone.request("resident-sd-jwt", &others, &thief.nonce);
        let call = thief.call("credential", &request);
        thief.refused(&format!("a nonce again, {seconds} s later"), call, 400, "invalid_nonce").await;
    }
}

#[tokio::test]
async fn a_nonce_is_ours_and_current() {
    let mut thief = Thief::new().await;
    let old = thief.nonce.clone();
    let foreign =
        [("a made-up nonce", "bm9uY2U".to_owned()), ("a DPoP nonce", thief.phone.dpop_nonce.clone().unwrap())];
    for (what, nonce) in foreign {
        let request = thief.phone.request("resident-sd-jwt", &thief.keys, &nonce);
        let call = thief.call("credential", &request);
        thief.refused(what, call, 400, "invalid_nonce").await;
    }
    let good = thief.request();
    thief.scene.wait(Duration::seconds(301));
    thief.phone.nonce().await;
    let request = thief.phone.request("resident-sd-jwt", &thief.keys, &old);
    let call = thief.call("credential", &request);
    thief.refused("a nonce of five minutes ago", call, 400, "invalid_nonce").await;
    assert_ne!(good, request, "the proofs are of now");
}

#[tokio::test]
async fn no_more_copies_than_were_offered() {
    let mut thief = Thief::new().await;
    let (keys, nonce) = (thief.phone.keys(10), thief.phone.nonce().await);
    let all = thief.phone.request("resident-sd-jwt", &keys, &nonce);
    let call = thief.call("credential", &all);
    assert_eq!(thief.send(call).await.credentials().len(), 10);
    let (keys, nonce) = (thief.phone.keys(1), thief.phone.nonce().await);
    let more = thief.phone.request("resident-sd-jwt", &keys, &nonce);
    let call = thief.call("credential", &more);
    thief.refused("an eleventh copy", call, 400, "credential_request_denied").await;
}

#[tokio::test]
async fn nothing_is_issued_of_a_document_that_was_suspended_or_revoked() {
    let mut thief = Thief::new().await;
    let id = thief.document().await;
    for act in ["suspend", "revoke"] {
        let (status, answer) =
            thief.scene.office(&format!("/office/documents/{id}/{act}"), &json!({ "reason": "test" })).await;
        assert_eq!(status, 200, "{answer}");
        let request = thief.request();
        let call = thief.call("credential", &request);
        thief.refused(act, call, 400, "credential_request_denied").await;
    }
}

#[tokio::test]
async fn an_answer_is_encrypted_as_metadata_say_or_not_at_all() {
    let mut thief = Thief::new().await;
    let good = thief.request();
    let mut key = jwk(&stranger(1));
    key["alg"] = json!("ECDH-ES");
    let parameters = [
        ("a request in the clear", json!({ "jwk": key, "enc": "A256GCM" })),
        ("an algorithm that is not offered", json!({ "jwk": key, "enc": "A128CBC-HS256" })),
        ("no key", json!({ "enc": "A256GCM" })),
        ("no algorithm", json!({ "jwk": key })),
        ("a key of another curve", json!({ "jwk": { "kty": "OKP", "crv": "X25519", "x": "AA" }, "enc": "A256GCM" })),
        ("no object", json!(1)),
    ];
    for (what, encryption) in parameters {
        let mut request = good.clone();
        request["credential_response_encryption"] = encryption;
        let call = thief.call("credential", &request);
        thief.refused(what, call, 400, "invalid_encryption_parameters").await;
    }
    let recipient = stranger(2).public().clone().into();
    let other = mapae_jose::JweEncrypter::new(&recipient, mapae_crypto::aead::AeadAlgorithm::A256Gcm).unwrap();
    let jwe = other.encrypt(good.to_string().as_bytes(), &mut thief.phone.entropy).unwrap();
    for (what, body) in [("a request to another key", jwe), ("no JWE", "nonsense".to_owned())] {
        let call = thief.call("credential", &good).typed("application/jwt").body(body);
        thief.refused(what, call, 400, "invalid_encryption_parameters").await;
    }
    accepted(thief, &good).await;
}

/// What was right all the time.
pub(super) async fn accepted(mut thief: Thief, request: &Value) {
    let call = thief.call("credential", request);
    let answer = thief.send(call).await;
    assert_eq!((answer.status, answer.credentials().len()), (200, 2), "{}", answer.text);
}
