//! Seeds of what verifiers and wallets send each other.

use std::error::Error;

use mapae_fuzz::{
    parties::{RESPONSE_URI, now, parties},
    presenting::{QUERY, pending},
};
use mapae_jose::{Jwk, json};
use mapae_oid4vp::{RequestUriMethod, ResponseMode};
use serde_json::{Value, json};

use crate::Seed;

/// The certificate's own hash is another in every run.
const HOST: &str = "x509_san_dns:rp.example";

pub(crate) fn seeds() -> Result<Vec<Seed>, Box<dyn Error>> {
    let plain = pending(ResponseMode::DirectPost);
    let link = |base, method| plain.link(base, "https://rp.example/request", method).into_bytes();
    let request = plain.request_object(None);
    let signature = parties().reader.key.sign(request.to_be_signed())?;
    let (state, token) = (plain.state().to_owned(), r#"{"a":["AA"]}"#);
    Ok(vec![
        ("presentation_answer", "plain", format!("vp_token={token}&state={state}").into()),
        ("presentation_answer", "content", content(&pending(ResponseMode::DirectPostJwt)).into()),
        ("presentation_answer", "page", br#"{"redirect_uri":"https://rp.example/#c"}"#.to_vec()),
        ("presentation_call", "get", link("openid4vp://", RequestUriMethod::Get)),
        ("presentation_call", "post", link("https://wallet.example/", RequestUriMethod::Post)),
        ("presentation_call", "signed", request.attach(&signature).into()),
        ("presentation_call", "plain", json::to_vec(&unsigned()?)),
        ("presentation_call", "link", format!("haip-vp://?{}", form(&unsigned()?)).into()),
        ("request_object_payload", "clear", json::to_vec(&claims(HOST, "direct_post")?)),
        ("request_object_payload", "encrypted", json::to_vec(&claims(HOST, "direct_post.jwt")?)),
    ])
}

fn content(pending: &mapae_oid4vp::verifier::PendingPresentation) -> String {
    json!({"vp_token": {"b": ["a~b"]}, "state": pending.state()}).to_string()
}

fn claims(client_id: &str, mode: &str) -> Result<Value, Box<dyn Error>> {
    let mut key = Value::Object(Jwk::from(parties().device_key.public().clone()).to_object());
    (key["alg"], key["kid"]) = ("ECDH-ES".into(), "1".into());
    let query: Value = serde_json::from_str(QUERY)?;
    Ok(
        json!({"aud": ["https://self-issued.me/v2"], "client_id": client_id, "client_metadata": {"jwks": {"keys": [key]},
        "encrypted_response_enc_values_supported": ["A256GCM"], "vp_formats_supported": {"mso_mdoc": {
        "issuerauth_alg_values": [-9]}}}, "dcql_query": query, "exp": now().unix() + 60, "iat": now().unix(), "nbf":
        now().unix(), "nonce": "n", "purpose": "책", "response_mode": mode, "response_type": "vp_token", "response_uri":
        RESPONSE_URI, "state": "s", "verifier_info": [{"format": "f", "data": {}, "credential_ids": ["a"]}]}),
    )
}

fn unsigned() -> Result<Value, Box<dyn Error>> {
    let mut request = claims(&format!("redirect_uri:{RESPONSE_URI}"), "direct_post.jwt")?;
    if let Some(members) = request.as_object_mut() {
        members.retain(|name, _| !["aud", "exp", "iat", "nbf"].contains(&name.as_str()));
    }
    Ok(request)
}

/// As §5.1 has objects travel; nothing here needs an escape.
fn form(request: &Value) -> String {
    let pair = |(name, value): (&String, &Value)| match value.as_str() {
        Some(text) => format!("{name}={text}"),
        None => format!("{name}={}", value.to_string().replace('+', "%2B")),
    };
    request.as_object().into_iter().flatten().map(pair).collect::<Vec<_>>().join("&")
}
