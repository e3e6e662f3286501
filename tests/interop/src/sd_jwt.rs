//! One presentation of an SD-JWT VC, open to alteration.

pub mod alterations;
pub mod jws;

use std::path::PathBuf;

use anyhow::{Result, anyhow, ensure};
use base64::Engine;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::BASE64URL;
use crate::document::Document;
use crate::key::Key;
use crate::mapae::authority::{Authority, Copy, asked_of};
use crate::peer::{Peer, Verdict};
use crate::pki::{Root, Signer, SignerProfile};
use crate::register::Person;
use crate::request::Request;
use crate::times::days;
use jws::Jws;

/// The status list that the sample credential names.
pub const STATUS_URI: &str = "https://interop.example/status/1";

/// The type of the credentials that peers issue.
const VCT: &str = "urn:example:licence:1";

/// What is to be issued and presented.
#[derive(Clone)]
pub struct Plan {
    /// Claims, disclosed and always visible ones alike.
    pub claims: Value,
    /// Names of the selectively disclosable ones.
    pub selective: Vec<&'static str>,
    /// Names of those that are disclosed.
    pub disclosed: Vec<&'static str>,
    /// `iat` of the key-binding JWT, seconds since 1970.
    pub bound_at: i64,
}

/// A presentation with the parties' keys, and what the verifier will be told.
#[derive(Clone)]
pub struct Scene {
    /// The issuer's signer.
    pub signer: Signer,
    /// The holder's key.
    pub holder: Key,
    /// The request that was answered.
    pub request: Request,
    /// The issuer-signed JWT.
    pub credential: Jws,
    /// Disclosures as they go over the wire.
    pub disclosures: Vec<String>,
    /// The key-binding JWT.
    pub key_binding: Option<Jws>,
    /// Roots that the verifier trusts, as PEM, if it looks at certificates.
    pub trusted: Vec<String>,
    /// The request that the verifier believes it sent.
    pub expected: Request,
    /// The status token that the verifier holds, if it looks at status.
    pub status_token: Option<String>,
    /// The bundle that Mapae verifies with, if not one of its shared authority.
    pub bundle: Option<PathBuf>,
    /// The claims that were asked for, as they were issued.
    pub issued: Value,
}

/// A credential with the parties' keys, before anybody asks for it.
struct Issued {
    signer: Signer,
    root: String,
    holder: Key,
    credential: String,
    request: Request,
    claims: Value,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            claims: json!({
                "iss": "https://interop.example",
                "vct": VCT,
                "iat": days(-10).unix_timestamp(),
                "nbf": days(-10).unix_timestamp(),
                "exp": days(200).unix_timestamp(),
                "family_name": "Hong",
                "given_name": "Gildong",
                "address": { "locality": "Seoul", "country": "KR" },
            }),
            selective: vec!["family_name", "given_name", "address"],
            disclosed: vec!["family_name", "address"],
            bound_at: days(0).unix_timestamp(),
        }
    }
}

impl Scene {
    /// A credential that one peer issues and another presents.
    pub fn new(issuer: Peer, holder: Peer, plan: &Plan) -> Result<Self> {
        Self::presented(holder, Issued::by(issuer, plan)?, plan.bound_at)
    }

    /// A credential that Mapae issues and another party presents.
    pub fn of_mapae(document: Document, holder: Peer) -> Result<Self> {
        Self::presented(holder, Issued::by_mapae(document)?, days(0).unix_timestamp())
    }

    /// A copy of Mapae's that a wallet fetched, presented by another party.
    pub fn of_copy(
        authority: &Authority,
        person: &Person,
        document: Document,
        copy: Copy,
        holder: Peer,
    ) -> Result<Self> {
        let issued = Issued::as_copy(authority, person, document, copy, asked_of(document)?)?;
        Self::presented(holder, issued, days(0).unix_timestamp())
    }

    fn presented(holder: Peer, issued: Issued, bound_at: i64) -> Result<Self> {
        let presented = holder.make("present", present_job(&issued, bound_at)?, "presentation")?;
        let mut parts: Vec<_> = presented.split('~').map(str::to_owned).collect();
        let key_binding = Some(Jws::parse(&parts.pop().ok_or_else(|| anyhow!("nothing presented"))?)?);
        let credential = Jws::parse(&parts.remove(0))?;
        // The peers take the issuer's key from their caller; here it is shown to be the certificate's.
        ensure!(credential.header()?["x5c"] == json!([issued.signer.x5c()?]), "x5c is not the signer's certificate");
        Ok(Self {
            signer: issued.signer,
            holder: issued.holder,
            expected: issued.request.clone(),
            request: issued.request,
            credential,
            disclosures: parts,
            key_binding,
            trusted: vec![issued.root],
            status_token: None,
            bundle: None,
            issued: issued.claims,
        })
    }

