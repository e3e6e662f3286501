//! Client attestations at the token endpoint (Attestation-Based Client Authentication §6, §9; HAIP 1.0 §4.4.1).

use std::sync::Arc;

use mapae_crypto::SigningKey;
use mapae_issuer::Providers;
use mapae_oid4vci::TrustedProviders;
use mapae_types::Duration;
use mapae_x509::Role;
use serde_json::{Value, json};
use testkit::{Pki, Seeded, Signer};

use super::{Bend, Call, Jwt, Thief, jwk, stranger, unsigned};
use crate::scene::{Offer, Scene};

const CLIENT: &str = "https://wallet.example";

/// A wallet that its provider attests, with an offer to redeem.
struct Wallet {
    thief: Thief,
    offer: Offer,
    provider: Signer,
    instance: SigningKey,
    challenge: Value,
}

impl Wallet {
    async fn new() -> Self {
        let wallets = Pki::new(60, "KR");
        let trusted = TrustedProviders::new(vec![wallets.root.clone()]);
        let scene = Scene::with_parts(|_| {}, |deps| deps.providers = Arc::new(Providers::new(trusted))).await;
        let (from, until) = (scene.now() - Duration::days(1), scene.now() + Duration::days(100));
        let provider = wallets.signer(Role::AttestationSigner, 61, from, until);
        let mut thief = Thief::of(scene, &json!({})).await;
        let offer = thief.scene.offer(1).await;
        let challenge = thief.phone.post("challenge", &[], "").await.body["attestation_challenge"].clone();
        let instance = SigningKey::generate(&mut Seeded::new(62)).unwrap();
        Self { thief, offer, provider, instance, challenge }
    }

    fn attestation(&self) -> Jwt {
        let now = self.thief.phone.now();
        let claims = json!({ "iss": "https://provider.example", "sub": CLIENT, "iat": now, "exp": now + 3600,
            "cnf": { "jwk": jwk(&self.instance) } });
        let chain = mapae_jose::x5c_value(&[self.provider.certificate.der()]);
        let chain: Value = serde_json::from_slice(&mapae_jose::json::to_vec(&chain)).unwrap();
        Jwt {
            header: json!({ "alg": "ES256", "typ": "oauth-client-attestation+jwt", "x5c": chain }),
            claims,
            signer: None,
        }
    }

    /// A proof of possession, each with an id of its own.
    fn pop(&self, id: usize) -> Jwt {
        let audience = self.thief.phone.url("").trim_end_matches('/').to_owned();
        let claims = json!({ "iss": CLIENT, "aud": audience, "jti": id.to_string(), "iat": self.thief.phone.now(),
            "challenge": self.challenge });
        Jwt { header: json!({ "alg": "ES256", "typ": "oauth-client-attestation-pop+jwt" }), claims, signer: None }
    }

    /// A token request with these two headers.
    fn ask(&mut self, attestation: &str, pop: &str) -> Call {
        let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code";
        let form = format!(
            "grant_type={grant}&pre-authorized_code={}&tx_code={}&client_id={CLIENT}",
            self.offer.code, self.offer.tx_code
        );
        let call = self.thief.call("token", &Value::Null).typed("application/x-www-form-urlencoded").body(form);
        let mut call = call.authorization(None).dpop_claim("ath", Value::Null);
        for (name, value) in [("oauth-client-attestation", attestation), ("oauth-client-attestation-pop", pop)] {
            if !value.is_empty() {
                call.headers.push((name, value.to_owned()));
            }
        }
        call
    }

