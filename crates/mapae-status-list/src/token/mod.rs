//! Status list tokens (draft §5) and the rules for relying on one (§8.3 steps 3 and 4).

mod cwt;
mod delta;
mod gaps;
mod issue;
mod jwt;

pub use cwt::StatusTokenCwt;
pub use delta::TokenDelta;
pub use issue::{NewStatusToken, TokenTimes};
pub use jwt::StatusTokenJwt;

use mapae_types::{Duration, Timestamp};

use crate::{DEFAULT_MAX_LIST_BYTES, EncodedList, IndexOutOfRange, Status, StatusList, TokenError};

/// How far another's clock may be ahead of ours unless the caller says otherwise.
const DEFAULT_SKEW: Duration = Duration::seconds(60);

/// What a token must be to answer for a credential.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    uri: &'a str,
    now: Timestamp,
    skew: Duration,
    max_list_bytes: usize,
}

/// A token whose signature and claims were checked. Only `verify` makes one.
#[derive(Debug, Clone)]
pub struct VerifiedStatusToken {
    uri: String,
    issued_at: Timestamp,
    expires_at: Option<Timestamp>,
    ttl: Option<Duration>,
    aggregation_uri: Option<String>,
    list: StatusList,
}

/// The claims of a token whose signature was checked, and nothing else yet.
struct Claims<'b> {
    subject: String,
    issued_at: Timestamp,
    expires_at: Option<Timestamp>,
    not_before: Option<Timestamp>,
    ttl: Option<Duration>,
    list: EncodedList<'b>,
}

impl<'a> Expected<'a> {
    /// A token for the list at `uri`, which is what the credential says, to be relied on at `now`. Clocks
    /// may differ by 60 s, and the list may inflate to [`DEFAULT_MAX_LIST_BYTES`].
    pub const fn new(uri: &'a str, now: Timestamp) -> Self {
        Self { uri, now, skew: DEFAULT_SKEW, max_list_bytes: DEFAULT_MAX_LIST_BYTES }
    }

    /// Takes tokens whose `iat` or `nbf` lies up to `skew` in the future. Expiry is not stretched.
    pub const fn with_skew(self, skew: Duration) -> Self {
        Self { skew, ..self }
    }

    /// Takes lists that inflate to at most `bytes`.
    pub const fn with_max_list_bytes(self, bytes: usize) -> Self {
        Self { max_list_bytes: bytes, ..self }
    }
}

impl VerifiedStatusToken {
    /// The status of the credential with that index. An index that the list does not have is an error,
    /// never a status (hole 1 of the peers).
    pub fn status(&self, index: u64) -> Result<Status, IndexOutOfRange> {
        self.list.get(index)
    }

    /// The URI of the list: `sub`.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// When the issuer said so: `iat`, from which the age of the evidence counts (design D3).
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// The first second at which the token must not be accepted; a JWT may leave it open.
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// How long to keep the token before a newer one should be fetched, if the issuer says so.
    pub const fn ttl(&self) -> Option<Duration> {
        self.ttl
    }

    /// Where the issuer says that all its lists are named (draft §9), if it does.
    pub fn aggregation_uri(&self) -> Option<&str> {
        self.aggregation_uri.as_deref()
    }

    /// The list itself.
    pub const fn list(&self) -> &StatusList {
        &self.list
    }
}

impl Claims<'_> {
    fn check(self, expected: &Expected<'_>) -> Result<VerifiedStatusToken, TokenError> {
        self.check_subject(expected)?;
        self.check_times(expected)?;
        let list = self.list.inflate(expected.max_list_bytes)?;
        Ok(VerifiedStatusToken {
            uri: self.subject,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            ttl: self.ttl,
            aggregation_uri: self.list.aggregation_uri().map(str::to_owned),
            list,
        })
    }

    /// §8.3 step 4a: compared as text; a URI that means the same is another one.
    fn check_subject(&self, expected: &Expected<'_>) -> Result<(), TokenError> {
        if self.subject == expected.uri {
            Ok(())
        } else {
            Err(TokenError::WrongSubject { found: self.subject.clone() })
        }
    }

    fn check_times(&self, expected: &Expected<'_>) -> Result<(), TokenError> {
        let latest = expected.now + expected.skew;
        if self.issued_at > latest {
            return Err(TokenError::IssuedInFuture { issued_at: self.issued_at });
        }
        if let Some(not_before) = self.not_before.filter(|start| *start > latest) {
            return Err(TokenError::NotYetValid { not_before });
        }
        // RFC 7519 §4.1.4: not on or after the expiration time.
        match self.expires_at.filter(|end| *end <= expected.now) {
            Some(expired_at) => Err(TokenError::Expired { expired_at }),
            None => Ok(()),
        }
    }
}

/// A `NumericDate` in whole seconds; fractions are used by nobody and refused.
fn date(seconds: Option<i64>, claim: &'static str) -> Result<Timestamp, TokenError> {
    let malformed = TokenError::ClaimMalformed { claim };
    seconds.and_then(|seconds| Timestamp::from_unix(seconds).ok()).ok_or(malformed)
}

/// A positive number of seconds (draft §5.1, §5.2).
fn time_to_live(seconds: Option<i64>) -> Result<Duration, TokenError> {
    seconds.filter(|n| *n > 0).map(Duration::seconds).ok_or(TokenError::ClaimMalformed { claim: "ttl" })
}
