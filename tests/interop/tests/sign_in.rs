//! npm `oidc-provider` signs citizens in, and npm `@openid4vc/openid4vci` is the wallet that waits for them (HAIP 1.0 §4.2):
//! of the authorization code flow, ours is the issuer alone.

use std::fs;

use anyhow::{Result, bail, ensure};
use mapae_interop::document::Document;
use mapae_interop::key::Key;
use mapae_interop::mapae::issuer::Issuer;
use mapae_interop::openid::{OpenIdProvider, browse};
use mapae_interop::wallet::{Answer, Format, Proof, Wallet};
use serde_json::{Value, json};

/// Where the browser goes back to.
const HOME: &str = "https://wallet.example/back";
const CLIENT_ID: &str = "mapae issuer";
/// With what a form encodes.
const SECRET: &str = "s:cr/t+%&=";

/// An issuer whose citizens sign in at a provider that knows it by such a credential.
fn issuer_at(provider: &OpenIdProvider, settings: &[&str], file: (&str, &str), client: &Value) -> Result<Issuer> {
    let place = format!("sign_in.provider={}", provider.issuer());
    let name = format!("sign_in.client_id={CLIENT_ID}");
    let settings = [&[&place[..], &name[..]], settings].concat();
    let issuer = Issuer::start_with(&settings, |dir| Ok(fs::write(dir.join(file.0), file.1)?))?;
    let mut client = client.clone();
    client["client_id"] = json!(CLIENT_ID);
    client["redirect_uris"] = json!([format!("{}/callback", issuer.url())]);
    client["response_types"] = json!(["code"]);
    client["grant_types"] = json!(["authorization_code"]);
    provider.register(&client)?;
    Ok(issuer)
}

/// By a secret, and an `id_token` of RS256.
fn by_secret(provider: &OpenIdProvider) -> Result<Issuer> {
    let client = json!({
        "client_secret": SECRET,
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "RS256",
    });
    issuer_at(provider, &["sign_in.method=client_secret_basic"], ("sign-in.secret", SECRET), &client)
}

/// By a key, and an `id_token` of ES256.
fn by_key(provider: &OpenIdProvider) -> Result<Issuer> {
    let key = Key::generate();
    let client = json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": { "keys": [key.public_jwk()] },
        "id_token_signed_response_alg": "ES256",
    });
    issuer_at(provider, &["sign_in.method=private_key_jwt"], ("sign-in.key", &key.to_pkcs8_pem()?), &client)
}

/// A citizen signs in, and the wallet asks for copies of both formats; of people, until one may have the document.
fn flow(issuer: &Issuer) -> Result<()> {
    let wallet = Wallet::attested(issuer)?;
    loop {
        let person = issuer.somebody(Document::Resident)?;
        let sign_in = wallet.sign_in(Document::Resident, HOME)?;
        let seen = browse(&sign_in.url, HOME, Some(person.id()?))?;
        for exchange in ["GET authorize 303", "GET auth 303", "POST interaction 303", "GET callback 303"] {
            ensure!(seen.has(exchange), "no {exchange}: {seen:?}");
        }
        let session = wallet.exchange(&sign_in, seen.redirected()?)?.session()?;
        for format in Format::ALL {
            let configuration = format.configuration(Document::Resident);
            let answer = wallet.request(&session, &configuration, Proof::Attestation, 10)?;
            match answer.refused() {
                Some("credential_request_denied") => break,
                Some(other) => bail!("refused: {other}"),
                None => ensure!(answer.copies()?.credentials.len() == 10, "{answer:?}"),
            }
            if format == Format::SdJwt {
                ensure!(issuer.state(&person)? == "active", "the document is not active");
                return Ok(());
            }
        }
    }
}

#[test]
fn a_citizen_signs_in_by_a_provider_that_knows_the_issuer_by_a_secret() -> Result<()> {
    flow(&by_secret(&OpenIdProvider::start()?)?)
}

#[test]
fn a_citizen_signs_in_by_a_provider_that_knows_the_issuer_by_a_key() -> Result<()> {
    flow(&by_key(&OpenIdProvider::start()?)?)
}

#[test]
fn whoever_declines_or_is_nobody_here_is_back_in_the_wallet_without_a_code() -> Result<()> {
    let issuer = by_key(&OpenIdProvider::start()?)?;
    let wallet = Wallet::attested(&issuer)?;
    for citizen in [None, Some("nobody")] {
        let sign_in = wallet.sign_in(Document::Resident, HOME)?;
        let seen = browse(&sign_in.url, HOME, citizen)?;
        let Answer(answer) = wallet.exchange(&sign_in, seen.redirected()?)?;
        ensure!(answer["refused"]["error"] == "access_denied", "{answer}");
    }
    Ok(())
}

#[test]
fn the_provider_refuses_an_issuer_with_another_credential() -> Result<()> {
    let provider = OpenIdProvider::start()?;
    let client = json!({
        "client_secret": "another",
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "RS256",
    });
    let issuer = issuer_at(&provider, &["sign_in.method=client_secret_basic"], ("sign-in.secret", SECRET), &client)?;
    let (wallet, person) = (Wallet::attested(&issuer)?, issuer.somebody(Document::Resident)?);
    let sign_in = wallet.sign_in(Document::Resident, HOME)?;
    let seen = browse(&sign_in.url, HOME, Some(person.id()?))?;
    let Answer(answer) = wallet.exchange(&sign_in, seen.redirected()?)?;
    ensure!(answer["refused"]["error"] == "server_error", "{answer}");
    ensure!(issuer.complaints().contains("status 401"), "the operator is not told: {}", issuer.complaints());
    Ok(())
}
