//! The program as its users run it: real files, real exit codes.
#![expect(clippy::unwrap_used, reason = "tests")]

#[cfg(feature = "services")]
mod approval;
mod authority;
mod bundle;
#[cfg(feature = "services")]
mod country;
mod crash;
mod demo;
mod durability;
mod example;
#[cfg(feature = "services")]
mod fetch;
mod fork;
mod help;
mod inspect;
mod issue;
#[cfg(feature = "services")]
mod issuer;
#[cfg(feature = "services")]
mod journal;
mod ledger;
#[cfg(feature = "services")]
mod load;
#[cfg(feature = "services")]
mod mirror;
mod offline;
#[cfg(feature = "services")]
mod operations;
#[cfg(feature = "services")]
mod order;
#[cfg(feature = "services")]
mod reader;
mod readme;
mod relying_party;
mod revoke;
mod roll_over;
#[cfg(feature = "services")]
mod samples;
mod sandbox;
#[cfg(feature = "services")]
mod serve_sandbox;
#[cfg(feature = "services")]
mod served;
#[cfg(feature = "services")]
mod up;
#[cfg(feature = "services")]
mod verifier;
mod verify;
#[cfg(feature = "services")]
mod wallet;
#[cfg(feature = "services")]
mod wallet_provider;
