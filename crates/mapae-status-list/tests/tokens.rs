//! A publisher for the tests, and issuing in both forms.

use mapae_cose::cbor::Value;
use mapae_crypto::{Algorithm, PublicKey, SigningKey};
use mapae_status_list::{
    Expected, IssueError, NewStatusToken, RevocationList, Status, StatusTokenCwt, StatusTokenJwt, TokenTimes,
    VerifiedStatusToken,
};
use mapae_types::{Duration, Timestamp};

pub(crate) const URI: &str = "https://id.example/status/3";
pub(crate) const CHAIN: [&[u8]; 2] = [b"signer in DER", b"intermediate in DER"];

pub(crate) fn now() -> Timestamp {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

pub(crate) fn expected() -> Expected<'static> {
    Expected::new(URI, now())
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_scalar(&[7; 32]).unwrap()
}

pub(crate) fn another_key() -> PublicKey {
    SigningKey::from_scalar(&[8; 32]).unwrap().public().clone()
}

fn times() -> TokenTimes {
    TokenTimes { issued_at: now(), expires_at: now() + Duration::days(70), ttl: Duration::hours(1) }
}

fn list() -> RevocationList {
    let mut list = RevocationList::new(100);
    list.revoke(42).unwrap();
    list
}

pub(crate) fn jwt() -> String {
    let unsigned = NewStatusToken::new(URI, &list(), times()).unwrap().unsigned_jwt(Algorithm::Es256, &CHAIN).unwrap();
    let signature = key().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

pub(crate) fn cwt() -> Vec<u8> {
    let unsigned = NewStatusToken::new(URI, &list(), times()).unwrap().unsigned_cwt(Algorithm::Es256, &CHAIN).unwrap();
    let signature = key().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

fn assert_as_issued(token: &VerifiedStatusToken) {
    assert_eq!((token.status(42), token.status(41)), (Ok(Status::Invalid), Ok(Status::Valid)));
    assert!(token.status(104).is_err());
    assert_eq!((token.uri(), token.aggregation_uri()), (URI, None));
    assert_eq!((token.issued_at(), token.expires_at()), (now(), Some(now() + Duration::days(70))));
    assert_eq!(token.ttl(), Some(Duration::hours(1)));
}

#[test]
fn a_jwt_tells_what_was_issued() {
    let text = jwt();
    let token = StatusTokenJwt::parse(&text).unwrap();
    assert_eq!(token.x5chain(), CHAIN);
    assert_as_issued(&token.verify(key().public(), &expected()).unwrap());
}

#[test]
fn a_cwt_tells_what_was_issued() {
    let bytes = cwt();
    let token = StatusTokenCwt::parse(&bytes).unwrap();
    assert_eq!(token.x5chain(), CHAIN);
    assert_as_issued(&token.verify(key().public(), &expected()).unwrap());
}

#[test]
fn every_changed_byte_of_a_cwt_is_noticed_and_none_is_a_panic() {
    let bytes = cwt();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let verified = StatusTokenCwt::parse(&changed).and_then(|token| token.verify(key().public(), &expected()));
        assert!(verified.is_err(), "byte {at}");
    }
}

#[test]
fn every_changed_character_of_a_jwt_is_noticed_and_none_is_a_panic() {
    let text = jwt();
    for at in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        let verified = StatusTokenJwt::parse(&changed).and_then(|token| token.verify(key().public(), &expected()));
        assert!(verified.is_err(), "character {at}");
    }
}

#[test]
fn both_forms_say_where_all_lists_are_named() {
    let (uri, all) = ("https://id.example/status/0", "https://id.example/status");
    let token = NewStatusToken::new(uri, &list(), TokenTimes::published(now())).unwrap().with_aggregation(all);
    let jwt = token.unsigned_jwt(Algorithm::Es256, &[b"certificate"]).unwrap();
    let jwt = jwt.clone().attach(&key().sign(jwt.to_be_signed()).unwrap());
    let cwt = token.unsigned_cwt(Algorithm::Es256, &[b"certificate"]).unwrap();
    let cwt = cwt.clone().attach(&key().sign(cwt.to_be_signed()).unwrap());
    let expected = Expected::new(uri, now());
    let jwt = StatusTokenJwt::parse(&jwt).unwrap().verify(key().public(), &expected).unwrap();
    let cwt = StatusTokenCwt::parse(&cwt).unwrap().verify(key().public(), &expected).unwrap();
    for read in [jwt, cwt] {
        assert_eq!(read.aggregation_uri(), Some(all));
        // Design D6: 35 days, and the longest order; lists appear every 15 minutes.
        assert_eq!(read.expires_at(), Some(now() + Duration::days(70)));
        assert_eq!((read.issued_at(), read.ttl()), (now(), Some(Duration::seconds(900))));
    }
}

#[test]
fn a_token_that_never_expires_or_was_born_expired_is_not_issued() {
    for expires_at in [now(), now() - Duration::seconds(1)] {
        let refused = NewStatusToken::new(URI, &list(), TokenTimes { expires_at, ..times() });
        assert_eq!(refused.err(), Some(IssueError::ExpiresTooEarly { expires_at }));
    }
}

#[test]
fn a_token_without_time_to_live_is_not_issued() {
    for seconds in [0, -1] {
        let refused = NewStatusToken::new(URI, &list(), TokenTimes { ttl: Duration::seconds(seconds), ..times() });
        assert_eq!(refused.err(), Some(IssueError::TimeToLive { seconds }));
    }
}

#[test]
fn a_token_without_certificates_is_not_issued() {
    let token = NewStatusToken::new(URI, &list(), times()).unwrap();
    let none: [&[u8]; 0] = [];
    assert_eq!(token.unsigned_jwt(Algorithm::Es256, &none).err(), Some(IssueError::ChainEmpty));
    assert_eq!(token.unsigned_cwt(Algorithm::Es256, &none).err(), Some(IssueError::ChainEmpty));
}

#[test]
fn a_cwt_is_written_in_deterministic_order() {
    let compressed = list().encode().compressed().to_vec();
    // `Value` sorts by itself, so the order given here does not matter.
    let claims = Value::Map(vec![
        (65_533.into(), Value::Map(vec![("bits".into(), 1.into()), ("lst".into(), Value::Bytes(compressed))])),
        (65_534.into(), times().ttl.as_seconds().into()),
        (2.into(), URI.into()),
        (6.into(), now().unix().into()),
        (4.into(), times().expires_at.unix().into()),
    ]);
    let token = NewStatusToken::new(URI, &list(), times()).unwrap();
    assert_eq!(token.unsigned_cwt(Algorithm::Es256, &CHAIN).unwrap().payload(), claims.to_cbor());
}
