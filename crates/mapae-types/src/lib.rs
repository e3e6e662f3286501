//! The few types that every part of Mapae shares.
//!
//! - [`Pii`]: personal data that prints as `[redacted]` (design D18).
//! - [`Timestamp`] and [`Date`]: the only two ways in which this project says *when*.
//! - [`Entropy`]: randomness as an argument (design D5): nothing below the services reads a clock or a
//!   random source by itself.
//! - [`StatusReference`]: where the status of a copy is published, the same in every format.
//! - [`Id`]: identifiers that cannot be mixed up, because their kind is part of their type.
//! - [`hex`]: how fingerprints are written.
//! - [`form`]: parameters of forms and queries.
//! - [`html`]: text in pages.
//! - [`http`]: requests that the core hands out, and responses that it takes.
//!
//! Formats and protocols are not here; they live in the crate of their standard.

mod entropy;
pub mod form;
pub mod hex;
pub mod html;
pub mod http;
mod id;
mod pii;
mod status;
mod time;

pub use entropy::{Entropy, EntropyError};
pub use id::{
    AgencyId, AgencyKind, DocumentKind, DocumentName, Id, IdError, IdKind, OrderId, OrderKind, PersonId, PersonKind,
    RelyingPartyId, RelyingPartyKind, UseClass, UseKind,
};
pub use pii::Pii;
pub use status::StatusReference;
pub use time::{Date, Duration, TimeError, Timestamp};
