//! npm `@openid4vc/openid4vci` as the wallet at an issuer of ours (`node/wallet.mjs`).

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};

use crate::document::Document;
use crate::key::Key;
use crate::mapae::issuer::{Issuer, Offer};
use crate::peer::node;

/// How the wallet shows that it has the keys (`OpenID4VCI` 1.0, Appendix F).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// One JWT for each key.
    Jwt,
    /// One JWT with the provider's attestation of all keys.
    AttestedJwt,
    /// The attestation alone.
    Attestation,
}

/// What the wallet does, beside what every wallet does.
#[derive(Clone, Debug)]
pub struct Wallet {
    issuer: String,
    provider: Option<Value>,
    enc: Option<&'static str>,
    roots: Option<Vec<String>>,
}

/// A token and what it is bound to.
#[derive(Clone, Debug)]
pub struct Session(pub Value);

/// A sign-in that the browser has to go through.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Where the browser goes.
    pub url: String,
    pending: Value,
}

/// An answer with the exchanges that led to it.
#[derive(Clone, Debug)]
pub struct Answer(pub Value);

/// Copies in one format, with their keys.
#[derive(Clone, Debug)]
pub struct Copies {
    /// As they came over the wire.
    pub credentials: Vec<String>,
    /// The keys that the wallet proved, in its order.
    pub keys: Vec<Value>,
    /// What the issuer calls them.
    pub notification_id: String,
}

/// A format, as it ends a configuration's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `mso_mdoc`.
    Mdoc,
    /// `dc+sd-jwt`.
    SdJwt,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mdoc, Self::SdJwt];

    /// The credential configuration of a document.
    pub fn configuration(self, document: Document) -> String {
        let format = if self == Self::Mdoc { "mdoc" } else { "sd-jwt" };
        format!("{}-{format}", document.name())
    }
}

impl Proof {
    fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::AttestedJwt => "attested",
            Self::Attestation => "attestation",
        }
    }
}

impl Wallet {
    /// A wallet that nobody attests.
    pub fn bare(issuer: &Issuer) -> Self {
        Self { issuer: issuer.url().to_owned(), provider: None, enc: None, roots: None }
    }

    /// A wallet of the provider that the issuer trusts.
    pub fn attested(issuer: &Issuer) -> Result<Self> {
        Ok(Self { provider: Some(issuer.provider.job()?), ..Self::bare(issuer) })
    }

    /// A wallet at an issuer of that identifier, with the papers of a provider.
    pub fn at(issuer: &str, provider: Value) -> Self {
        Self { issuer: issuer.to_owned(), provider: Some(provider), enc: None, roots: None }
    }

    /// The same with another provider's papers.
    pub fn with_provider(self, provider: Value) -> Self {
        Self { provider: Some(provider), ..self }
    }

    /// The same, which encrypts requests and asks for encrypted answers.
    pub fn encrypting(self, enc: &'static str) -> Self {
        Self { enc: Some(enc), ..self }
    }

    /// The same, which takes signed metadata alone, by a signer below one of these roots.
    pub fn trusting(self, roots: Vec<String>) -> Self {
        Self { roots: Some(roots), ..self }
    }

    /// The issuer's and its authorization server's metadata.
    pub fn metadata(&self) -> Result<Answer> {
        self.ask("metadata", json!({ "issuer": self.issuer }))
    }

    /// A token for an offer's pre-authorized code.
    pub fn redeem(&self, offer: &str, tx_code: &str) -> Result<Answer> {
        self.ask("redeem", json!({ "offer": offer, "txCode": tx_code }))
    }

    /// A token for an offer, which there must be.
    pub fn session(&self, offer: &Offer) -> Result<Session> {
        self.redeem(&offer.by_value, &offer.tx_code)?.session()
    }

    /// Begins a sign-in for both formats of a document.
    pub fn sign_in(&self, document: Document, redirect_uri: &str) -> Result<SignIn> {
        let configurations = Format::ALL.map(|format| format.configuration(document));
        let job = json!({ "issuer": self.issuer, "configurations": configurations, "redirectUri": redirect_uri });
        let Answer(answer) = self.ask("authorize", job)?;
        let url = answer["url"].as_str().with_context(|| format!("no sign-in: {answer}"))?;
        Ok(SignIn { url: url.to_owned(), pending: answer["pending"].clone() })
    }

