//! For each rule one presentation that passes and one that only this rule stops, in both formats where both have it.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod asked;
mod bundle;
mod contents;
mod dates;
mod every_byte;
mod form;
mod holder;
mod holding;
mod ledger;
mod mdoc;
mod proximity;
mod rules;
mod sd_jwt;
mod secrecy;
mod signer;
mod status;

use mapae_verify::{NotVerified, Verified};

/// The code of a refusal, or `held`.
fn code(verdict: Result<Verified, NotVerified>) -> &'static str {
    verdict.map_or_else(|reason| reason.code(), |_| "held")
}
