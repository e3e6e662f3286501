//! The OpenID Foundation's cases for verifiers (`oid4vp-1final-verifier-haip-test-plan` as of 2026-08-20), one test for each by its
//! name, against `mapae serve verifier`: as in the Foundation's suite, a wallet of others answers on the same device, is sent on
//! whatever it showed (HAIP 1.0 §5.1), and the relying party says at the end what it was worth.

use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine;
use mapae_interop::BASE64URL;
use mapae_interop::key::Key;
use mapae_interop::mapae::verifier::Verifier;
use mapae_interop::presenter::{Fetched, Presenter, object};
use mapae_interop::request::Request;
use mapae_interop::sd_jwt::jws::Jws;
use mapae_interop::times::days;
use mapae_interop::wallet::Format;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::somebody::holder;

const HOME: &str = "https://library.example/back";

/// The code of a refusal, and a part of what it says.
type Why = (&'static str, &'static str);

fn library() -> Result<&'static Verifier> {
    static STARTED: OnceLock<Result<Verifier, String>> = OnceLock::new();
    let start = || Verifier::start(&holder()?.country, "library");
    let started = STARTED.get_or_init(|| start().map_err(|error| format!("{error:#}")));
    started.as_ref().map_err(|error| anyhow!("{error}"))
}

fn presenter(format: Format) -> Result<&'static Presenter> {
    holder()?.presenters.iter().find(|presenter| presenter.format == format).context("no such copy")
}

fn begun() -> Result<(Value, String)> {
    let session = library()?.begin(&json!({ "use": "card", "flow": "same_device", "redirect_uri": HOME }))?;
    let link = session["link"].as_str().context("no link")?.to_owned();
    Ok((session, link))
}

/// What the relying party is told of an answer by the browser that was sent back.
fn worth(session: &Value, presenter: &Presenter, request: &Request, presentation: &str) -> Result<Value> {
    let told = presenter.send(request, presentation, &["A256GCM"])?;
    ensure!(told.status == 200, "{told:?}");
    let code = told.answer["redirect_uri"].as_str().and_then(|uri| uri.split_once("response_code="));
    let mut state = library()?.look(session, Some(code.context("nobody is sent on")?.1))?.answer;
    Ok(state["result"].take())
}

fn accepted(format: Format) -> Result<Value> {
    let (presenter, (session, link)) = (presenter(format)?, begun()?);
    let Fetched { request, .. } = presenter.fetch(&link)?;
    let result = worth(&session, presenter, &request, &presenter.present(&request)?)?;
    ensure!(result["verdict"] == "held", "{result}");
    Ok(result)
}

/// For this reason, and no claim is told.
fn rejected(format: Format, why: Why, present: impl Fn(&Presenter, &Request) -> Result<String>) -> Result<()> {
    let (presenter, (session, link)) = (presenter(format)?, begun()?);
    let Fetched { request, .. } = presenter.fetch(&link)?;
    let result = worth(&session, presenter, &request, &present(presenter, &request)?)?;
    let (reason, (code, says)) = (&result["reason"], why);
    let said = reason["detail"].as_str().is_some_and(|detail| detail.contains(says));
    ensure!(result["verdict"] == "refused" && reason["code"] == code && said, "{result}");
    ensure!(result.get("credentials").is_none(), "claims of what does not hold: {result}");
    Ok(())
}

/// A presentation of an SD-JWT in its parts.
struct Parts {
    credential: Jws,
    disclosures: String,
    binding: Jws,
}

/// The same, with something else in it.
fn rejected_with(why: Why, change: impl Fn(&mut Parts, &Key) -> Result<()>) -> Result<()> {
    rejected(Format::SdJwt, why, |presenter, request| {
        let presentation = presenter.present(request)?;
        let (rest, binding) = presentation.rsplit_once('~').context("no key binding")?;
        let (credential, disclosures) = rest.split_once('~').context("no disclosure")?;
        let (credential, binding) = (Jws::parse(credential)?, Jws::parse(binding)?);
        let mut parts = Parts { credential, disclosures: disclosures.to_owned(), binding };
        change(&mut parts, &presenter.key)?;
        Ok(format!("{}~{}~{}", parts.credential.encoded(), parts.disclosures, parts.binding.encoded()))
    })
}

