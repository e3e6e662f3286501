//! Key proofs of type `attestation`, and key attestations in proofs of type `jwt` (OpenID4VCI Appendix D, F.3).

use base64_of::standard;
use mapae_types::Duration;
use mapae_x509::Role;
use serde_json::{Value, json};

use super::{Bend, Jwt, Thief, credential::accepted, jwk, unsigned};

mod base64_of {
    /// Standard base64, as `x5c` has it (RFC 7515 §4.1.6).
    pub(super) fn standard(bytes: &[u8]) -> String {
        mapae_jose::x5c_value(&[bytes]).as_array().unwrap()[0].as_str().unwrap().to_owned()
    }
}

/// The provider's signer, and an attestation of the thief's keys in which nothing is wrong.
fn attestation(thief: &Thief) -> (testkit::Signer, Jwt) {
    let now = thief.scene.now();
    let (from, until) = (now - Duration::days(1), now + Duration::days(30));
    let signer = thief.scene.pki.signer(Role::AttestationSigner, 31, from, until);
    let header = json!({ "alg": "ES256", "typ": "key-attestation+jwt", "x5c": [standard(signer.certificate.der())] });
    let keys: Vec<Value> = thief.keys.iter().map(jwk).collect();
    let claims = json!({
        "iat": now.unix(), "exp": now.unix() + 3600, "attested_keys": keys, "nonce": thief.nonce,
        "key_storage": ["iso_18045_moderate"],
    });
    (signer, Jwt { header, claims, signer: None })
}

fn request(attestation: &str) -> Value {
    json!({ "credential_configuration_id": "resident-sd-jwt", "proofs": { "attestation": [attestation] } })
}

#[tokio::test]
async fn a_key_attestation_is_refused_for_each_thing_that_is_wrong_with_it() {
    let mut thief = Thief::new().await;
    let (signer, good) = attestation(&thief);
    let now = thief.phone.now();
    let foreign = testkit::Pki::new(99, "KR");
    let day = Duration::days(1);
    let stranger = foreign.signer(Role::AttestationSigner, 32, testkit::now() - day, testkit::now() + day);
    let bent: [(&str, &Bend); 12] = [
        ("another type", &|jwt| jwt.header["typ"] = json!("JWT")),
        ("no algorithm", &|jwt| jwt.header["alg"] = json!("none")),
        ("a symmetric algorithm", &|jwt| jwt.header["alg"] = json!("HS256")),
        ("no certificate", &|jwt| jwt.header = json!({ "alg": "ES256", "typ": "key-attestation+jwt" })),
        ("another's certificate", &|jwt| jwt.header["x5c"] = json!([standard(stranger.certificate.der())])),
        ("a signer of documents", &|jwt| {
            jwt.header["x5c"] = json!([standard(thief.scene.pki.document.certificate.der())]);
        }),
        ("another's signature", &|jwt| jwt.signer = Some(1)),
        ("expired", &|jwt| jwt.claim("exp", json!(now - 600))),
        ("a time to come", &|jwt| jwt.claim("iat", json!(now + 3600))),
        ("no keys", &|jwt| jwt.claim("attested_keys", json!([]))),
        ("no list of keys", &|jwt| jwt.claim("attested_keys", Value::Null)),
        ("no nonce", &|jwt| jwt.claim("nonce", Value::Null)),
    ];
    let mut requests = Vec::new();
    for (what, bend) in bent {
        let mut jwt = good.clone();
        bend(&mut jwt);
        requests.push((what, request(&jwt.text(&signer.key))));
    }
    requests.push(("a signature that is one bit off", request(&unsigned(&good.text(&signer.key)))));
    for (what, request) in requests {
        let call = thief.call("credential", &request);
        thief.refused(what, call, 400, "invalid_proof").await;
    }
    let mut foreign = good.clone();
    foreign.claim("nonce", json!("bm9uY2U"));
    let call = thief.call("credential", &request(&foreign.text(&signer.key)));
    thief.refused("another nonce", call, 400, "invalid_nonce").await;
    accepted(thief, &request(&good.text(&signer.key))).await;
}

#[tokio::test]
async fn a_proof_with_an_attestation_is_by_an_attested_key() {
    let mut thief = Thief::new().await;
    let (signer, good) = attestation(&thief);
    let issuer = thief.phone.url("").trim_end_matches('/').to_owned();
    let proof = |key: &mapae_crypto::SigningKey, attestation: &str| {
        let header =
            json!({ "alg": "ES256", "typ": "openid4vci-proof+jwt", "jwk": jwk(key), "key_attestation": attestation });
        let claims = json!({ "aud": issuer, "iat": thief.phone.now(), "nonce": thief.nonce });
        Jwt { header, claims, signer: None }.text(key)
    };
    let with = |jwt: String| json!({ "credential_configuration_id": "resident-sd-jwt", "proofs": { "jwt": [jwt] } });
    let attestation = good.text(&signer.key);
    let wrong = [
        ("a key that is not attested", with(proof(&super::stranger(1), &attestation))),
        ("an attestation that is one bit off", with(proof(&thief.keys[0], &unsigned(&attestation)))),
        ("no attestation", with(proof(&thief.keys[0], "nonsense"))),
    ];
    let right = with(proof(&thief.keys[0], &attestation));
    for (what, request) in wrong {
        let call = thief.call("credential", &request);
        thief.refused(what, call, 400, "invalid_proof").await;
    }
    accepted(thief, &right).await;
}
