//! What can be wrong with an order.

use mapae_cose::{CoseError, cbor::CborError};
use mapae_ledger::Origin;
use mapae_types::{AgencyId, Duration, OrderId, Timestamp, UseClass};

/// Why an order counts for nothing. Whoever made it or handed it over is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderError {
    /// The bytes are not acceptable CBOR, or not an order.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The signature structure cannot be read.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// An order of a kind or version that this software does not know.
    #[error("not a continuity order of a known version")]
    VersionUnsupported,
    /// It ends before it begins, or lasts longer than an order may.
    #[error("an order from {from} until {until} is none: it lasts 0 to 35 days")]
    Term {
        /// The first moment.
        from: Timestamp,
        /// The last.
        until: Timestamp,
    },
    /// No class of use, or one twice.
    #[error("an order names each class of use once, and at least one")]
    Classes,
    /// An age at which no status list is left.
    #[error("an order cannot stretch ages for {class} to {age}: status lists end after 70 days")]
    Age {
        /// The class.
        class: UseClass,
        /// The age.
        age: Duration,
    },
    /// There is nothing to combine.
    #[error("no order is given")]
    Nothing,
    /// Orders to combine say different things.
    #[error("the order {id} has other terms than the first")]
    OtherTerms {
        /// The one that differs.
        id: OrderId,
    },
    /// It is about the bundles of another ledger.
    #[error("the order is about the ledger {origin}")]
    OtherLedger {
        /// That ledger.
        origin: Origin,
    },
    /// The bundle names nobody who could sign an order.
    #[error("the bundle names no signers of orders")]
    NobodyMaySign,
    /// An agency's signature does not verify.
    #[error("the signature of {agency} does not verify")]
    SignatureInvalid {
        /// The agency.
        agency: AgencyId,
    },
    /// Not enough agencies signed.
    #[error("{signed} of the agencies signed the order, {needed} must")]
    TooFewSigners {
        /// How many did.
        signed: usize,
        /// How many must.
        needed: usize,
    },
}
