//! All rows that a group of calls may read or change, while a transaction holds them.
//!
//! A document is what is held: its offers, grants and batches are changed only by who has locked it. So calls are decided
//! one after the other in memory, and what they changed is written by a statement for each table.

mod flush;
mod load;

use std::collections::{BTreeMap, BTreeSet};

use mapae_document::LifeSlot;
use mapae_types::{Duration, Timestamp};

use super::{
    BatchSummary, NotificationEvent, UsedNonce,
    rows::{BatchRow, DeferredRow, Document, GrantRow, Offer, Owner, SignIn},
};
use crate::ids::{BatchId, DeferredId, DocumentId, GrantId, OfferId, SignInId};

/// What a group of calls needs to see.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) documents: Vec<DocumentId>,
    pub(super) owners: Vec<Owner>,
    pub(super) offers: Vec<OfferId>,
    pub(super) grants: Vec<GrantId>,
    pub(super) sign_ins: Vec<SignInId>,
    pub(super) deferred: Vec<DeferredId>,
    /// Grants whose deferred requests matter.
    pub(super) deferring: Vec<GrantId>,
    /// Grants whose batches matter.
    pub(super) committing: Vec<GrantId>,
    pub(super) nonces: Vec<UsedNonce>,
    /// Whether documents' newest offers matter, and the grants that came of them.
    pub(super) newest: bool,
}

/// A nonce's last second and its hash, as it is remembered.
type Mark = [u8; 40];

fn mark(nonce: &UsedNonce) -> Mark {
    let mut mark = [0; 40];
    mark[..8].copy_from_slice(&nonce.expires_at.unix().to_be_bytes());
    mark[8..].copy_from_slice(&nonce.hash);
    mark
}

/// These rows, and what is to become of them.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) documents: Rows<DocumentId, Document>,
    pub(super) offers: Rows<OfferId, Offer>,
    pub(super) grants: Rows<GrantId, GrantRow>,
    pub(super) sign_ins: Rows<SignInId, SignIn>,
    pub(super) deferred: Rows<DeferredId, DeferredRow>,
    owners: BTreeMap<Owner, Vec<DocumentId>>,
    made: BTreeMap<GrantId, Vec<BatchSummary>>,
    batches: Vec<BatchRow>,
    used: BTreeSet<Mark>,
    using: Vec<UsedNonce>,
    revoking: Vec<(DocumentId, Timestamp)>,
    retiring: Vec<(GrantId, Timestamp)>,
    notified: BTreeMap<BatchId, NotificationEvent>,
}

/// Rows of a table by their ids.
#[derive(Debug)]
pub(super) struct Rows<K, V>(BTreeMap<K, Held<V>>);

#[derive(Debug)]
struct Held<V> {
    value: V,
    fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Same,
    Changed,
    New,
}

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord, V> Rows<K, V> {
    pub(super) fn get(&self, id: &K) -> Option<&V> {
        self.0.get(id).map(|held| &held.value)
    }

    /// To be changed.
    pub(super) fn change(&mut self, id: &K) -> Option<&mut V> {
        let held = self.0.get_mut(id)?;
        if held.fate == Fate::Same {
            held.fate = Fate::Changed;
        }
        Some(&mut held.value)
    }

    pub(super) fn add(&mut self, id: K, value: V) {
        self.0.insert(id, Held { value, fate: Fate::New });
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values().map(|held| &held.value)
    }

    fn is_unchanged(&self) -> bool {
        self.0.values().all(|held| held.fate == Fate::Same)
    }

    fn found(&mut self, id: K, value: V) {
        self.0.entry(id).or_insert(Held { value, fate: Fate::Same });
    }

    fn with(&self, fate: Fate) -> impl Iterator<Item = &V> {
        self.0.values().filter(move |held| held.fate == fate).map(|held| &held.value)
    }
}

impl World {
    /// The person's document of that name in a slot.
    pub(super) fn in_slot(&self, owner: &Owner, slot: LifeSlot) -> Option<&Document> {
        let ids = self.owners.get(owner)?;
        ids.iter().filter_map(|id| self.documents.get(id)).find(|document| document.slot() == Some(slot))
    }

    /// A new document.
    pub(super) fn begin(&mut self, document: Document) {
        self.owners.entry(document.owner()).or_default().push(document.record.id);
        self.documents.add(document.record.id, document);
    }

    /// What a grant made.
    pub(super) fn made(&self, grant: GrantId) -> &[BatchSummary] {
        self.made.get(&grant).map_or(&[], Vec::as_slice)
    }

    /// A new batch.
    pub(super) fn make(&mut self, batch: BatchRow) {
        self.made.entry(batch.new.grant).or_default().push(batch.summary());
        self.batches.push(batch);
    }

    /// Uses a nonce up; whether nobody did before.
    pub(super) fn spend(&mut self, nonce: UsedNonce) -> bool {
        let first = self.used.insert(mark(&nonce));
        if first {
            self.using.push(nonce);
        }
        first
    }

    /// All copies of a document that were made until now, also in this group.
    pub(super) fn revoke(&mut self, document: DocumentId, at: Timestamp) {
        self.revoking.push((document, at));
        let its = self.batches.iter_mut().filter(|batch| batch.document == document);
        its.for_each(|batch| batch.revoked_at = batch.revoked_at.or(Some(at)));
    }

    /// A root that nobody refills by any more. It stays for a day, in which its wallet is told why.
    pub(super) fn retire(&mut self, root: Option<GrantId>, at: Timestamp) {
        self.retiring.extend(root.map(|root| (root, at + Duration::days(1))));
    }

    /// Whether nothing is to be written.
    pub(super) fn is_unchanged(&self) -> bool {
        let rows = self.documents.is_unchanged() && self.offers.is_unchanged() && self.grants.is_unchanged();
        let steps = self.sign_ins.is_unchanged() && self.deferred.is_unchanged() && self.using.is_empty();
        rows && steps && self.batches.is_empty() && self.revoking.is_empty() && self.notified.is_empty()
    }

    /// What a wallet says.
    pub(super) fn notify(&mut self, batch: BatchId, event: NotificationEvent) {
        self.notified.insert(batch, event);
    }
}
