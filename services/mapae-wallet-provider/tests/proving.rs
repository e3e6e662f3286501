//! Who gets an attestation: who holds the keys, now, for this very request.

use mapae_jose::{Object, UnsignedJws, Value, base64url};
use mapae_types::Duration;
use serde_json::json;

use crate::scene::{Answer, CLIENT, KEYS, Scene, Wallet, jwk, key};

/// Asks with two proofs, made by somebody.
async fn ask(scene: &Scene, instance: &str, key: &str) -> Answer {
    scene.post(CLIENT, &json!({ "instance": instance, "key": key }).to_string()).await
}

#[tokio::test]
async fn a_nonce_is_the_providers_and_fresh() {
    let scene = Scene::new().await;
    let (wallet, device) = (Wallet::new(10), key(20));
    let nonce = scene.nonce().await;
    let proofs = |nonce: &str| (wallet.own_proof(CLIENT, nonce), wallet.proof(&device, CLIENT, nonce));
    let (instance, key) = proofs(&nonce);
    assert_eq!(ask(&scene, &instance, &key).await.status, 200);
    let (invented, _) = proofs("invented");
    assert_eq!(ask(&scene, &invented, &key).await.refusal(), (400, "nonce_stale"));
    let (_, invented) = proofs("invented");
    assert_eq!(ask(&scene, &instance, &invented).await.refusal(), (400, "nonce_stale"));
    scene.wait(Duration::seconds(301));
    assert_eq!(ask(&scene, &instance, &key).await.refusal(), (400, "nonce_stale"));
}

#[tokio::test]
async fn a_proof_is_for_one_endpoint() {
    let scene = Scene::new().await;
    let (wallet, device, nonce) = (Wallet::new(10), key(20), scene.nonce().await);
    let (here, there) = (wallet.own_proof(CLIENT, &nonce), wallet.own_proof(KEYS, &nonce));
    let (key, elsewhere) = (wallet.proof(&device, CLIENT, &nonce), wallet.proof(&device, KEYS, &nonce));
    assert_eq!(ask(&scene, &there, &key).await.refusal(), (400, "proof_invalid"));
    assert_eq!(ask(&scene, &here, &elsewhere).await.refusal(), (400, "proof_invalid"));
    assert_eq!(ask(&scene, &here, &key).await.status, 200);
}

#[tokio::test]
async fn a_key_is_proven_for_one_instance() {
    let scene = Scene::new().await;
    let (owner, thief, device) = (Wallet::new(10), Wallet::new(11), key(20));
    let nonce = scene.nonce().await;
    let seen = owner.proof(&device, CLIENT, &nonce);
    assert_eq!(ask(&scene, &thief.own_proof(CLIENT, &nonce), &seen).await.refusal(), (400, "proof_invalid"));
    // Nor can a thief name the owner's instance with its own key.
    let forged = owner.proof(&thief.key, CLIENT, &nonce);
    assert_eq!(ask(&scene, &forged, &seen).await.refusal(), (400, "proof_invalid"));
    assert_eq!(ask(&scene, &owner.own_proof(CLIENT, &nonce), &seen).await.status, 200);
}

#[tokio::test]
async fn a_proof_is_signed_by_the_key_that_it_is_of() {
    let scene = Scene::new().await;
    let (wallet, nonce) = (Wallet::new(10), scene.nonce().await);
    let signed = |typ: &str, named: u64, signer: u64| {
        let header = Object::from_iter([
            ("alg".to_owned(), "ES256".into()),
            ("typ".to_owned(), typ.into()),
            ("jwk".to_owned(), Value::Object(jwk(&key(named)).to_object())),
        ]);
        let audience = format!("{}{CLIENT}", crate::scene::BASE);
        let instance = base64url::encode(wallet.id().as_bytes());
        let payload = json!({ "aud": audience, "nonce": nonce, "instance": instance });
        let unsigned = UnsignedJws::new(&header, payload.to_string().as_bytes());
        let signature = key(signer).sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    };
    let own = wallet.own_proof(CLIENT, &nonce);
    let typ = mapae_wallet_provider::proof::TYPE;
    assert_eq!(ask(&scene, &own, &signed(typ, 20, 20)).await.status, 200);
    assert_eq!(ask(&scene, &own, &signed(typ, 20, 21)).await.refusal(), (400, "proof_invalid"));
    assert_eq!(ask(&scene, &own, &signed("dpop+jwt", 20, 20)).await.refusal(), (400, "proof_invalid"));
}

#[tokio::test]
async fn a_proof_without_a_signature_proves_nothing() {
    let scene = Scene::new().await;
    let (wallet, device, nonce) = (Wallet::new(10), key(20), scene.nonce().await);
    let (own, proof) = (wallet.own_proof(CLIENT, &nonce), wallet.proof(&device, CLIENT, &nonce));
    let mut parts: Vec<String> = proof.split('.').map(str::to_owned).collect();
    let header = String::from_utf8(base64url::decode(&parts[0]).unwrap()).unwrap().replace("ES256", "none");
    parts[0] = base64url::encode(header);
    parts[2].clear();
    assert_eq!(ask(&scene, &own, &parts.join(".")).await.refusal(), (400, "proof_invalid"));
    assert_eq!(ask(&scene, &own, &"a".repeat(5000)).await.refusal(), (400, "proof_invalid"));
}

#[tokio::test]
async fn the_instances_own_key_is_shown_to_no_issuer() {
    let scene = Scene::new().await;
    let wallet = Wallet::new(10);
    assert_eq!(scene.attest(&wallet, &wallet.key).await.refusal(), (400, "instance_key_attested"));
    let keys = [key(20), key(10)];
    assert_eq!(scene.attest_keys(&wallet, &keys, None).await.refusal(), (400, "instance_key_attested"));
}

#[tokio::test]
async fn keys_are_some_and_differ_and_are_not_too_many() {
    let scene = Scene::new().await;
    let wallet = Wallet::new(10);
    let ask = async |seeds: &[u64]| {
        let keys: Vec<_> = seeds.iter().map(|seed| key(*seed)).collect();
        scene.attest_keys(&wallet, &keys, None).await
    };
    assert_eq!(ask(&[20, 21, 22]).await.status, 200);
    assert_eq!(ask(&[]).await.refusal(), (400, "key_count"));
    assert_eq!(ask(&[20, 21, 22, 23]).await.refusal(), (400, "key_count"));
    assert_eq!(ask(&[20, 21, 20]).await.refusal(), (400, "key_twice"));
}

#[tokio::test]
async fn a_request_is_of_its_form() {
    let scene = Scene::new().await;
    for body in ["", "{", "[]", "{}", r#"{"instance":1,"key":"a"}"#, r#"{"instance":"a","instance":"a","key":"a"}"#] {
        assert_eq!(scene.post(CLIENT, body).await.refusal(), (400, "body_malformed"), "{body}");
        assert_eq!(scene.post(KEYS, body).await.refusal(), (400, "body_malformed"), "{body}");
    }
    let long = scene.attest_keys(&Wallet::new(10), &[key(20)], Some(&"n".repeat(513))).await;
    assert_eq!(long.refusal(), (400, "body_malformed"));
    assert_eq!(scene.post(CLIENT, &"x".repeat(300 << 10)).await.refusal(), (413, "body_too_large"));
}
