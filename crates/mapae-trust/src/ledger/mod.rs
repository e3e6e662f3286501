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
//! ```
//! use mapae_crypto::{Ed25519SigningKey, SigningKey};
//! use mapae_ledger::{SignatureType, VerifierKey};
//! use mapae_trust::{Names, ledger::*};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let vkey = |name: &str, kind, seed| -> Result<_, Box<dyn std::error::Error>> {
//! #     Ok(VerifierKey::new(name.parse()?, kind, Ed25519SigningKey::from_seed(&[seed; 32])?.public().clone()))
//! # };
//! # let log = vkey("ledger.example", SignatureType::Ed25519, 1)?;
//! # let witness = vkey("witness.example", SignatureType::CosignatureV1, 2)?;
//! let policy = format!("log {log}\nwitness interior {witness}\nquorum interior\n");
//! let now = "2026-11-21T00:00:00Z".parse()?;
//!
//! // One agency founds a ledger, and may say which catalogue is in force.
//! let key = SigningKey::from_scalar(&[7; 32])?;
//! let interior = Agency {
//!     id: "interior".parse()?,
//!     names: Names::new("행정안전부", "Ministry of the Interior")?,
//!     key: key.public().clone(),
//!     rights: [Right::Catalogue].into(),
//! };
//! let catalogue = Statement::Catalogue(Catalogue { version: 1, sha256: [0; 32] });
//! let founding = Statement::Founding(Founding::new(vec![interior.clone()], &policy)?);
//!
//! let mut state = LedgerState::new();
//! for statement in [founding, catalogue] {
//!     let unsigned = statement.prepare(now);
//!     let signature = key.sign(&unsigned.to_be_signed(&interior.id))?;
//!     let entry = SignedEntry::parse(&unsigned.attach(vec![(interior.id.clone(), signature)]))?;
//!     let Judged::Admitted(admission) = state.judge(&entry, now)? else { unreachable!("only bundles need their draft") };
//!     state.enter(admission)?;
//! }
//! assert_eq!(state.catalogue().map(|catalogue| catalogue.version), Some(1));
//! # Ok(())
//! # }
//! ```
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
pub(crate) use entry::{read_bundle, read_policy};
pub use entry_error::EntryError;
pub use judge::{Admission, Judged};
pub use pending::PendingBundle;
pub use rule_error::RuleError;
pub use state::{EnteredIssuer, EnteredReader, EnteredRelease, EnteredRelyingParty, LedgerState, LeftParty};
pub use statement::{
    BundleStatement, Catalogue, Change, Distrusted, Founding, Issuer, Journal, Kind, OrderStatement, PolicyStatement,
    ReaderDevice, Release, SignerListing, SignerStatement, Statement, StatusLocation, WalletProvider, WalletProviderId,
    WalletProviderKind,
};
pub use who::CheckedEntry;
