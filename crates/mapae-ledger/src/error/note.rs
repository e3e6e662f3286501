//! Keys, notes, checkpoints and cosignatures that are wrong.

use mapae_types::Timestamp;

use crate::{KeyName, Origin};

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
