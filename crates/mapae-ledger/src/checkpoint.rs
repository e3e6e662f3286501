//! Checkpoints (C2SP tlog-checkpoint 1.0.0): a log's name, its size and its root hash, as a signed note.

use core::{fmt, str::FromStr};

use mapae_crypto::{Ed25519Signature, sha256};
use mapae_types::hex;

use crate::{
    CheckpointError, KeyName, NoteError, NoteSignature, SignatureType, SignedNote, TreeHash, TreeHead, UnsignedNote,
    VerifierKey, text,
};

/// The name of a log: a line that is not empty, best a URL without a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: Origin,
    head: TreeHead,
    /// The extension lines, each with its newline.
    extensions: String,
}

/// A note whose text is a checkpoint's; nobody has checked a signature yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: SignedNote,
    checkpoint: Checkpoint,
}

/// A checkpoint that its log signed. Whether others have seen the same one is another question.
#[derive(Debug, Clone, Copy)]
pub struct LogSigned<'c> {
    signed: &'c SignedCheckpoint,
}

/// A checkpoint to be signed by its log's key, which may be in an HSM.
#[derive(Debug)]
pub struct UnsignedCheckpoint {
    note: UnsignedNote,
    checkpoint: Checkpoint,
}

impl Origin {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the name in hex: where a witness serves its checkpoint (tlog-witness, "Monitor Retrieval Mechanism").
    pub fn hash(&self) -> String {
        hex::encode(&sha256(self.0.as_bytes()))
    }

    /// Whether a key's name is this log's ("SHOULD match the origin line"; tlog-policy: "MUST correspond").
    pub fn is_name(&self, name: &KeyName) -> bool {
        self.0 == name.as_str()
    }
}

impl FromStr for Origin {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        if text.is_empty() || text.bytes().any(|byte| byte < b' ') {
            return Err(CheckpointError::OriginMalformed);
        }
        Ok(Self(text.to_owned()))
    }
}

impl From<&KeyName> for Origin {
    fn from(name: &KeyName) -> Self {
        Self(name.as_str().to_owned())
    }
}

impl Checkpoint {
    /// A checkpoint without extensions.
    pub const fn new(origin: Origin, head: TreeHead) -> Self {
        Self { origin, head, extensions: String::new() }
    }

    /// Reads the text of a note (tlog-checkpoint, "Note text").
    pub fn parse(note_text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text::terminated_lines(note_text).ok_or(CheckpointError::TooFewLines)?;
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::TooFewLines);
        };
        let size = text::decimal(size).ok_or(CheckpointError::SizeMalformed)?;
        let root = root.parse().map_err(|_| CheckpointError::RootMalformed)?;
        let mut extensions = String::new();
        for line in lines {
            if line.is_empty() {
                return Err(CheckpointError::ExtensionEmpty);
            }
            extensions.extend([line, "\n"]);
        }
        Ok(Self { origin: origin.parse()?, head: TreeHead::new(size, root), extensions })
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The number of leaves and the root hash.
    pub const fn head(&self) -> TreeHead {
        self.head
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.head.size()
    }

    /// The root hash.
    pub const fn root(&self) -> TreeHash {
        self.head.root()
    }

    /// The extension lines. No cosigner says anything about them.
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        self.extensions.lines()
    }

    /// Leaves it to the log's key to sign, whose name must be the origin.
    pub fn sign_with(self, key: &VerifierKey) -> Result<UnsignedCheckpoint, NoteError> {
        if !self.origin.is_name(key.name()) {
            return Err(NoteError::WrongKindOfKey { name: key.name().clone() });
        }
        Ok(UnsignedCheckpoint { note: UnsignedNote::new(self.to_string(), key.clone())?, checkpoint: self })
    }
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(bytes)?;
        let checkpoint = Checkpoint::parse(note.unverified_text())?;
        Ok(Self { note, checkpoint })
    }

    /// Checks the signatures of those keys that may sign for this log: of the plain type and of its name.
    pub fn signed_by_log(&self, keys: &[VerifierKey]) -> Result<LogSigned<'_>, CheckpointError> {
        let own: Vec<&VerifierKey> = keys.iter().filter(|key| self.is_log_key(key)).collect();
        if own.is_empty() {
            return Err(CheckpointError::LogUnknown { origin: self.origin().clone() });
        }
        self.note.verify(&own)?;
        Ok(LogSigned { signed: self })
    }

    /// Whether a key's name and type are those of this log's keys.
    pub(crate) fn is_log_key(&self, key: &VerifierKey) -> bool {
        key.kind() == SignatureType::Ed25519 && self.origin().is_name(key.name())
    }

    /// The log that it claims to be of.
    pub const fn origin(&self) -> &Origin {
        self.checkpoint.origin()
    }

    /// What it says, though nobody vouched for it yet.
    pub const fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note.
    pub const fn note(&self) -> &SignedNote {
        &self.note
    }

    /// The same checkpoint with one more signature, such as a witness's.
    pub fn with(self, signature: NoteSignature) -> Result<Self, NoteError> {
        Ok(Self { note: self.note.with(signature)?, checkpoint: self.checkpoint })
    }

    /// The same checkpoint without the signatures of anybody but `keys`.
    pub(crate) fn only_by(self, keys: &[VerifierKey]) -> Self {
        Self { note: self.note.retain(|signature| keys.iter().any(|key| signature.is_by(key))), ..self }
    }
}

impl<'c> LogSigned<'c> {
    /// What the log says.
    pub const fn checkpoint(&self) -> &'c Checkpoint {
        &self.signed.checkpoint
    }

    /// The note, with signatures of others as they may be.
    pub const fn signed(&self) -> &'c SignedCheckpoint {
        self.signed
    }
}

impl UnsignedCheckpoint {
    /// What the log's key signs, with plain Ed25519.
    pub fn to_be_signed(&self) -> &[u8] {
        self.note.to_be_signed()
    }

    /// What it says.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The signed checkpoint. Refused if the signature is not the key's.
    pub fn attach(self, signature: &Ed25519Signature) -> Result<SignedCheckpoint, NoteError> {
        Ok(SignedCheckpoint { note: self.note.attach(signature)?, checkpoint: self.checkpoint })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Checkpoint {
    /// The note's text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n{}", self.origin, self.size(), self.root(), self.extensions)
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
