//! What a relying party is told of an answer: claims that were verified, or why there are none.

use mapae_document::Catalogue;
use mapae_oid4vp::verifier::{AnsweredTransaction, ResponseFault};
use mapae_oidc::SubjectSecret;
use mapae_reader::report;
use mapae_types::{Timestamp, hex};
use serde_json::{Map, Value, json};

use super::{
    Holder, NotHeld, PERSON_ID,
    claims::documents,
    judge::{Held, HeldCredential, VerifiedCredentialFacts},
};

/// The outcome of a session, as it is delivered. Claims are in it only by way of [`Outcome::held`], which takes what
/// verification made.
pub(crate) struct Outcome(Value);

impl Outcome {
    /// What holds.
    pub(crate) fn held(held: &Held, catalogue: &Catalogue, names: &SubjectSecret, at: Timestamp) -> Self {
        let credentials: Vec<Value> = held.credentials().iter().map(|one| credential(one, catalogue, names)).collect();
        let mut told = json!({ "verdict": "held", "verified_at": at.to_string(), "credentials": credentials });
        if !held.transactions().is_empty() {
            told["transactions"] = held.transactions().iter().map(transaction).collect();
        }
        Self(told)
    }

    /// What does not hold, or cannot be judged.
    pub(crate) fn not_held(reason: &NotHeld, at: Timestamp) -> Self {
        let mut told = json!({ "code": reason.code(), "detail": reason.to_string() });
        if let Some(query) = reason.query() {
            told["query"] = query.into();
        }
        Self(json!({ "verdict": reason.verdict(), "verified_at": at.to_string(), "reason": told }))
    }

    /// The wallet shows nothing, or its answer is none.
    pub(crate) fn unanswered(fault: &ResponseFault, at: Timestamp) -> Self {
        let verdict = if fault.is_refusal() { "declined" } else { "refused" };
        let reason = json!({ "code": fault.code(), "detail": fault.to_string(), "clause": format!("OpenID4VP 1.0 {}", fault.clause()) });
        Self(json!({ "verdict": verdict, "verified_at": at.to_string(), "reason": reason }))
    }

    /// What comes of it, in a word.
    pub(crate) fn verdict(&self) -> &str {
        self.0["verdict"].as_str().unwrap_or_default()
    }

    /// What becomes of a sign-in: claims are in it only by way of `PendingLogin::complete`, which takes what was verified.
    pub(crate) const fn sign_in(told: Value) -> Self {
        Self(told)
    }

    pub(crate) fn into_value(self) -> Value {
        self.0
    }
}

fn credential(held: &HeldCredential, catalogue: &Catalogue, names: &SubjectSecret) -> Value {
    let facts = held.facts();
    let mut claims = Map::new();
    claims.extend(held.claims().iter().map(|leaf| (leaf.id.clone(), leaf.value.clone())));
    // The register's id links a person's visits everywhere: what is told instead is a name that nobody else has.
    let told = claims.remove(PERSON_ID);
    let holder = told.and_then(|told| Holder::of(&told, &facts.issuer, &facts.document_type, catalogue));
    let mut credential = json!({
        "query": held.query().as_str(),
        "format": facts.format.identifier(),
        "document": document(facts, catalogue),
        "document_type": facts.document_type,
        "claims": claims,
        "issuer": {
            "signer": facts.issuer.signer(),
            "root": facts.issuer.root(),
            "country": facts.issuer.country(),
            "certificate_sha256": hex::encode(facts.issuer.certificate_sha256()),
        },
        "evidence": report::evidence(&facts.evidence),
        "valid_until": facts.valid_until.map(|time| time.to_string()),
    });
    if let Some(holder) = holder {
        credential["subject"] = names.name(holder.as_person()).into();
    }
    credential
}

/// The catalogue's name of it, where its type has one alone.
fn document(facts: &VerifiedCredentialFacts, catalogue: &Catalogue) -> Option<String> {
    match documents(catalogue, &facts.document_type)[..] {
        [document] => Some(document.name().to_string()),
        _ => None,
    }
}

fn transaction(answered: &AnsweredTransaction) -> Value {
    let transaction = answered.transaction();
    json!({
        "type": transaction.kind(),
        "details": transaction.details(),
        "hash": transaction.hash(),
        "authorised_by": answered.credential().as_str(),
    })
}