    /// A token for the code with which the browser came back.
    pub fn exchange(&self, sign_in: &SignIn, redirected: &str) -> Result<Answer> {
        self.ask("exchange", json!({ "pending": sign_in.pending, "redirected": redirected }))
    }

    /// Asks for copies.
    pub fn request(&self, session: &Session, configuration: &str, proof: Proof, copies: usize) -> Result<Answer> {
        let job =
            json!({ "session": session.0, "configuration": configuration, "proof": proof.name(), "copies": copies });
        self.ask("request", job)
    }

    /// Asks again with the keys and the nonce of before.
    pub fn repeat(&self, session: &Session, configuration: &str, proof: Proof, before: &Answer) -> Result<Answer> {
        let Answer(before) = before;
        let mut job = json!({ "session": session.0, "configuration": configuration, "proof": proof.name() });
        job["keys"] = before["keys"].clone();
        job["nonce"] = before["nonce"].clone();
        self.ask("request", job)
    }

    /// Asks again for what was put off.
    pub fn collect(&self, session: &Session, deferred: &Answer) -> Result<Answer> {
        let mut answer =
            self.ask("collect", json!({ "session": session.0, "transactionId": deferred.0["transactionId"] }))?;
        answer.0["keys"] = deferred.0["keys"].clone();
        Ok(answer)
    }

    /// Says what became of copies.
    pub fn notify(&self, session: &Session, notification_id: &str, event: &str) -> Result<Answer> {
        self.ask("notify", json!({ "session": session.0, "notificationId": notification_id, "event": event }))
    }

    /// A new token for more copies.
    pub fn refresh(&self, session: &Session) -> Result<Answer> {
        self.ask("refresh", json!({ "session": session.0 }))
    }

    fn ask(&self, name: &str, mut job: Value) -> Result<Answer> {
        job["job"] = json!(name);
        if let Some(provider) = &self.provider {
            job["provider"] = provider.clone();
        }
        if let Some(enc) = self.enc {
            job["enc"] = json!(enc);
        }
        if let Some(roots) = &self.roots {
            job["roots"] = json!(roots);
        }
        let answer = node("wallet.mjs", &job)?;
        ensure!(answer["ok"] == true, "the wallet could not {name}: {}", answer["error"]);
        Ok(Answer(answer))
    }
}

impl Answer {
    /// The token, if it got one.
    pub fn session(&self) -> Result<Session> {
        if self.0["session"].is_object() {
            Ok(Session(self.0["session"].clone()))
        } else {
            bail!("refused: {}", self.0)
        }
    }

    /// The copies, if it got some.
    pub fn copies(&self) -> Result<Copies> {
        let Self(answer) = self;
        let credentials = serde_json::from_value(answer["credentials"].clone());
        let keys = answer["keys"].as_array().cloned().ok_or_else(|| anyhow!("no keys"))?;
        let notification_id = answer["notificationId"].as_str().unwrap_or_default().to_owned();
        Ok(Copies { credentials: credentials.with_context(|| format!("no copies: {answer}"))?, keys, notification_id })
    }

    /// Whether it has to ask again later.
    pub fn is_deferred(&self) -> bool {
        self.0["transactionId"].is_string() && self.0["interval"].as_u64().is_some_and(|interval| interval > 0)
    }

    /// With which code it was refused.
    pub fn refused(&self) -> Option<&str> {
        self.0["refused"]["error"].as_str()
    }

    /// Whether this exchange took place: `POST /token 400 use_dpop_nonce`.
    pub fn has(&self, exchange: &str) -> bool {
        self.0["trace"].as_array().is_some_and(|trace| trace.iter().any(|line| line == exchange))
    }
}

impl Copies {
    /// Each copy with its key.
    pub fn each(&self) -> Result<Vec<(String, Key)>> {
        ensure!(
            self.credentials.len() == self.keys.len(),
            "{} copies for {} keys",
            self.credentials.len(),
            self.keys.len()
        );
        let pair = |(copy, key): (&String, &Value)| Ok((copy.clone(), Key::from_jwk(key)?));
        self.credentials.iter().zip(&self.keys).map(pair).collect()
    }
}
