//! npm `@openid4vc/openid4vp` as wallet, and `mapae serve verifier` as the verifier that asks it in a library's name (HAIP 1.0
//! §5.1): what it shows is judged as shown, and what answers something else is not.

use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};
use mapae_interop::mapae::verifier::Verifier;
use mapae_interop::presenter::{Fetched, Presenter, Told};
use mapae_interop::request::Request;
use mapae_interop::wallet::Format;
use serde_json::{Value, json};

use crate::somebody::{Holder, holder};

/// What HAIP 1.0 §5 has a wallet choose from.
const BOTH: [&str; 2] = ["A128GCM", "A256GCM"];

struct Scene {
    holder: &'static Holder,
    library: Verifier,
}

fn scene() -> Result<&'static Scene> {
    static STARTED: OnceLock<Result<Scene, String>> = OnceLock::new();
    let started = STARTED.get_or_init(|| Scene::start().map_err(|error| format!("{error:#}")));
    started.as_ref().map_err(|error| anyhow!("{error}"))
}

fn presenters() -> Result<&'static [Presenter]> {
    Ok(&scene()?.holder.presenters)
}

impl Scene {
    fn start() -> Result<Self> {
        let holder = holder()?;
        Ok(Self { holder, library: Verifier::start(&holder.country, "library")? })
    }

    fn verdict(&self, session: &Value) -> Result<(String, Value)> {
        let result = self.library.result(session)?;
        Ok((result["verdict"].as_str().context("no verdict")?.to_owned(), result))
    }
}

/// The library asks, and the wallet has the request.
fn asked(presenter: &Presenter) -> Result<(Value, Fetched)> {
    let session = scene()?.library.begin(&json!({ "use": "card", "flow": "cross_device" }))?;
    let fetched = presenter.fetch(session["link"].as_str().context("no link")?)?;
    Ok((session, fetched))
}

/// What is wrong with an answer, as the verifier says it.
fn refused(session: &Value) -> Result<String> {
    let (verdict, result) = scene()?.verdict(session)?;
    ensure!(verdict != "held", "it was taken: {result}");
    ensure!(result.get("credentials").is_none(), "claims of what does not hold: {result}");
    Ok(result["reason"]["code"].as_str().with_context(|| format!("no code: {result}"))?.to_owned())
}

fn taken(told: &Told) -> Result<()> {
    ensure!(told.status == 200, "not taken: {told:?}");
    Ok(())
}

#[test]
fn an_encrypted_answer_of_another_wallet_holds_in_both_formats_and_by_both_algorithms() -> Result<()> {
    for (presenter, enc) in presenters()?.iter().flat_map(|one| BOTH.map(|enc| (one, enc))) {
        let (session, Fetched { request, exchanges }) = asked(presenter)?;
        ensure!(exchanges == ["POST requests"], "{exchanges:?}");
        ensure!(request.to_json()["response_mode"] == "direct_post.jwt", "{request:?}");
        taken(&presenter.send(&request, &presenter.present(&request)?, &[enc])?)?;
        let (verdict, result) = scene()?.verdict(&session)?;
        ensure!(verdict == "held", "{enc}: {result}");
        let shown = &result["credentials"][0];
        ensure!(shown["format"] == presenter.format.identifier(), "{result}");
        ensure!(shown["claims"]["family_name_hangul"].is_string(), "{result}");
    }
    Ok(())
}

#[test]
fn on_the_same_device_the_result_is_told_with_the_code_alone() -> Result<()> {
    let library = &scene()?.library;
    for presenter in presenters()? {
        let home = "https://library.example/back";
        let session = library.begin(&json!({ "use": "card", "flow": "same_device", "redirect_uri": home }))?;
        let request = presenter.fetch(session["link"].as_str().context("no link")?)?.request;
        let told = presenter.send(&request, &presenter.present(&request)?, &BOTH)?;
        taken(&told)?;
        let redirect = told.answer["redirect_uri"].as_str().context("nobody is sent on")?;
        let code = redirect.strip_prefix("https://library.example/back?response_code=").context("no code")?;
        let without = library.look(&session, None)?.answer;
        ensure!(without["result_needs"] == "response_code" && without.get("result").is_none(), "{without}");
        ensure!(library.look(&session, Some("another"))?.status == 403, "told with another code");
        let told = library.look(&session, Some(code))?.answer;
        ensure!(told["result"]["verdict"] == "held", "{told}");
    }
    Ok(())
}

