//! The provider as of now: what the settings make of it, and the keys of the day.

use std::sync::{Arc, PoisonError, RwLock};

use mapae_jose::base64url;
use mapae_oidc::Provider;
use mapae_types::Timestamp;
use zeroize::Zeroizing;

use super::{
    OpenIdFault,
    assemble::Parts,
    keys::{KeyStore, Keys, Signers},
    outcome::SignIn,
};
use crate::store::OpenIdStore;

/// A provider with the key that signs now.
pub(super) struct Today {
    pub(super) provider: Provider,
    pub(super) signs: Signers,
    until: Timestamp,
    read: Timestamp,
}

/// The provider, which changes its keys.
pub(crate) struct Providers(RwLock<Arc<Today>>);

impl Providers {
    /// The first, which draws keys if there are none.
    pub(super) async fn new<S: OpenIdStore>(
        parts: &Parts<'_>,
        keys: &KeyStore<'_, S>,
        now: Timestamp,
    ) -> Result<Self, OpenIdFault> {
        let Keys { ring, signs, until } = keys.keys(now).await?;
        let today = Today { provider: parts.provider(ring)?, signs, until, read: now };
        Ok(Self(RwLock::new(Arc::new(today))))
    }

    /// The one that was read last.
    pub(super) fn last(&self) -> Arc<Today> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The one of now. If the store is away, the last one does.
    pub(super) async fn today<S: OpenIdStore>(
        &self,
        keys: &KeyStore<'_, S>,
        now: Timestamp,
    ) -> (Arc<Today>, Option<OpenIdFault>) {
        let last = self.last();
        if last.read <= now && now < last.until {
            return (last, None);
        }
        match keys.keys(now).await {
            Ok(Keys { ring, signs, until }) => {
                let today = Today { provider: last.provider.clone().with_keys(ring), signs, until, read: now };
                let today = Arc::new(today);
                *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&today);
                (today, None)
            }
            Err(fault) => (last, Some(fault)),
        }
    }

    /// A sign-in as a session keeps it.
    pub(crate) fn sign_in(&self, record: &str) -> Option<SignIn> {
        let record = Zeroizing::new(base64url::decode(record).ok()?);
        self.last().provider.pending_login(&record).ok().map(SignIn)
    }
}
