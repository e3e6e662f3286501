//! Cosignatures with Ed25519 (C2SP tlog-cosignature, "Ed25519 signed message"): a witness says that, at that time, this
//! checkpoint was the largest consistent one that it had seen.
//!
//! Left out: ML-DSA-44 and subtrees (type 0x06); their lines are ignored as those of unknown keys are.

use mapae_crypto::{Ed25519PublicKey, Ed25519Signature};
use mapae_types::Timestamp;

use crate::{CosignatureError, NoteSignature, VerifierKey};

/// A cosignature to be made by one key, which may be in an HSM.
#[derive(Debug)]
pub struct UnsignedCosignature {
    key: VerifierKey,
    at: u64,
    message: String,
}

/// The `timestamped_signature` over a checkpoint's text; the time if it verifies.
pub(crate) fn verify(key: &Ed25519PublicKey, text: &str, signature: &[u8]) -> Option<Timestamp> {
    let (at, signature) = signature.split_first_chunk()?;
    let at = u64::from_be_bytes(*at);
    // "It MUST NOT exceed 2^63 − 1"; ours end with the year 9999, which a known witness does not see. And not zero
    // (tlog-witness, "add-checkpoint"): a time that is left out says nothing of what was seen when.
    let at = Some(at).filter(|at| *at > 0)?;
    let time = Timestamp::from_unix(i64::try_from(at).ok()?).ok()?;
    let signature = Ed25519Signature::from_bytes(signature.try_into().ok()?);
    key.verify(message(at, text).as_bytes(), &signature).ok().map(|()| time)
}

/// Header line, timestamp line, and the whole note body of the checkpoint.
fn message(at: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

impl UnsignedCosignature {
    /// `key` is a witness's: its signatures carry a time.
    pub(crate) fn new(key: &VerifierKey, text: &str, at: Timestamp) -> Result<Self, CosignatureError> {
        // tlog-witness, "add-checkpoint": the timestamp must not be zero.
        let at = u64::try_from(at.unix()).ok().filter(|at| *at > 0).ok_or(CosignatureError::TimeUnusable { at })?;
        Ok(Self { key: key.clone(), at, message: message(at, text) })
    }

    /// What the key signs, with plain Ed25519.
    pub fn to_be_signed(&self) -> &[u8] {
        self.message.as_bytes()
    }

    /// The signature line; its text is the body of a witness's answer. Refused if the signature is not the key's.
    pub fn attach(self, signature: &Ed25519Signature) -> Result<NoteSignature, CosignatureError> {
        let key = self.key.public_key();
        key.verify(self.message.as_bytes(), signature).map_err(|_| CosignatureError::SignatureInvalid)?;
        Ok(NoteSignature::new(&self.key, [&self.at.to_be_bytes()[..], signature.as_bytes()].concat()))
    }
}
