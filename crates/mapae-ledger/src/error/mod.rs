//! What can be wrong, by the party at fault.

mod fork;
mod note;
mod party;
mod policy;
mod tree;

pub use fork::ForkError;
pub use note::{CheckpointError, CosignatureError, KeyError, NoteError};
pub use party::{AuditError, RequestError, SequencerError, WitnessFault};
pub use policy::{LogProofError, PolicyError, Unaccepted};
pub use tree::{MerkleError, TileError};
