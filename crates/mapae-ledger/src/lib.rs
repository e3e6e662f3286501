//! Transparency logs as C2SP specifies them, and nothing else: what is logged is `mapae-trust`'s affair.
//!
//! - [`SignedNote`], [`VerifierKey`]: texts that several parties sign (signed-note).
//! - [`Checkpoint`], [`SignedCheckpoint`], [`UnsignedCosignature`]: the head of a log, and who has seen it
//!   (tlog-checkpoint, tlog-cosignature).
//! - [`TreeHead::includes`], [`TreeHead::extends`], [`TreeQuery`]: Merkle proofs, checked and made (RFC 6962, RFC 9162).
//! - [`TilePath`], [`TileTree`], [`EntryBundle`]: a log as static files (tlog-tiles).
//! - [`Policy`], [`MajorityPolicy`], [`TlogProof`], [`Proven`]: what to believe, and a proof that travels (tlog-policy,
//!   tlog-proof).
//! - [`ForkEvidence`], [`Forked`]: that a log signed two histories, for anybody to check.
//! - [`Sequencer`], [`Submission`], [`Witness`], [`Audit`]: the parties as state machines (tlog-witness).
//!
//! No socket, file, clock or key is here: a party hands out what is to be stored, sent or signed, and goes on when its
//! caller says that this was done. A step that must come first is a value that the next one consumes.
//!
//! Left out: ECDSA, ML-DSA-44 and RFC 6962 signatures (types 0x02, 0x05, 0x06), subtrees, pruning, mirrors.
//!
//! ```
//! use mapae_crypto::Ed25519SigningKey;
//! use mapae_ledger::{
//!     Answer, Collecting, Entry, MajorityPolicy, Sequencer, SignatureType, TlogProof, TreeQuery, VerifierKey, Witness,
//!     WitnessRecord,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (log_key, witness_key) = (Ed25519SigningKey::from_seed(&[1; 32])?, Ed25519SigningKey::from_seed(&[2; 32])?);
//! let log = VerifierKey::new("ledger.example".parse()?, SignatureType::Ed25519, log_key.public().clone());
//! let agency = VerifierKey::new("agency.example".parse()?, SignatureType::CosignatureV1, witness_key.public().clone());
//! let policy = MajorityPolicy::parse(format!("log {log}\nwitness agency {agency}\nquorum agency\n").as_bytes())?;
//!
//! // The log: place an entry, commit it to the store, write its tiles, sign.
//! let entry = Entry::new(b"an issuer's root".to_vec())?;
//! let (_log, committed) = Sequencer::new(log.clone())?.integrate(&[entry.clone()])?.committed();
//! let tiles = committed.files().to_vec();
//! let unsigned = committed.written()?;
//! let signature = log_key.sign(unsigned.to_be_signed())?;
//! let collecting = Collecting::new(unsigned.attach(&signature)?);
//!
//! // A witness: check, write down, and only then cosign.
//! let submission = collecting.submit_to(agency.clone(), 0);
//! let request = submission.request(vec![]);
//! let record = WitnessRecord::new(request.checkpoint().origin().clone());
//! let to_persist = Witness::new(agency, vec![log])?.check(request, &record)?;
//! let unsigned = to_persist.persisted("2026-11-21T00:00:00Z".parse()?)?;
//! let line = unsigned.to_be_signed().to_vec();
//! let answer = unsigned.attach(&witness_key.sign(&line)?)?.to_string();
//!
//! // The log publishes what a quorum has seen; a reader needs the proof and the policy, and no network.
//! let Answer::Cosigned(cosignature) = submission.answered(200, answer.as_bytes())? else { return Ok(()) };
//! let published = collecting.with_cosignature(cosignature)?.publish(&policy)?;
//! let path = TreeQuery::inclusion(0, 1)?.answer(|path| {
//!     tiles.iter().find(|tile| tile.path == path).map(|tile| tile.bytes.as_slice())
//! })?;
//! let file = TlogProof::new(0, path, published.checkpoint().clone()).to_string();
//! let proven = TlogProof::parse(file.as_bytes())?.verify(&policy, entry.leaf())?;
//! assert_eq!(proven.cosigned()[0].at().to_string(), "2026-11-21T00:00:00Z");
//! # Ok(())
//! # }
//! ```

mod checkpoint;
mod cosignature;
mod error;
mod fork;
mod key;
mod merkle;
mod note;
mod policy;
mod proof;
mod sequencer;
mod submission;
mod text;
mod tile;
mod witness;

pub use checkpoint::{Checkpoint, LogSigned, Origin, SignedCheckpoint, UnsignedCheckpoint};
pub use cosignature::UnsignedCosignature;
pub use error::{
    AuditError, CheckpointError, CosignatureError, ForkError, KeyError, LogProofError, MerkleError, NoteError,
    PolicyError, RequestError, SequencerError, TileError, Unaccepted, WitnessFault,
};
pub use fork::{ForkEvidence, Forked};
pub use key::{KeyId, KeyName, SignatureType, VerifierKey};
pub use merkle::{MAX_PROOF, TreeHash, TreeHead, leaf_hash, node_hash};
pub use note::{MAX_NOTE, MAX_SIGNATURES, NoteSignature, SignedNote, Signer, UnsignedNote, VerifiedNote};
pub use policy::{
    Accepted, Cosigned, MAX_MEMBERS, MAX_POLICY, MajorityPolicy, Octets, Policy, PolicyGroup, PolicyLog, PolicyWitness,
};
pub use proof::{MAX_EXTRA, Proven, TlogProof};
pub use sequencer::{Collecting, Committed, Integrated, Published, Sequencer};
pub use submission::{Answer, Submission};
pub use tile::{Entry, EntryBundle, LogFile, MAX_ENTRY, TileKind, TilePath, TileTree, TreeQuery};
pub use witness::{AddCheckpoint, Audit, Refusal, SIZE_CONTENT_TYPE, ToPersist, Witness, WitnessRecord};
