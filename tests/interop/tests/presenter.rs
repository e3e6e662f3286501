//! npm `@openid4vc/openid4vp` as wallet, and the library of `mapae up` as the verifier that asks it (HAIP 1.0 §5.1): what it
//! shows is judged as shown, and what answers something else is not.

use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};
use mapae_interop::document::Document;
use mapae_interop::mapae::country::Country;
use mapae_interop::presenter::{Fetched, Presenter, Told, page};
use mapae_interop::request::Request;
use mapae_interop::wallet::{Format, Proof, Wallet};
use serde_json::{Value, json};

/// What HAIP 1.0 §5 has a wallet choose from.
const BOTH: [&str; 2] = ["A128GCM", "A256GCM"];
/// Copies of each format: one for each test, and some.
const COPIES: usize = 10;

struct Scene {
    country: Country,
    presenters: Vec<Presenter>,
}

/// A session of the library's page.
struct Session {
    token: String,
    link: String,
}

fn scene() -> Result<&'static Scene> {
    static STARTED: OnceLock<Result<Scene, String>> = OnceLock::new();
    let started = STARTED.get_or_init(|| Scene::start().map_err(|error| format!("{error:#}")));
    started.as_ref().map_err(|error| anyhow!("{error}"))
}

impl Scene {
    fn start() -> Result<Self> {
        let (country, person) = Country::start_with_somebody()?;
        let wallet = Wallet::at(&country.issuer(), country.provider()?);
        let offered = country.offer(&person)?;
        let session = wallet.redeem(&offered.uri, &offered.tx_code)?.session()?;
        let roots = vec![country.registrar()?];
        let mut presenters = Vec::new();
        for format in Format::ALL {
            let configuration = format.configuration(Document::Resident);
            let answer = wallet.request(&session, &configuration, Proof::Attestation, COPIES)?;
            let (copy, key) = answer.copies()?.each()?.into_iter().next().context("no copy")?;
            presenters.push(Presenter { roots: roots.clone(), format, copy, key });
        }
        Ok(Self { country, presenters })
    }

    /// Asks for a card's worth, in the format of the wallet's copy.
    fn ask(&self, presenter: &Presenter, same_device: bool) -> Result<Session> {
        let format = if presenter.format == Format::Mdoc { "mdoc" } else { "sd-jwt" };
        let wish = json!({ "kind": "card", "format": format, "same_device": same_device });
        let told = page(&format!("{}/sessions", self.country.library()), Some(&wish))?;
        ensure!(told.status == 200, "no session: {told:?}");
        let text = |name: &str| told.answer[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
        Ok(Session { token: text("session")?, link: text("link")? })
    }

    /// What the library made of it, told to who began, with the code of the page that the wallet opened.
    fn state(&self, session: &Session, code: Option<&str>) -> Result<Value> {
        let code = code.map(|code| format!("?code={code}")).unwrap_or_default();
        Ok(page(&format!("{}/sessions/{}{code}", self.country.library(), session.token), None)?.answer)
    }

    /// The verdict of a session that is over.
    fn verdict(&self, session: &Session) -> Result<(String, Value)> {
        let state = self.state(session, None)?;
        let verdict = state["result"]["verdict"].as_str().with_context(|| format!("not over: {state}"))?;
        Ok((verdict.to_owned(), state["result"].clone()))
    }
}

/// The library asks, and the wallet has the request.
fn asked(presenter: &Presenter) -> Result<(Session, Fetched)> {
    let session = scene()?.ask(presenter, false)?;
    let fetched = presenter.fetch(&session.link)?;
    Ok((session, fetched))
}

/// What is wrong with an answer, as the library says it.
fn refused(session: &Session) -> Result<String> {
    let (verdict, result) = scene()?.verdict(session)?;
    ensure!(verdict != "held", "it was taken: {result}");
    Ok(result["code"].as_str().with_context(|| format!("no code: {result}"))?.to_owned())
}

fn taken(told: &Told) -> Result<()> {
    ensure!(told.status == 200, "not taken: {told:?}");
    Ok(())
}

#[test]
fn an_encrypted_answer_of_another_wallet_holds_in_both_formats_and_by_both_algorithms() -> Result<()> {
    for (presenter, enc) in scene()?.presenters.iter().flat_map(|one| BOTH.map(|enc| (one, enc))) {
        let (session, Fetched { request, exchanges }) = asked(presenter)?;
        ensure!(exchanges == ["POST requests"], "{exchanges:?}");
        ensure!(request.to_json()["response_mode"] == "direct_post.jwt", "{request:?}");
        taken(&presenter.send(&request, &presenter.present(&request)?, &[enc])?)?;
        let (verdict, result) = scene()?.verdict(&session)?;
        ensure!(verdict == "held", "{enc}: {result}");
    }
    Ok(())
}

#[test]
fn on_the_same_device_the_result_is_told_with_the_code_alone() -> Result<()> {
    let scene = scene()?;
    for presenter in &scene.presenters {
        let session = scene.ask(presenter, true)?;
        let request = presenter.fetch(&session.link)?.request;
        let told = presenter.send(&request, &presenter.present(&request)?, &BOTH)?;
        taken(&told)?;
        let redirect = told.answer["redirect_uri"].as_str().context("nobody is sent on")?;
        let code = redirect.split_once("code=").context("no code")?.1;
        ensure!(scene.state(&session, None)?["state"] == "elsewhere", "told without the code");
        ensure!(scene.state(&session, Some("another"))?["state"] == "elsewhere", "told with another code");
        let state = scene.state(&session, Some(code))?;
        ensure!(state["result"]["verdict"] == "held", "{state}");
    }
    Ok(())
}

#[test]
fn peer_hole_10_an_answer_is_taken_once() -> Result<()> {
    for presenter in &scene()?.presenters {
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
    for presenter in &scene()?.presenters {
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
    for presenter in &scene()?.presenters {
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
    for presenter in &scene()?.presenters {
        let (session, Fetched { request, .. }) = asked(presenter)?;
        presenter.send(&request, &presenter.present(&request)?, &[])?;
        ensure!(refused(&session)? == "answer_not_encrypted", "{}", refused(&session)?);
    }
    Ok(())
}

#[test]
fn an_answer_by_the_key_of_another_request_is_not_read() -> Result<()> {
    let presenter = &scene()?.presenters[0];
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
    for presenter in &scene()?.presenters {
        let (session, Fetched { request, .. }) = asked(presenter)?;
        let mut less = request.to_json();
        let query = &mut less["dcql_query"]["credentials"][0]["claims"];
        query.as_array_mut().context("no claims")?.pop();
        presenter.send(&request, &presenter.present(&Request::from_json(less)?)?, &BOTH)?;
        ensure!(refused(&session)? == "not_what_was_asked", "{}", refused(&session)?);
    }
    Ok(())
}

#[test]
fn a_refusal_of_another_wallet_is_known_as_one() -> Result<()> {
    let presenter = &scene()?.presenters[0];
    let (session, Fetched { request, .. }) = asked(presenter)?;
    taken(&presenter.refuse(&request, "access_denied")?)?;
    ensure!(refused(&session)? == "access_denied", "{}", refused(&session)?);
    Ok(())
}
