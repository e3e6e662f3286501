//! What is attested, and at which level; read as an issuer reads it.

use mapae_jose::{Jws, Object};
use mapae_oid4vci::{
    ClientAttestation, ClientExpected, KeyAttestation, KeyAttestationExpected, Nonces, PopContents,
    VerifiedKeyAttestation,
};
use mapae_types::{Duration, Timestamp};
use mapae_wallet_provider::{Level, SOFTWARE_PATH};

use crate::scene::{BASE, Scene, Wallet, jwk, key};

const ISSUER: &str = "https://issuer.example";

fn pop(key: &mapae_crypto::SigningKey, at: Timestamp) -> String {
    let client_id = format!("{BASE}/app");
    let contents =
        PopContents { client_id: &client_id, audience: ISSUER, issued_at: at, random: [1; 16], challenge: None };
    let unsigned = contents.unsigned();
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

fn verified(scene: &Scene, attestation: &str) -> VerifiedKeyAttestation {
    let expected =
        KeyAttestationExpected { now: scene.now(), providers: &scene.trusted(), max_keys: 10, expiry_required: true };
    KeyAttestation::verify(attestation, &expected).unwrap()
}

/// Header and claims.
fn opened(scene: &Scene, jwt: &str) -> (Object, Object) {
    let jws = Jws::parse(jwt).unwrap();
    let (signer, _) = crate::scene::signer(&scene.pki, 30);
    let verified = jws.verify(signer.public()).unwrap();
    (verified.header().raw().clone(), verified.payload_object().unwrap())
}

#[tokio::test]
async fn an_issuer_knows_a_wallet_by_its_provider() {
    let scene = Scene::new().await;
    let device = key(20);
    let attestation = scene.attest(&Wallet::new(10), &device).await.text("client_attestation");
    let providers = scene.trusted();
    let expected = ClientExpected {
        issuer: ISSUER,
        client_id: Some("https://wallet.example/app"),
        now: scene.now(),
        providers: &providers,
        challenge: Nonces::Unused,
        max_age: None,
    };
    let proof = pop(&device, scene.now());
    let client = ClientAttestation::verify([&attestation[..]], [&proof[..]], &expected).unwrap().unwrap();
    assert_eq!((client.client_id(), client.provider()), ("https://wallet.example/app", BASE));
    assert_eq!(client.jkt(), &jwk(&device).thumbprint());
    // Another key, however it came by the attestation, is not the wallet.
    let stolen = pop(&key(21), scene.now());
    assert!(ClientAttestation::verify([&attestation[..]], [&stolen[..]], &expected).is_err());
}

#[tokio::test]
async fn an_attestation_says_no_more_than_it_must() {
    let scene = Scene::new().await;
    let wallet = Wallet::new(10);
    let device = key(20);
    let (header, claims) = opened(&scene, &scene.attest(&wallet, &device).await.text("client_attestation"));
    let names: Vec<&str> = claims.keys().map(String::as_str).collect();
    let mut expected = vec!["cnf", "exp", "iat", "iss", "sub", "wallet_link", "wallet_name"];
    expected.sort_unstable();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!(claims["wallet_name"], "Sample");
    assert_eq!(claims["exp"].as_i64().unwrap(), (scene.now() + Duration::hours(1)).unix());
    // HAIP 1.0 §4.4.1: the signer's certificate, and not the root.
    assert_eq!(header["x5c"].as_array().unwrap().len(), 1);
    // HAIP 1.0 §4.4.1: nothing that links what it does here with what it does there.
    let (_, elsewhere) = opened(&scene, &scene.attest(&wallet, &key(21)).await.text("client_attestation"));
    let differing: Vec<&str> = names.into_iter().filter(|name| claims[*name] != elsewhere[*name]).collect();
    assert_eq!(differing, ["cnf"]);
}

#[tokio::test]
async fn keys_in_software_are_attested_as_such() {
    let scene = Scene::new().await;
    let keys = [key(20), key(21)];
    let answer = scene.attest_keys(&Wallet::new(10), &keys, Some("c-nonce")).await;
    let attested = verified(&scene, &answer.text("key_attestation"));
    assert_eq!(attested.keys(), [jwk(&keys[0]), jwk(&keys[1])]);
    assert_eq!(attested.nonce(), Some("c-nonce"));
    let levels: Vec<&str> = attested.key_storage().iter().map(mapae_oid4vci::AttackResistance::as_str).collect();
    assert_eq!(levels, ["https://wallet.example/levels/software"]);
    assert!(attested.user_authentication().is_empty(), "of which nothing is known");
    assert_eq!(answer.body["expires_in"], 3600);
}

#[tokio::test]
async fn no_level_is_claimed_that_nobody_assessed() {
    let level = Level::software(BASE);
    assert!(!level.key_storage().is_empty());
    let claimed = level.key_storage().iter().chain(level.user_authentication());
    claimed.for_each(|level| assert!(!level.as_str().starts_with("iso_18045"), "{level:?}"));
}

#[tokio::test]
async fn a_wallet_cannot_say_how_good_it_is() {
    let scene = Scene::new().await;
    let (wallet, device) = (Wallet::new(10), key(20));
    let nonce = scene.nonce().await;
    let proofs = (wallet.own_proof(crate::scene::KEYS, &nonce), wallet.proof(&device, crate::scene::KEYS, &nonce));
    let body = |more: &str| format!("{{\"instance\":\"{}\",\"keys\":[\"{}\"]{more}}}", proofs.0, proofs.1);
    let claim = scene.post(crate::scene::KEYS, &body(r#","key_storage":["iso_18045_high"]"#)).await;
    assert_eq!(claim.refusal(), (400, "body_malformed"));
    let evidence = scene.post(crate::scene::KEYS, &body(r#","evidence":{"format":"android-key","x5c":[]}"#)).await;
    assert_eq!(evidence.refusal(), (422, "evidence_unsupported"));
    assert_eq!(scene.post(crate::scene::KEYS, &body("")).await.status, 200);
}

#[tokio::test]
async fn the_level_is_explained_where_it_points_to() {
    let scene = Scene::new().await;
    let page = reqwest::get(format!("{}{SOFTWARE_PATH}", scene.running.url())).await.unwrap();
    assert_eq!(page.status(), 200);
    let text = page.text().await.unwrap();
    assert!(text.contains("소프트웨어") && text.contains("no evidence"), "{text}");
}

#[tokio::test]
async fn nothing_outlives_the_certificate_that_signed_it() {
    let scene = Scene::with(1).await;
    scene.wait(Duration::seconds(23 * 3600 + 1800));
    let answer = scene.attest(&Wallet::new(10), &key(20)).await;
    assert_eq!(answer.body["expires_in"], 1800);
    scene.wait(Duration::seconds(1801));
    assert_eq!(scene.attest(&Wallet::new(10), &key(20)).await.refusal(), (503, "certificate_ended"));
}
