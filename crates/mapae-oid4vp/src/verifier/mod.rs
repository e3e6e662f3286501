//! The verifier's half: a request to sign, and what waits for its answer.
//!
//! ```text
//! RequestDraft ─ begin ─► PendingPresentation ─ request_object ─► UnsignedJws (to be signed, fetched by the wallet)
//!                                             ─ receive ────────► ReceivedPresentations (to be verified)
//! BrowserDraft ─ begin ─► PendingBrowserPresentation ─ to_be_signed, request ─► JSON (for the page's browser)
//!                                                    ─ receive ──────────────► ReceivedPresentations
//! ```
//!
//! A [`PendingPresentation`] holds what its answer is checked against and is consumed by it, so that one answer is taken
//! (peers' holes 8 and 10). In between it may be kept, as a record that the store seals. Each presentation that came is
//! verified for its own query ([`ReceivedPresentations::asked_of`]); with it holds what it [authorised](AnsweredTransaction).
//! Who asked on the same device is told the result with the [`ResponseCode`] alone. Left out: verifying presentations,
//! which is `mapae-verify`'s, and sessions.

mod answer_key;
mod asked;
mod browser;
mod did;
mod draft;
mod fault;
mod pending;
mod received;
mod record;
mod response_code;
mod signer;
mod transactions;
mod wire;

pub use browser::{BrowserDraft, BrowserSigning, Identity, PendingBrowserPresentation};
pub use did::Did;
pub use draft::{Naming, RequestDraft};
pub use fault::{DraftFault, RecordFault, ResponseFault};
pub use pending::PendingPresentation;
pub use received::ReceivedPresentations;
pub use response_code::{CodeForeign, CodeRedeemed, ResponseCode, ResponseCodeHash};
pub use transactions::AnsweredTransaction;
pub use wire::{accepted, certified_by, rejected, wallet_nonce};
