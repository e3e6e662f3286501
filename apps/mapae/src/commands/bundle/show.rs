//! `mapae bundle show`.

use mapae_reader::report::key_fingerprint;
use mapae_trust::{Age, Distrust, TrustStore};
use mapae_types::{Duration, Timestamp, hex};
use serde_json::json;

use super::{describe, open};
use crate::{cli::ShowArgs, environment::now, failure::Outcome, output::Output};

/// Shows what a bundle says, and whether it may be believed.
pub(crate) fn show(args: &ShowArgs, output: &Output) -> Outcome<()> {
    let store = open(&args.file, args.bundle_key.as_deref())?;
    let mut document = describe(&args.file, &store);
    document["key_pinned"] = json!(args.bundle_key.is_some());
    let now = now(None)?;
    document["age"] = json!(age_text(&store, now));
    output.answer(&document, || show_text(&store, now, args.bundle_key.is_some()));
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
        Age::TooOld { .. } => "too old",
        Age::ClockBehind { .. } => "undecided",
    }
}

fn show_text(store: &TrustStore, now: Timestamp, pinned: bool) -> String {
    let mut lines = vec![
        format!("Trust bundle as of {} ({})", store.as_of(), age_text(store, now)),
        format!("  key {}{}", key_fingerprint(store.key()), if pinned { ", as pinned" } else { ", not pinned" }),
    ];
    for (name, ages) in store.classes().iter() {
        let (band, fresh, usable) = (band_text(ages.judge(store.as_of(), now)), ages.fresh_for(), ages.usable_for());
        lines.push(format!("  for uses of class {name}: {band} (fresh for {fresh}, usable for {usable})"));
    }
    for issuer in store.issuers() {
        lines.push(format!("  issuer {} (status {})", issuer.root.certificate().subject(), issuer.status.name()));
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
