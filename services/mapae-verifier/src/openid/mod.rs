//! The OpenID provider: people sign in at the organisation's own applications, by a document that they present.
//!
//! What is in messages is `mapae-oidc`'s; here are the store, the pages and the keys. A sign-in begins one session for a wallet on
//! the same device and, where the class of use allows it, one for another device; either is answered and judged as every
//! session is, and its result waits for the browser that began ([`outcome`]). It gets its code once.
//!
//! One provider serves one organisation: it asks under its registration, in its name, for its applications. Whoever ran one
//! for many would learn who signs in where.
//!
//! A person whose document does not hold is told so here, and tries again or goes back ([`not_held`]).
//!
//! Left out: what `mapae-oidc` leaves out.

mod assemble;
mod back_channel;
mod claims;
mod fault;
mod front_channel;
mod keys;
mod not_held;
mod outcome;
mod pages;
mod providers;
mod routes;
mod rsa;
mod settings;
mod sign_ins;

use std::sync::Arc;

use mapae_http::Stop;
use mapae_types::{Duration, Timestamp};

use crate::{
    fault::Refusal,
    service::Service,
    store::{OpenIdStore, SWEPT_AT_ONCE, SessionStore},
};

pub use fault::{KeyBroken, OpenIdFault};
pub(crate) use outcome::SignIn;
pub(crate) use providers::Providers;
pub(crate) use routes::routes;
pub use settings::{Authentication, ClientConfig, LevelConfig, OpenIdConfig, ScopeConfig};

/// The owner of its sessions, which no API key may be called.
const OWNER: &str = "openid";
/// How long after the last moment for a wallet a browser may still come back.
pub(crate) const RETURN: Duration = Duration::seconds(120);
/// How often what is over is done away with.
const SWEEP_EVERY: std::time::Duration = std::time::Duration::from_secs(5);

/// The provider of a running verifier.
pub(crate) struct OpenId<S> {
    service: Arc<Service<S>>,
}

impl<S> Clone for OpenId<S> {
    fn clone(&self) -> Self {
        Self { service: Arc::clone(&self.service) }
    }
}

/// What a service needs of the settings to have a provider; nothing where no client is named.
pub(crate) async fn providers<S: OpenIdStore>(
    parts: &Ingredients<'_, S>,
    now: Timestamp,
) -> Result<Option<Providers>, OpenIdFault> {
    let config = &parts.config.openid;
    if config.clients.is_empty() {
        return Ok(None);
    }
    if parts.config.api_keys.iter().any(|key| key.name == OWNER) {
        return Err(OpenIdFault::OwnerTaken);
    }
    let keys = keys::KeyStore { store: parts.store, vault: parts.vault, dice: parts.dice, config };
    let made_of = assemble::Parts {
        base_url: &parts.config.base_url,
        config,
        registration: parts.registration,
        catalogue: parts.catalogue,
        session: parts.config.lifetimes.session,
    };
    Providers::new(&made_of, &keys, now).await.map(Some)
}

/// Of what a provider is made when a service starts.
pub(crate) struct Ingredients<'a, S> {
    pub(crate) config: &'a crate::VerifierConfig,
    pub(crate) store: &'a S,
    pub(crate) vault: &'a crate::vault::Vault,
    pub(crate) dice: &'a mapae_http::Dice,
    pub(crate) registration: &'a mapae_trust::Registration,
    pub(crate) catalogue: &'a mapae_document::Catalogue,
}

/// Does away with what is over, until the stop.
pub(crate) async fn tend<S: SessionStore + OpenIdStore>(service: Arc<Service<S>>, mut stop: Stop) {
    while !stop.within(SWEEP_EVERY).await {
        if let Err(failure) = sweep(&service).await {
            service.notices.say(format_args!("tending sign-ins: {failure}"));
        }
    }
}

async fn sweep<S: SessionStore + OpenIdStore>(service: &Service<S>) -> Result<(), Refusal> {
    let now = service.now()?;
    while service.store.sweep_openid(now).await? >= SWEPT_AT_ONCE {}
    Ok(())
}
