//! Signing in at a relying party whose programs speak OpenID Connect: the browser's half and the application's (code, PKCE).

use mapae_crypto::sha256;
use mapae_http::{Answer, HeaderMap, HeaderValue};
use mapae_jose::base64url;
use mapae_types::{form::FormWriter, hex};
use serde_json::Value;

use crate::{relying_party::BACK, web};

const CLIENT: &str = "approval";
const SECRET: &str = "a-secret-of-the-application";
/// RFC 7636 Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What the application is, for the verifier's settings. It knows its people again.
pub(crate) fn settings() -> String {
    let secret = hex::encode(&sha256(SECRET.as_bytes()));
    format!(
        "[[openid.clients]]\nid = \"{CLIENT}\"\nsecret_sha256 = \"{secret}\"\nsubject = \"returning\"\n\
         subject_secret_file = \"verifier.secret\"\nredirect_uris = [\"{BACK}\"]\nclaims = [\"name\", \"birthdate\"]\n\
         required = [\"birth_date\"]\ndocuments = [\"resident\"]\n"
    )
}

/// A person who is about to sign in.
pub(crate) struct SignIn {
    /// The page where they wait.
    pub(crate) page: String,
    /// What calls the wallet on the same device.
    pub(crate) link: String,
    cookie: HeaderValue,
}

impl SignIn {
    /// A browser arrives at a verifier.
    pub(crate) fn begin(verifier: &str) -> Self {
        let challenge = base64url::encode(sha256(VERIFIER.as_bytes()));
        let query = form(&[
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", BACK),
            ("scope", "openid profile"),
            ("state", "state"),
            ("nonce", "nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let arrived = web::get(&format!("{verifier}/openid/authorize?{query}"), HeaderMap::new());
        let page = location(&arrived);
        let cookie = arrived.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().parse().unwrap();
        let mut waiting = Self { page, link: String::new(), cookie };
        let told: Value = serde_json::from_slice(&waiting.get(&format!("{}/state", waiting.page)).body).unwrap();
        told["same_device"].as_str().unwrap().clone_into(&mut waiting.link);
        waiting
    }

    /// The browser comes back from the wallet, and the application asks who it is.
    pub(crate) fn finish(&self, verifier: &str, redirect_uri: &str) -> Value {
        let back = location(&self.get(redirect_uri));
        let code = back.split(['?', '&']).find_map(|pair| pair.strip_prefix("code=")).expect(&back);
        let tokens = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ]);
        let mut headers = authorized("Basic", &base64url::encode_standard(format!("{CLIENT}:{SECRET}")));
        headers.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
        let tokens = told(&web::post(&format!("{verifier}/openid/token"), headers, tokens.into_bytes()));
        let headers = authorized("Bearer", tokens["access_token"].as_str().unwrap());
        told(&web::get(&format!("{verifier}/openid/userinfo"), headers))
    }

    fn get(&self, url: &str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", self.cookie.clone());
        web::get(url, headers)
    }
}

fn authorized(scheme: &str, by: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", format!("{scheme} {by}").parse().unwrap());
    headers
}

fn form(parameters: &[(&str, &str)]) -> String {
    parameters.iter().fold(FormWriter::new(), |form, (name, value)| form.add(name, value)).finish()
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", String::from_utf8_lossy(&answer.body));
    answer.headers["location"].to_str().unwrap().to_owned()
}

fn told(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}