#[test]
fn peer_hole_10_an_answer_is_taken_once() -> Result<()> {
    for presenter in presenters()? {
        let (session, Fetched { request, .. }) = asked(presenter)?;
        let presentation = presenter.present(&request)?;
        taken(&presenter.send(&request, &presentation, &BOTH)?)?;
        let again = presenter.send(&request, &presentation, &BOTH)?;
        ensure!(again.status != 200, "taken twice: {again:?}");
        ensure!(scene()?.verdict(&session)?.0 == "held", "the second changed the first");
    }
    Ok(())
}

#[test]
fn what_was_signed_for_one_session_answers_no_other() -> Result<()> {
    for presenter in presenters()? {
        let ((_, first), (session, second)) = (asked(presenter)?, asked(presenter)?);
        let captured = presenter.present(&first.request)?;
        presenter.send(&second.request, &captured, &BOTH)?;
        let expected = if presenter.format == Format::Mdoc { "holder_binding_invalid" } else { "wrong_nonce" };
        ensure!(refused(&session)? == expected, "{}", refused(&session)?);
    }
    Ok(())
}

#[test]
fn what_was_signed_for_another_verifier_does_not_hold() -> Result<()> {
    for presenter in presenters()? {
        let (session, Fetched { request, .. }) = asked(presenter)?;
        let other = request.with_client_id("x509_san_dns:other.example");
        presenter.send(&request, &presenter.present(&other)?, &BOTH)?;
        let expected = if presenter.format == Format::Mdoc { "holder_binding_invalid" } else { "wrong_audience" };
        ensure!(refused(&session)? == expected, "{}", refused(&session)?);
    }
    Ok(())
}

#[test]
fn an_answer_that_is_not_encrypted_is_not_read() -> Result<()> {
    for presenter in presenters()? {
        let (session, Fetched { request, .. }) = asked(presenter)?;
        presenter.send(&request, &presenter.present(&request)?, &[])?;
        ensure!(refused(&session)? == "answer_not_encrypted", "{}", refused(&session)?);
    }
    Ok(())
}

#[test]
fn an_answer_by_the_key_of_another_request_is_not_read() -> Result<()> {
    let presenter = &presenters()?[0];
    let ((_, first), (session, second)) = (asked(presenter)?, asked(presenter)?);
    let mut mixed = second.request.to_json();
    mixed["client_metadata"] = first.request.to_json()["client_metadata"].clone();
    let mixed = Request::from_json(mixed)?;
    presenter.send(&mixed, &presenter.present(&second.request)?, &BOTH)?;
    ensure!(refused(&session)? == "answer_undecryptable", "{}", refused(&session)?);
    Ok(())
}

#[test]
fn an_answer_with_less_than_was_asked_is_none() -> Result<()> {
    for presenter in presenters()? {
        let (session, Fetched { request, .. }) = asked(presenter)?;
        let mut less = request.to_json();
        let queries = less["dcql_query"]["credentials"].as_array_mut().context("no query")?;
        for query in queries {
            query["claims"].as_array_mut().context("no claims")?.pop();
        }
        presenter.send(&request, &presenter.present(&Request::from_json(less)?)?, &BOTH)?;
        ensure!(refused(&session)? == "not_what_was_asked", "{}", refused(&session)?);
    }
    Ok(())
}

#[test]
fn a_refusal_of_another_wallet_is_known_as_one() -> Result<()> {
    let presenter = &presenters()?[0];
    let (session, Fetched { request, .. }) = asked(presenter)?;
    taken(&presenter.refuse(&request, "access_denied")?)?;
    ensure!(refused(&session)? == "access_denied", "{}", refused(&session)?);
    Ok(())
}
