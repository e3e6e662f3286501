//! What a manifest may not say, and what it means where it says a thing twice.

use crate::{BundleError, Distrust, IssuerEntry, format::ListEntry};

/// Two entries for one root could state two rules, of which the first would win.
pub(super) fn refuse_root_twice(issuers: &[IssuerEntry]) -> Result<(), BundleError> {
    let mut roots: Vec<([u8; 32], usize)> =
        issuers.iter().map(|issuer| issuer.root.certificate().fingerprint()).zip(0..).collect();
    roots.sort_unstable();
    let again = roots.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1);
    match again.min() {
        Some(at) => Err(BundleError::RootTwice(issuers[at].root.certificate().subject().to_owned())),
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

/// Signers in order, for look-ups by halves. One that is named twice keeps the stricter word: compromised, or the
/// earlier end.
pub(super) fn merge_distrust(mut entries: Vec<([u8; 32], Distrust)>) -> Vec<([u8; 32], Distrust)> {
    entries.sort_unstable_by_key(|(signer, _)| *signer);
    entries.dedup_by(|(signer, distrust), (kept_signer, kept)| {
        let is_same = signer == kept_signer;
        if is_same {
            *kept = stricter(*kept, *distrust);
        }
        is_same
    });
    entries
}

fn stricter(one: Distrust, other: Distrust) -> Distrust {
    match (one, other) {
        (Distrust::CeasedAt(a), Distrust::CeasedAt(b)) => Distrust::CeasedAt(a.min(b)),
        _ => Distrust::Compromised,
    }
}
