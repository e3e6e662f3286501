//! What the store is asked and what it answers, as values.

mod copies;
mod grants;
mod life;
mod offers;
mod publication;
mod register;
mod sign_in;

pub use copies::{
    BatchSummary, Committed, Deferral, Deferred, DeferredState, NewBatch, NewDeferred, NotificationEvent, StoredBatch,
    UsedNonce,
};
pub use grants::{Grant, GrantKind, GrantView, Redeemed, Redemption, Refresh, Refreshed};
pub use life::{Application, Applied, Changed, Channel, DocumentRecord};
pub use offers::{NewOffer, OfferStage, OfferView, Offered, TX_CODE_TRIES};
pub use publication::{Journal, JournalLeaf, Lease, Revocation, Sweep, Swept};
pub use register::{Cells, Imported, RegisterRow, RowChange, StoredRow};
pub use sign_in::{BeginSignIn, Exchange, Exchanged, NewSignIn, PushedRequest, TakenSignIn};
