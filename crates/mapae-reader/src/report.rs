//! A verdict for programs: what `mapae verify --json` prints and the reader page starts from.

use mapae_crypto::{PublicKey, sha256};
use mapae_ledger::Proven;
use mapae_trust::{SealedBy, TrustStore};
use mapae_types::{OrderId, UseClass, hex};
use mapae_verify::{Evidence, Format, HolderBinding, NotVerified, StatusEvidence, Verified, VerifiedCredential};
use serde_json::{Value, json};

/// What holds for a use of `class`. `pinned`: whether the caller expected that very key or ledger to vouch for the bundle.
pub fn held(verified: &Verified, store: &TrustStore, class: Option<&UseClass>, pinned: bool) -> Value {
    let credentials: Vec<Value> = verified.credentials().iter().map(|one| credential(one, store, class)).collect();
    let mut document = credentials.first().cloned().unwrap_or_default();
    document["verdict"] = json!("held");
    document["reason"] = Value::Null;
    document["bundle"] = sealed_by(store);
    document["bundle"]["pinned"] = json!(pinned);
    if credentials.len() > 1 {
        document["credentials"] = Value::Array(credentials);
    }
    document
}

/// Who vouches for a bundle: `{key}`, or `{log, index, policy_generation, cosigned_by}`.
pub fn sealed_by(store: &TrustStore) -> Value {
    let cosigned = store.proven().map(Proven::cosigned).unwrap_or_default();
    match store.sealed_by() {
        SealedBy::Key(key) => json!({ "key": key_fingerprint(key) }),
        SealedBy::Log(origin) => json!({
            "log": origin.to_string(),
            "index": store.proven().map(Proven::index),
            "policy_generation": store.policy_generation(),
            "cosigned_by": cosigned.iter().map(|one| one.witness().as_str()).collect::<Vec<_>>(),
        }),
    }
}

/// What does not hold, or cannot be judged.
pub fn not_verified(reason: &NotVerified, store: Option<&TrustStore>) -> Value {
    json!({
        "verdict": word(reason),
        "claims": null,
        "evidence": store.map(|store| json!({ "bundle_as_of": store.as_of().to_string() })),
        "reason": { "code": reason.code(), "detail": reason.to_string() },
    })
}

/// The rule that stopped a presentation: `{clause, source: {file, function}, english, korean}`, for its format.
pub fn rule(reason: &NotVerified, presentation: &[u8]) -> Value {
    let rule = reason.rule();
    let (clause, source) = rule.enforced_in(Format::of(presentation));
    json!({
        "clause": clause,
        "source": { "file": source.file, "function": source.function },
        "english": rule.english,
        "korean": rule.korean,
    })
}

/// `refused` or `undecided`.
pub const fn word(reason: &NotVerified) -> &'static str {
    match reason {
        NotVerified::Refused(_) => "refused",
        NotVerified::Undecided(_) => "undecided",
    }
}

fn credential(credential: &VerifiedCredential, store: &TrustStore, class: Option<&UseClass>) -> Value {
    let issuer = credential.issuer();
    let usable_until = store.classes().freshness(class).map(|ages| store.as_of() + ages.usable_for());
    json!({
        "format": credential.format().identifier(),
        "document_type": credential.document_type(),
        "claims": credential.claims().to_json(),
        "issuer": {
            "signer": issuer.signer(),
            "root": issuer.root(),
            "country": issuer.country(),
            "certificate_sha256": hex::encode(issuer.certificate_sha256()),
        },
        "evidence": evidence(credential.evidence()),
        "holder_binding": holder_binding(credential.holder_binding()),
        "valid_until": credential.valid_until().map(|time| time.to_string()),
        "usable_until": usable_until.map(|time| time.to_string()),
    })
}

/// What a verdict rests on, and how old that is.
pub fn evidence(evidence: &Evidence) -> Value {
    let (status, as_of) = match evidence.status() {
        StatusEvidence::Valid { as_of } => ("valid", Some(as_of.to_string())),
        StatusEvidence::NotPublished => ("not_published", None),
    };
    json!({
        "status": status,
        "status_as_of": as_of,
        "age_seconds": evidence.age().as_seconds(),
        "bundle_as_of": evidence.bundle_as_of().to_string(),
        "marked": evidence.marked(),
        "order": evidence.order().map(OrderId::as_str),
    })
}

fn holder_binding(binding: HolderBinding) -> Value {
    match binding {
        HolderBinding::DeviceSignature => json!({ "by": "device_signature" }),
        HolderBinding::DeviceMac => json!({ "by": "device_mac" }),
        HolderBinding::KeyBinding { signed_at } => json!({ "by": "key_binding", "signed_at": signed_at.to_string() }),
        _ => Value::Null,
    }
}

/// SHA-256 of a `SubjectPublicKeyInfo`, in hexadecimal: how people compare keys.
pub fn key_fingerprint(key: &PublicKey) -> String {
    hex::encode(&sha256(&key.to_spki_der()))
}
