//! A source of keys: a token, or memory.

use std::collections::BTreeMap;
use std::fmt;

use mapae_crypto::SigningKey;

use crate::pkcs11::Workers;
use crate::{HsmError, Pkcs11Config, Signer, SignerKind};

/// Keys by their labels.
#[derive(Clone)]
pub struct SignerPool(Source);

#[derive(Clone)]
enum Source {
    Software(BTreeMap<String, Signer>),
    Hardware(Workers),
}

impl SignerPool {
    /// Keys in memory, for development.
    pub fn software<L: Into<String>>(keys: impl IntoIterator<Item = (L, SigningKey)>) -> Self {
        let signers = keys.into_iter().map(|(label, key)| (label.into(), Signer::software(key)));
        Self(Source::Software(signers.collect()))
    }

    /// The keys of a token, which is opened to see that it can be. The module is loaded once per process and never
    /// unloaded; its sessions stay open while the process lives.
    pub async fn pkcs11(config: Pkcs11Config) -> Result<Self, HsmError> {
        Ok(Self(Source::Hardware(Workers::start(config).await?)))
    }

    /// The key of that label. One in a module signs once here, to see that its halves belong together.
    pub async fn signer(&self, label: &str) -> Result<Signer, HsmError> {
        match &self.0 {
            Source::Software(signers) => {
                let absent = || HsmError::KeyAbsent { token: "memory".to_owned(), key: label.to_owned() };
                signers.get(label).cloned().ok_or_else(absent)
            }
            Source::Hardware(workers) => {
                let public = workers.find(label.into()).await?;
                Ok(Signer::hardware(workers.clone(), label, public))
            }
        }
    }

    /// Where the keys are.
    pub const fn kind(&self) -> SignerKind {
        match self.0 {
            Source::Software(_) => SignerKind::Software,
            Source::Hardware(_) => SignerKind::Hardware,
        }
    }
}

impl fmt::Debug for SignerPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerPool({:?})", self.kind())
    }
}
