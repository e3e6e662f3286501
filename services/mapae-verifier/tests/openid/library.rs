//! The library's applications: a web site that knows its people, one with a key, and an app that can keep neither.

use std::{
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use mapae_crypto::{SigningKey, sha256};
use mapae_jose::{Jwk, Jws, Object, UnsignedJws, Value, base64url, json as jose_json};
use mapae_types::{form::FormWriter, hex};
use serde_json::json;
use tempfile::TempDir;
use testkit::{Format, IssuedCopy, Seeded};

use super::browser::{Browser, Visit};
use crate::{
    phone::Phone,
    places::Place,
    scene::{Answer, Scene, Setting, client},
};

pub(crate) const WEB: &str = "web";
pub(crate) const OTHER: &str = "other";
pub(crate) const KEYED: &str = "keyed";
pub(crate) const APP: &str = "app";
pub(crate) const SECRET: &str = "s:cr/t+%&= of 128 bits";
pub(crate) const HOME: &str = "https://library.example/back";
pub(crate) const BYE: &str = "https://library.example/bye";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What every application asks of a wallet: what the profile has, age, and who it is.
pub(crate) const SHOWN: [&str; 7] =
    ["family_name", "given_name", "family_name_hangul", "given_name_hangul", "birth_date", "sex", "age_over_19"];

/// The key of the application [`KEYED`].
pub(crate) fn client_key() -> SigningKey {
    SigningKey::generate(&mut Seeded::new(41)).unwrap()
}

/// A file of the library's.
pub(crate) fn file(name: &str, content: &str) -> PathBuf {
    static DIR: OnceLock<TempDir> = OnceLock::new();
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let path = DIR.get_or_init(|| TempDir::new().unwrap()).path().join(name);
    // At once, since others may be reading it.
    let new = path.with_extension(NUMBER.fetch_add(1, Ordering::Relaxed).to_string());
    std::fs::write(&new, content).unwrap();
    std::fs::rename(new, &path).unwrap();
    path
}

fn jwks() -> PathBuf {
    let mut jwk = Jwk::from(client_key().public().clone()).to_object();
    jwk.insert("kid".to_owned(), "k1".into());
    file("keyed.jwks", &json!({ "keys": [jwk] }).to_string())
}

fn returning(name: &str, byte: u8) -> String {
    let path = file(&format!("{name}.subject"), &hex::encode(&[byte; 32]));
    format!("subject = \"returning\"\nsubject_secret_file = \"{}\"\n", path.display())
}

fn application(id: &str, authentication: &str, subject: &str) -> String {
    format!(
        "[[openid.clients]]\nid = \"{id}\"\nname_ko = \"대출 <{id}>\"\nname_en = \"Loans <{id}>\"\n{authentication}{subject}\
         redirect_uris = [\"{HOME}\", \"{HOME}?app=2\"]\npost_logout_redirect_uris = [\"{BYE}\"]\n\
         claims = [\"name\", \"family_name\", \"given_name\", \"birthdate\", \"gender\", \"age_over_19\"]\n\
         required = [\"age_over_19\"]\ndocuments = [\"resident\"]\n"
    )
}

/// The section of the settings.
pub(crate) fn sections() -> String {
    let secret = format!("secret_sha256 = \"{}\"\n", hex::encode(&sha256(SECRET.as_bytes())));
    let keys = format!("authentication = \"private_key_jwt\"\nkeys_file = \"{}\"\n", jwks().display());
    [
        "[[openid.scopes]]\nname = \"adult\"\nclaims = [\"age_over_19\"]\n".to_owned(),
        application(WEB, &secret, &returning(WEB, 7)),
        application(OTHER, &secret, &returning(OTHER, 8)),
        application(KEYED, &keys, "id_token_alg = \"ES256\"\n"),
        application(APP, "authentication = \"none\"\n", "scopes = [\"profile\", \"adult\"]\n"),
    ]
    .concat()
}

pub(crate) fn setting() -> Setting {
    Setting { sections: sections(), ..Setting::default() }
}

pub(crate) async fn scene<P: Place>() -> Option<Scene<P>> {
    Scene::with(setting()).await
}

/// A form or query of these parameters.
pub(crate) fn form(parameters: &[(&str, &str)]) -> String {
    parameters.iter().fold(FormWriter::new(), |form, (name, value)| form.add(name, value)).finish()
}

fn with<'a>(mut parameters: Vec<(&'a str, &'a str)>, changes: &[(&'a str, &'a str)]) -> String {
    parameters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    parameters.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    form(&parameters)
}

