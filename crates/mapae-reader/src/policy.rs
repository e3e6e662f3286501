//! A ledger's policy as a reader keeps it: what it says, and whether it may take the place of what the reader rests on.

use mapae_crypto::sha256;
use mapae_ledger::{MajorityPolicy, Origin};
use mapae_trust::{Memory, SealedBy};
use mapae_types::hex;
use serde_json::{Value, json};

use crate::OtherAnchor;

/// What people compare and what the policy asks for: `{ledger, threshold, cosigners, fingerprint}`. The fingerprint is the
/// SHA-256 of the file, which any tool prints.
pub fn summary(file: &[u8], policy: &MajorityPolicy) -> Value {
    let cosigners = policy.witnesses().iter().map(|witness| witness.key().name().as_str());
    json!({
        "ledger": policy.log().key().name().as_str(),
        "threshold": policy.threshold(),
        "cosigners": cosigners.collect::<Vec<_>>(),
        "fingerprint": hex::encode(&sha256(file)),
    })
}

/// Refuses a policy that would take another's place, or that of the key or ledger whose bundles were used. It is not needed
/// where a ledger changes its own: bundles bring each change, proven under the policy before.
pub fn check(
    policy: &MajorityPolicy,
    held: Option<&MajorityPolicy>,
    memory: Option<&Memory>,
) -> Result<(), OtherAnchor> {
    let ledger = SealedBy::Log(Origin::from(policy.log().key().name())).fingerprint();
    let another = held.is_some_and(|held| held != policy);
    let elsewhere = memory.is_some_and(|memory| *memory.sealed_by() != ledger);
    if another || elsewhere { Err(OtherAnchor) } else { Ok(()) }
}
