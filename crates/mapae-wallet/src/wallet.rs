//! What the wallet holds, in memory: read once from its records, and written record by record.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mapae_document::Catalogue;
use mapae_jose::{Value, json};
use mapae_trust::TrustStore;
use mapae_x509::TrustAnchor;

use crate::{
    Card, CardId, HeldKey, HistoryLine, KeyHandle, RecordName,
    asking::{Answered, KeptAnswer},
    sorted::Sorted,
    store::{ANSWERED, CARD, INSTANCE, PREPARED, SHOWN},
};

/// An open wallet. Clones are the same wallet.
#[derive(Clone, Default)]
pub struct Wallet {
    inner: Arc<Mutex<Inner>>,
}

/// What is held.
#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) cards: Sorted<CardId, Card>,
    /// By whom and what the wallet relies, if it has a bundle.
    pub(crate) trust: Option<Arc<TrustStore>>,
    /// In whose words documents and elements are called.
    pub(crate) catalogue: Option<Arc<Catalogue>>,
    /// The wallet provider's URL, if there is one.
    pub(crate) provider: Option<String>,
    /// The key by which the wallet provider knows this wallet.
    pub(crate) instance: Option<HeldKey>,
    /// Who may vouch for issuers' metadata; nobody: their addresses do.
    pub(crate) issuer_roots: Arc<[TrustAnchor]>,
    /// To whom what was shown.
    pub(crate) history: Sorted<String, HistoryLine>,
    /// Answers that are to be sent, by their lines.
    pub(crate) prepared: Sorted<String, KeptAnswer>,
    pub(crate) answered: Answered,
    /// Offers that were read, by their links.
    pub(crate) offers: Sorted<String, String>,
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
            if let Some(id) = name.strip_prefix(CARD) {
                inner.cards.insert(CardId::new(id), read(&name, &content, Card::read)?);
            } else if let Some(id) = name.strip_prefix(SHOWN) {
                inner.history.insert(id.to_owned(), read(&name, &content, HistoryLine::read)?);
            } else if let Some(id) = name.strip_prefix(PREPARED) {
                inner.prepared.insert(id.to_owned(), read(&name, &content, KeptAnswer::read)?);
            } else if name == ANSWERED {
                inner.answered = read(&name, &content, Answered::read)?;
            } else if name == INSTANCE {
                inner.instance = Some(read(&name, &content, HeldKey::read)?);
            }
        }
        Ok(Self { inner: Arc::new(Mutex::new(inner)) })
    }

    /// Judges by this bundle from now on: issuers' copies, requests' registrations, one's own status.
    pub fn rely_on(&self, trust: Option<TrustStore>) {
        self.lock().trust = trust.map(Arc::new);
    }

    /// The bundle that the wallet judges by.
    pub fn trust(&self) -> Option<Arc<TrustStore>> {
        self.lock().trust.clone()
    }

    /// Calls documents and elements by the catalogue's words from now on.
    pub fn speak(&self, catalogue: Catalogue) {
        self.lock().catalogue = Some(Arc::new(catalogue));
    }

    /// Has a wallet provider attest this wallet and its keys.
    pub fn attested_by(&self, provider: Option<String>) {
        self.lock().provider = provider;
    }

    /// Believes issuers' metadata only by a signature that leads to one of these roots (OpenID4VCI §12.2.3); with none of
    /// them, by the issuer's address.
    pub fn rely_on_issuers(&self, roots: Vec<TrustAnchor>) {
        self.lock().issuer_roots = roots.into();
    }

    /// All cards as they are kept, for whoever has the holder's trust: grants and copies are in them.
    pub fn held_cards(&self) -> Vec<(CardId, Card)> {
        self.lock().cards.iter().map(|(id, card)| (id.clone(), card.clone())).collect()
    }

    /// Every key that the cards refer to, and the instance's. Others are of errands that were cut off before they were
    /// noted, and may be forgotten while no errand is on.
    pub fn keys(&self) -> BTreeSet<KeyHandle> {
        let inner = self.lock();
        let keys = inner.cards.values().flat_map(Card::keys).chain(&inner.instance);
        keys.map(|key| key.handle.clone()).collect()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read<T>(name: &str, content: &[u8], read: fn(Value) -> Option<T>) -> Result<T, Damaged> {
    let read = json::parse_within(content, usize::MAX).ok().and_then(read);
    read.ok_or_else(|| Damaged { name: name.to_owned() })
}
