//! npm `@openid4vc/openid4vp` as the verifier that a wallet of ours answers (`node/verifier.mjs`).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::mapae::mapae_request;
use crate::peer::node;
use crate::wallet::Format;

/// What is asked, and how.
#[derive(Clone, Debug)]
pub struct Ask {
    asker: Value,
    query: Value,
    post: bool,
    enc: Option<Vec<&'static str>>,
    changes: Value,
}

/// A request that waits for a wallet.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What calls the wallet.
    pub link: String,
    at: String,
}

/// What came to the verifier so far.
#[derive(Clone, Debug)]
pub struct Told(Value);

impl Format {
    /// As `OpenID4VP` calls it.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Mdoc => "mso_mdoc",
            Self::SdJwt => "dc+sd-jwt",
        }
    }
}

impl Ask {
    /// Asks for elements of a resident card in one format: signed, by `GET`, for an answer in the clear.
    pub fn new(asker: Value, elements: &str, format: Format) -> Result<Self> {
        let mut query = mapae_request("resident", elements)?["dcql_query"].clone();
        let credentials = query["credentials"].as_array().context("no query")?;
        let one = credentials.iter().find(|credential| credential["format"] == format.identifier());
        query = json!({ "credentials": [one.context("not in this format")?] });
        Ok(Self { asker, query, post: false, enc: None, changes: json!({}) })
    }

    /// The same, fetched by `POST` with the wallet's nonce.
    pub fn by_post(self) -> Self {
        Self { post: true, ..self }
    }

    /// The same, for an answer that is encrypted by one of these.
    pub fn encrypted(self, enc: &[&'static str]) -> Self {
        Self { enc: Some(enc.to_vec()), ..self }
    }

    /// The same with another parameter; null leaves it out.
    pub fn with(mut self, parameter: &str, value: Value) -> Self {
        self.changes[parameter] = value;
        self
    }

    /// Waits for wallets.
    pub fn ask(&self) -> Result<Asked> {
        let method = if self.post { "post" } else { "get" };
        let mut job = json!({ "job": "ask", "query": self.query, "method": method, "changes": self.changes });
        job["key"] = self.asker["key"].clone();
        job["x5c"] = self.asker["x5c"].clone();
        if let Some(enc) = &self.enc {
            job["enc"] = json!(enc);
        }
        let answer = answer(&job)?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
        Ok(Asked { link: text("link")?, at: text("at")? })
    }
}

impl Asked {
    /// What came.
    pub fn told(&self) -> Result<Told> {
        answer(&json!({ "job": "told", "at": self.at })).map(Told)
    }
}

impl Told {
    /// The exchanges, as `GET /request`.
    pub fn exchanges(&self) -> Vec<&str> {
        self.0["exchanges"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The request as the wallet had it, signature apart.
    pub fn request(&self) -> &Value {
        &self.0["request"]
    }

    /// The header of the encrypted answer.
    pub fn protected(&self) -> &Value {
        &self.0["answer"]["protected"]
    }

    /// The one presentation that there is, which the library accepted.
    pub fn presentation(&self) -> Result<&str> {
        ensure!(self.0["fault"].is_null(), "the verifier did not take it: {}", self.0["fault"]);
        let queries = self.0["answer"]["presentations"].as_object().context("no answer")?;
        let all: Vec<&str> = queries.values().filter_map(Value::as_array).flatten().filter_map(Value::as_str).collect();
        ensure!(all.len() == 1, "{} presentations", all.len());
        Ok(all[0])
    }
}

fn answer(job: &Value) -> Result<Value> {
    let answer = node("verifier.mjs", job)?;
    ensure!(answer["ok"] == true, "the verifier could not {}: {}", job["job"], answer["error"]);
    Ok(answer)
}
