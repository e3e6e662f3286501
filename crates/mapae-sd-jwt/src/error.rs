//! What can go wrong, by the party at fault.
//!
//! Nothing here repeats a claim: a refusal may be logged, a claim may not (design D18).

use mapae_jose::{JsonError, JwkError, JwsError};
use mapae_types::{Duration, EntropyError, Timestamp};

/// A presentation, or an issued SD-JWT, that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SdJwtError {
    /// The issuer made something that breaks a rule, or somebody altered it since.
    #[error("issuer: {0}")]
    Issuer(#[from] IssuerFault),
    /// The holder presented something that breaks a rule.
    #[error("holder: {0}")]
    Holder(#[from] HolderFault),
    /// `exp` has passed (RFC 7519 §4.1.4).
    #[error("the credential expired at {expired} (now {now})")]
    Expired {
        /// The credential's `exp`.
        expired: Timestamp,
        /// The verifier's time.
        now: Timestamp,
    },
    /// `nbf` is yet to come (RFC 7519 §4.1.5).
    #[error("the credential is not valid before {not_before} (now {now})")]
    NotYetValid {
        /// The credential's `nbf`.
        not_before: Timestamp,
        /// The verifier's time.
        now: Timestamp,
    },
    /// The credential has an `aud`, and this verifier is not in it (RFC 7519 §4.1.3).
    #[error("the credential is meant for other verifiers")]
    AudienceExcluded,
}

/// What the issuer did wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerFault {
    /// The issuer-signed JWT cannot be read, or its signature does not verify.
    #[error("{0}")]
    Jws(#[from] JwsError),
    /// `typ` is not `dc+sd-jwt` (SD-JWT VC §3.2.1).
    #[error("the credential's typ is {typ:?}")]
    TypeUnsupported {
        /// The first 32 characters of the `typ` found.
        typ: Option<String>,
    },
    /// The payload is not a JSON object.
    #[error("the payload: {0}")]
    Payload(JsonError),
    /// A registered claim is absent where required, of another type, or a time in fractions of a second.
    #[error("the claim {name} is missing or malformed")]
    ClaimMalformed {
        /// The claim.
        name: &'static str,
    },
    /// `status` is present but is no reference to a status list.
    #[error("the status is not a reference to a status list")]
    StatusMalformed,
    /// No `cnf.jwk`: nobody could prove to be the holder.
    #[error("the credential is bound to no holder key")]
    HolderKeyMissing,
    /// `cnf.jwk` is no key that we can use.
    #[error("the holder key: {0}")]
    HolderKey(JwkError),
    /// `_sd_alg` names a hash that we do not accept (RFC 9901 §4.1.1).
    #[error("the hash algorithm {name:?} is not accepted")]
    HashUnsupported {
        /// The first 32 characters of its name; `None` if it is no text.
        name: Option<String>,
    },
    /// `_sd_alg` below the top level (RFC 9901 §4.1.1).
    #[error("a hash algorithm named below the top level")]
    HashNested,
    /// `_sd` is no array of strings (RFC 9901 §4.2.4.1).
    #[error("_sd is not an array of digests")]
    DigestsMalformed,
    /// `...` elsewhere than as the one member of an array's element, or no string (RFC 9901 §4.2.4.2).
    #[error("... is not the placeholder of an array element")]
    PlaceholderMalformed,
    /// A digest occurs twice, in the payload or in disclosures (RFC 9901 §7.1 step 4).
    #[error("a digest occurs twice")]
    DigestRepeated,
    /// A disclosure that the issuer signed for is not base64url of a JSON array that begins with a salt.
    #[error("disclosure {index} cannot be read")]
    DisclosureUnreadable {
        /// Its place among the disclosures, from 0.
        index: usize,
    },
    /// A disclosure has not the number of elements that its place demands (RFC 9901 §7.1 step 3.c).
    #[error("disclosure {index} has {found} elements instead of {expected}")]
    DisclosureLength {
        /// Its place among the disclosures, from 0.
        index: usize,
        /// 3 for an object's member, 2 for an array's element.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A disclosure names its claim `_sd` or `...`, or by no string (RFC 9901 §7.1 step 3.c.ii).
    #[error("disclosure {index} has a forbidden claim name")]
    NameForbidden {
        /// Its place among the disclosures, from 0.
        index: usize,
    },
    /// A disclosure names a claim that already exists at its level (RFC 9901 §7.1 step 3.c.ii).
    #[error("disclosure {index} repeats a claim of its level")]
    NameTaken {
        /// Its place among the disclosures, from 0.
        index: usize,
    },
    /// A claim on which validity rests was made selectively disclosable (SD-JWT VC §3.2.2.2).
    #[error("the claim {name} must not be selectively disclosable")]
    NeverSelective {
        /// The claim.
        name: &'static str,
    },
    /// Claims nest too deeply, disclosures inside disclosures included.
    #[error("claims nested more than {limit} deep")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
    },
}

/// What the holder did wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HolderFault {
    /// Longer than any that we read.
    #[error("an SD-JWT of {len} characters, over the limit of {limit}")]
    TooLong {
        /// Characters given.
        len: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// No `~`, or an empty part between two (RFC 9901 §4).
    #[error("not a JWT and disclosures, each followed by ~")]
    NotSdJwt,
    /// More disclosures than we read.
    #[error("{found} disclosures, over the limit of {limit}")]
    TooManyDisclosures {
        /// Disclosures given.
        found: usize,
        /// Disclosures allowed.
        limit: usize,
    },
    /// A disclosure was sent twice (RFC 9901 §4).
    #[error("disclosure {index} was sent twice")]
    DisclosureRepeated {
        /// The place of one of the two, from 0.
        index: usize,
    },
    /// No digest, neither in the payload nor in another disclosure, is that of this one (RFC 9901 §7.1 step 5).
    #[error("disclosure {index} belongs to no digest")]
    DisclosureUnreferenced {
        /// Its place among the disclosures, from 0.
        index: usize,
    },
    /// Nothing follows the last `~` (RFC 9901 §7.3 step 2).
    #[error("the key-binding JWT is missing")]
    KeyBindingMissing,
    /// A key-binding JWT where an issued SD-JWT belongs (RFC 9901 §7.2).
    #[error("a key-binding JWT on an issued SD-JWT")]
    KeyBindingPresent,
    /// The key-binding JWT cannot be read, or the holder's key did not sign it.
    #[error("the key-binding JWT: {0}")]
    KeyBindingJws(JwsError),
    /// `typ` is not `kb+jwt` (RFC 9901 §7.3 step 5.d).
    #[error("the key-binding JWT's typ is {typ:?}")]
    KeyBindingType {
        /// The first 32 characters of the `typ` found.
        typ: Option<String>,
    },
    /// The payload of the key-binding JWT is not a JSON object.
    #[error("the key-binding JWT's payload: {0}")]
    KeyBindingPayload(JsonError),
    /// A claim of the key-binding JWT is missing or of another type (RFC 9901 §4.3).
    #[error("the key-binding claim {name} is missing or malformed")]
    KeyBindingClaim {
        /// The claim.
        name: &'static str,
    },
    /// `aud` is another verifier.
    #[error("the presentation was made for another verifier")]
    AudienceMismatch,
    /// `nonce` is that of another request.
    #[error("the presentation answers another request")]
    NonceMismatch,
    /// `sd_hash` is not the hash of what was presented (RFC 9901 §4.3.1).
    #[error("the key binding is for other contents")]
    HashMismatch,
    /// The key-binding JWT is older than the verifier accepts.
    #[error("the key binding of {issued_at} is older than {max_age} (now {now})")]
    KeyBindingTooOld {
        /// Its `iat`.
        issued_at: Timestamp,
        /// The verifier's time.
        now: Timestamp,
        /// The age accepted.
        max_age: Duration,
    },
    /// The key-binding JWT comes from the future.
    #[error("the key binding is dated {issued_at}, in the future (now {now})")]
    KeyBindingFromFuture {
        /// Its `iat`.
        issued_at: Timestamp,
        /// The verifier's time.
        now: Timestamp,
    },
    /// The key-binding JWT has an `exp`, and it has passed.
    #[error("the key binding expired at {expired} (now {now})")]
    KeyBindingExpired {
        /// Its `exp`.
        expired: Timestamp,
        /// The verifier's time.
        now: Timestamp,
    },
    /// The key-binding JWT has an `nbf`, and it is yet to come.
    #[error("the key binding is not valid before {not_before} (now {now})")]
    KeyBindingNotYetValid {
        /// Its `nbf`.
        not_before: Timestamp,
        /// The verifier's time.
        now: Timestamp,
    },
    /// The credential is bound to a key other than the one expected on receipt.
    #[error("the credential is bound to another key")]
    OtherHolderKey,
}

/// Claims that cannot be issued: the caller's fault, or its random source's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// `_sd`, `...` or `_sd_alg` as the name of a claim, or a registered claim that [`crate::Issuance`] writes itself.
    #[error("the claim name {name} is reserved")]
    NameReserved {
        /// The name.
        name: String,
    },
    /// The claim was already added.
    #[error("the claim {name} is already there")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// Claims nest more deeply than any verifier of ours reads.
    #[error("claims nested more than {limit} deep")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
    },
    /// More selectively disclosable claims than any verifier of ours reads.
    #[error("{found} selectively disclosable claims, over the limit of {limit}")]
    TooManyDisclosures {
        /// Disclosures asked for.
        found: usize,
        /// Disclosures allowed.
        limit: usize,
    },
    /// No salts without randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// A selection that cannot be presented: the caller's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PresentError {
    /// The credential has no claim at this path.
    #[error("path {index} leads to no claim")]
    NoSuchClaim {
        /// Which of the paths given, from 0.
        index: usize,
    },
}
