//! The rule that ours must keep: k of n witnesses with 2k > n, over one log (design D13).
//!
//! Two quorums then have a witness in common, so that nobody can show two histories of the log to two readers unless
//! 2k − n witnesses help him.

use crate::{
    Accepted, Policy, PolicyError, SignedCheckpoint, Unaccepted, VerifierKey,
    policy::{Member, PolicyLog, PolicyWitness},
};

/// A policy under which a log cannot be forked by its operator alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MajorityPolicy {
    policy: Policy,
    log: PolicyLog,
    threshold: usize,
}

impl MajorityPolicy {
    /// Reads a policy file that keeps the rule.
    pub fn parse(file: &[u8]) -> Result<Self, PolicyError> {
        Policy::parse(file)?.try_into()
    }

    /// Judges a checkpoint as [`Policy::accept`] does.
    pub fn accept(&self, checkpoint: &SignedCheckpoint) -> Result<Accepted, Unaccepted> {
        self.policy.accept(checkpoint)
    }

    /// The same checkpoint with the signatures of the log and of the first k witnesses that cosigned it, and no others:
    /// each further one is another verification for every reader, who may not pass over it.
    pub fn pare(&self, checkpoint: SignedCheckpoint) -> Result<SignedCheckpoint, Unaccepted> {
        self.accept(&checkpoint)?;
        let keys = self.policy.witnesses.iter().map(|witness| &witness.key);
        let cosigned = keys.filter(|key| checkpoint.note().signatures().iter().any(|line| line.is_by(key)));
        let kept: Vec<VerifierKey> = cosigned.take(self.threshold).chain([&self.log.key]).cloned().collect();
        Ok(checkpoint.only_by(&kept))
    }

    /// How many witnesses must cosign: k.
    pub const fn threshold(&self) -> usize {
        self.threshold
    }

    /// The witnesses: n of them.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.policy.witnesses
    }

    /// The log.
    pub const fn log(&self) -> &PolicyLog {
        &self.log
    }

    /// The policy as C2SP knows it.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl TryFrom<Policy> for MajorityPolicy {
    type Error = PolicyError;

    fn try_from(policy: Policy) -> Result<Self, PolicyError> {
        // Two logs are two histories by right.
        let [log] = policy.logs.as_slice() else {
            return Err(PolicyError::NotOneLog { logs: policy.logs.len() });
        };
        let (threshold, members) = match policy.quorum {
            None => (0, 0),
            Some(Member::Witness(_)) => (1, 1),
            Some(Member::Group(at)) => {
                policy.groups.get(at).map_or((0, 0), |group| (group.threshold, group.members.len()))
            }
        };
        // Each member stands for at least one witness, and no witness is in two groups: as many members as witnesses means
        // that each is one. Groups of groups can be decided by few, and a witness outside the quorum decides nothing.
        if members != policy.witnesses.len() {
            return Err(PolicyError::NotOneGroup);
        }
        if 2 * threshold <= members {
            return Err(PolicyError::NoMajority { threshold, witnesses: members });
        }
        Ok(Self { log: log.clone(), policy, threshold })
    }
}
