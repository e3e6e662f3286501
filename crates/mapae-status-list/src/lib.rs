//! Token Status List (draft-ietf-oauth-status-list-20): one signed list says of many credentials whether
//! they still hold, and nobody learns who asked about which.
//!
//! - [`RevocationList`] is written: 1 bit, valid or revoked, and never back (design D6). [`NewStatusToken`]
//!   makes the tokens of it, as JWT and CWT.
//! - [`StatusTokenJwt`], [`StatusTokenCwt`] are read; `verify` is the only way to a [`VerifiedStatusToken`],
//!   and that is what answers [`VerifiedStatusToken::status`], from 1, 2, 4 or 8 bits.
//! - [`IndexAllocator`] gives each copy of a credential an index that no outsider can predict (D6), and keeps others
//!   back to be revoked as cover.
//! - [`TokenDelta`] is what a day changed of a token; [`Encoding`] is why it can be that little.
//!
//! Left out: fetching and caching (nothing here opens a socket), the aggregation document (§9), historical
//! resolution (§8.4), MACs (§11.6), and whom to trust: chains are handed out as DER, keys are taken.
//!
//! ```
//! use mapae_crypto::{Algorithm, SigningKey};
//! use mapae_status_list::*;
//! use mapae_types::Timestamp;
//!
//! let uri = "https://id.example/status/0";
//! let mut list = RevocationList::new(LIST_LEN);
//! list.revoke(4711).unwrap();
//!
//! let now: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
//! let token = NewStatusToken::new(uri, &list, TokenTimes::published(now)).unwrap();
//! let key = SigningKey::from_scalar(&[7; 32]).unwrap();
//! let unsigned = token.unsigned_cwt(Algorithm::Es256, &[b"certificate in DER"]).unwrap();
//! let signature = key.sign(unsigned.to_be_signed()).unwrap();
//! let bytes = unsigned.attach(&signature);
//!
//! let parsed = StatusTokenCwt::parse(&bytes).unwrap();
//! let verified = parsed.verify(key.public(), &Expected::new(uri, now)).unwrap();
//! assert_eq!(verified.status(4711), Ok(Status::Invalid));
//! assert_eq!(verified.status(4712), Ok(Status::Valid));
//! assert!(verified.status(u64::from(LIST_LEN)).is_err());
//! ```

mod allocation;
mod deflate;
mod encoded;
mod error;
mod list;
mod permutation;
mod revocation;
mod status;
mod token;
mod zlib;

pub use allocation::{Allocation, CAPACITY, COVER_RESERVE, IndexAllocator, OPEN_LISTS, Slot, cover_for, open_together};
pub use deflate::Encoding;
pub use encoded::EncodedList;
pub use error::{DeltaError, IndexOutOfRange, IssueError, ListError, TokenError};
pub use list::StatusList;
pub use permutation::IndexPermutation;
pub use revocation::RevocationList;
pub use status::{Bits, Status};
pub use token::{
    Expected, NewStatusToken, StatusTokenCwt, StatusTokenJwt, TokenDelta, TokenTimes, VerifiedStatusToken,
};

/// Entries of a list that we write: 2^20 (design D6). All but [`COVER_RESERVE`] are for copies, so 10^9 copies, which
/// is 10 and 10 for each of 50 million people, take 969 lists.
pub const LIST_LEN: u32 = 1 << 20;

/// Bytes that a list may inflate to unless the caller says otherwise: 2^20 entries of 8 bits.
pub const DEFAULT_MAX_LIST_BYTES: usize = 1 << 20;
