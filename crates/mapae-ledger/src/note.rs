//! Signed notes (C2SP signed-note 1.0.0): a text and the signatures of those who stand for it.
//!
//! The text of a note must not be used before a trusted key has signed it, so it comes out of [`SignedNote::verify`].

use core::fmt;

use mapae_crypto::Ed25519Signature;
use mapae_types::Timestamp;

use crate::{KeyId, KeyName, NoteError, VerifierKey, text};

/// Bytes of a note that are read at all.
pub const MAX_NOTE: usize = 256 << 10;

/// Signatures of a note that are read at all (signed-note, "Format": at least 16 must be).
pub const MAX_SIGNATURES: usize = 64;

/// A note whose form is right; nobody has checked a signature yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    id: KeyId,
    bytes: Vec<u8>,
}

/// The text of a note, and which of the known keys signed it: at least one did, and none of them wrongly.
#[derive(Debug, Clone)]
pub struct VerifiedNote<'n, 'k> {
    text: &'n str,
    signers: Vec<Signer<'k>>,
}

/// A known key that signed, however many times.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'k> {
    key: &'k VerifierKey,
    at: Option<Timestamp>,
}

/// A note to be signed by one key, which may be in an HSM.
#[derive(Debug)]
pub struct UnsignedNote {
    text: String,
    key: VerifierKey,
}

impl SignedNote {
    /// Reads a note, whole and strictly.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE {
            return Err(NoteError::TooLarge { limit: MAX_NOTE });
        }
        let note = core::str::from_utf8(bytes).map_err(|error| NoteError::NotUtf8 { at: error.valid_up_to() })?;
        no_control_characters(note)?;
        // "The text is separated from the signatures by the last empty line in the note."
        let end = note.rfind("\n\n").ok_or(NoteError::NotSigned)?;
        let signatures = read_signatures(&note[end + 2..])?;
        Ok(Self { text: note[..=end].to_owned(), signatures })
    }

    /// Checks the signatures of known keys and ignores all others.
    ///
    /// Refused if one of theirs does not verify, or if there is none (signed-note, "Signatures").
    pub fn verify<'k>(&self, keys: &[&'k VerifierKey]) -> Result<VerifiedNote<'_, 'k>, NoteError> {
        let mut signers: Vec<Signer<'k>> = Vec::new();
        for signature in &self.signatures {
            let mut known = keys.iter().filter(|key| signature.is_by(key)).peekable();
            if known.peek().is_none() {
                continue;
            }
            let signer = known.find_map(|key| self.signer(signature, key));
            add(&mut signers, signer.ok_or_else(|| NoteError::SignatureInvalid { name: signature.name.clone() })?);
        }
        if signers.is_empty() { Err(NoteError::NoKnownSigner) } else { Ok(VerifiedNote { text: &self.text, signers }) }
    }

    fn signer<'k>(&self, signature: &NoteSignature, key: &'k VerifierKey) -> Option<Signer<'k>> {
        key.verify(&self.text, &signature.bytes).ok().map(|at| Signer { key, at })
    }

    /// The text that nobody vouched for yet: to find out whose keys to ask for, and for nothing else.
    pub fn unverified_text(&self) -> &str {
        &self.text
    }

    /// The signature lines, verified or not.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The same note with one more signature. A line that is there already is not repeated.
    pub fn with(mut self, signature: NoteSignature) -> Result<Self, NoteError> {
        if self.signatures.contains(&signature) {
            return Ok(self);
        }
        if self.signatures.len() == MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures { limit: MAX_SIGNATURES });
        }
        self.signatures.push(signature);
        Ok(self)
    }

    /// The same note with those signatures only that `keep` names.
    pub(crate) fn retain(mut self, keep: impl Fn(&NoteSignature) -> bool) -> Self {
        self.signatures.retain(keep);
        self
    }
}

