//! What can be wrong, by the party at fault.

use mapae_types::Timestamp;

use crate::{KeyName, Origin, TilePath};

/// A verifier key or key name that somebody configured wrongly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The name is empty, or has a space, a plus or a control character.
    #[error("a key name that is empty or has a space, a plus or a control character")]
    NameMalformed,
    /// Not `name+id+base64(type ‖ key)`.
    #[error("not a verifier key")]
    NotAVerifierKey,
    /// A type of signature that is not verified here, such as 0x06 (ML-DSA-44).
    #[error("a verifier key of signature type {kind:#04x}")]
    TypeUnsupported {
        /// The type's byte.
        kind: u8,
    },
    /// Not an acceptable Ed25519 key.
    #[error("the key of {name} is not a valid Ed25519 key")]
    KeyInvalid {
        /// Its name.
        name: KeyName,
    },
    /// The id is not that of name, type and key: one of the four was altered.
    #[error("the id of the key of {name} is not that of the key")]
    IdDiffers {
        /// Its name.
        name: KeyName,
    },
}

/// A note that cannot be relied on; whoever made it is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// More bytes than are read.
    #[error("a note of more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the note is not UTF-8 at byte {at}")]
    NotUtf8 {
        /// The first byte that is not.
        at: usize,
    },
    /// A control character other than newline.
    #[error("a control character at byte {at} of the note")]
    ControlCharacter {
        /// Where.
        at: usize,
    },
    /// No blank line with complete signature lines after it.
    #[error("the note has no signatures")]
    NotSigned,
    /// Not an em dash, a name and a signature.
    #[error("signature line {line} of the note is malformed")]
    SignatureLineMalformed {
        /// Its number, from 0.
        line: usize,
    },
    /// More signatures than are read.
    #[error("a note with more than {limit} signatures")]
    TooManySignatures {
        /// The signatures allowed.
        limit: usize,
    },
    /// A line bears the name and id of a known key, but the key did not make it.
    #[error("the signature of {name} does not verify")]
    SignatureInvalid {
        /// The key's name.
        name: KeyName,
    },
    /// No known key signed.
    #[error("none of the known keys signed the note")]
    NoKnownSigner,
    /// We wanted to sign a text that does not end in a newline, or is too long.
    #[error("a text that cannot be a note's")]
    TextUnfit,
    /// We wanted to sign with a key that is not for this.
    #[error("the key of {name} does not sign this")]
    WrongKindOfKey {
        /// The key's name.
        name: KeyName,
    },
}

/// A note that is no checkpoint, or not one of its log; the log is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Origin, size or root hash are missing.
    #[error("a checkpoint of fewer than three lines")]
    TooFewLines,
    /// The origin is empty.
    #[error("the checkpoint's origin is malformed")]
    OriginMalformed,
    /// The size is not a decimal number without leading zeroes below 2⁶³.
    #[error("the checkpoint's size is malformed")]
    SizeMalformed,
    /// The root is not 32 bytes in base64.
    #[error("the checkpoint's root hash is malformed")]
    RootMalformed,
    /// An extension line is empty.
    #[error("the checkpoint has an empty extension line")]
    ExtensionEmpty,
    /// None of the keys may sign for that log.
    #[error("log {origin} is unknown")]
    LogUnknown {
        /// The log that the checkpoint names.
        origin: Origin,
    },
}

/// A cosignature that cannot be made; we are at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CosignatureError {
    /// The key's type is another.
    #[error("the key is not one for this kind of signature")]
    WrongKindOfKey,
    /// A time at or before 1970 says nothing.
    #[error("{at} cannot be the time of a cosignature")]
    TimeUnusable {
        /// The time.
        at: Timestamp,
    },
    /// The signature is not the key's.
    #[error("the signature does not verify with the cosigner's key")]
    SignatureInvalid,
}

/// A proof that does not hold; whoever made it is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MerkleError {
    /// Not 32 bytes in base64.
    #[error("not a hash in base64")]
    HashMalformed,
    /// The leaf is not in a tree of that size.
    #[error("index {index} in a tree of {size} leaves")]
    IndexOutOfRange {
        /// The index.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// More hashes than any proof has.
    #[error("a proof of more than {limit} hashes")]
    ProofTooLong {
        /// The hashes allowed.
        limit: usize,
    },
    /// The leaf is not in the tree, or the proof is another's.
    #[error("the inclusion proof does not hold")]
    InclusionInvalid,
    /// The larger tree does not extend the smaller one, or the proof is another's.
    #[error("the consistency proof does not hold")]
    ConsistencyInvalid,
    /// A tree of no leaves has another root than that of the empty tree.
    #[error("the root hash of an empty tree is not that of the empty tree")]
    EmptyRootWrong,
    /// The newer tree has fewer leaves.
    #[error("the tree shrank from {from} to {to} leaves")]
    Shrunk {
        /// The older tree's size.
        from: u64,
        /// The newer tree's size.
        to: u64,
    },
    /// More than 2⁶³ − 1 leaves.
    #[error("a tree of more than {size} leaves")]
    SizeTooLarge {
        /// The size at which it ended.
        size: u64,
    },
}

