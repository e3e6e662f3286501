//! What the wallet holds, in memory: read once from its records, and written record by record.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mapae_document::Catalogue;
use mapae_trust::TrustStore;

use crate::{Card, CardId, RecordName};

/// An open wallet. Clones are the same wallet.
#[derive(Clone, Default)]
pub struct Wallet {
    inner: Arc<Mutex<Inner>>,
}

/// What is held.
#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) cards: BTreeMap<CardId, Card>,
    /// By whom and what the wallet relies, if it has a bundle.
    pub(crate) trust: Option<Arc<TrustStore>>,
    /// In whose words documents and elements are called.
    pub(crate) catalogue: Option<Arc<Catalogue>>,
    /// The wallet provider's URL, if there is one.
    pub(crate) provider: Option<String>,
}

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the wallet's record {name} cannot be read")]
pub struct Damaged {
    /// Which.
    pub name: RecordName,
}

impl Wallet {
    /// Reads a wallet from all of its records.
    pub fn open(records: impl IntoIterator<Item = (RecordName, Vec<u8>)>) -> Result<Self, Damaged> {
        let mut inner = Inner::default();
        for (name, content) in records {
            if let Some(id) = name.strip_prefix("card.") {
                let card = serde_json::from_slice(&content).map_err(|_| Damaged { name: name.clone() })?;
                inner.cards.insert(CardId::new(id), card);
            }
        }
        Ok(Self { inner: Arc::new(Mutex::new(inner)) })
    }

    /// Judges by this bundle from now on: issuers' copies, requests' registrations, one's own status.
    pub fn rely_on(&self, trust: Option<TrustStore>) {
        self.lock().trust = trust.map(Arc::new);
    }

    /// Calls documents and elements by the catalogue's words from now on.
    pub fn speak(&self, catalogue: Catalogue) {
        self.lock().catalogue = Some(Arc::new(catalogue));
    }

    /// Has a wallet provider attest this wallet and its keys.
    pub fn attested_by(&self, provider: Option<String>) {
        self.lock().provider = provider;
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
