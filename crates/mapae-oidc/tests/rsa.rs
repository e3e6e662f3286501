//! Tokens for relying parties that take RS256 alone (Discovery 1.0 §3).
#![expect(
    clippy::disallowed_types,
    reason = "the library wants a source of randomness, which this signature has no use for"
)]

use std::sync::{Arc, LazyLock};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents},
};
use mapae_jose::base64url;
use mapae_oidc::{ConfigFault, KeyRing, Once, Provider, RsaKey, RsaPublicKey, TokenAlgorithm, TokenSignature};
use mapae_types::Duration;
use serde_json::{Value, json};
use testkit::{Seeded, now};

use crate::scene::{WEB, changed, form, issue, key, new_provider, object, token_request};

/// An RSA key as a service has one.
#[derive(Debug)]
struct Rsa {
    pair: KeyPair,
    public: RsaPublicKey,
}

static ONE: LazyLock<Arc<Rsa>> = LazyLock::new(|| Arc::new(Rsa::new()));
static OTHER: LazyLock<Arc<Rsa>> = LazyLock::new(|| Arc::new(Rsa::new()));

impl Rsa {
    fn new() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = RsaPublicKey::from_pkcs1(pair.public_key().as_ref()).unwrap();
        Self { pair, public }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }
}

impl RsaKey for Rsa {
    fn public(&self) -> &RsaPublicKey {
        &self.public
    }

    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let (n, e) = (&self.public.n, &self.public.e);
        RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
    }
}

fn ring() -> KeyRing {
    KeyRing::new(key(40).public().clone()).unwrap().with_rsa(ONE.clone())
}

fn provider() -> Provider {
    changed(|new| {
        new.keys = ring();
        new.clients[0].id_token_algorithm = TokenAlgorithm::Rs256;
    })
    .unwrap()
}

fn keys(ring: &KeyRing, after: i64) -> Vec<Value> {
    object(ring.jwks(now() + Duration::seconds(after)))["keys"].as_array().unwrap().clone()
}

/// The `id_token` of a sign-in, signed by that key.
fn id_token(provider: &Provider, by: &Rsa) -> String {
    let (issued, code) = issue(provider, WEB, &[]);
    let redemption = token_request(provider, &code, &[]).unwrap().redeem(Some(issued.code)).unwrap();
    let unsigned = redemption.consume(provider, Once::First, &mut Seeded::new(1), now()).unwrap();
    assert_eq!(unsigned.algorithm(), TokenAlgorithm::Rs256);
    let signature = by.sign(unsigned.to_be_signed());
    let tokens = object(unsigned.attach(TokenSignature::Rs256(&signature)).json.expose());
    tokens["id_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_client_that_names_no_algorithm_gets_rs256() {
    let token = id_token(&provider(), &ONE);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let header: Value = serde_json::from_slice(&base64url::decode(signed.split('.').next().unwrap()).unwrap()).unwrap();
    let jwk = keys(&ring(), 0).into_iter().find(|key| key["kid"] == header["kid"]).unwrap();
    assert_eq!((&header["alg"], &jwk["alg"], &jwk["kty"]), (&json!("RS256"), &json!("RS256"), &json!("RSA")));
    let member = |name: &str| base64url::decode(jwk[name].as_str().unwrap()).unwrap();
    let (n, e) = (member("n"), member("e"));
    let public = RsaPublicKeyComponents { n: &n, e: &e };
    let signature = base64url::decode(signature).unwrap();
    public.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).unwrap();
    assert_eq!(TokenAlgorithm::default(), TokenAlgorithm::Rs256);
}

#[test]
fn a_hint_signed_with_rs256_is_a_token_of_ours() {
    let (provider, token) = (provider(), id_token(&provider(), &ONE));
    let login = |token: &str| provider.logout(form(&[("id_token_hint", token)]).as_bytes());
    assert!(login(&token).unwrap().login().is_some());
    // By a key that is none of ours, though it goes by the name of one.
    assert!(login(&id_token(&provider, &OTHER)).is_err());
    let (signed, _) = token.rsplit_once('.').unwrap();
    let by_the_other_kind = base64url::encode(key(40).sign(signed.as_bytes()).unwrap().as_bytes());
    assert!(login(&format!("{signed}.{by_the_other_kind}")).is_err());
}

#[test]
fn keys_for_both_algorithms_are_published_and_rotate() {
    let until = now() + Duration::seconds(300);
    let ring = ring().with_next_rsa(OTHER.clone()).with_retired_rsa(OTHER.clone(), until);
    let kinds =
        |after| keys(&ring, after).iter().map(|key| key["kty"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(kinds(299), ["EC", "RSA", "RSA", "RSA"]);
    assert_eq!(kinds(300), ["EC", "RSA", "RSA"]);
    let private = ["d", "p", "q", "dp", "dq", "qi"];
    assert!(keys(&ring, 0).iter().all(|key| private.iter().all(|name| key.get(name).is_none())));
    let document = object(provider().discovery());
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["ES256", "RS256"]));
}

#[test]
fn what_nobody_can_sign_is_not_promised() {
    let mut new = new_provider();
    new.clients[0].id_token_algorithm = TokenAlgorithm::Rs256;
    let refused = changed(|old| *old = new).unwrap_err();
    assert_eq!(refused, ConfigFault::NameUnknown { client: WEB.to_owned(), name: "RS256".to_owned() });
}
