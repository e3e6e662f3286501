//! Logs and proofs of crate `mapae-ledger`, read by others: a checker in Python that knows the specifications alone, and crate
//! `tlog_tiles`.
//!
//! - [`log`]: a log and its witnesses, by our crate.
//! - [`forgery`]: signature lines that our crate would not make.
//! - [`alterations`]: a proof in which one thing is broken, or something that does not matter is changed.
//! - [`checker`] runs `python/tlog_check.py`.

pub mod alterations;
pub mod checker;
pub mod forgery;
pub mod log;

use anyhow::Result;
use mapae_ledger::{LogProofError, MajorityPolicy, PolicyError, Proven, TlogProof, leaf_hash};

/// What a relying party has: its policy, the entry, and the proof of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// A `tlog-policy`.
    pub policy: Vec<u8>,
    /// A `tlog-proof`.
    pub proof: Vec<u8>,
    /// What is proved to be in the log.
    pub entry: Vec<u8>,
}

/// Why our crate does not believe it.
#[derive(Debug)]
pub enum Disbelief {
    /// It does not load the policy.
    Policy(PolicyError),
    /// The proof does not hold.
    Proof(LogProofError),
}

impl Handed {
    /// What our crate makes of it.
    pub fn judged(&self) -> Result<Proven, Disbelief> {
        let policy = MajorityPolicy::parse(&self.policy).map_err(Disbelief::Policy)?;
        let proof = TlogProof::parse(&self.proof).map_err(Disbelief::Proof)?;
        proof.verify(&policy, leaf_hash(&self.entry)).map_err(Disbelief::Proof)
    }

    /// The proof as text, if it is one.
    pub fn text(&self) -> Result<&str> {
        Ok(str::from_utf8(&self.proof)?)
    }

    /// The same with another proof.
    pub fn with_proof(&self, proof: impl Into<Vec<u8>>) -> Self {
        Self { proof: proof.into(), ..self.clone() }
    }

    /// The same with another policy.
    pub fn with_policy(&self, policy: impl Into<Vec<u8>>) -> Self {
        Self { policy: policy.into(), ..self.clone() }
    }
}
