//! A clock, seeded entropy, a PKI and documents for tests.
//!
//! A [`World`] is one issuing country with its bundle; a [`Request`] is what a relying party asks; an
//! [`IssuedCopy`] is in its holder's hands. A test changes what it is about and leaves the rest as it is:
//!
//! ```no_run
//! use testkit::{Format, World};
//!
//! let mut world = World::new();
//! let copy = world.issue(Format::Mdoc);
//! let shown = world.request.answer(&copy, &["age_over_19"]);
//! assert!(world.verify(&shown).is_ok());
//! world.revoke(&copy);
//! assert_eq!(world.verify(&shown).unwrap_err().code(), "revoked");
//! ```
//!
//! Everything comes from seeds but ECDSA signatures, which aws-lc-rs makes with randomness of its own. Time stands
//! still at [`now`]. Left out: files, sockets and whatever could differ from one run to the next, but for [`ear`], [`ports`] and [`program`].

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up stops where that shows"
)]

mod documents;
pub mod ear;
mod entropy;
mod ledger;
mod list;
mod pki;
pub mod ports;
pub mod program;
mod request;
mod world;

pub use documents::{IssuedCopy, Terms, document, facts, issue, issue_to, person};
pub use entropy::Seeded;
pub use ledger::{AGENCIES, Ledger};
pub use list::List;
pub use mapae_verify::Format;
pub use pki::{Pki, Signer};
pub use request::Request;
pub use world::{BOTH, World};

use mapae_types::Timestamp;

/// The time of every test that says no other: a Saturday evening in Korea.
pub fn now() -> Timestamp {
    time("2026-11-21T09:00:00Z")
}

/// A point in time by its RFC 3339 text.
pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}
