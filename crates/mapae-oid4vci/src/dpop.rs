//! DPoP: proof of possession of the key to which tokens are bound (RFC 9449).

use mapae_jose::{Jwk, UnsignedJws};
use mapae_types::Timestamp;

use crate::{DpopFault, JwtFault, Nonces};

/// The `typ` of a DPoP proof.
pub(crate) const TYPE: &str = "dpop+jwt";

/// Reads and checks DPoP proofs.
#[derive(Debug, Clone, Copy)]
pub struct DpopProof;

/// What a request is, to which a proof must belong.
#[derive(Debug, Clone, Copy)]
pub struct DpopExpected<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The request's address as the client sees it; query and fragment do not count.
    pub uri: &'a str,
    /// Our time.
    pub now: Timestamp,
    /// The access token that came with it, whose hash `ath` must be.
    pub access_token: Option<&'a str>,
    /// Whether a server's nonce is demanded.
    pub nonce: Nonces<'a>,
}

/// Proof that whoever sent the request holds a key. Only [`DpopProof::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedDpop {
    jkt: [u8; 32],
    replay_key: [u8; 32],
    issued_at: Timestamp,
}

impl DpopProof {
    /// Checks the proof in the `DPoP` header by RFC 9449 §4.3. `headers` are all headers of that name: exactly one may
    /// be there.
    pub fn verify<'h>(
        headers: impl IntoIterator<Item = &'h str>,
        expected: &DpopExpected<'_>,
    ) -> Result<VerifiedDpop, DpopFault> {
        let _ = (headers.into_iter(), expected);
        Err(DpopFault::Jwt(JwtFault::Type { expected: TYPE }))
    }
}

impl VerifiedDpop {
    /// The key's thumbprint (RFC 7638), to which tokens are bound.
    pub const fn jkt(&self) -> &[u8; 32] {
        &self.jkt
    }

    /// A name for this very proof, to recognise its second use: a hash over key and `jti` (RFC 9449 §11.1).
    pub const fn replay_key(&self) -> &[u8; 32] {
        &self.replay_key
    }

    /// When it was made, by the client's clock.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }
}

/// What a client says in a proof.
#[derive(Debug, Clone, Copy)]
pub struct DpopContents<'a> {
    /// The client's key.
    pub key: &'a Jwk,
    /// The HTTP method.
    pub method: &'a str,
    /// The request's address.
    pub uri: &'a str,
    /// The client's time.
    pub issued_at: Timestamp,
    /// 16 random bytes, for `jti`.
    pub random: [u8; 16],
    /// The access token sent along.
    pub access_token: Option<&'a str>,
    /// The server's nonce, once it gave one.
    pub nonce: Option<&'a str>,
}

impl DpopContents<'_> {
    /// The proof, to which the signature of `key` is missing.
    pub fn unsigned(&self) -> UnsignedJws {
        UnsignedJws::new(&mapae_jose::Object::new(), b"")
    }
}
