//! Seeds of what wallets and issuers send each other.

use std::error::Error;

use mapae_crypto::aead::AeadAlgorithm;
use mapae_fuzz::{
    ConstantEntropy,
    issuing::{CLIENT, ISSUER, client_claims, dpop_claims, key_claims},
    parties::{now, parties},
};
use mapae_jose::{JweEncrypter, Jwk, json};
use mapae_oid4vci::{CredentialOffer, IssuerUrl, ServerMetadata};
use mapae_types::Duration;
use serde_json::{Value, json};

use crate::Seed;

const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

pub(crate) fn seeds() -> Result<Vec<Seed>, Box<dyn Error>> {
    let offer = json::to_vec(&offer());
    let key = Jwk::from(parties().device_key.public().clone());
    let jwe = JweEncrypter::new(&key, AeadAlgorithm::A128Gcm)?.kid("1").encrypt(b"{}", &mut ConstantEntropy)?;
    let server = ServerMetadata::haip(&IssuerUrl::parse(ISSUER)?, vec!["resident-mdoc".to_owned()], true, true);
    let members = json!({"aud": ISSUER, "iss": CLIENT});
    let keys = json!({"exp": (now() + Duration::days(1)).unix(), "attested_keys": [key.to_object()],
        "key_storage": ["iso_18045_basic"], "user_authentication": ["iso_18045_moderate"]});
    Ok(vec![
        ("attestation_payload", "keys", key_claims(keys)),
        ("attestation_payload", "wallet", client_claims()),
        ("authorization_form", "pre-authorized", pre_authorized().into()),
        ("authorization_form", "code", code().into()),
        ("authorization_form", "refresh", "grant_type=refresh_token&refresh_token=r&scope=a+b".into()),
        ("authorization_form", "pushed", pushed().into()),
        ("authorization_form", "browser", "client_id=a&request_uri=urn%3Ab".into()),
        ("credential_offer", "alone", offer.clone()),
        ("credential_offer", "value", CredentialOffer::parse(&offer)?.to_uri().into()),
        ("credential_offer", "reference", CredentialOffer::reference_uri("https://a.example/1").into()),
        ("credential_request", "jwt", br#"{"credential_configuration_id":"a","proofs":{"jwt":["b","c"]}}"#.to_vec()),
        (
            "credential_request",
            "attestation",
            br#"{"credential_identifier":"a","proofs":{"attestation":["b"]}}"#.to_vec(),
        ),
        ("credential_request", "deferred", br#"{"transaction_id":"a"}"#.to_vec()),
        ("credential_request", "notification", notification().into()),
        ("dpop_payload", "proof", dpop_claims()),
        ("issuer_answer", "token", token().into()),
        ("issuer_answer", "copies", br#"{"credentials":[{"credential":"a"}],"notification_id":"b"}"#.to_vec()),
        ("issuer_answer", "later", br#"{"transaction_id":"a","interval":5}"#.to_vec()),
        ("issuer_answer", "nonce", br#"{"c_nonce":"a"}"#.to_vec()),
        ("issuer_answer", "refusal", br#"{"error":"invalid_nonce","error_description":"old"}"#.to_vec()),
        ("issuer_metadata", "issuer", json::to_vec(&metadata())),
        ("issuer_metadata", "server", server.to_json()),
        ("jwe", "device", jwe.into()),
        ("key_proof_payload", "proof", key_claims(members)),
    ])
}

fn offer() -> Value {
    json!({"credential_issuer": ISSUER, "credential_configuration_ids": ["resident-mdoc"], "grants": {
        PRE_AUTHORIZED: {"pre-authorized_code": "c", "tx_code": {"length": 6, "description": "문자"}},
        "authorization_code": {"issuer_state": "s"}}})
}

fn pre_authorized() -> String {
    format!(
        "grant_type={PRE_AUTHORIZED}&pre-authorized_code=c&tx_code=123456&authorization_details=[{{\"type\":\
        \"openid_credential\",\"credential_configuration_id\":\"a\",\"locations\":[\"b\"]}}]"
    )
}

fn code() -> &'static str {
    "grant_type=authorization_code&code=c&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&redirect_uri=a.b:/c"
}

fn pushed() -> &'static str {
    "response_type=code&client_id=a&redirect_uri=https://a.example/b&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8\
     URWbuGJSstw-cM&code_challenge_method=S256&scope=a&issuer_state=i"
}

fn notification() -> &'static str {
    r#"{"notification_id":"a","event":"credential_failure","event_description":"b"}"#
}

fn token() -> &'static str {
    r#"{"access_token":"a","token_type":"DPoP","expires_in":1,"refresh_token":"r","authorization_details":[{"type":
        "openid_credential","credential_configuration_id":"a","credential_identifiers":["b"]}]}"#
}

fn metadata() -> Value {
    let configuration = |format: &str, name: &str| {
        json!({"format": format, name: "x", "scope": "s", "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"],
                "key_attestations_required": {"key_storage": ["iso_18045_high"]}}},
            "credential_metadata": {"display": [{"name": "증", "locale": "ko"}], "claims": [
                {"path": ["a", null, 0], "mandatory": true, "display": [{"name": "b", "locale": "en"}]}]}})
    };
    let key = Jwk::from(parties().device_key.public().clone());
    let mut key = Value::Object(key.to_object());
    key["kid"] = "1".into();
    json!({"credential_issuer": ISSUER, "credential_endpoint": "https://issuer.example/c",
        "nonce_endpoint": "https://issuer.example/n", "batch_credential_issuance": {"batch_size": 10},
        "credential_request_encryption": {"jwks": {"keys": [key]}, "enc_values_supported": ["A128GCM"],
            "encryption_required": false},
        "credential_configurations_supported": {
            "m": configuration("mso_mdoc", "doctype"), "s": configuration("dc+sd-jwt", "vct")}})
}
