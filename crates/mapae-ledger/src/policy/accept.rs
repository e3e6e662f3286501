//! Judging a checkpoint by a policy.

use mapae_types::Timestamp;

use crate::{Checkpoint, KeyName, Policy, SignedCheckpoint, Unaccepted, VerifierKey};

/// A checkpoint that a policy accepts: its log signed it, and a quorum of witnesses saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    checkpoint: Checkpoint,
    cosigned: Vec<Cosigned>,
}

/// That a witness of the policy cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    witness: KeyName,
    at: Timestamp,
}

impl Policy {
    /// Accepts a checkpoint that one of the logs signed and a quorum of the witnesses cosigned.
    ///
    /// A signature of a known key that does not verify makes the whole refused (signed-note, "Signatures").
    pub fn accept(&self, checkpoint: &SignedCheckpoint) -> Result<Accepted, Unaccepted> {
        let logs: Vec<&VerifierKey> =
            self.logs.iter().map(|log| &log.key).filter(|key| checkpoint.is_log_key(key)).collect();
        if logs.is_empty() {
            return Err(Unaccepted::LogUnknown { origin: checkpoint.origin().clone() });
        }
        let witnesses: Vec<&VerifierKey> = self.witnesses.iter().map(|witness| &witness.key).collect();
        let known = [logs.as_slice(), &witnesses].concat();
        let verified = checkpoint.note().verify(&known)?;
        let at = |key: &VerifierKey| verified.signers().iter().find(|signer| signer.key() == key);
        if !logs.iter().any(|log| at(log).is_some()) {
            return Err(Unaccepted::LogDidNotSign { origin: checkpoint.origin().clone() });
        }
        let cosigned: Vec<bool> = witnesses.iter().map(|key| at(key).is_some()).collect();
        if !self.is_met(&cosigned) {
            return Err(Unaccepted::QuorumNotMet { cosigned: cosigned.iter().filter(|cosigned| **cosigned).count() });
        }
        let cosigned =
            witnesses.into_iter().filter_map(|key| Some(Cosigned { witness: key.name().clone(), at: at(key)?.at()? }));
        Ok(Accepted { checkpoint: checkpoint.unverified().clone(), cosigned: cosigned.collect() })
    }
}

impl Accepted {
    /// What the log says.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The witnesses that cosigned, in the policy's order, each once.
    pub fn cosigned(&self) -> &[Cosigned] {
        &self.cosigned
    }
}

impl Cosigned {
    /// The name under which the witness signs.
    pub const fn witness(&self) -> &KeyName {
        &self.witness
    }

    /// When it says that it cosigned.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}
