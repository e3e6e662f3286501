//! What the database keeps of people, it keeps sealed: AES-256-GCM under a key of its own for each session and kind of
//! thing, which follows from the service's secret. Whoever has the database and not the secret has nothing.

use core::fmt;

use mapae_crypto::{
    aead::{AeadAlgorithm, AeadError, AeadKey, NONCE_LEN},
    hmac_sha256,
};
use mapae_http::Dice;
use mapae_oidc::SubjectSecret;
use mapae_types::{Entropy as _, EntropyError, RelyingPartyId};
use zeroize::Zeroizing;

use crate::store::Thing;

/// 32 random bytes, the same on all replicas. Whoever has them and the database reads what is not delivered yet; whoever
/// changes them ends every session.
pub struct ServerSecret(Zeroizing<[u8; 32]>);

/// Seals what is stored, and opens what it sealed.
pub(crate) struct Vault {
    secret: ServerSecret,
    dice: Dice,
}

/// What a sealed thing is: one kind does not pass for another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// What a session waits with.
    Context,
    /// A result that is not delivered yet.
    Result,
    /// A webhook that is not delivered yet.
    Message,
    /// What the OpenID provider keeps.
    OpenId(Thing),
}

/// Why something is not sealed, or does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VaultError {
    /// The machine.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The operator: another secret, or somebody who changed the database.
    #[error("what is stored was sealed under another secret, or changed")]
    Unopened,
}

impl ServerSecret {
    /// From the operator's file.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSecret([redacted])")
    }
}

impl Kind {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Context => b"context",
            Self::Result => b"result",
            Self::Message => b"message",
            Self::OpenId(Thing::Login) => b"openid login",
            Self::OpenId(Thing::Pushed) => b"openid pushed",
            Self::OpenId(Thing::Code) => b"openid code",
            Self::OpenId(Thing::Access) => b"openid access",
            Self::OpenId(Thing::Assertion) => b"openid assertion",
            Self::OpenId(Thing::Key) => b"openid key",
        }
    }
}

impl Vault {
    pub(crate) const fn new(secret: ServerSecret, dice: Dice) -> Self {
        Self { secret, dice }
    }

    /// Seals something of the row that `name` names: nonce ‖ ciphertext ‖ tag.
    pub(crate) fn seal(&self, kind: Kind, name: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_LEN] = (&self.dice).array()?;
        let sealed = self.key(kind, name).and_then(|key| key.seal(&nonce, &[], plain));
        Ok([&nonce[..], &sealed.map_err(|_| VaultError::Unopened)?].concat())
    }

    /// Opens it.
    pub(crate) fn open(&self, kind: Kind, name: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, sealed) = sealed.split_first_chunk().ok_or(VaultError::Unopened)?;
        let plain = self.key(kind, name).and_then(|key| key.open(nonce, &[], sealed));
        plain.map(Zeroizing::new).map_err(|_| VaultError::Unopened)
    }

    /// What people are called in this organisation's results, and in no other's.
    pub(crate) fn names(&self, registration: &RelyingPartyId) -> SubjectSecret {
        let parts = [b"subject\0".as_slice(), registration.as_str().as_bytes()];
        SubjectSecret::new(hmac_sha256(self.secret.0.as_ref(), &parts))
    }

    fn key(&self, kind: Kind, name: &[u8]) -> Result<AeadKey, AeadError> {
        let key = Zeroizing::new(hmac_sha256(self.secret.0.as_ref(), &[kind.label(), &[0], name]));
        AeadKey::new(AeadAlgorithm::A256Gcm, key.as_ref())
    }
}
