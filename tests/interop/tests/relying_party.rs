//! npm `openid-client` signs people in at our `OpenID` provider.

use anyhow::{Result, ensure};
use mapae_interop::relying_party::{Client, Provider};
use serde_json::{Value, json};

fn expect_signed_in(provider: &Provider, answer: &Value) -> Result<()> {
    let (claims, userinfo) = (&answer["claims"], &answer["userinfo"]);
    ensure!(claims["iss"] == *provider.issuer(), "{answer}");
    ensure!(claims["acr"] == "substantial" && claims["amr"] == json!(["pop"]), "{answer}");
    ensure!(claims["sub"] == userinfo["sub"] && userinfo["family_name"].is_string(), "{answer}");
    Ok(())
}

#[test]
fn a_relying_party_of_others_signs_people_in() -> Result<()> {
    let provider = Provider::start()?;
    for client in Client::ALL {
        for more in [json!({}), json!({ "pushed": true }), json!({ "form_post": true })] {
            expect_signed_in(&provider, &provider.sign_in(client, &more)?)?;
        }
    }
    Ok(())
}

#[test]
fn a_returning_person_is_the_same_where_the_client_wants_that() -> Result<()> {
    let provider = Provider::start()?;
    let subject = |client| provider.sign_in(client, &json!({})).map(|answer| answer["claims"]["sub"].clone());
    ensure!(subject(Client::Secret)? == subject(Client::Secret)?);
    ensure!(subject(Client::Public)? != subject(Client::Public)?);
    Ok(())
}

#[test]
fn a_code_that_is_used_again_withdraws_what_it_gave() -> Result<()> {
    let answer = Provider::start()?.sign_in(Client::Secret, &json!({ "reuse": true }))?;
    ensure!(answer["reused"] == json!({ "error": "invalid_grant", "userinfo": 401 }), "{answer}");
    Ok(())
}

#[test]
fn a_relying_party_of_others_signs_people_out() -> Result<()> {
    let answer = Provider::start()?.sign_in(Client::Key, &json!({ "logout": "https://bank.example/bye" }))?;
    let expected = json!({ "address": "https://bank.example/bye?state=bye", "status": 303, "userinfo": 401 });
    ensure!(answer["logged_out"] == expected, "{answer}");
    Ok(())
}

#[test]
fn a_relying_party_of_others_understands_refusals() -> Result<()> {
    let provider = Provider::start()?;
    let refused =
        |client, more: Value| provider.sign_in(client, &more).map(|answer| answer["refused"]["error"].clone());
    ensure!(refused(Client::Secret, json!({ "decline": true }))? == "access_denied");
    ensure!(refused(Client::Public, json!({ "plain": true }))? == "invalid_request");
    ensure!(refused(Client::Secret, json!({ "pushed": true, "plain": true }))? == "invalid_request");
    Ok(())
}
