//! Names of what a verifier keeps. Three that know nothing of each other: the id by which the relying party asks, and the
//! ends of the two addresses that a wallet uses. Who sees a QR code learns the first address and nothing of the result.
//!
//! Each begins with the second in which it was made, which the request tells anyway: so what is new stands together in an
//! index, and beginning a session does not touch pages all over it.

use core::{fmt, str::FromStr};

use mapae_crypto::sha256_of;
use mapae_jose::base64url;
use mapae_types::{Entropy, EntropyError, Timestamp, hex};

/// The id of a session: a second and 12 random bytes, written in hex. It opens nothing without an API key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId([u8; 16]);

/// The end of an address that a wallet was given: a second and 20 random bytes in base64url. It is a secret, so the store
/// has its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Handle(String);

/// Bytes of a second.
const SECOND: usize = 4;

/// By which the store finds a handle.
pub type Lookup = [u8; 32];

/// The text is no id of a session. It does not repeat the text, which may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a session's id has 32 hexadecimal digits")]
pub struct SessionIdError;

impl SessionId {
    /// A new one.
    pub fn new(now: Timestamp, entropy: &mut impl Entropy) -> Result<Self, EntropyError> {
        made(now, entropy).map(Self)
    }

    /// One that was made before.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl FromStr for SessionId {
    type Err = SessionIdError;

    fn from_str(text: &str) -> Result<Self, SessionIdError> {
        hex::decode(text).and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(SessionIdError)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

impl Handle {
    /// A new one.
    pub fn new(now: Timestamp, entropy: &mut impl Entropy) -> Result<Self, EntropyError> {
        Ok(Self(base64url::encode(made::<24>(now, entropy)?)))
    }

    /// Its text, for an address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By which the store finds it.
    pub fn lookup(&self) -> Lookup {
        handle_lookup(&self.0)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle([redacted])")
    }
}

/// The second, and then random bytes.
fn made<const N: usize>(now: Timestamp, entropy: &mut impl Entropy) -> Result<[u8; N], EntropyError> {
    let mut bytes = entropy.array()?;
    put_second(&mut bytes, &now.unix().to_be_bytes());
    Ok(bytes)
}

/// The last bytes of a second come first.
fn put_second(bytes: &mut [u8], second: &[u8]) {
    let last = second.len().saturating_sub(SECOND);
    bytes.iter_mut().zip(&second[last..]).for_each(|(byte, second)| *byte = *second);
}

/// By which the store finds what somebody says is a handle: a hash after the handle's own second.
pub(crate) fn handle_lookup(text: &str) -> Lookup {
    let mut lookup = lookup(text);
    if let Ok(bytes) = base64url::decode(text) {
        put_second(&mut lookup, bytes.get(..SECOND).unwrap_or_default());
    }
    lookup
}

/// By which a wallet's nonce is known again.
pub(crate) fn lookup(text: &str) -> Lookup {
    sha256_of(&[b"mapae verifier handle\0", text.as_bytes()])
}
