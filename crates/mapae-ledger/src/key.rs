//! Names, ids and verifier keys (signed-note, "Signatures" and "Verifier keys").
//!
//! Left out: every signature type but Ed25519 (0x01) and timestamped Ed25519 cosignatures (0x04). Their verifier keys are
//! refused by type, and their signatures are ignored like all of unknown keys.

use core::{fmt, str::FromStr};

use mapae_crypto::{Ed25519PublicKey, Ed25519Signature, sha256_of};
use mapae_types::{Timestamp, hex};

use crate::{KeyError, cosignature, text};

/// The name of a key: not empty, no Unicode space, no plus, no control character. Best a URL without a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

/// The first four bytes of a hash of name, type and key: tells keys apart, and protects nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 4]);

/// What a key signs, and how (signed-note, "Signature types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureType {
    /// 0x01: Ed25519 over the text of a note. What logs sign with.
    Ed25519,
    /// 0x04: Ed25519 over a checkpoint and a time (tlog-cosignature). What witnesses sign with.
    CosignatureV1,
}

/// A public key with its name and type; as text a *vkey*, `name+id+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    kind: SignatureType,
    key: Ed25519PublicKey,
}

/// A signature that a key did not make.
pub(crate) struct NotItsSignature;

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        // signed-note, "Format": non-empty, no Unicode spaces, no plus; a note has no control characters.
        let forbidden = |c: char| c.is_whitespace() || c == '+' || c < ' ';
        if text.is_empty() || text.contains(forbidden) {
            return Err(KeyError::NameMalformed);
        }
        Ok(Self(text.to_owned()))
    }
}

impl KeyId {
    /// The id as it stands before a signature.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    pub(crate) const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// signed-note, "Signatures": SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4].
    fn of(name: &KeyName, kind: SignatureType, key: &Ed25519PublicKey) -> Self {
        let [a, b, c, d, ..] = sha256_of(&[name.0.as_bytes(), b"\n", &[kind.byte()], key.as_bytes()]);
        Self([a, b, c, d])
    }
}

impl SignatureType {
    /// The byte that stands for it in key ids and verifier keys.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::CosignatureV1),
            _ => None,
        }
    }
}

impl VerifierKey {
    /// A key under a name.
    pub fn new(name: KeyName, kind: SignatureType, key: Ed25519PublicKey) -> Self {
        Self { id: KeyId::of(&name, kind, &key), name, kind, key }
    }

    /// The name, which signatures repeat.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id, which signatures repeat.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// What the key signs.
    pub const fn kind(&self) -> SignatureType {
        self.kind
    }

    /// The key itself.
    pub const fn public_key(&self) -> &Ed25519PublicKey {
        &self.key
    }

    /// Checks a signature, without its key id, over a note's text; hands out the time that it names, if its type has one.
    pub(crate) fn verify(&self, note_text: &str, signature: &[u8]) -> Result<Option<Timestamp>, NotItsSignature> {
        match self.kind {
            SignatureType::Ed25519 => {
                let signature = Ed25519Signature::from_bytes(signature.try_into().map_err(|_| NotItsSignature)?);
                self.key.verify(note_text.as_bytes(), &signature).map(|()| None).map_err(|_| NotItsSignature)
            }
            SignatureType::CosignatureV1 => {
                cosignature::verify(&self.key, note_text, signature).map(Some).ok_or(NotItsSignature)
            }
        }
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    /// Reads a vkey. Its id must be the one that follows from the rest.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::NotAVerifierKey);
        };
        let name: KeyName = name.parse()?;
        let material = text::base64(material).ok_or(KeyError::NotAVerifierKey)?;
        let (kind, key) = material.split_first().ok_or(KeyError::NotAVerifierKey)?;
        let kind = SignatureType::from_byte(*kind).ok_or(KeyError::TypeUnsupported { kind: *kind })?;
        let key = key.try_into().map_err(|_| KeyError::NotAVerifierKey)?;
        let key = Ed25519PublicKey::from_bytes(key).map_err(|_| KeyError::KeyInvalid { name: name.clone() })?;
        let key = Self::new(name, kind, key);
        if key.id.to_string() == id { Ok(key) } else { Err(KeyError::IdDiffers { name: key.name }) }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = [&[self.kind.byte()], &self.key.as_bytes()[..]].concat();
        write!(f, "{}+{}+{}", self.name, self.id, text::to_base64(&material))
    }
}
