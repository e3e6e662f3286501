//! What a bundle says, for programs and for the page.

use mapae_ledger::MajorityPolicy;
use mapae_trust::{
    Age, Bundle, Distrust, Freshness, IssuerEntry, Memory, MemoryError, OrderSigners, SealedBy, SignerRule, Software,
    TrustStore, Withdrawn,
};
use mapae_types::{Timestamp, UseClass, hex};
use serde_json::{Value, json};

use crate::{BundleRefused, report::sealed_by};

/// Opens a bundle by what the reader holds: its ledger's policy, or what it remembers of the bundles before. A reader that
/// holds neither takes the key that the file names, whose fingerprint is then for a person to compare.
pub fn open(
    file: Vec<u8>,
    memory: Option<&Memory>,
    policy: Option<&MajorityPolicy>,
) -> Result<TrustStore, BundleRefused> {
    let bundle = Bundle::parse(file)?;
    let claimed = bundle.sealed_by().clone();
    // Nobody is asked for the policy of a ledger that this reader would not follow.
    if memory.is_some_and(|memory| *memory.sealed_by() != claimed.fingerprint()) {
        return Err(MemoryError::OtherKey.into());
    }
    match (policy, claimed) {
        (Some(policy), _) => Ok(bundle.verify(policy)?),
        (None, SealedBy::Key(key)) => Ok(bundle.verify(&*key)?),
        (None, SealedBy::Log(ledger)) => Err(BundleRefused::PolicyMissing { ledger }),
    }
}

/// The contents of an authentic bundle.
pub fn summary(store: &TrustStore) -> Value {
    let mut document = sealed_by(store);
    let contents = json!({
        "as_of": store.as_of().to_string(),
        "classes": store.classes().iter().map(class).collect::<Vec<_>>(),
        "issuers": store.issuers().iter().map(issuer).collect::<Vec<_>>(),
        "distrusted": store.distrusted().map(|(signer, distrust)| distrusted(signer, *distrust)).collect::<Vec<_>>(),
        "status_lists": store
            .status_lists()
            .map(|list| json!({ "uri": list.uri, "bytes": list.token.len() }))
            .collect::<Vec<_>>(),
        "registrars": store.registrars().iter().map(|root| root.certificate().subject()).collect::<Vec<_>>(),
        "relying_parties": store.registrations().map_or(0, |registrations| registrations.len()),
        "withdrawn": store.withdrawn().iter().map(withdrawn).collect::<Vec<_>>(),
        "software": store.software().iter().map(software).collect::<Vec<_>>(),
        "order_signers": store.order_signers().map(order_signers),
    });
    if let (Value::Object(document), Value::Object(contents)) = (&mut document, contents) {
        document.extend(contents);
    }
    document
}

fn withdrawn(one: &Withdrawn) -> Value {
    json!({
        "relying_party": one.relying_party.as_str(),
        "certificate": hex::encode(&one.certificate),
        "since": one.since.to_string(),
    })
}

fn software(one: &Software) -> Value {
    json!({ "name": one.name.as_str(), "sha256": hex::encode(&one.sha256) })
}

fn order_signers(signers: &OrderSigners) -> Value {
    let agencies: Vec<&str> = signers.keys().iter().map(|(agency, _)| agency.as_str()).collect();
    json!({ "threshold": signers.threshold(), "agencies": agencies })
}

/// How old the bundle is, and what that means for a use: `{band, age_seconds}`. Nothing for a class that it lacks.
pub fn age(store: &TrustStore, class: Option<&UseClass>, now: Timestamp) -> Option<Value> {
    let band = band(store.freshness(class, now)?.judge(store.as_of(), now));
    Some(json!({ "band": band, "age_seconds": store.as_of().age_at(now).as_seconds() }))
}

/// The word for a band of ages.
pub const fn band(age: Age) -> &'static str {
    match age {
        Age::Fresh(_) => "fresh",
        Age::Marked(_) => "marked",
        Age::Ordered(_) => "ordered",
        Age::TooOld { .. } => "too_old",
        Age::ClockBehind { .. } => "clock_behind",
    }
}

fn class((name, ages): (&UseClass, &Freshness)) -> Value {
    json!({
        "name": name.as_str(),
        "fresh_for_seconds": ages.fresh_for().as_seconds(),
        "usable_for_seconds": ages.usable_for().as_seconds(),
    })
}

fn issuer(entry: &IssuerEntry) -> Value {
    let root = entry.root.certificate();
    json!({
        "root": root.subject(),
        "sha256": hex::encode(&root.fingerprint()),
        "not_after": root.not_after().to_string(),
        "status": entry.status.name(),
        "signers": match &entry.signers {
            SignerRule::Any => json!("any"),
            SignerRule::Listed(signers) => json!(signers.len()),
        },
    })
}

fn distrusted(signer: &[u8; 32], distrust: Distrust) -> Value {
    match distrust {
        Distrust::Compromised => json!({ "signer": hex::encode(signer), "compromised": true }),
        Distrust::CeasedAt(at) => json!({ "signer": hex::encode(signer), "ceased_at": at.to_string() }),
    }
}
