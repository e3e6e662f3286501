//! Everything that the routes share.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use mapae_http::{Clock, Dice, Notices};
use mapae_oid4vci::{Encryption, IssuerUrl, NonceKind, NonceMint, TrustedProviders};
use mapae_types::{Entropy as _, EntropyError, Timestamp};

use crate::{
    config::{IssuerConfig, Lifetimes},
    crash::Crash,
    desk::Desk,
    issuing::Numbers,
    measures::Measures,
    outbox::Outbox,
    replays::Replays,
    routes::SignedNow,
    seal::Seal,
};

/// An issuer at work.
pub(crate) struct Service<S> {
    pub(crate) store: S,
    pub(crate) config: IssuerConfig,
    pub(crate) issuer: IssuerUrl,
    pub(crate) desk: Desk,
    pub(crate) seal: Seal,
    pub(crate) mints: Mints,
    pub(crate) numbers: Numbers,
    pub(crate) encryption: Encryption,
    pub(crate) providers: Arc<Providers>,
    pub(crate) replays: Replays,
    pub(crate) outbox: Outbox,
    pub(crate) waiting: AtomicU64,
    pub(crate) signed_metadata: SignedNow,
    pub(crate) has_sign_in: bool,
    pub(crate) metrics: Measures,
    pub(crate) clock: Clock,
    pub(crate) dice: Dice,
    pub(crate) crash: Crash,
    pub(crate) notices: Notices,
}

/// The wallet providers that are trusted now; the ledger may change them while the service runs.
#[derive(Debug)]
pub struct Providers(RwLock<Arc<TrustedProviders>>);

/// The makers of nonces.
#[derive(Debug)]
pub(crate) struct Mints {
    pub(crate) credential: NonceMint,
    pub(crate) dpop: NonceMint,
    pub(crate) challenge: NonceMint,
}

impl Providers {
    /// These, from the start.
    pub fn new(trusted: TrustedProviders) -> Self {
        Self(RwLock::new(Arc::new(trusted)))
    }

    /// Those of now.
    pub fn now(&self) -> Arc<TrustedProviders> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// These, from now on.
    pub fn replace(&self, trusted: TrustedProviders) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trusted);
    }
}

impl Mints {
    /// Each with a key of its own, though the kind is in the tag as well.
    pub(crate) fn new(key: [u8; 32], lifetimes: &Lifetimes) -> Self {
        Self {
            credential: NonceMint::new(key, NonceKind::Credential, lifetimes.nonce),
            dpop: NonceMint::new(key, NonceKind::Dpop, lifetimes.dpop_nonce),
            challenge: NonceMint::new(key, NonceKind::Challenge, lifetimes.dpop_nonce),
        }
    }
}

impl<S> Service<S> {
    /// A nonce of that kind.
    pub(crate) fn mint(&self, mint: &NonceMint, now: Timestamp) -> Result<String, EntropyError> {
        Ok(mint.mint(now, (&self.dice).array()?))
    }

    /// Whether too many wait for copies, so that offers carry fewer and the most urgent go first.
    pub(crate) fn is_surging(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) >= self.config.surge.queue
    }

    /// Copies of each format that an offer of now carries.
    pub(crate) fn copies_of_an_offer(&self) -> u32 {
        let copies = if self.is_surging() { self.config.surge.copies } else { self.config.batch_size };
        copies.into()
    }
}
