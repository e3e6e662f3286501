//! Mapae against implementations that we did not write.
//!
//! A [`Peer`](peer::Peer) issues, presents or verifies; npm's and `PyPI`'s are child processes that read one JSON job and write
//! one JSON result, `isomdl` runs in this process under the same contract. Everything that a peer sees is made during the
//! test: certificates by [`pki`], documents and presentations by the peers themselves. [`mdoc::alterations`] and
//! [`sd_jwt::alterations`] then break one rule each, so that a peer that still accepts shows what it does not check.
//!
//! Nothing of Mapae's own crates is used to build or alter what is exchanged: a mistake in them could hide itself.

pub mod cbor;
pub mod install;
pub mod isomdl_peer;
pub mod key;
pub mod matrix;
pub mod mdoc;
pub mod peer;
pub mod pki;
pub mod request;
pub mod sd_jwt;
pub mod times;

/// base64url without padding, the alphabet of JOSE and of the peers' jobs.
pub use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
