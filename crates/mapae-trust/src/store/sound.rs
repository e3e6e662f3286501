//! What a manifest may not say, and what it means where it says a thing twice.

use std::collections::{HashMap, HashSet};

use crate::{BundleError, Distrust, IssuerEntry, format::ListEntry};

/// Two entries for one root could state two rules, of which the first would win.
pub(super) fn refuse_root_twice(issuers: &[IssuerEntry]) -> Result<(), BundleError> {
    let mut seen = HashSet::new();
    match issuers.iter().find(|issuer| !seen.insert(issuer.root.certificate().fingerprint())) {
        Some(issuer) => Err(BundleError::RootTwice(issuer.root.certificate().subject().to_owned())),
        None => Ok(()),
    }
}

/// One bundle, one encoding; and a look-up finds a list by halves.
pub(super) fn refuse_disorder(lists: &[ListEntry]) -> Result<(), BundleError> {
    match lists.windows(2).find(|pair| pair[0].uri >= pair[1].uri) {
        Some(pair) if pair[0].uri == pair[1].uri => Err(BundleError::StatusListTwice(pair[0].uri.clone())),
        Some(_) => Err(BundleError::StatusListOrder),
        None => Ok(()),
    }
}

/// A signer named twice keeps the stricter word: compromised, or the earlier end.
pub(super) fn merge_distrust(entries: Vec<([u8; 32], Distrust)>) -> HashMap<[u8; 32], Distrust> {
    let mut merged: HashMap<[u8; 32], Distrust> = HashMap::new();
    for (signer, distrust) in entries {
        let kept = merged.entry(signer).or_insert(distrust);
        *kept = match (*kept, distrust) {
            (Distrust::CeasedAt(a), Distrust::CeasedAt(b)) => Distrust::CeasedAt(a.min(b)),
            _ if *kept == distrust => distrust,
            _ => Distrust::Compromised,
        };
    }
    merged
}
