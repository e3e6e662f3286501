//! Interoperability, both ways. `MAPAE_INTEROP_WRITE=1` rewrites `docs/interop.md` from what the parties do.

mod apache;
mod documented;
mod foundation;
mod fuzzed;
mod holder;
mod issuer;
mod ledger;
mod matrix;
mod mdoc;
mod ours;
mod presenter;
mod public_logs;
mod relying_party;
mod sd_jwt;
mod sign_in;
mod somebody;
mod verifier;