/// One key counts once. Of several times the latest counts: the key vouched for it as well.
fn add<'k>(signers: &mut Vec<Signer<'k>>, signer: Signer<'k>) {
    match signers.iter_mut().find(|known| known.key == signer.key) {
        Some(known) => known.at = known.at.max(signer.at),
        None => signers.push(signer),
    }
}

/// signed-note, "Format": no ASCII control characters other than newline.
fn no_control_characters(text: &str) -> Result<(), NoteError> {
    match text.bytes().position(|byte| byte < b' ' && byte != b'\n') {
        Some(at) => Err(NoteError::ControlCharacter { at }),
        None => Ok(()),
    }
}

/// One or more signature lines.
pub(crate) fn read_signatures(text: &str) -> Result<Vec<NoteSignature>, NoteError> {
    let lines = text::terminated_lines(text).ok_or(NoteError::NotSigned)?;
    let mut signatures = Vec::new();
    for (line, text) in lines.enumerate() {
        if line == MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures { limit: MAX_SIGNATURES });
        }
        signatures.push(NoteSignature::parse(text).ok_or(NoteError::SignatureLineMalformed { line })?);
    }
    Ok(signatures)
}

impl NoteSignature {
    /// "Em dash (U+2014), space, key name, space, base64-encoded signature", without the newline.
    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let signature = text::base64(signature)?;
        let (id, bytes) = signature.split_first_chunk()?;
        if bytes.is_empty() {
            return None;
        }
        Some(Self { name: name.parse().ok()?, id: KeyId::from_bytes(*id), bytes: bytes.to_vec() })
    }

    pub(crate) fn new(key: &VerifierKey, bytes: Vec<u8>) -> Self {
        Self { name: key.name().clone(), id: key.id(), bytes }
    }

    /// The name that the line bears.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key id that the line bears.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// What follows the key id.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the line says that this key made it: name *and* id are the key's.
    pub(crate) fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == *key.name() && self.id == key.id()
    }
}

impl<'n, 'k> VerifiedNote<'n, 'k> {
    /// The text, with its last newline.
    pub const fn text(&self) -> &'n str {
        self.text
    }

    /// The known keys that signed it, each once.
    pub fn signers(&self) -> &[Signer<'k>] {
        &self.signers
    }
}

impl<'k> Signer<'k> {
    /// The key.
    pub const fn key(&self) -> &'k VerifierKey {
        self.key
    }

    /// When it says that it signed; plain signatures do not say. Of several, the latest.
    pub const fn at(&self) -> Option<Timestamp> {
        self.at
    }
}

impl UnsignedNote {
    /// A text to be signed by `key`, whose signatures carry no time.
    pub fn new(text: String, key: VerifierKey) -> Result<Self, NoteError> {
        no_control_characters(&text)?;
        if !text.ends_with('\n') || text.len() > MAX_NOTE / 2 {
            return Err(NoteError::TextUnfit);
        }
        if key.kind() != crate::SignatureType::Ed25519 {
            return Err(NoteError::WrongKindOfKey { name: key.name().clone() });
        }
        Ok(Self { text, key })
    }

    /// What the key signs, with plain Ed25519: the text itself.
    pub fn to_be_signed(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The note with its signature. Refused if it is not the key's: nobody could use that note.
    pub fn attach(self, signature: &Ed25519Signature) -> Result<SignedNote, NoteError> {
        if self.key.verify(&self.text, signature.as_bytes()).is_err() {
            return Err(NoteError::SignatureInvalid { name: self.key.name().clone() });
        }
        let line = NoteSignature::new(&self.key, signature.as_bytes().to_vec());
        Ok(SignedNote { text: self.text, signatures: vec![line] })
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| signature.fmt(f))
    }
}

impl fmt::Display for NoteSignature {
    /// The line, with its newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signature = [&self.id.as_bytes()[..], &self.bytes].concat();
        writeln!(f, "\u{2014} {} {}", self.name, text::to_base64(&signature))
    }
}

impl fmt::Debug for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSignature({} {})", self.name, self.id)
    }
}
