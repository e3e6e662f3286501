//! Key proofs of type `jwt` (OpenID4VCI §8.2.1, Appendix F.1, F.4).

use mapae_crypto::SigningKey;
use serde_json::{Value, json};

use super::{Bend, Jwt, Thief, credential::accepted, jwk, stranger, unsigned};

/// A proof in which nothing is wrong.
fn proof(thief: &Thief, key: &SigningKey) -> Jwt {
    let issuer = thief.phone.url("").trim_end_matches('/').to_owned();
    Jwt {
        header: json!({ "alg": "ES256", "typ": "openid4vci-proof+jwt", "jwk": jwk(key) }),
        claims: json!({ "aud": issuer, "iat": thief.phone.now(), "nonce": thief.nonce }),
        signer: None,
    }
}

fn with_proofs(thief: &Thief, proofs: Value) -> Value {
    let mut request = thief.request();
    request["proofs"] = proofs;
    request
}

#[tokio::test]
async fn a_key_proof_is_refused_for_each_thing_that_is_wrong_with_it() {
    let mut thief = Thief::new().await;
    let good = thief.request();
    let (now, key) = (thief.phone.now(), &thief.keys[0]);
    let private = {
        let mut private = jwk(key);
        private["d"] = json!("AAAA");
        private
    };
    let bent: [(&str, &Bend); 16] = [
        ("another type", &|jwt| jwt.header["typ"] = json!("JWT")),
        ("no algorithm", &|jwt| jwt.header["alg"] = json!("none")),
        ("a symmetric algorithm", &|jwt| jwt.header["alg"] = json!("HS256")),
        ("another algorithm", &|jwt| jwt.header["alg"] = json!("ES384")),
        ("no key", &|jwt| jwt.header = json!({ "alg": "ES256", "typ": "openid4vci-proof+jwt" })),
        ("two keys", &|jwt| jwt.header["kid"] = json!("did:example:1")),
        ("a key of another curve", &|jwt| jwt.header["jwk"]["crv"] = json!("secp256k1")),
        ("a point that is none", &|jwt| jwt.header["jwk"]["x"] = jwt.header["jwk"]["y"].clone()),
        ("a private key", &|jwt| jwt.header["jwk"] = private.clone()),
        ("another's signature", &|jwt| jwt.signer = Some(1)),
        ("another issuer", &|jwt| jwt.claim("aud", json!("https://evil.example"))),
        ("no audience", &|jwt| jwt.claim("aud", Value::Null)),
        ("a time of long ago", &|jwt| jwt.claim("iat", json!(now - 3600))),
        ("a time to come", &|jwt| jwt.claim("iat", json!(now + 3600))),
        ("no time", &|jwt| jwt.claim("iat", Value::Null)),
        ("a critical header that nobody knows", &|jwt| jwt.header["crit"] = json!(["x"])),
    ];
    let mut requests = Vec::new();
    for (what, bend) in bent {
        let mut jwt = proof(&thief, key);
        bend(&mut jwt);
        let second = proof(&thief, &thief.keys[1]).text(&thief.keys[1]);
        requests.push((what, with_proofs(&thief, json!({ "jwt": [jwt.text(key), second] }))));
    }
    let broken = unsigned(&proof(&thief, key).text(key));
    requests.push(("a signature that is one bit off", with_proofs(&thief, json!({ "jwt": [broken] }))));
    for (what, request) in requests {
        let call = thief.call("credential", &request);
        thief.refused(what, call, 400, "invalid_proof").await;
    }
    accepted(thief, &good).await;
}

#[tokio::test]
async fn a_request_carries_proofs_of_one_type_for_as_many_keys_as_a_batch_has() {
    let mut thief = Thief::new().await;
    let good = thief.request();
    let one = good["proofs"]["jwt"][0].clone();
    let many: Vec<Value> = (0..11).map(|n| json!(proof(&thief, &stranger(n)).text(&stranger(n)))).collect();
    let wrong = [
        ("no proofs", Value::Null),
        ("an empty list", json!({ "jwt": [] })),
        ("no type", json!({})),
        ("two types", json!({ "jwt": [one], "attestation": ["x"] })),
        ("a type that nobody knows", json!({ "di_vp": [one] })),
        ("a text for a list", json!({ "jwt": one })),
        ("no JWT", json!({ "jwt": ["nonsense"] })),
        ("the same key twice", json!({ "jwt": [one, one] })),
        ("eleven keys", json!({ "jwt": many })),
    ];
    for (what, proofs) in wrong {
        let call = {
            let request = with_proofs(&thief, proofs);
            thief.call("credential", &request)
        };
        thief.refused(what, call, 400, "invalid_proof").await;
    }
    let mut missing = good.clone();
    missing.as_object_mut().unwrap().remove("proofs");
    let call = thief.call("credential", &missing);
    thief.refused("no proofs at all", call, 400, "invalid_proof").await;
    accepted(thief, &good).await;
}

#[tokio::test]
async fn all_proofs_of_a_request_carry_one_nonce() {
    let mut thief = Thief::new().await;
    let (good, other) = (thief.request(), thief.phone.nonce().await);
    let (first, second) = (proof(&thief, &thief.keys[0]), proof(&thief, &thief.keys[1]));
    for (what, nonce, error) in
        [("no nonce", Value::Null, "invalid_proof"), ("two nonces", json!(other), "invalid_nonce")]
    {
        let mut second = second.clone();
        second.claim("nonce", nonce);
        let proofs = json!({ "jwt": [first.text(&thief.keys[0]), second.text(&thief.keys[1])] });
        let request = with_proofs(&thief, proofs);
        let call = thief.call("credential", &request);
        thief.refused(what, call, 400, error).await;
    }
    accepted(thief, &good).await;
}
