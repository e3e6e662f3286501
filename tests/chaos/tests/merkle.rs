//! RFC 6962 §2.1 as it is written there, and nothing of ours: what the auditor goes by.

use mapae_crypto::sha256;

pub(crate) type Hash = [u8; 32];

/// `SHA-256(0x00 ‖ d)`.
pub(crate) fn leaf(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry].concat())
}

/// `MTH(D[n])`, where `k` is the largest power of two below `n`.
pub(crate) fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [one] => *one,
        _ => {
            let k = leaves.len().next_power_of_two() / 2;
            sha256(&[&[1], &root(&leaves[..k])[..], &root(&leaves[k..])[..]].concat())
        }
    }
}