/// Files of a log that are wrong; whoever serves or stores them is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// Not a path of a tile in its one spelling.
    #[error("not the path of a tile")]
    PathMalformed,
    /// A tile that was asked for is not there.
    #[error("{path} is missing")]
    Missing {
        /// Which.
        path: TilePath,
    },
    /// A tile of hashes has another length than its path says.
    #[error("{path} has {len} bytes")]
    WrongLength {
        /// Which.
        path: TilePath,
        /// Its length.
        len: usize,
    },
    /// A bundle has not as many entries as its path says, or none that can be read.
    #[error("{path} is malformed")]
    BundleMalformed {
        /// Which.
        path: TilePath,
    },
    /// A bundle's entries are not the leaves of the tree.
    #[error("the entries of {path} are not those of the tree")]
    BundleDiffers {
        /// Which.
        path: TilePath,
    },
    /// A tree of that size has no such tiles.
    #[error("the tiles are not of a tree of this size")]
    SizesDiffer,
    /// The tiles are those of another tree than the checkpoint's.
    #[error("the tiles do not have the root of the tree of {size} leaves")]
    RootDiffers {
        /// The checkpoint's size.
        size: u64,
    },
    /// An entry is longer than a bundle can say.
    #[error("an entry of {len} bytes")]
    EntryTooLong {
        /// Its length.
        len: usize,
    },
}

/// A policy that cannot be used; its author is at fault. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// More bytes than are read.
    #[error("a policy of more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// A control character other than tab and newline.
    #[error("a forbidden octet at {at} of the policy")]
    OctetForbidden {
        /// Where.
        at: usize,
    },
    /// The last line does not end.
    #[error("the policy's last line is not terminated")]
    LineUnterminated,
    /// None of the forms of a line.
    #[error("line {line} of the policy is malformed")]
    LineMalformed {
        /// Which.
        line: usize,
    },
    /// A key cannot be used.
    #[error("line {line} of the policy: {error}")]
    Key {
        /// Which.
        line: usize,
        /// What is wrong with it.
        error: KeyError,
    },
    /// A log's key must be of type 0x01, a witness's of 0x04.
    #[error("the key in line {line} of the policy has a type for another purpose")]
    WrongKindOfKey {
        /// Which.
        line: usize,
    },
    /// The same key was given before.
    #[error("the key in line {line} of the policy is there already")]
    DuplicateKey {
        /// Which.
        line: usize,
    },
    /// The name was given before, or is `none`.
    #[error("the name in line {line} of the policy is taken")]
    NameTaken {
        /// Which.
        line: usize,
    },
    /// No line before defines the name.
    #[error("a name in line {line} of the policy is not defined before it")]
    NameUnknown {
        /// Which.
        line: usize,
    },
    /// A name is a member of a group already.
    #[error("a name in line {line} of the policy is a member already")]
    ListedTwice {
        /// Which.
        line: usize,
    },
    /// Not `all`, `any`, or 1 to the number of members.
    #[error("the threshold in line {line} of the policy is impossible")]
    ThresholdImpossible {
        /// Which.
        line: usize,
    },
    /// There is one quorum.
    #[error("line {line} of the policy is a second quorum")]
    SecondQuorum {
        /// Which.
        line: usize,
    },
    /// More logs, witnesses or groups than are read.
    #[error("line {line} of the policy is one above {limit} of its kind")]
    TooMany {
        /// Which.
        line: usize,
        /// How many are read.
        limit: usize,
    },
    /// No line says what the quorum is.
    #[error("the policy has no quorum")]
    QuorumMissing,
    /// For us: a policy is over one log.
    #[error("a policy over {logs} logs, not one")]
    NotOneLog {
        /// How many it names.
        logs: usize,
    },
    /// For us: the quorum is one group, of all the witnesses.
    #[error("the policy's quorum is not one group of all its witnesses")]
    NotOneGroup,
    /// For us: two quorums must have a witness in common.
    #[error("{threshold} of {witnesses} witnesses are no majority")]
    NoMajority {
        /// k
        threshold: usize,
        /// n
        witnesses: usize,
    },
}