/// The key binding says another thing, and its holder signs that.
fn rejected_with_binding(why: Why, claim: &str, value: &Value) -> Result<()> {
    rejected_with(why, |parts, key| parts.binding.change(key, |_, payload| payload[claim] = value.clone()))
}

#[test]
fn foundation_happy_flow() -> Result<()> {
    for format in Format::ALL {
        let result = accepted(format)?;
        ensure!(result["credentials"][0]["claims"]["age_over_14"].is_boolean(), "{result}");
    }
    Ok(())
}

#[test]
fn foundation_minimal_cnf_jwk() -> Result<()> {
    let credential = Jws::parse(presenter(Format::SdJwt)?.copy.split('~').next().unwrap_or_default())?;
    let key = credential.payload()?["cnf"]["jwk"].take();
    let members: Vec<&str> = key.as_object().context("no key")?.keys().map(String::as_str).collect();
    ensure!(members == ["crv", "kty", "x", "y"], "{key}");
    accepted(Format::SdJwt).map(drop)
}

#[test]
fn foundation_request_uri_method_post() -> Result<()> {
    for format in Format::ALL {
        let Fetched { request, exchanges } = presenter(format)?.fetch(&begun()?.1)?;
        ensure!(exchanges == ["POST requests"] && request.to_json()["wallet_nonce"].is_string(), "{exchanges:?}");
    }
    Ok(())
}

/// The Foundation's second fetch has no nonce that says who it is, and is refused on purpose: a request is one wallet's.
#[test]
fn foundation_request_uri_fetched_twice() -> Result<()> {
    for (nonce, again) in [(None, 409), (Some("of 128 bits, were this no test"), 200)] {
        let link = begun()?.1;
        ensure!(object(&link, nonce)? == 200, "not even once");
        let second = object(&link, nonce)?;
        ensure!(second == again, "{second} to {nonce:?}");
    }
    Ok(())
}

#[test]
fn foundation_invalid_session_transcript() -> Result<()> {
    rejected(Format::Mdoc, ("holder_binding_invalid", ""), |presenter, request| {
        presenter.present(&request.with_nonce("YW5vdGhlciBub25jZSB0aGFuIHRoZSB2ZXJpZmllcidz"))
    })
}

#[test]
fn foundation_invalid_kb_jwt_signature() -> Result<()> {
    rejected_with(("holder_binding_invalid", "signature"), |parts, _| parts.binding.break_signature())
}

#[test]
fn foundation_invalid_credential_signature() -> Result<()> {
    rejected_with(("issuer_signature_invalid", ""), |parts, key| {
        parts.credential.break_signature()?;
        let presented = format!("{}~{}~", parts.credential.encoded(), parts.disclosures);
        let hash = BASE64URL.encode(Sha256::digest(presented));
        parts.binding.change(key, |_, payload| payload["sd_hash"] = json!(hash))
    })
}

#[test]
fn foundation_invalid_sd_hash() -> Result<()> {
    rejected_with_binding(
        ("holder_binding_invalid", "for other contents"),
        "sd_hash",
        &json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    )
}

#[test]
fn foundation_invalid_kb_jwt_nonce() -> Result<()> {
    rejected_with_binding(("wrong_nonce", ""), "nonce", &json!("another"))
}

#[test]
fn foundation_invalid_kb_jwt_aud() -> Result<()> {
    rejected_with_binding(("wrong_audience", ""), "aud", &json!("x509_san_dns:other.example"))
}

#[test]
fn foundation_kb_jwt_iat_in_past() -> Result<()> {
    rejected_with_binding(("presentation_time", "is older than"), "iat", &json!(days(-365).unix_timestamp()))
}

#[test]
fn foundation_kb_jwt_iat_in_future() -> Result<()> {
    rejected_with_binding(("presentation_time", "in the future"), "iat", &json!(days(365).unix_timestamp()))
}
