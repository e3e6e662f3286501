//! npm `@openid4vc/openid4vp` as the wallet that a verifier of ours asks (`node/presenter.mjs`), with `@auth0/mdl` and
//! `@sd-jwt/sd-jwt-vc` to sign what it presents, and the program that asks the verifier.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use serde_json::{Value, json};

use crate::BASE64URL;
use crate::document::Document;
use crate::key::Key;
use crate::peer::{Peer, node};
use crate::request::Request;
use crate::wallet::Format;

/// A wallet with one copy of a resident card.
#[derive(Clone)]
pub struct Presenter {
    /// The roots below which it takes verifiers.
    pub roots: Vec<String>,
    /// In which format the copy is.
    pub format: Format,
    /// The copy, as it came over the wire.
    pub copy: String,
    /// The key that it is bound to.
    pub key: Key,
}

/// A request that the wallet has.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// What binds an answer, and the rest.
    pub request: Request,
    /// The exchanges that led to it, as `POST requests`.
    pub exchanges: Vec<String>,
}

/// What was answered over HTTP.
#[derive(Clone, Debug)]
pub struct Told {
    /// The status.
    pub status: u64,
    /// The JSON.
    pub answer: Value,
}

impl Presenter {
    /// Fetches the request of a link.
    pub fn fetch(&self, link: &str) -> Result<Fetched> {
        let answer = ask("fetch", json!({ "link": link, "roots": self.roots }))?;
        let exchanges = serde_json::from_value(answer["exchanges"].clone())?;
        Ok(Fetched { request: Request::from_json(answer["request"].clone())?, exchanges })
    }

    /// Signs a presentation of what is asked, and all of it.
    pub fn present(&self, request: &Request) -> Result<String> {
        match self.format {
            Format::Mdoc => {
                let mut job = json!({ "issuerSigned": self.copy, "deviceKey": self.key.private_jwk() });
                job["docType"] = json!(Document::Resident.doc_type());
                job["elements"] = request.elements()?;
                job["sessionTranscript"] = json!(BASE64URL.encode(request.transcript()?));
                Peer::Auth0Mdl.make("present", job, "deviceResponse")
            }
            Format::SdJwt => {
                let mut job = json!({ "sdJwt": self.copy, "holderKey": self.key.private_jwk() });
                job["disclose"] = request.disclosures()?;
                job["nonce"] = json!(request.nonce);
                job["aud"] = json!(request.client_id);
                Peer::SdJwtVc.make("present", job, "presentation")
            }
        }
    }

    /// Sends a presentation to where the request says, encrypted by one of these, or not at all.
    pub fn send(&self, request: &Request, presentation: &str, enc: &[&str]) -> Result<Told> {
        let presentations = json!({ request.query_of(self.format.identifier())?: [presentation] });
        let mut job = json!({ "request": request.to_json(), "presentations": presentations });
        if !enc.is_empty() {
            job["enc"] = json!(enc);
        }
        ask("send", job)?.try_into()
    }

    /// Presents nothing, by an error of OpenID4VP.
    pub fn refuse(&self, request: &Request, error: &str) -> Result<Told> {
        ask("refuse", json!({ "request": request.to_json(), "error": error }))?.try_into()
    }
}

/// With which status a request lies at the end of a link, for a wallet with that nonce.
pub fn object(link: &str, nonce: Option<&str>) -> Result<u64> {
    ask("object", json!({ "link": link, "nonce": nonce }))?["status"].as_u64().context("no status")
}

/// What a program gets from a place, or posts to it, by a token that opens it.
pub fn page(url: &str, body: Option<&Value>, token: Option<&str>) -> Result<Told> {
    ask("page", json!({ "url": url, "body": body, "token": token }))?.try_into()
}

impl TryFrom<Value> for Told {
    type Error = anyhow::Error;

    fn try_from(answer: Value) -> Result<Self> {
        Ok(Self { status: answer["status"].as_u64().context("no status")?, answer: answer["answer"].clone() })
    }
}

fn ask(name: &str, mut job: Value) -> Result<Value> {
    job["job"] = json!(name);
    let answer = node("presenter.mjs", &job)?;
    ensure!(answer["ok"] == true, "the wallet could not {name}: {}", answer["error"]);
    Ok(answer)
}
