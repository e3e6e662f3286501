//! What is good once: a code, a pushed request, a client's assertion. Only a store knows whether it was used before.

use mapae_crypto::sha256_of;
use mapae_types::Timestamp;

/// What a store answers that was asked to note something once, by compare-and-swap (hole 8 of the peers: two requests at the
/// same moment must not both be told [`Once::First`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// It was noted now.
    First,
    /// It had been noted before.
    Again,
}

/// An assertion that a client may show once (RFC 7523 §3 rule 7): what to note, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    key: [u8; 32],
    until: Timestamp,
}

impl Replay {
    pub(crate) fn of(client_id: &str, jti: &str, until: Timestamp) -> Self {
        Self { key: sha256_of(&[client_id.as_bytes(), b"\0", jti.as_bytes()]), until }
    }

    /// What to note: a hash over the client and its `jti`.
    pub const fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// Until when; afterwards the assertion has expired.
    pub const fn until(&self) -> Timestamp {
        self.until
    }
}
