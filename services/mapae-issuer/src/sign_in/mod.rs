//! The authorization code flow (OpenID4VCI 1.0 §5, HAIP 1.0 §4.2, §4.3): a wallet pushes its request (RFC 9126), the
//! citizen signs in at an OpenID provider of the operator's choice, and the wallet gets a code for the token endpoint.
//!
//! - `push`: what a wallet asks for, kept until its browser comes.
//! - `authorize`: the browser on its way to the provider; `callback`: on its way back.
//! - `browser`: that both are the same browser's, and what people read where no wallet can be told.
//! - [`SignIn`]: the provider, as far as this issuer is its client (OpenID Connect Core 1.0, Discovery 1.0).
//!
//! A browser is redirected to an address only if an attested wallet pushed it: any `https` URL, a loopback address or an
//! app's own scheme (RFC 8252 §7). There is no list of addresses, since HAIP knows wallets by their provider's word and
//! registers none; whoever pushes an address gets the code there, and a code is good only with the verifier and the key
//! of who pushed. What happens before the request is found is shown as a page.
//!
//! Left out: a page of consent (the citizen asked for the document, and the provider says who it is), dynamic
//! registration at providers, encrypted `id_token`s, `userinfo`, and `issuer_state`, which our offers do not have.

mod authorize;
mod browser;
mod callback;
mod client_auth;
mod config;
mod error;
mod id_token;
mod keys;
mod metadata;
mod provider;
mod push;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

pub use config::{ClientAuth, SignInConfig, SignInMethod, SignInSettings};
pub use error::{IdTokenFault, ProviderFault, SignInError};
pub use provider::SignIn;

use crate::{service::Service, store::IssuerStore};

/// What the three routes share.
struct Door<S> {
    service: Arc<Service<S>>,
    provider: SignIn,
}

/// The path of the way back, which the provider must know as this client's `redirect_uri`.
pub const CALLBACK: &str = "callback";

/// `POST /par`, `GET /authorize`, `GET /callback`, below the path of the issuer's identifier.
pub(crate) fn routes<S: IssuerStore>(service: &Arc<Service<S>>, provider: SignIn) -> Router {
    let path = service.issuer.path();
    Router::new()
        .route(&format!("{path}/par"), post(push::push::<S>))
        .route(&format!("{path}/authorize"), get(authorize::authorize::<S>))
        .route(&format!("{path}/{CALLBACK}"), get(callback::callback::<S>))
        .with_state(Arc::new(Door { service: Arc::clone(service), provider }))
}
