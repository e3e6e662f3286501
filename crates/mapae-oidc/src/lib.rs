//! OpenID Connect 1.0, the provider's half: requests, codes, tokens. No socket, store, clock or randomness (design D5).
//!
//! A relying party signs people in by OpenID Connect; behind the provider, a wallet presents a document. What happens at
//! each endpoint is a value, and each state of a sign-in is one that a store can keep:
//!
//! ```text
//! GET authorize    Provider::authorize  → AuthorizationRequest → PendingLogin          (its DCQL query goes to a wallet)
//! the wallet       PendingLogin::complete(Verified)            → Login
//! the browser      Login::issue(its cookie)                    → Code                  (its address goes to the browser)
//! POST token       Provider::token → TokenRequest::redeem(Code) → Redemption → UnsignedTokens → Tokens
//! GET userinfo     BearerToken → AccessGrant::userinfo
//! ```
//!
//! - [`Provider`]: one organisation's clients, claims, sources and keys, checked against its registration (design D15).
//! - [`Once`]: what a store answers that was asked to note something once. Nothing that is good once comes out without it.
//! - [`AuthorizationAnswer`]: the way back, to registered addresses alone.
//! - [`Refusal`]: the one place where faults become answers.
//!
//! **One provider serves one organisation.** A provider in the middle of many would learn who signs in where, which is what
//! wallets are there to avoid. Whoever runs this asks in its own name, under its own registration, for its own applications.
//!
//! **There is no session.** Each sign-in is a presentation of its own, which the person agrees to in the wallet; claims are
//! kept until they are delivered and no longer. So `prompt=none` always ends in `login_required`.
//!
//! Left out: implicit and hybrid flows, request objects (RFC 9101), dynamic registration, refresh tokens, encrypted
//! tokens, `client_secret_post` and `client_secret_jwt`, aggregated and distributed claims.
//!
//! A whole provider on a socket is `mapae-verifier`. The keys of one:
//!
//! ```
//! use mapae_crypto::SigningKey;
//! use mapae_oidc::KeyRing;
//! use mapae_types::Timestamp;
//!
//! let signs = SigningKey::from_scalar(&[7; 32]).unwrap();
//! let next = SigningKey::from_scalar(&[8; 32]).unwrap();
//! let keys = KeyRing::new(signs.public().clone()).unwrap().with_next(next.public().clone()).unwrap();
//! let published = String::from_utf8(keys.jwks(Timestamp::from_unix(0).unwrap())).unwrap();
//! assert!(published.contains(keys.kid()) && published.matches("\"ES256\"").count() == 2);
//! ```

mod answer;
mod assertion;
mod authenticate;
mod bearer;
mod claims;
mod client;
mod code;
mod discovery;
mod fault;
mod form;
mod hint;
mod id_token;
mod keys;
mod login;
mod logout;
mod once;
mod pending;
mod provider;
mod push;
mod query;
mod record;
mod request;
mod source;
mod subject;
mod token;
mod wire;

pub use answer::{AuthorizationAnswer, FormPost};
pub use authenticate::Unconfirmed;
pub use bearer::{AccessGrant, BearerToken};
pub use client::{Client, ClientAuthentication};
pub use code::{Code, Redemption, TokenSignature, Tokens, UnsignedTokens};
pub use fault::{
    AuthorizationRefusal, BrowserDiffers, ClientFault, ConfigFault, LoginFault, LogoutFault, MessageFault, PageFault,
    RecordFault, RequestFault, TokenFault, UserinfoFault,
};
pub use keys::{KeyRing, RsaKey, RsaPublicKey, TokenAlgorithm};
pub use login::{IssueFault, IssuedCode, Login};
pub use logout::LogoutRequest;
pub use once::{Once, Replay};
pub use pending::{AgainFault, Begun, FailedLogin, LoginId, LoginRefusal, PendingLogin, Presented};
pub use provider::{Acr, Lifetimes, NewProvider, Provider};
pub use push::{KeptRequest, PushedArrival, PushedRequest};
pub use request::{Arrival, AuthorizationRequest};
pub use source::{Scope, Source};
pub use subject::{Person, SubjectRule, SubjectSecret};
pub use token::TokenRequest;
pub use wire::{ErrorCode, Refusal};

/// PKCE and secrets are written once for both halves of this project that speak OAuth 2.0.
pub use mapae_oid4vci::{IssuerUrl, PkceChallenge, PkceVerifier, Secret};