    /// What the verifier says.
    pub fn verify(&self, verifier: Peer) -> Result<Verdict> {
        verifier.verify(json!({
            "presentation": self.encoded(),
            "issuerKey": self.signer.key.public_jwk(),
            "nonce": self.expected.nonce,
            "aud": self.expected.client_id,
            "statusTokens": self.status_token.as_ref().map(|token| json!({ STATUS_URI: token })),
            "statusKey": self.signer.key.public_jwk(),
            "roots": self.trusted,
            "request": self.expected.to_json(),
            "bundle": self.bundle,
        }))
    }

    /// The text on the wire.
    pub fn encoded(&self) -> String {
        let key_binding = self.key_binding.as_ref().map(Jws::encoded).unwrap_or_default();
        format!("{}{key_binding}", self.unbound())
    }

    /// Changes the credential, has the issuer sign it again and the holder bind to it.
    pub fn reissue(&mut self, change: impl FnOnce(&mut Value, &mut Value)) -> Result<()> {
        self.credential.change(&self.signer.key, change)?;
        self.rebind(|_, _| {})
    }

    /// Adds a disclosure whose digest the issuer signs, and has the holder bind to it.
    pub fn reissue_with_disclosure(&mut self, disclosure: &Value) -> Result<()> {
        let encoded = BASE64URL.encode(disclosure.to_string());
        let digest = BASE64URL.encode(Sha256::digest(&encoded));
        self.disclosures.push(encoded);
        self.reissue(|_, payload| {
            if let Some(digests) = payload["_sd"].as_array_mut() {
                digests.push(json!(digest));
            }
        })
    }

    /// Makes `sd_hash` right for what is now presented, changes the key-binding JWT and has the holder sign it.
    pub fn rebind(&mut self, change: impl FnOnce(&mut Value, &mut Value)) -> Result<()> {
        let holder = self.holder.clone();
        self.rebind_with(&holder, change)
    }

    /// The same with a key that need not be the holder's.
    pub fn rebind_with(&mut self, key: &Key, change: impl FnOnce(&mut Value, &mut Value)) -> Result<()> {
        let hash = BASE64URL.encode(Sha256::digest(self.unbound())); // RFC 9901 §4.3.1: up to and with the last ~
        let binding = self.key_binding.as_mut().ok_or_else(|| anyhow!("no key-binding JWT"))?;
        binding.change(key, |header, payload| {
            payload["sd_hash"] = json!(hash);
            change(header, payload);
        })
    }

    fn unbound(&self) -> String {
        let parts = std::iter::once(self.credential.encoded()).chain(self.disclosures.iter().cloned());
        parts.map(|part| part + "~").collect()
    }
}

impl Issued {
    fn by(issuer: Peer, plan: &Plan) -> Result<Self> {
        let (root, holder) = (Root::new()?, Key::generate());
        let signer = root.signer(&SignerProfile { usage: None, ..SignerProfile::default() })?;
        let credential = issuer.make("issue", issue_job(plan, &signer, &holder)?, "sdJwt")?;
        let request = Request::for_sd_jwt(VCT, &plan.disclosed);
        let claims = plan.disclosed.iter().map(|name| ((*name).to_owned(), plan.claims[*name].clone())).collect();
        Ok(Self { signer, root: root.pem()?, holder, credential, request, claims })
    }

    fn by_mapae(document: Document) -> Result<Self> {
        let authority = Authority::shared()?;
        let holding = authority.holding(document)?;
        Self::as_copy(&authority, &holding.person, document, holding.sd_jwt()?, holding.request()?)
    }

    fn as_copy(
        authority: &Authority,
        person: &Person,
        document: Document,
        copy: Copy,
        request: Request,
    ) -> Result<Self> {
        let (signer, root) = (authority.signer("sd-jwt-signer")?, authority.root()?);
        let claims = person.claims(document)?;
        Ok(Self { signer, root, holder: copy.key, credential: copy.text, request, claims })
    }
}

fn issue_job(plan: &Plan, signer: &Signer, holder: &Key) -> Result<Value> {
    Ok(json!({
        "issuerKey": signer.key.private_jwk(),
        "x5c": [signer.x5c()?],
        "holderKey": holder.public_jwk(),
        "claims": plan.claims,
        "selective": plan.selective,
        "decoys": 2,
    }))
}

fn present_job(issued: &Issued, bound_at: i64) -> Result<Value> {
    Ok(json!({
        "sdJwt": issued.credential,
        "holderKey": issued.holder.private_jwk(),
        "disclose": issued.request.disclosures()?,
        "nonce": issued.request.nonce,
        "aud": issued.request.client_id,
        "iat": bound_at,
        "request": issued.request.to_json(),
    }))
}