/// A checkpoint that a policy does not accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unaccepted {
    /// A known key's signature is wrong, or no known key signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The policy does not name the log.
    #[error("log {origin} is not in the policy")]
    LogUnknown {
        /// The log that the checkpoint names.
        origin: Origin,
    },
    /// Witnesses signed, and the log did not.
    #[error("log {origin} did not sign")]
    LogDidNotSign {
        /// The log that the checkpoint names.
        origin: Origin,
    },
    /// Too few witnesses, or the wrong ones.
    #[error("{cosigned} of the policy's witnesses cosigned, which is no quorum")]
    QuorumNotMet {
        /// How many did.
        cosigned: usize,
    },
}

/// A `tlog-proof` that cannot be read or does not prove anything; whoever made it is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogProofError {
    /// More bytes than are read.
    #[error("a proof of more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the proof is not UTF-8")]
    NotUtf8,
    /// The first line is another.
    #[error("not a tlog-proof, or of another version")]
    HeaderUnknown,
    /// The extra data are not base64, empty or too many.
    #[error("the proof's extra data are malformed")]
    ExtraMalformed,
    /// The line with the index is missing or malformed.
    #[error("the proof's index is malformed")]
    IndexMalformed,
    /// No empty line with a checkpoint after it.
    #[error("the proof has no checkpoint")]
    CheckpointMissing,
    /// The checkpoint cannot be read.
    #[error("the proof's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The policy does not accept the checkpoint.
    #[error("the proof's checkpoint: {0}")]
    Unaccepted(#[from] Unaccepted),
    /// The leaf is not in that tree.
    #[error("the proof: {0}")]
    Merkle(#[from] MerkleError),
}

/// A request to a witness that cannot be read; the client is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// More bytes than are read.
    #[error("a request of more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the request is not UTF-8")]
    NotUtf8,
    /// The first line is not `old` and a size.
    #[error("the request's old size is malformed")]
    OldSizeMalformed,
    /// A line of the proof is not a hash, or there are too many.
    #[error("the request's proof: {0}")]
    Proof(#[from] MerkleError),
    /// No empty line with a checkpoint after it.
    #[error("the request has no checkpoint")]
    CheckpointMissing,
    /// The checkpoint cannot be read.
    #[error("the request's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
}

/// A witness that did not answer as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessFault {
    /// It refused: then we are at fault, or it does not watch this log.
    #[error("the witness answered {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The body is not what the status promises.
    #[error("the witness's answer is malformed")]
    AnswerMalformed,
    /// Other keys signed, and the witness's own did not.
    #[error("the witness's answer has no signature of its key")]
    DidNotCosign,
    /// Its signature does not verify.
    #[error("the witness's cosignature does not verify")]
    CosignatureInvalid,
    /// It cosigned a larger tree: another sequencer is at work, or our store was rolled back.
    #[error("the witness has seen {size} leaves, we have {ours}")]
    Ahead {
        /// The size that it cosigned.
        size: u64,
        /// Ours.
        ours: u64,
    },
    /// It named a size, and then refused the proof from there.
    #[error("the witness named {size} and does not stay with it")]
    KeepsChanging {
        /// The size that it names now.
        size: u64,
    },
}

/// A log that cannot be taken up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SequencerError {
    /// The key's type is another than that of logs.
    #[error("the key of {name} is not one for a log")]
    WrongKindOfKey {
        /// The key's name.
        name: KeyName,
    },
    /// The store's files are wrong.
    #[error("the store: {0}")]
    Store(#[from] TileError),
}

/// An audit that ends without a cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The tree that we kept is not the one that we cosigned last; our store is at fault.
    #[error("our tree of {kept} leaves is not the one of {cosigned} that we cosigned")]
    OwnTreeDiffers {
        /// The size that was cosigned last.
        cosigned: u64,
        /// The size that was kept.
        kept: u64,
    },
    /// More entries than the checkpoint has.
    #[error("more entries than the checkpoint's {size}")]
    TooManyEntries {
        /// The checkpoint's size.
        size: u64,
    },
    /// Not all of the checkpoint's entries were judged.
    #[error("entry {next} of {size} was not judged")]
    EntriesMissing {
        /// The first that was not.
        next: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// The log serves other entries than it has in its tree.
    #[error("the entries are not those of the checkpoint of {size} leaves")]
    RootDiffers {
        /// The checkpoint's size.
        size: u64,
    },
}