/// A request of an application, some parameters changed; an empty one is left out.
pub(crate) fn request(id: &str, changes: &[(&str, &str)]) -> String {
    let parameters = vec![
        ("response_type", "code"),
        ("client_id", id),
        ("redirect_uri", HOME),
        ("scope", "openid profile"),
        ("state", "st&te"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    with(parameters, changes)
}

pub(crate) fn issuer<P: Place>(scene: &Scene<P>) -> String {
    format!("{}/openid", scene.running.url())
}

/// The browser arrives: the address of its own page.
pub(crate) async fn begin<P: Place>(scene: &Scene<P>, browser: &Browser, query: &str) -> String {
    let visit = browser.get(&format!("{}/authorize?{query}", issuer(scene))).await;
    assert_eq!(visit.status, 303, "{}", visit.text);
    assert!(visit.location.starts_with(&format!("{}/login/", issuer(scene))), "{}", visit.location);
    visit.location
}

/// Where a sign-in stands, as its page asks.
pub(crate) async fn state(browser: &Browser, page: &str) -> Value {
    let visit = browser.get(&format!("{page}/state")).await;
    serde_json::from_str(&visit.text).unwrap_or_else(|_| panic!("{}", visit.text))
}

/// The wallet's answer to a link: what the presented copy tells beside who it is.
pub(crate) async fn answer<P: Place>(scene: &Scene<P>, link: &str, copy: &IssuedCopy, ids: &[&str]) -> Answer {
    let phone = scene.phone();
    let request = phone.fetch(link).await.unwrap();
    let shown = phone.present(&request, copy, ids);
    phone.send(&Phone::answer(&request, vec![(Phone::query(copy.format), shown)])).await
}

/// What a wallet shows to an application.
pub(crate) fn shown(id: &str) -> Vec<&'static str> {
    let person = [WEB, OTHER].contains(&id).then_some("person_id");
    SHOWN.into_iter().chain(person).collect()
}

/// Signs in on the same device: where the browser is sent at the end.
pub(crate) async fn sign_in<P: Place>(
    scene: &Scene<P>,
    browser: &Browser,
    copy: &IssuedCopy,
    id: &str,
    changes: &[(&str, &str)],
) -> Visit {
    let page = begin(scene, browser, &request(id, changes)).await;
    let link = state(browser, &page).await["same_device"].as_str().unwrap().to_owned();
    let answered = answer(scene, &link, copy, &shown(id)).await;
    let back = answered.body["redirect_uri"].as_str().unwrap_or_else(|| panic!("{}", answered.text)).to_owned();
    browser.get(&back).await
}

/// A code of somebody who signed in.
pub(crate) async fn code<P: Place>(scene: &Scene<P>, id: &str, changes: &[(&str, &str)]) -> String {
    let copy = scene.world.issue(Format::SdJwt);
    let visit = sign_in(scene, &Browser::default(), &copy, id, changes).await;
    assert_eq!(visit.status, 303, "{}", visit.text);
    visit.parameter("code")
}

/// The header of `client_secret_basic`, by RFC 6749 §2.3.1.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    let encoded = form(&[(id, secret)]).replacen('=', ":", 1);
    format!("Basic {}", base64url::encode_standard(encoded))
}

/// Asks for tokens; the application [`WEB`] unless `authorization` says another.
pub(crate) async fn token<P: Place>(
    scene: &Scene<P>,
    authorization: &str,
    code: &str,
    changes: &[(&str, &str)],
) -> Answer {
    let parameters =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", HOME), ("code_verifier", VERIFIER)];
    post(&format!("{}/token", issuer(scene)), authorization, with(parameters, changes)).await
}

pub(crate) async fn post(url: &str, authorization: &str, body: String) -> Answer {
    let request = client().post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
    let request = if authorization.is_empty() { request } else { request.header("authorization", authorization) };
    Answer::read(request.send().await.unwrap()).await
}

pub(crate) async fn userinfo<P: Place>(scene: &Scene<P>, access_token: &str) -> Answer {
    let request = client().get(format!("{}/userinfo", issuer(scene))).bearer_auth(access_token);
    Answer::read(request.send().await.unwrap()).await
}

/// What an `id_token` says; by ES256 it is verified with a published key.
pub(crate) async fn opened<P: Place>(scene: &Scene<P>, tokens: &Answer) -> (Object, Object) {
    let text = tokens.body["id_token"].as_str().unwrap_or_else(|| panic!("{}", tokens.text));
    let part = |place: usize| base64url::decode(text.split('.').nth(place).unwrap()).unwrap();
    let (header, claims) = (jose_json::parse_object(&part(0)).unwrap(), jose_json::parse_object(&part(1)).unwrap());
    let keys = published(scene).await;
    let jwk = keys.iter().find(|key| key["kid"] == header["kid"]).unwrap_or_else(|| panic!("no published key signed"));
    assert_eq!(jwk["alg"], header["alg"]);
    if header["alg"] == "ES256" {
        let key = Jwk::from_value(jwk).unwrap();
        Jws::parse(text).unwrap().verify(key.public_key()).unwrap();
    } else {
        let number = |name: &str| base64url::decode(jwk[name].as_str().unwrap()).unwrap();
        let key = aws_lc_rs::signature::RsaPublicKeyComponents { n: number("n"), e: number("e") };
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let algorithm = &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
        key.verify(algorithm, signed.as_bytes(), &base64url::decode(signature).unwrap()).unwrap();
    }
    (header, claims)
}

/// The keys that are published now.
pub(crate) async fn published<P: Place>(scene: &Scene<P>) -> Vec<Value> {
    let keys = Browser::default().get(&format!("{}/jwks", issuer(scene))).await;
    let keys: Value = serde_json::from_str(&keys.text).unwrap();
    keys["keys"].as_array().unwrap().clone()
}

/// An assertion of the application [`KEYED`].
pub(crate) fn assertion(audience: &str, jti: &str, now: i64) -> String {
    let header = json!({ "alg": "ES256", "kid": "k1" });
    let claims = json!({ "iss": KEYED, "sub": KEYED, "aud": audience, "jti": jti, "exp": now + 60 });
    let unsigned = UnsignedJws::new(header.as_object().unwrap(), claims.to_string().as_bytes());
    let signature = client_key().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}
