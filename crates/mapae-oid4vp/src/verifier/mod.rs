//! The verifier's half: a request to sign, and what waits for its answer.
//!
//! ```text
//! RequestDraft ─ begin ─► PendingPresentation ─ request_object ─► UnsignedJws (to be signed, fetched by the wallet)
//!                                             ─ receive ────────► ReceivedPresentations (to be verified)
//! ```
//!
//! A [`PendingPresentation`] holds what its answer is checked against and is consumed by it, so that one answer is taken
//! (peers' holes 8 and 10). Left out: verifying presentations, which is `mapae-verify`'s, and sessions.

mod draft;
mod fault;
mod pending;
mod received;
mod wire;

pub use draft::{Naming, RequestDraft};
pub use fault::{DraftFault, ResponseFault};
pub use pending::PendingPresentation;
pub use received::ReceivedPresentations;
pub use wire::{accepted, wallet_nonce};
