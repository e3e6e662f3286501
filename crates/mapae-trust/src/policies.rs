//! The policies of a ledger, one after the other (design D13): keys rotate, and no reader is left behind.
//!
//! Each policy but the first is stated by an entry of kind `policy`, and proven under the policy before it: the old
//! quorum has seen it in the log. Bundles bring all these steps, so that whoever holds any policy of the past comes to
//! the newest. Steps that led to the reader's own policy are proven, too: a reader that has seen a newer policy
//! somewhere else must find it among them.

use mapae_crypto::sha256;
use mapae_ledger::{MajorityPolicy, TlogProof, leaf_hash};

use crate::{BundleError, ledger};

/// Policies that follow each other, each proven under the one before it; the reader's own is among them.
#[derive(Debug, Clone)]
pub struct Policies {
    newest: MajorityPolicy,
    generation: u64,
    passed: Vec<[u8; 32]>,
}

impl Policies {
    /// Steps that are looked at: more than a country has disasters.
    pub const LIMIT: usize = 64;

    /// Goes from the policy that a reader holds to the newest: `steps` are the entries of kind `policy` with their
    /// proofs, all since the founding, the oldest first.
    pub fn follow(held: &MajorityPolicy, steps: &[(&[u8], TlogProof)]) -> Result<Self, BundleError> {
        if steps.len() > Self::LIMIT {
            return Err(BundleError::PolicyOrder);
        }
        let mut stated = Vec::with_capacity(steps.len());
        for (entry, _) in steps {
            stated.push(read(entry)?);
        }
        let own = fingerprint(held);
        let known = stated.iter().any(|(policy, _)| fingerprint(policy) == own);
        let founding = (held.clone(), 0);
        // Without the reader's own policy among them, the first step starts from it.
        let mut all: Vec<&(MajorityPolicy, u64)> = if known { Vec::new() } else { vec![&founding] };
        all.extend(&stated);
        for (pair, (entry, proof)) in all.windows(2).zip(&steps[usize::from(known)..]) {
            let [before, after] = pair else { continue };
            proof.verify(&before.0, leaf_hash(entry))?;
            if after.1 <= before.1 || after.0.log().key().name() != held.log().key().name() {
                return Err(BundleError::PolicyOrder);
            }
        }
        let (newest, generation) = all.last().map_or((held.clone(), 0), |(policy, count)| (policy.clone(), *count));
        Ok(Self { newest, generation, passed: all.iter().map(|(policy, _)| fingerprint(policy)).collect() })
    }

    /// The newest.
    pub const fn newest(&self) -> &MajorityPolicy {
        &self.newest
    }

    /// How often the policy had changed since the founding, as its entry says.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether that policy is one of them: the newest follows from it.
    pub fn passed(&self, policy: &[u8; 32]) -> bool {
        self.passed.contains(policy)
    }
}

/// The same for policies that trust the same keys alike, whatever they call them and wherever they can be reached.
pub fn fingerprint(policy: &MajorityPolicy) -> [u8; 32] {
    let mut keys: Vec<String> = policy.witnesses().iter().map(|witness| witness.key().to_string()).collect();
    keys.sort_unstable();
    sha256(format!("{}\n{}\n{}", policy.threshold(), policy.log().key(), keys.join("\n")).as_bytes())
}

fn read(entry: &[u8]) -> Result<(MajorityPolicy, u64), BundleError> {
    let statement = ledger::read_policy(entry)?.ok_or(BundleError::Forged)?;
    Ok((statement.majority().clone(), statement.generation()))
}
