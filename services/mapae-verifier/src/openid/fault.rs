//! Why there is no provider: the operator's settings and files, or the store.

use std::{io, path::PathBuf};

use mapae_oidc::ConfigFault;
use mapae_sql::SqlError;
use mapae_types::EntropyError;

use crate::vault::VaultError;

/// Why there is no provider.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenIdFault {
    /// The operator: a file.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why it is not read.
        #[source]
        error: io::Error,
    },
    /// The operator: a file that is no secret.
    #[error("{} is not 32 bytes in hexadecimal; `openssl rand -hex 32` makes some", path.display())]
    Secret {
        /// Which.
        path: PathBuf,
    },
    /// The operator: a file that is no JWK set with a key in it that signs.
    #[error("{} is no JWK set of public keys on P-256 or P-384", path.display())]
    Keys {
        /// Which.
        path: PathBuf,
    },
    /// The operator: a document that the catalogue does not have.
    #[error("the client {client}: the catalogue has no document {document}")]
    Document {
        /// Which client.
        client: String,
        /// Which document.
        document: String,
    },
    /// The operator: an API key whose sessions would be those of people who sign in.
    #[error("no API key can be called `{}`, which is what the provider is called", super::OWNER)]
    OwnerTaken,
    /// The operator: an address under which there can be no provider.
    #[error("there can be no provider under base_url")]
    Address,
    /// The operator: clients and what they may ask for.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// The store.
    #[error(transparent)]
    Store(#[from] SqlError),
    /// The store, or the secret.
    #[error("the keys that sign: {0}")]
    Sealed(#[from] KeyBroken),
    /// The machine.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// What is sealed does not open, or is no key; or none can be made.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("what is stored was sealed under another secret, or changed; or none can be drawn")]
pub struct KeyBroken;

impl From<VaultError> for OpenIdFault {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Entropy(error) => Self::Entropy(error),
            VaultError::Unopened => KeyBroken.into(),
        }
    }
}
