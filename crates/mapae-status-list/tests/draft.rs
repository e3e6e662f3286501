//! The vectors of the draft: §4.1 to §4.3, §5.1, §5.2 and the appendix of test vectors.

use std::collections::BTreeMap;

use mapae_cose::cbor::Reader;
use mapae_crypto::{Curve, PublicKey};
use mapae_jose::base64url;
use mapae_status_list::{
    Bits, DEFAULT_MAX_LIST_BYTES, EncodedList, Expected, RevocationList, Status, StatusList, StatusTokenCwt,
    StatusTokenJwt, TokenError, VerifiedStatusToken,
};
use mapae_types::{Duration, Timestamp};

use crate::vectors;

const URI: &str = "https://example.com/statuslists/1";
const ISSUED_AT: i64 = 1_686_920_170;

/// The key in the draft's repository that signs its examples.
fn example_key() -> PublicKey {
    let coordinate = |text| base64url::decode(text).unwrap();
    let x = coordinate("I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo");
    let y = coordinate("6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M");
    PublicKey::from_coordinates(Curve::P256, &x, &y).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix(ISSUED_AT + 3600).unwrap()
}

/// Every index of the list is 0 but those given.
fn assert_exactly(list: &StatusList, statuses: &[(u64, u8)]) {
    let expected: BTreeMap<u64, u8> = statuses.iter().copied().collect();
    assert_eq!(list.len(), 1 << 20);
    for index in 0..list.len() {
        let value = expected.get(&index).copied().unwrap_or(0);
        assert_eq!(list.get(index), Ok(Status::from(value)), "index {index}");
    }
}

fn from_json(name: &str) -> Option<StatusList> {
    let object = vectors::json(name)?;
    Some(EncodedList::from_json(&object).unwrap().inflate(DEFAULT_MAX_LIST_BYTES).unwrap())
}

fn from_cbor(name: &str) -> Option<StatusList> {
    let bytes = vectors::hex(name)?;
    let list = Reader::read_all(&bytes, EncodedList::read_cbor).unwrap();
    Some(list.inflate(DEFAULT_MAX_LIST_BYTES).unwrap())
}

fn check(bits: Bits, statuses: &str, json: &str, cbor: &str) {
    let Some(statuses) = vectors::statuses(statuses) else { return };
    for list in [from_json(json).unwrap(), from_cbor(cbor).unwrap()] {
        assert_eq!(list.bits(), bits);
        assert_exactly(&list, &statuses);
    }
}

#[test]
fn the_list_of_1_bit_has_the_statuses_of_the_draft() {
    check(Bits::One, "1-bit.txt", "status_list_encoding1_long_json.txt", "status_list_encoding1_long_cbor.txt");
}

#[test]
fn the_list_of_2_bits_has_the_statuses_of_the_draft() {
    check(Bits::Two, "2-bit.txt", "status_list_encoding2_long_json.txt", "status_list_encoding2_long_cbor.txt");
}

#[test]
fn the_list_of_4_bits_has_the_statuses_of_the_draft() {
    check(Bits::Four, "4-bit.txt", "status_list_encoding4_json.txt", "status_list_encoding4_cbor.txt");
}

#[test]
fn the_list_of_8_bits_has_the_statuses_of_the_draft() {
    check(Bits::Eight, "8-bit.txt", "status_list_encoding8_json.txt", "status_list_encoding8_cbor.txt");
}

#[test]
fn the_short_examples_have_the_bytes_and_statuses_of_the_draft() {
    for (json, statuses, bytes) in [
        ("status_list_encoding_json.txt", "example-status-list-1.txt", b"\xb9\xa3".as_slice()),
        ("status_list_encoding2_json.txt", "example-status-list-2.txt", b"\xc9\x44\xf9"),
    ] {
        let (Some(list), Some(statuses)) = (from_json(json), vectors::statuses(statuses)) else { return };
        assert_eq!(list.as_bytes(), bytes);
        assert_eq!(list.len(), statuses.len() as u64);
        assert!(statuses.iter().all(|(index, value)| list.get(*index) == Ok(Status::from(*value))));
    }
}

#[test]
fn we_write_the_list_of_1_bit_with_the_same_statuses() {
    let Some(statuses) = vectors::statuses("1-bit.txt") else { return };
    let mut list = RevocationList::new(1 << 20);
    for (index, _) in &statuses {
        list.revoke(u32::try_from(*index).unwrap()).unwrap();
    }
    let read = list.encode().inflate(DEFAULT_MAX_LIST_BYTES).unwrap();
    assert_eq!(read, from_json("status_list_encoding1_long_json.txt").unwrap());
    assert_eq!(list.revoked() as usize, statuses.len());
}

fn assert_example(token: &VerifiedStatusToken) {
    assert_eq!((token.uri(), token.list().as_bytes()), (URI, b"\xb9\xa3".as_slice()));
    assert_eq!(token.issued_at().unix(), ISSUED_AT);
    assert_eq!(token.expires_at().unwrap().unix(), 2_291_720_170);
    assert_eq!(token.ttl(), Some(Duration::hours(12)));
    assert_eq!((token.status(0), token.status(1)), (Ok(Status::Invalid), Ok(Status::Valid)));
}

#[test]
fn the_jwt_of_the_draft_verifies_with_its_key() {
    let Some(text) = vectors::unwrapped("status_list_jwt_raw.txt") else { return };
    let token = StatusTokenJwt::parse(&text).unwrap();
    assert!(token.x5chain().is_empty());
    assert_example(&token.verify(&example_key(), &Expected::new(URI, now())).unwrap());
}

#[test]
fn the_cwt_of_the_draft_verifies_with_its_key() {
    let Some(bytes) = vectors::hex("status_list_cwt.txt") else { return };
    let token = StatusTokenCwt::parse(&bytes).unwrap();
    assert!(token.x5chain().is_empty());
    assert_example(&token.verify(&example_key(), &Expected::new(URI, now())).unwrap());
}

#[test]
fn a_credential_that_refers_to_a_list_is_no_list() {
    let Some(bytes) = vectors::hex("referenced_token_cwt.txt") else { return };
    let refused = StatusTokenCwt::parse(&bytes).err();
    assert_eq!(refused, Some(TokenError::WrongType { expected: "application/statuslist+cwt" }));
}
