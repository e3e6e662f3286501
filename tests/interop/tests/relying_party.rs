//! npm `openid-client` signs people in at `mapae serve verifier`, and npm `@openid4vc/openid4vp` is the wallet by which they do.

use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};
use mapae_interop::browser::{Browser, Page, Way};
use mapae_interop::presenter::Presenter;
use mapae_interop::relying_party::{BYE, Begun, Client, HOME, Provider};
use serde_json::{Value, json};

use crate::somebody::holder;

fn provider() -> Result<&'static Provider> {
    static STARTED: OnceLock<Result<Provider, String>> = OnceLock::new();
    let start = || Provider::start(&holder()?.country, "");
    let started = STARTED.get_or_init(|| start().map_err(|error| format!("{error:#}")));
    started.as_ref().map_err(|error| anyhow!("{error}"))
}

fn presenter() -> Result<&'static Presenter> {
    holder()?.presenters.first().context("no wallet")
}

fn begun(client: Client, more: &Value) -> Result<Begun> {
    provider()?.begin(client, more)?.map_err(|refused| anyhow!("refused: {refused}"))
}

/// From the client's link to what comes back to it.
fn back(begun: &Begun, presenter: &Presenter, way: Way) -> Result<Page> {
    let mut browser = Browser::default();
    let login = begun.open(&mut browser)?;
    browser.sign_in(&login, presenter, way, HOME)
}

/// A whole sign-in, with more members of the job that ends it.
fn signed_in(client: Client, more: &Value) -> Result<(Begun, Value)> {
    let begun = begun(client, &json!({}))?;
    let answer = begun.finish(&back(&begun, presenter()?, Way::SameDevice)?, more)?;
    ensure!(answer["claims"].is_object(), "{answer}");
    Ok((begun, answer))
}

fn expect_signed_in(client: Client, answer: &Value) -> Result<()> {
    let (issuer, claims, userinfo) = (provider()?.issuer(), &answer["claims"], &answer["userinfo"]);
    ensure!(claims["iss"] == issuer && answer["alg"] == client.algorithm(), "{answer}");
    ensure!(claims["acr"] == format!("{issuer}/acr/low"), "{answer}");
    ensure!(claims["sub"] == userinfo["sub"], "{answer}");
    ensure!(userinfo["name"].is_string() && userinfo["age_over_14"] == true, "{answer}");
    ensure!(!answer.to_string().contains("person_id"), "the register's id leaves the verifier: {answer}");
    Ok(())
}

#[test]
fn a_relying_party_of_others_signs_people_in() -> Result<()> {
    for (client, way) in Client::ALL.into_iter().flat_map(|client| Way::ALL.map(|way| (client, way))) {
        for more in [json!({}), json!({ "pushed": true }), json!({ "form_post": true })] {
            let begun = begun(client, &more)?;
            expect_signed_in(client, &begun.finish(&back(&begun, presenter()?, way)?, &json!({}))?)?;
        }
    }
    Ok(())
}

/// In whichever format the wallet has the card, and at no other client.
#[test]
fn a_returning_person_is_the_same_where_the_client_wants_that() -> Result<()> {
    let subject = |client, presenter| {
        let begun = begun(client, &json!({}))?;
        let answer = begun.finish(&back(&begun, presenter, Way::SameDevice)?, &json!({}))?;
        anyhow::Ok(answer["claims"]["sub"].as_str().context("no sub")?.to_owned())
    };
    let mut seen = Vec::new();
    for client in Client::ALL {
        let [first, second] = [&holder()?.presenters[0], &holder()?.presenters[1]].map(|one| subject(client, one));
        let (first, second) = (first?, second?);
        ensure!((first == second) == (client != Client::Public), "{client:?}: {first} and {second}");
        seen.extend([first, second]);
    }
    seen.sort_unstable();
    seen.dedup();
    ensure!(seen.len() == 4, "one person is one at two clients: {seen:?}");
    Ok(())
}

#[test]
fn a_code_that_is_used_again_withdraws_what_it_gave() -> Result<()> {
    let (_, answer) = signed_in(Client::Secret, &json!({ "reuse": true }))?;
    ensure!(answer["reused"] == json!({ "error": "invalid_grant", "userinfo": 401 }), "{answer}");
    Ok(())
}

#[test]
fn a_relying_party_of_others_signs_people_out() -> Result<()> {
    let (begun, answer) = signed_in(Client::Key, &json!({ "logout": BYE }))?;
    ensure!(provider()?.userinfo(&begun, &answer["token"])? == 200, "signed out before");
    let mut browser = Browser::default();
    let page = browser.open_until(answer["logout"].as_str().context("no address")?, BYE)?;
    ensure!(page.url()? == format!("{BYE}?state=bye"), "{page:?}");
    ensure!(provider()?.userinfo(&begun, &answer["token"])? == 401, "not signed out");
    Ok(())
}

#[test]
fn a_relying_party_of_others_understands_refusals() -> Result<()> {
    for way in Way::ALL {
        let begun = begun(Client::Secret, &json!({}))?;
        let mut browser = Browser::default();
        let login = begun.open(&mut browser)?;
        let page = browser.decline(&login, presenter()?, way, HOME)?;
        let answer = begun.finish(&page, &json!({}))?;
        ensure!(answer["refused"]["error"] == "access_denied", "{answer}");
    }
    Ok(())
}

/// At once where a request is pushed, else in the browser.
#[test]
fn a_relying_party_of_others_is_refused_what_it_may_not_ask() -> Result<()> {
    let beyond = json!({ "scope": "openid family" });
    for (wrong, error) in [(json!({ "plain": true }), "invalid_request"), (beyond, "invalid_scope")] {
        let begun = begun(Client::Public, &wrong)?;
        let page = Browser::default().open_until(&begun.url, HOME)?;
        let answer = begun.finish(&page, &json!({}))?;
        ensure!(answer["refused"]["error"] == error, "{answer}");
        let mut pushed = wrong;
        pushed["pushed"] = json!(true);
        let refused = provider()?.begin(Client::Secret, &pushed)?;
        ensure!(refused.is_err_and(|refused| refused["error"] == error), "pushed");
    }
    Ok(())
}

/// Whoever sends a link on has the person sign in for somebody else's browser, which has no cookie of it.
#[test]
fn peer_hole_10_a_sign_in_is_of_the_browser_that_began() -> Result<()> {
    for way in Way::ALL {
        let begun = begun(Client::Secret, &json!({}))?;
        let (mut own, mut other) = (Browser::default(), Browser::default());
        let login = begun.open(&mut own)?;
        let told = own.answer(&login, presenter()?, way, |request| {
            presenter()?.send(request, &presenter()?.present(request)?, &["A256GCM"])
        })?;
        let back = told.answer["redirect_uri"].as_str().map_or(format!("{}/return", login.url()?), str::to_owned);
        let page = other.open_until(&back, HOME)?;
        ensure!(page.status() == Some(403), "{page:?}");
    }
    Ok(())
}
