//! A wallet provider, scripted: it attests whatever keys prove themselves.

use std::sync::LazyLock;

use mapae_crypto::SigningKey;
use mapae_jose::{Jwk, Jws, Object, UnsignedJws, Value, json};
use mapae_oid4vci::{ClientAttestationContents, KeyAttestationContents, TrustedProviders};
use mapae_types::{Duration, Timestamp, http::HttpResponse};
use mapae_x509::{Role, TrustAnchor};
use testkit::{Pki, Signer};

use crate::issuer::{ok, told};

pub(crate) const URL: &str = "https://provider.example";
pub(crate) const CLIENT: &str = "https://wallet.example";

static PROVIDER: LazyLock<(TrustAnchor, Signer)> = LazyLock::new(|| {
    let pki = Pki::new(77, "KR");
    let (from, until) = (testkit::now() - Duration::days(1), testkit::now() + Duration::days(30));
    (pki.root.clone(), pki.signer(Role::AttestationSigner, 78, from, until))
});

/// Those whom the issuer trusts.
pub(crate) fn trusted() -> TrustedProviders {
    TrustedProviders::new(vec![PROVIDER.0.clone()])
}

pub(crate) fn answer(path: &str, body: &[u8], now: Timestamp) -> HttpResponse {
    match path {
        "/nonce" => ok(br#"{"nonce":"n-1","expires_in":300}"#.to_vec()),
        "/client-attestations" => client(&json::parse_object(body).unwrap(), now),
        "/key-attestations" => keys(&json::parse_object(body).unwrap(), now),
        other => panic!("{other}"),
    }
}

fn client(body: &Object, now: Timestamp) -> HttpResponse {
    proven(&body["instance"]);
    let contents = ClientAttestationContents {
        provider: URL,
        client_id: CLIENT,
        issued_at: now,
        expires_at: now + Duration::hours(1),
        key: &proven(&body["key"]),
        wallet_name: None,
        wallet_link: None,
        chain: &[PROVIDER.1.certificate.der()],
    };
    told("client_attestation", &signed(contents.unsigned(), &PROVIDER.1.key))
}

fn keys(body: &Object, now: Timestamp) -> HttpResponse {
    proven(&body["instance"]);
    let keys: Vec<Jwk> = body["keys"].as_array().unwrap().iter().map(proven).collect();
    let contents = KeyAttestationContents {
        provider: URL,
        issued_at: now,
        expires_at: Some(now + Duration::hours(1)),
        keys: &keys,
        key_storage: &[],
        user_authentication: &[],
        certification: None,
        nonce: body["nonce"].as_str(),
        chain: &[PROVIDER.1.certificate.der()],
    };
    told("key_attestation", &signed(contents.unsigned(), &PROVIDER.1.key))
}

/// The key of a proof, which it signed.
fn proven(proof: &Value) -> Jwk {
    let jws = Jws::parse(proof.as_str().unwrap()).unwrap();
    let key = Jwk::from_value(&jws.header().raw()["jwk"]).unwrap();
    jws.verify(key.public_key()).unwrap();
    key
}

fn signed(unsigned: UnsignedJws, key: &SigningKey) -> String {
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}
