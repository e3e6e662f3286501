//! npm `oidc-provider` as the `OpenID` provider at which citizens sign in, and their browser (`node/openid-provider.mjs`).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::peer::node;

/// A provider that answers until this process ends.
#[derive(Clone, Debug)]
pub struct OpenIdProvider {
    issuer: String,
}

/// What a browser saw.
#[derive(Clone, Debug)]
pub struct Seen(pub Value);

impl OpenIdProvider {
    /// One without a client.
    pub fn start() -> Result<Self> {
        let answer = ask("start", json!({}))?;
        let issuer = answer["issuer"].as_str().context("no issuer")?.to_owned();
        Ok(Self { issuer })
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its one client, by the metadata of RFC 7591.
    pub fn register(&self, client: &Value) -> Result<()> {
        ask("register", json!({ "issuer": self.issuer, "client": client })).map(drop)
    }
}

impl Seen {
    /// The address with which the browser came back to the wallet.
    pub fn redirected(&self) -> Result<&str> {
        self.0["redirected"].as_str().with_context(|| format!("not back: {}", self.0))
    }

    /// Whether this exchange took place: `GET callback 303`.
    pub fn has(&self, exchange: &str) -> bool {
        self.0["trace"].as_array().is_some_and(|trace| trace.iter().any(|line| line == exchange))
    }
}

/// Opens an address, signs in as that citizen or declines, and goes on until an address with that prefix.
pub fn browse(url: &str, until: &str, citizen: Option<&str>) -> Result<Seen> {
    ask("browse", json!({ "url": url, "until": until, "citizen": citizen })).map(Seen)
}

fn ask(name: &str, mut job: Value) -> Result<Value> {
    job["job"] = json!(name);
    let answer = node("openid-provider.mjs", &job)?;
    ensure!(answer["ok"] == true, "the provider could not {name}: {}", answer["error"]);
    Ok(answer)
}
