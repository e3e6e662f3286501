//! One phone that redeems one offer: token, nonce, credentials (OpenID4VCI 1.0 §6, §7, §8).
//!
//! Hand-made, and not the wallet of `mapae wallet`: what it costs is counted, and it keeps nothing.

use anyhow::{Context as _, bail};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use mapae_crypto::SigningKey;
use serde_json::{Value, json};

use super::{
    backlog::Offer,
    keys::Keys,
    plan::{Plan, Proof},
    proofs::{self, Dpop},
    wire::{Answer, Wire},
};

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
const FORM: &str = "application/x-www-form-urlencoded";

/// What one redemption took, as the service must have done it.
#[derive(Default, Clone, Copy)]
pub(super) struct Work {
    pub(super) requests: u64,
    pub(super) dpop: u64,
    pub(super) proofs: u64,
    pub(super) attestations: u64,
    pub(super) copies: u64,
}

impl Work {
    /// Another's besides.
    pub(super) const fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.dpop += other.dpop;
        self.proofs += other.proofs;
        self.attestations += other.attestations;
        self.copies += other.copies;
    }
}

/// A phone that has never spoken to the service.
pub(super) struct Phone<'a> {
    plan: &'a Plan,
    keys: &'a Keys,
    number: u64,
    device: SigningKey,
    dpop_nonce: Option<String>,
    proofs_made: u32,
    work: Work,
}

/// The documents that it got, and what that took.
pub(super) struct Redeemed {
    pub(super) work: Work,
    pub(super) credentials: Vec<String>,
}

impl<'a> Phone<'a> {
    /// With a key of its own.
    pub(super) fn new(plan: &'a Plan, keys: &'a Keys, number: u64) -> anyhow::Result<Self> {
        let device = keys.device(number)?;
        Ok(Self { plan, keys, number, device, dpop_nonce: None, proofs_made: 0, work: Work::default() })
    }

    /// The whole way.
    pub(super) async fn redeem(mut self, wire: &mut Wire, offer: &Offer) -> anyhow::Result<Redeemed> {
        let token = self.token(wire, offer).await.context("the token")?;
        let mut credentials = Vec::new();
        let plan = self.plan;
        for (first, configuration) in (0..).zip(&plan.configurations) {
            let copies = self.keys.copies(self.number, first * plan.copies, plan.copies)?;
            let nonce = self.nonce(wire).await.context("the nonce")?;
            credentials.extend(self.credentials(wire, &token, configuration, &copies, &nonce).await?);
        }
        Ok(Redeemed { work: self.work, credentials })
    }

    /// §6.1: the offer's code and the one that came by the other channel.
    async fn token(&mut self, wire: &mut Wire, offer: &Offer) -> anyhow::Result<String> {
        let form = format!(
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code&pre-authorized_code={}&tx_code={}",
            offer.code, offer.tx_code
        );
        let mut answer = self.post(wire, "/token", FORM, None, form.clone()).await?;
        // RFC 9449 §8: the service wants its nonce in the proof; a phone that comes for the first time has none.
        if answer.status == 400 && error_of(&answer) == "use_dpop_nonce" {
            answer = self.post(wire, "/token", FORM, None, form).await?;
        }
        self.work.dpop += 1;
        let token = accepted(&answer)?;
        Ok(token["access_token"].as_str().context("no access token")?.to_owned())
    }

    /// §7.
    async fn nonce(&mut self, wire: &mut Wire) -> anyhow::Result<String> {
        let answer = wire.post("/nonce", &[], String::new()).await?;
        self.work.requests += 1;
        self.remember(&answer);
        Ok(accepted(&answer)?["c_nonce"].as_str().context("no nonce")?.to_owned())
    }

    /// §8: all copies of one format.
    async fn credentials(
        &mut self,
        wire: &mut Wire,
        token: &str,
        configuration: &str,
        keys: &[SigningKey],
        nonce: &str,
    ) -> anyhow::Result<Vec<String>> {
        let proofs = self.proofs(keys, nonce)?;
        let body = json!({ "credential_configuration_id": configuration, "proofs": proofs }).to_string();
        let mut answer = self.post(wire, "/credential", "application/json", Some(token), body.clone()).await?;
        if answer.status == 401 && self.dpop_nonce.is_some() && error_of(&answer) == "use_dpop_nonce" {
            answer = self.post(wire, "/credential", "application/json", Some(token), body).await?;
        }
        self.work.dpop += 1;
        let mut document = accepted(&answer).context("the credentials")?;
        let copies = document["credentials"].as_array_mut().map(std::mem::take).unwrap_or_default();
        self.work.copies += copies.len() as u64;
        if copies.len() != keys.len() {
            bail!("{} copies of {}", copies.len(), keys.len());
        }
        copies.into_iter().map(one).collect()
    }

    fn proofs(&mut self, keys: &[SigningKey], nonce: &str) -> anyhow::Result<Value> {
        let (plan, now) = (self.plan, self.plan.now()?);
        match &plan.proof {
            Proof::Jwt => {
                self.work.proofs += keys.len() as u64;
                let proof = |key| proofs::proof(key, &plan.issuer, nonce, now);
                Ok(json!({ "jwt": keys.iter().map(proof).collect::<anyhow::Result<Vec<_>>>()? }))
            }
            Proof::Attestation(provider) => {
                self.work.attestations += 1;
                Ok(json!({ "attestation": [provider.attest(keys, nonce, now)?] }))
            }
        }
    }

    async fn post(
        &mut self,
        wire: &mut Wire,
        path: &str,
        kind: &str,
        token: Option<&str>,
        body: String,
    ) -> anyhow::Result<Answer> {
        let url = format!("{}{path}", self.plan.issuer);
        self.proofs_made += 1;
        let id = format!("{}-{}", self.number, self.proofs_made);
        let dpop =
            Dpop { url: &url, nonce: self.dpop_nonce.as_deref(), access_token: token, id, now: self.plan.now()? };
        let mut headers = vec![(CONTENT_TYPE, kind.to_owned()), (DPOP, dpop.sign(&self.device)?)];
        headers.extend(token.map(|token| (AUTHORIZATION, format!("DPoP {token}"))));
        let answer = wire.post(path, &headers, body).await?;
        self.work.requests += 1;
        self.remember(&answer);
        Ok(answer)
    }

    /// RFC 9449 §8.2: the newest nonce is for the next proof.
    fn remember(&mut self, answer: &Answer) {
        if let Some(nonce) = answer.headers.get(DPOP_NONCE).and_then(|nonce| nonce.to_str().ok()) {
            self.dpop_nonce = Some(nonce.to_owned());
        }
    }
}

fn accepted(answer: &Answer) -> anyhow::Result<Value> {
    if answer.status != 200 {
        bail!("the service answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

fn error_of(answer: &Answer) -> String {
    let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    document["error"].as_str().unwrap_or_default().to_owned()
}

fn one(mut copy: Value) -> anyhow::Result<String> {
    match copy["credential"].take() {
        Value::String(credential) => Ok(credential),
        _ => bail!("a copy that is no text"),
    }
}
