//! npm `@openid4vc/openid4vp` as verifier, and `mapae wallet present` as the wallet that it asks (HAIP 1.0 §5): what it is
//! shown holds before `mapae verify`, and what must be refused leaves nothing at its response endpoint.

use std::sync::OnceLock;

use anyhow::{Result, anyhow, ensure};
use base64::Engine;
use mapae_interop::BASE64URL;
use mapae_interop::mapae::country::Country;
use mapae_interop::verifier::{Ask, Told};
use mapae_interop::wallet::Format;
use serde_json::{Value, json};

/// What a library is registered for.
const CARD: &str = "family_name_hangul,age_over_14";

fn country() -> Result<&'static Country> {
    static STARTED: OnceLock<Result<Country, String>> = OnceLock::new();
    let started = STARTED.get_or_init(|| Country::start().map_err(|error| format!("{error:#}")));
    started.as_ref().map_err(|error| anyhow!("{error}"))
}

fn library(format: Format) -> Result<Ask> {
    Ask::new(country()?.asker("library")?, CARD, format)
}

/// The wallet answers, and what comes holds.
fn shared(ask: &Ask, format: Format) -> Result<Told> {
    let asked = ask.ask()?;
    let ran = country()?.present(&asked.link)?;
    ensure!(ran.exit == 0 && ran.answer["shared"] == true, "not shared: {}", ran.answer);
    let told = asked.told()?;
    let presentation = told.presentation()?;
    let bytes = match format {
        Format::Mdoc => BASE64URL.decode(presentation)?,
        Format::SdJwt => presentation.as_bytes().to_vec(),
    };
    let verdict = country()?.verify(told.request(), &bytes)?;
    ensure!(verdict.answer["verdict"] == "held", "{}", verdict.answer);
    Ok(told)
}

/// The wallet refuses by this code, having fetched the request and done nothing else.
fn refused(ask: &Ask, code: &str) -> Result<()> {
    let asked = ask.ask()?;
    let ran = country()?.present(&asked.link)?;
    let said = ran.answer["error"]["detail"].as_str().unwrap_or_default();
    ensure!(ran.exit == 1 && said.contains(&format!("refused ({code}); nothing was sent")), "{}", ran.answer);
    let told = asked.told()?;
    ensure!(!told.exchanges().contains(&"POST /response"), "something came: {told:?}");
    ensure!(told.exchanges().len() == 1, "the request was not asked for, and once: {told:?}");
    Ok(())
}

#[test]
fn an_answer_in_the_clear_holds_in_both_formats() -> Result<()> {
    for format in Format::ALL {
        let told = shared(&library(format)?, format)?;
        ensure!(told.exchanges() == ["GET /request", "POST /response"], "{told:?}");
        ensure!(told.protected().is_null(), "it was encrypted: {told:?}");
    }
    Ok(())
}

#[test]
fn an_encrypted_answer_holds_in_both_formats_and_by_both_algorithms() -> Result<()> {
    for (format, enc) in Format::ALL.into_iter().flat_map(|format| ["A128GCM", "A256GCM"].map(|enc| (format, enc))) {
        let told = shared(&library(format)?.encrypted(&[enc]), format)?;
        let protected = told.protected();
        ensure!(
            protected["alg"] == "ECDH-ES" && protected["enc"] == enc && protected["kid"] == "answers",
            "{protected}"
        );
    }
    Ok(())
}

#[test]
fn a_request_that_is_posted_for_has_the_wallets_nonce() -> Result<()> {
    for format in Format::ALL {
        let told = shared(&library(format)?.by_post().encrypted(&["A128GCM", "A256GCM"]), format)?;
        ensure!(told.exchanges() == ["POST /request", "POST /response"], "{told:?}");
        ensure!(told.request()["wallet_nonce"].is_string(), "the wallet sent no nonce: {told:?}");
    }
    Ok(())
}

#[test]
fn who_asks_too_much_or_is_not_registered_gets_nothing() -> Result<()> {
    for format in Format::ALL {
        let too_much = "family_name_hangul,resident_registration_number";
        refused(&Ask::new(country()?.asker("library")?, too_much, format)?.encrypted(&["A256GCM"]), "over_asking")?;
        for (name, code) in [("stranger", "unregistered"), ("cinema", "registration_revoked")] {
            refused(&Ask::new(country()?.asker(name)?, "family_name_hangul,age_over_19", format)?, code)?;
        }
    }
    Ok(())
}

#[test]
fn a_nonce_that_is_not_the_wallets_and_an_audience_that_is_another_are_refused() -> Result<()> {
    let foreign: Value = json!("of another wallet");
    refused(&library(Format::Mdoc)?.by_post().with("wallet_nonce", foreign), "wallet_nonce")?;
    refused(&library(Format::Mdoc)?.with("aud", json!("https://wallet.example")), "wrong_audience")
}
