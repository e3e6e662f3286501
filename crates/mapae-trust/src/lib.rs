//! Whom to trust, how fresh the evidence must be, and the evidence itself: one signed file that a verifier
//! holds before anything goes wrong (design §1, D14).
//!
//! - [`BundleContents`] → [`UnsignedBundle`] → bytes: how an authority publishes it.
//! - [`Bundle`] → [`TrustStore`]: how a verifier reads it. A store exists only for a bundle whose signature
//!   verified; one that cannot be read is an error and never an empty list (hole 9 of the peers).
//! - [`TrustStore::signer`], [`TrustStore::status`], [`TrustStore::freshness`]: the questions of a check. Each
//!   answer is a value that says what it rests on.
//! - [`BundleDelta`]: what is new since the bundle that a verifier has; it proves itself by the new one's signature.
//! - [`Memory`]: what a verifier remembers, lest an older bundle be put in a newer one's place.
//! - [`ledger`]: what agencies decide, entry by entry, the rules between entries, and the bundle that follows from them.
//! - [`Registration`]: who may ask for what, and whether a request stays inside.
//! - [`Order`] → [`ContinuityOrder`]: in a disaster, older evidence for named classes of use.
//!
//! Nothing here has a clock: the time of a check is an argument, and so is whether the answer is good enough.

mod anchor;
mod bundle;
mod classes;
mod delta;
mod draft;
mod error;
mod format;
mod freshness;
pub mod ledger;
mod memory;
mod names;
mod order;
mod policies;
mod registration;
mod seal;
mod software;
mod store;
mod vical;
mod withdrawn;

pub use anchor::Anchor;
pub use bundle::{Bundle, BundleContents, UnsignedBundle};
pub use classes::Classes;
pub use delta::{BundleDelta, BundleDeltaError};
pub use draft::DraftBundle;
pub use error::{BundleError, TrustError};
pub use format::{Distrust, IssuerEntry, SealedBy, SignerRule, StatusEntry, StatusRule};
pub use freshness::{Age, Freshness};
pub use memory::{Memory, MemoryError, MemoryUnreadable};
pub use names::{Names, NamesError};
pub use order::{
    ContinuityOrder, GREATEST_AGE, LONGEST_ORDER, NewOrder, Order, OrderError, OrderSigners, OrderSignersError,
    UnsignedOrder,
};
pub use policies::{Policies, fingerprint as policy_fingerprint};
pub use registration::{
    Beyond, NewRegistration, OverAsking, RegisteredDocument, RegisteredKind, Registration, RegistrationError,
    WithinRegistration,
};
pub use software::{MAX_SOFTWARE, Software, SoftwareKind, SoftwareName};
pub use store::{StatusPart, TrustStore, TrustedSigner};
pub use vical::{NewVical, NewVicalEntry, UnsignedVical, VerifiedVical, Vical, VicalEntry, VicalError};
pub use withdrawn::{MAX_WITHDRAWN, Withdrawn};
