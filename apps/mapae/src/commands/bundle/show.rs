//! `mapae bundle show`.

use mapae_reader::report::key_fingerprint;
use mapae_trust::{Age, Distrust, SealedBy, TrustStore};
use mapae_types::{Duration, Timestamp, hex};
use serde_json::json;

use super::{describe, open};
use crate::{cli::ShowArgs, environment::now, failure::Outcome, output::Output};

/// Shows what a bundle says, and whether it may be believed.
pub(crate) fn show(args: &ShowArgs, output: &Output) -> Outcome<()> {
    let pinned = args.anchor.pinned()?;
    let store = open(&args.file, pinned.as_ref())?;
    let mut document = describe(&args.file, &store);
    document["pinned"] = json!(pinned.is_some());
    let now = now(None)?;
    document["age"] = json!(age_text(&store, now));
    output.answer(&document, || show_text(&store, now, pinned.is_some()));
    Ok(())
}

fn age_text(store: &TrustStore, now: Timestamp) -> String {
    let age = store.as_of().age_at(now);
    if age < Duration::default() {
        return "from the future: this machine's clock is behind".to_owned();
    }
    format!("{age} old")
}

/// What that age means for a class of use.
const fn band_text(age: Age) -> &'static str {
    match age {
        Age::Fresh(_) => "fresh",
        Age::Marked(_) => "marked",
        Age::Ordered(_) => "usable under an order",
        Age::TooOld { .. } => "too old",
        Age::ClockBehind { .. } => "undecided",
    }
}

/// Who vouches for the bundle.
fn sealed_by_text(store: &TrustStore) -> String {
    let proven = store.proven();
    let cosigned = proven.map(|proven| proven.cosigned().len()).unwrap_or_default();
    match store.sealed_by() {
        SealedBy::Key(key) => format!("key {}", key_fingerprint(key)),
        SealedBy::Log(origin) => {
            let index = proven.map(mapae_ledger::Proven::index).unwrap_or_default();
            format!("entry {index} of the ledger {origin}, cosigned by {cosigned}")
        }
    }
}

fn show_text(store: &TrustStore, now: Timestamp, pinned: bool) -> String {
    let mut lines = vec![
        format!("Trust bundle as of {} ({})", store.as_of(), age_text(store, now)),
        format!("  {}{}", sealed_by_text(store), if pinned { ", as pinned" } else { ", not pinned" }),
    ];
    for (name, ages) in store.classes().iter() {
        let (band, fresh, usable) = (band_text(ages.judge(store.as_of(), now)), ages.fresh_for(), ages.usable_for());
        lines.push(format!("  for uses of class {name}: {band} (fresh for {fresh}, usable for {usable})"));
    }
    for issuer in store.issuers() {
        lines.push(format!("  issuer {} (status {})", issuer.root.certificate().subject(), issuer.status.name()));
    }
    for root in store.registrars() {
        lines.push(format!("  registrar {}", root.certificate().subject()));
    }
    if let Ok(registrations) = store.registrations() {
        lines.extend(registrations.iter().map(|one| {
            format!(
                "  relying party {} ({} / {}), class {}",
                one.id(),
                one.names().ko(),
                one.names().en(),
                one.use_class()
            )
        }));
    }
    lines.extend(store.withdrawn().iter().map(|one| {
        format!("  withdrawn: {} since {}, certificate {}", one.relying_party, one.since, hex::encode(&one.certificate))
    }));
    lines.extend(store.software().iter().map(|one| format!("  software {} {}", one.name, hex::encode(&one.sha256))));
    if let Some(signers) = store.order_signers() {
        let agencies: Vec<&str> = signers.keys().iter().map(|(agency, _)| agency.as_str()).collect();
        lines.push(format!("  orders by {} of {}", signers.threshold(), agencies.join(", ")));
    }
    for (signer, distrust) in store.distrusted() {
        lines.push(match distrust {
            Distrust::Compromised => format!("  compromised signer {}", hex::encode(signer)),
            Distrust::CeasedAt(at) => format!("  signer {} ceased at {at}", hex::encode(signer)),
        });
    }
    for list in store.status_lists() {
        lines.push(format!("  status list {} ({} bytes)", list.uri, list.token.len()));
    }
    lines.join("\n")
}
