//! What can be wrong, by the party at fault.

use mapae_cose::{CoseError, cbor::CborError};
use mapae_jose::{JsonError, JwsError};
use mapae_types::Timestamp;

/// A credential points beyond its status list: its issuer erred, or somebody mixed up two lists. The list
/// says nothing about it, so it must be refused (draft §8.3 step 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("status index {index} in a list of {len} entries")]
pub struct IndexOutOfRange {
    /// The index looked up.
    pub index: u64,
    /// The entries that the list has.
    pub len: u64,
}

/// A list that cannot be used; its publisher is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// `bits` is none of 1, 2, 4, 8.
    #[error("a status list with {bits} bits an entry")]
    BitsUnsupported {
        /// The width given.
        bits: u64,
    },
    /// A member of the structure is missing or has another type or encoding.
    #[error("{member} of the status list is missing or malformed")]
    MemberMalformed {
        /// The member.
        member: &'static str,
    },
    /// The structure is not acceptable CBOR.
    #[error("the status list: {0}")]
    Cbor(#[from] CborError),
    /// Not a complete zlib stream with a right checksum.
    #[error("the status list is not a zlib stream")]
    NotZlib,
    /// The list inflates to more than the caller allows.
    #[error("the status list inflates to more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// Something follows the zlib stream.
    #[error("{bytes} bytes after the end of the status list's zlib stream")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
}

/// A status list token that cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The JWS cannot be read or does not verify.
    #[error("the status token: {0}")]
    Jws(#[from] JwsError),
    /// The claims of a JWT are not acceptable JSON.
    #[error("the claims of the status token: {0}")]
    Json(#[from] JsonError),
    /// The `COSE_Sign1` cannot be read or does not verify.
    #[error("the status token: {0}")]
    Cose(#[from] CoseError),
    /// The claims of a CWT are not acceptable CBOR.
    #[error("the claims of the status token: {0}")]
    Cbor(#[from] CborError),
    /// A CWT without the tag of `COSE_Sign1` (draft §5.2).
    #[error("a status token that is not tagged as COSE_Sign1")]
    Untagged,
    /// `typ` does not say that this is a status list token.
    #[error("a token of another type than {expected}")]
    WrongType {
        /// The type that it must have.
        expected: &'static str,
    },
    /// A claim that must be there is not.
    #[error("the status token lacks {claim}")]
    ClaimMissing {
        /// The claim's name in JWTs.
        claim: &'static str,
    },
    /// A claim has another type, or a value that it cannot have.
    #[error("{claim} of the status token is malformed")]
    ClaimMalformed {
        /// The claim's name in JWTs.
        claim: &'static str,
    },
    /// `sub` is another URI than that in the credential (draft §8.3 step 4).
    #[error("a status token for {found}")]
    WrongSubject {
        /// The URI that the token is for.
        found: String,
    },
    /// `iat` lies in the future by more than clocks may differ.
    #[error("a status token issued at {issued_at}, which is yet to come")]
    IssuedInFuture {
        /// When it claims to have been issued.
        issued_at: Timestamp,
    },
    /// `nbf` lies in the future by more than clocks may differ.
    #[error("a status token that is not valid before {not_before}")]
    NotYetValid {
        /// When it starts to be valid.
        not_before: Timestamp,
    },
    /// `exp` has come.
    #[error("a status token that expired at {expired_at}")]
    Expired {
        /// The first second at which it must not be accepted.
        expired_at: Timestamp,
    },
    /// The list inside cannot be used.
    #[error(transparent)]
    List(#[from] ListError),
}

/// A delta from which no token can be rebuilt; its publisher is at fault, or who applies it to another token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeltaError {
    /// The delta is not acceptable CBOR.
    #[error("the delta of a status token: {0}")]
    Cbor(#[from] CborError),
    /// A member has another form than the one in which it is written, or a value that it cannot have.
    #[error("{member} of the delta is malformed")]
    MemberMalformed {
        /// The member.
        member: &'static str,
    },
    /// The list is compressed in a way that came after us.
    #[error("a delta of a list in encoding {version}")]
    EncodingUnknown {
        /// The number of the encoding.
        version: u64,
    },
    /// The token at hand is none that deltas lead on from.
    #[error("the token before the delta: {0}")]
    OldToken(#[from] TokenError),
    /// The delta belongs to a longer list.
    #[error("the delta of another list: {0}")]
    OutOfRange(#[from] IndexOutOfRange),
    /// The delta belongs to another token of the list, or to another list.
    #[error("the delta revokes entry {index}, which is revoked already")]
    AlreadyRevoked {
        /// The entry.
        index: u32,
    },
}

/// A token that must not be issued; the caller is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// It would expire before or when it is issued.
    #[error("a status token that expires at {expires_at}, not after it is issued")]
    ExpiresTooEarly {
        /// When it would expire.
        expires_at: Timestamp,
    },
    /// `ttl` must be positive (draft §5.1).
    #[error("a time to live of {seconds} s")]
    TimeToLive {
        /// The seconds given.
        seconds: i64,
    },
    /// There is no certificate by which to find the key.
    #[error("a status token without certificates")]
    ChainEmpty,
}
