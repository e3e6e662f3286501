//! Making status list tokens. Nothing here signs: both forms return what is to be signed (design D5).

use mapae_cose::{Headers, UnsignedSign1, cbor::Writer};
use mapae_crypto::Algorithm;
use mapae_jose::{Object, UnsignedJws, json, x5c_value};
use mapae_types::{Duration, Timestamp};

use super::{cwt, jwt};
use crate::{EncodedList, IssueError, RevocationList};

/// A token before it takes one of its two forms. The list is compressed once for both.
#[derive(Debug, Clone)]
pub struct NewStatusToken<'a> {
    uri: &'a str,
    times: TokenTimes,
    list: EncodedList<'static>,
}

/// From when and how long a token speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenTimes {
    /// `iat`: the state of the list at this time.
    pub issued_at: Timestamp,
    /// `exp`: 35 days and the longest continuity order later (design D6).
    pub expires_at: Timestamp,
    /// `ttl`: after how long a newer token should be fetched.
    pub ttl: Duration,
}

impl TokenTimes {
    /// How long a list outlives the longest outage.
    const OUTAGE: Duration = Duration::days(35);
    /// By how much more a continuity order may stretch that (`LONGEST_ORDER` of `mapae-trust`).
    const ORDER: Duration = Duration::days(35);
    /// Lists appear so often.
    const INTERVAL: Duration = Duration::seconds(15 * 60);

    /// Those of a list that is published at `at` (design D6).
    pub fn published(at: Timestamp) -> Self {
        Self { issued_at: at, expires_at: at + Self::OUTAGE + Self::ORDER, ttl: Self::INTERVAL }
    }
}

impl<'a> NewStatusToken<'a> {
    /// A token for `list`, published at `uri`. The draft only recommends `exp` and `ttl`; ours have both.
    pub fn new(uri: &'a str, list: &RevocationList, times: TokenTimes) -> Result<Self, IssueError> {
        if times.expires_at <= times.issued_at {
            return Err(IssueError::ExpiresTooEarly { expires_at: times.expires_at });
        }
        match times.ttl.as_seconds() {
            1.. => Ok(Self { uri, times, list: list.encode() }),
            seconds => Err(IssueError::TimeToLive { seconds }),
        }
    }

    /// Says where all lists of the issuer are named (draft §9.1).
    pub fn with_aggregation(mut self, uri: &str) -> Self {
        self.list = self.list.with_aggregation(uri);
        self
    }

    /// The JWT, with the signer's certificates (its own first, the root left out) in `x5c`.
    pub fn unsigned_jwt<C: AsRef<[u8]>>(&self, algorithm: Algorithm, chain: &[C]) -> Result<UnsignedJws, IssueError> {
        if chain.is_empty() {
            return Err(IssueError::ChainEmpty);
        }
        let header = Object::from_iter([
            ("alg".into(), algorithm.jose().into()),
            ("typ".into(), jwt::TYP.into()),
            ("x5c".into(), x5c_value(chain)),
        ]);
        Ok(UnsignedJws::new(&header, &json::to_vec(&self.json_claims())))
    }

    /// The CWT under tag 18, with the signer's certificates (its own first, the root left out) in the
    /// protected `x5chain`.
    pub fn unsigned_cwt<C: AsRef<[u8]>>(&self, algorithm: Algorithm, chain: &[C]) -> Result<UnsignedSign1, IssueError> {
        if chain.is_empty() {
            return Err(IssueError::ChainEmpty);
        }
        let protected =
            Headers::algorithm(algorithm).with_typ(cwt::TYP).with_x5chain(chain.iter().map(AsRef::as_ref).collect());
        let claims = cbor_claims(self.uri, &self.times, &self.list);
        Ok(UnsignedSign1::new(&protected, &Headers::default(), &claims).tagged())
    }

    fn json_claims(&self) -> Object {
        Object::from_iter([
            ("sub".into(), self.uri.into()),
            ("iat".into(), self.times.issued_at.unix().into()),
            ("exp".into(), self.times.expires_at.unix().into()),
            ("ttl".into(), self.times.ttl.as_seconds().into()),
            ("status_list".into(), self.list.to_json().into()),
        ])
    }
}

/// Labels ascend, which is the deterministic order (RFC 8949 §4.2.1).
pub(super) fn cbor_claims(uri: &str, times: &TokenTimes, list: &EncodedList<'_>) -> Vec<u8> {
    let mut writer = Writer::with_capacity(list.compressed().len() + uri.len() + 64);
    writer.map(5).int(cwt::SUBJECT).text(uri);
    writer.int(cwt::EXPIRES_AT).int(times.expires_at.unix());
    writer.int(cwt::ISSUED_AT).int(times.issued_at.unix());
    writer.int(cwt::STATUS_LIST);
    list.write_cbor(&mut writer);
    writer.int(cwt::TTL).int(times.ttl.as_seconds());
    writer.into_bytes()
}
