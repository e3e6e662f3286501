//! The `OpenID` provider of `mapae serve verifier`, at which people sign in by a resident card, and npm `openid-client` as its
//! relying party (`node/relying-party.mjs`).

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::browser::{Browser, Page};
use crate::key::Key;
use crate::mapae::country::Country;
use crate::mapae::verifier::Verifier;
use crate::peer::node;

/// Where its clients' browsers go back to.
pub const HOME: &str = "https://library.example/back";
/// And where they go after signing out.
pub const BYE: &str = "https://library.example/bye";
/// With what a form encodes.
pub const SECRET: &str = "s:cr/t+%&= of 128 bits";

/// A provider with three clients of a library, that answers until it is dropped.
pub struct Provider {
    verifier: Verifier,
    key: Key,
}

/// How a client of the provider shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// `client_secret_basic`; knows its people again.
    Secret,
    /// `private_key_jwt`, and `id_token`s of ES256; knows its people again.
    Key,
    /// Not at all; nobody is known to it.
    Public,
}

/// A sign-in that a client has begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    job: Value,
}

impl Client {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Secret, Self::Key, Self::Public];

    fn id(self) -> &'static str {
        match self {
            Self::Secret => "web",
            Self::Key => "keyed",
            Self::Public => "app",
        }
    }

    /// What its `id_token`s are signed with.
    pub fn algorithm(self) -> &'static str {
        if self == Self::Key { "ES256" } else { "RS256" }
    }

    fn settings(self) -> String {
        let (id, algorithm) = (self.id(), self.algorithm());
        let authentication = match self {
            Self::Secret => format!("authentication = \"client_secret_basic\"\nsecret_sha256 = \"{}\"", hash(SECRET)),
            Self::Key => "authentication = \"private_key_jwt\"\nkeys_file = \"keyed.jwks\"".to_owned(),
            Self::Public => "authentication = \"none\"".to_owned(),
        };
        let subject = match self {
            Self::Public => "subject = \"per_login\"".to_owned(),
            _ => format!("subject = \"returning\"\nsubject_secret_file = \"{id}.subject\""),
        };
        format!(
            r#"[[openid.clients]]
id = "{id}"
{authentication}
{subject}
id_token_alg = "{algorithm}"
redirect_uris = ["{HOME}"]
post_logout_redirect_uris = ["{BYE}"]
scopes = ["profile", "age"]
claims = ["name", "age_over_14"]
required = ["name"]
documents = ["resident"]

"#
        )
    }
}

/// Scopes beside those that every provider has, the second of which is for none of these clients.
const SCOPES: &str = r#"[[openid.scopes]]
name = "age"
claims = ["age_over_14"]

[[openid.scopes]]
name = "family"
claims = ["family_name_hangul"]

"#;

impl Provider {
    /// Starts one, with more sections of its settings.
    pub fn start(country: &Country, more: &str) -> Result<Self> {
        let key = Key::generate();
        let verifier = Verifier::start_with(country, "library", |folder, _| {
            let mut public = key.public_jwk();
            public["kid"] = json!("k1");
            fs::write(folder.join("keyed.jwks"), json!({ "keys": [public] }).to_string())?;
            for (client, byte) in [("web", "11"), ("keyed", "22"), ("approval", "33")] {
                fs::write(folder.join(client).with_extension("subject"), byte.repeat(32))?;
            }
            Ok([SCOPES, &Client::ALL.map(Client::settings).concat(), more].concat())
        })?;
        Ok(Self { verifier, key })
    }

    /// The service that it is part of.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> String {
        format!("{}/openid", self.verifier.url())
    }

    /// Has a client begin, with more members of the job; or what it is refused.
    pub fn begin(&self, client: Client, more: &Value) -> Result<Result<Begun, Value>> {
        let mut job =
            json!({ "issuer": self.issuer(), "home": HOME, "client_id": client.id(), "scope": "openid profile age" });
        match client {
            Client::Secret => job["secret"] = json!(SECRET),
            Client::Key => job["key"] = json!(self.key.to_pkcs8_pem()?),
            Client::Public => {}
        }
        job["alg"] = json!(client.algorithm());
        for (name, value) in more.as_object().into_iter().flatten() {
            job[name] = value.clone();
        }
        let mut answer = ask("begin", &mut job)?;
        if answer["refused"].is_object() {
            return Ok(Err(answer["refused"].take()));
        }
        job["checks"] = answer["checks"].take();
        Ok(Ok(Begun { url: answer["url"].as_str().context("no address")?.to_owned(), job }))
    }

    /// What userinfo says to a token, as a status.
    pub fn userinfo(&self, begun: &Begun, token: &Value) -> Result<Value> {
        let mut job = begun.job.clone();
        job["token"] = token.clone();
        Ok(ask("ask", &mut job)?["status"].take())
    }
}

impl Begun {
    /// The page where the person signs in, in that browser.
    pub fn open(&self, browser: &mut Browser) -> Result<Page> {
        let page = browser.open_until(&self.url, HOME)?;
        ensure!(page.status() == Some(200), "no page to sign in at: {page:?}");
        Ok(page)
    }

    /// What the client makes of what came back to it, with more members of the job.
    pub fn finish(&self, page: &Page, more: &Value) -> Result<Value> {
        let mut job = self.job.clone();
        job["back"] = page.back()?;
        for (name, value) in more.as_object().into_iter().flatten() {
            job[name] = value.clone();
        }
        ask("finish", &mut job)
    }
}

/// SHA-256 in hexadecimal, as settings have that of a secret.
pub(crate) fn hash(secret: &str) -> String {
    format!("{:x}", Sha256::digest(secret))
}

fn ask(name: &str, job: &mut Value) -> Result<Value> {
    job["job"] = json!(name);
    let answer = node("relying-party.mjs", job)?;
    ensure!(answer["ok"] == true, "the client could not {name}: {}", answer["error"]);
    Ok(answer)
}
