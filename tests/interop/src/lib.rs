//! Mapae against implementations that we did not write.
//!
//! A [`Peer`](peer::Peer) issues, presents or verifies; npm's and `PyPI`'s are child processes that read JSON jobs and write
//! JSON results, `isomdl` runs in this process under the same contract, and so does the [binary `mapae`](mapae). Everything
//! that a peer sees is made during the test: certificates by [`pki`], documents and presentations by the peers themselves.
//! [`mdoc::alterations`] and [`sd_jwt::alterations`] then break one rule each, so that a peer that still accepts shows what it
//! does not check.
//!
//! Of Mapae only the binary is used, and nothing of its crates builds or alters what is exchanged: a mistake in them could hide
//! itself. One exception: in [`ledger`], crate `mapae-ledger` makes logs and proofs, which others then read.

pub mod apache;
pub mod browser;
pub mod cbor;
pub mod claims;
pub mod document;
pub mod install;
pub mod isomdl_peer;
pub mod issuer;
pub mod key;
pub mod ledger;
pub mod mapae;
pub mod matrix;
pub mod mdoc;
pub mod openid;
pub mod peer;
pub mod pki;
#[path = "../../testkit/src/ports.rs"]
pub mod ports;
pub mod presenter;
pub mod register;
pub mod relying_party;
pub mod request;
pub mod schemathesis;
pub mod sd_jwt;
pub mod times;
pub mod verifier;
pub mod wallet;
mod worker;

/// base64url without padding, the alphabet of JOSE and of the peers' jobs.
pub use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
