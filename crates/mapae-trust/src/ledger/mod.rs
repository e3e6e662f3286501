//! What agencies decide, entry by entry, and the one set of rules between entries (design D13).
//!
//! - [`Statement`]: what an entry says, one of the kinds of [`Kind`].
//! - [`UnsignedEntry`] → [`SignedEntry`]: the entry, a `COSE_Sign` of one or several agencies; what it says is not
//!   yet believed.
//! - [`LedgerState::judge`] → [`Admission`] → [`LedgerState::enter`]: whether the entry may stand where it stands, and
//!   what is true afterwards. Sequencer, auditing cosigner and monitor ask the same function, so that no entry passes
//!   the one and not the other.
//! - [`LedgerState::contents`]: the bundle that follows from all entries so far.
//!
//! The format is described in `docs/standards/ledger-entries.md`.
//!
//! Left out: the log itself (`mapae-ledger`), and that a new policy is accepted only where the old one's quorum
//! cosigned the tree that has it, which is for readers to check.

mod agency;
mod contents;
mod digest;
mod entry;
mod entry_error;
mod judge;
mod pending;
mod rule_error;
mod rules;
mod state;
mod statement;
mod who;
mod wire;

pub use agency::{Agency, Right, RightUnknown};
pub use digest::{Fingerprint, StateDigest};
pub use entry::{MAX_ENTRY, SignedEntry, UnsignedEntry};
pub use entry_error::EntryError;
pub use judge::{Admission, Judged};
pub use pending::PendingBundle;
pub use rule_error::RuleError;
pub use state::{EnteredIssuer, EnteredReader, EnteredRelyingParty, LedgerState};
pub use statement::{
    BundleStatement, Catalogue, Change, Distrusted, Founding, Issuer, Journal, Kind, OrderStatement, PolicyStatement,
    ReaderDevice, SignerListing, SignerStatement, Statement, StatusLocation, WalletProvider, WalletProviderId,
    WalletProviderKind,
};
pub use who::CheckedEntry;