    async fn redeems(mut self) {
        let (attestation, pop) = (self.attestation().text(&self.provider.key), self.pop(1000).text(&self.instance));
        let call = self.ask(&attestation, &pop);
        let answer = self.thief.send(call).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

#[tokio::test]
async fn an_attestation_is_refused_for_each_thing_that_is_wrong_with_it() {
    let mut wallet = Wallet::new().await;
    let now = wallet.thief.phone.now();
    let private = {
        let mut private = jwk(&wallet.instance);
        private["d"] = json!("AAAA");
        private
    };
    let (invalid, fresh) = ("invalid_client_attestation", "use_fresh_attestation");
    let bent: [(&str, &str, &Bend); 12] = [
        ("another type", invalid, &|jwt| jwt.header["typ"] = json!("JWT")),
        ("no algorithm", invalid, &|jwt| jwt.header["alg"] = json!("none")),
        ("a symmetric algorithm", invalid, &|jwt| jwt.header["alg"] = json!("HS256")),
        ("no chain", invalid, &|jwt| jwt.header = json!({ "alg": "ES256", "typ": "oauth-client-attestation+jwt" })),
        ("another's signature", invalid, &|jwt| jwt.signer = Some(1)),
        ("no issuer", invalid, &|jwt| jwt.claim("iss", Value::Null)),
        ("no end", invalid, &|jwt| jwt.claim("exp", Value::Null)),
        ("no key", invalid, &|jwt| jwt.claim("cnf", Value::Null)),
        ("a private key", invalid, &|jwt| jwt.claim("cnf", json!({ "jwk": private }))),
        ("of tomorrow", invalid, &|jwt| jwt.claim("nbf", json!(now + 3600))),
        ("of yesterday", fresh, &|jwt| jwt.claim("exp", json!(now - 3600))),
        ("another client", invalid, &|jwt| jwt.claim("sub", json!("https://other.example"))),
    ];
    for (id, (what, error, bend)) in bent.into_iter().enumerate() {
        let mut attestation = wallet.attestation();
        bend(&mut attestation);
        let (attestation, pop) = (attestation.text(&wallet.provider.key), wallet.pop(id).text(&wallet.instance));
        let call = wallet.ask(&attestation, &pop);
        wallet.thief.refused(what, call, 400, error).await;
    }
    let attestation = unsigned(&wallet.attestation().text(&wallet.provider.key));
    let pop = wallet.pop(100).text(&wallet.instance);
    let call = wallet.ask(&attestation, &pop);
    wallet.thief.refused("a bit of the signature", call, 400, invalid).await;
    wallet.redeems().await;
}

#[tokio::test]
async fn a_proof_of_possession_is_refused_for_each_thing_that_is_wrong_with_it() {
    let mut wallet = Wallet::new().await;
    let (now, c_nonce) = (wallet.thief.phone.now(), json!(wallet.thief.nonce));
    let (invalid, challenge) = ("invalid_client_attestation", "use_attestation_challenge");
    let bent: [(&str, &str, &Bend); 12] = [
        ("another type", invalid, &|jwt| jwt.header["typ"] = json!("oauth-client-attestation+jwt")),
        ("no algorithm", invalid, &|jwt| jwt.header["alg"] = json!("none")),
        ("another's signature", invalid, &|jwt| jwt.signer = Some(1)),
        ("another issuer", invalid, &|jwt| jwt.claim("iss", json!("https://other.example"))),
        ("another audience", invalid, &|jwt| jwt.claim("aud", json!("https://other.example"))),
        ("no audience", invalid, &|jwt| jwt.claim("aud", Value::Null)),
        ("no id", invalid, &|jwt| jwt.claim("jti", Value::Null)),
        ("of long ago", invalid, &|jwt| jwt.claim("iat", json!(now - 900))),
        ("of later", invalid, &|jwt| jwt.claim("iat", json!(now + 900))),
        ("no challenge", challenge, &|jwt| jwt.claim("challenge", Value::Null)),
        ("a made-up challenge", challenge, &|jwt| jwt.claim("challenge", json!("bm9uY2U"))),
        ("a c_nonce for a challenge", challenge, &|jwt| jwt.claim("challenge", c_nonce.clone())),
    ];
    for (id, (what, error, bend)) in bent.into_iter().enumerate() {
        let mut pop = wallet.pop(id);
        bend(&mut pop);
        let (attestation, pop) = (wallet.attestation().text(&wallet.provider.key), pop.text(&wallet.instance));
        let call = wallet.ask(&attestation, &pop);
        let answer = wallet.thief.refused(what, call, 400, error).await;
        let named = answer.headers.contains_key("oauth-client-attestation-challenge");
        assert!(named || error != challenge, "{what}: no challenge to go on with");
    }
    wallet.redeems().await;
}

#[tokio::test]
async fn attestation_and_proof_come_together_once() {
    let mut wallet = Wallet::new().await;
    let (attestation, pop) = (wallet.attestation().text(&wallet.provider.key), wallet.pop(1).text(&wallet.instance));
    for (what, first, second) in [("no proof", attestation.as_str(), ""), ("no attestation", "", pop.as_str())] {
        let call = wallet.ask(first, second);
        wallet.thief.refused(what, call, 400, "invalid_client").await;
    }
    let mut twice = wallet.ask(&attestation, &pop);
    twice.headers.push(("oauth-client-attestation", attestation.clone()));
    wallet.thief.refused("two attestations", twice, 400, "invalid_client").await;
    let mut elsewhere = wallet.ask(&attestation, &pop);
    elsewhere.body = String::from_utf8(elsewhere.body).unwrap().replace("tx_code", "other").into_bytes();
    wallet.thief.refused("a good one, and a bad form", elsewhere, 400, "invalid_request").await;
    let again = wallet.ask(&attestation, &pop);
    wallet.thief.refused("a proof that came before", again, 400, "invalid_client_attestation").await;
    wallet.redeems().await;
}

#[tokio::test]
async fn a_provider_that_nobody_trusts_attests_nothing() {
    let mut wallet = Wallet::new().await;
    let other = Pki::new(70, "KR");
    let now = wallet.thief.scene.now();
    let signer = other.signer(Role::AttestationSigner, 71, now - Duration::days(1), now + Duration::days(1));
    let trusted = std::mem::replace(&mut wallet.provider, signer);
    let (attestation, pop) = (wallet.attestation().text(&wallet.provider.key), wallet.pop(1).text(&wallet.instance));
    let call = wallet.ask(&attestation, &pop);
    wallet.thief.refused("another provider", call, 400, "invalid_client_attestation").await;
    wallet.provider = trusted;
    let instance = std::mem::replace(&mut wallet.instance, stranger(7));
    let pop = wallet.pop(2).text(&wallet.instance);
    wallet.instance = instance;
    let attestation = wallet.attestation().text(&wallet.provider.key);
    let call = wallet.ask(&attestation, &pop);
    wallet.thief.refused("another instance", call, 400, "invalid_client_attestation").await;
    wallet.redeems().await;
}
