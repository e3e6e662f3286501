//! Each decision on what is read: accepted here, refused there, and never a panic.

use mapae_cose::cbor::{CborError, Key, Kind, MAX_DEPTH, Reader, Value};
use proptest::prelude::*;

use crate::hex::hex;

fn read(text: &str) -> Result<Value, CborError> {
    Value::from_cbor(&hex(text))
}

/// One item is read as a value and passed over as a member that nobody knows: both must decide alike.
fn refused(text: &str, why: CborError) {
    let bytes = hex(text);
    assert_eq!(read(text), Err(why), "{text}");
    assert_eq!(Reader::read_all(&bytes, |reader| reader.skip().map(drop)), Err(why), "{text} passed over");
}

fn accepted(text: &str) -> Value {
    let bytes = hex(text);
    assert_eq!(Reader::read_all(&bytes, Reader::skip), Ok(&*bytes), "{text}");
    read(text).unwrap()
}

/// `count` heads of one kind inside one another, then a zero.
fn nested(head: &str, count: u8) -> String {
    head.repeat(count.into()) + "00"
}

#[test]
fn peer_hole_16_a_key_that_occurs_twice_is_refused() {
    accepted("a201010201");
    refused("a201010101", CborError::DuplicateKey(5));
    refused("a3616101616202616103", CborError::DuplicateKey(10));
    // Keys are compared where they stand: the same key inside and outside is two keys.
    accepted("a16161a1616101");
    refused("81a1616182a0a220002000", CborError::DuplicateKey(11));
}

#[test]
fn peer_hole_16_keys_are_compared_by_value_and_not_by_their_bytes() {
    // 1 as one byte, as two and as nine; "a" with a length of one byte and of two.
    refused("a20101180101", CborError::DuplicateKey(6));
    refused("a201011b000000000000000101", CborError::DuplicateKey(13));
    refused("a261610178016101", CborError::DuplicateKey(8));
    // 1, -1 and "1" are three keys.
    accepted("a301012001613101");
}

#[test]
fn peer_hole_16_indefinite_lengths_are_refused() {
    for (definite, indefinite) in
        [("4101", "5f4101ff"), ("6161", "7f6161ff"), ("8101", "9f01ff"), ("a10101", "bf0101ff")]
    {
        accepted(definite);
        refused(indefinite, CborError::Indefinite(0));
    }
    refused("82019fff", CborError::Indefinite(2));
    refused("ff", CborError::Malformed(0));
}

#[test]
fn peer_hole_16_deep_nesting_is_refused() {
    for head in ["81", "a100", "c0"] {
        accepted(&nested(head, MAX_DEPTH));
        let at = hex(head).len() * usize::from(MAX_DEPTH);
        refused(&nested(head, MAX_DEPTH + 1), CborError::TooDeep(at));
        assert!(read(&head.repeat(100_000)).is_err());
    }
}

#[test]
fn depth_is_counted_in_and_out() {
    let deep = nested("81", MAX_DEPTH - 1);
    accepted(&format!("84{deep}{deep}{deep}{deep}"));
}

#[test]
fn peer_hole_16_a_length_beyond_the_end_is_refused() {
    // 2^60 of anything: were it believed, the process would end here.
    for major in ["5b", "7b", "9b", "bb"] {
        refused(&format!("{major}1000000000000000"), CborError::Truncated(0));
        refused(&format!("{major}ffffffffffffffff"), CborError::Truncated(0));
    }
    accepted("420102");
    refused("4201", CborError::Truncated(0));
    refused("8201", CborError::Truncated(0));
    refused("a10101a1", CborError::Trailing(3));
    refused("a101", CborError::Truncated(0));
}

#[test]
fn peer_hole_16_an_item_cut_short_anywhere_is_refused() {
    let whole = hex("a4616182f5f6616244010203046163c074313937302d30312d30315430303a30303a30305a6164fb3ff199999999999a");
    Value::from_cbor(&whole).unwrap();
    for length in 0..whole.len() {
        assert!(matches!(Value::from_cbor(&whole[..length]), Err(CborError::Truncated(_))), "{length}");
    }
}

#[test]
fn peer_hole_16_bytes_after_the_item_are_refused() {
    assert_eq!(accepted("00"), Value::Int(0));
    refused("0000", CborError::Trailing(1));
    refused("a0f6", CborError::Trailing(1));
}

#[test]
fn peer_hole_16_text_that_is_not_utf_8_is_refused() {
    assert_eq!(accepted("63ed999d"), Value::text("홝"));
    refused("61ff", CborError::Utf8(0));
    // Half a surrogate pair, and "/" in two bytes.
    refused("63eda080", CborError::Utf8(0));
    refused("62c0af", CborError::Utf8(0));
    refused("a161ff01", CborError::Utf8(1));
}

#[test]
fn keys_are_integers_or_text() {
    accepted("a22001616101");
    for key in ["4101", "80", "a0", "f5", "f6", "f90000", "c000"] {
        refused(&format!("a1{key}00"), CborError::KeyKind(1));
    }
}

#[test]
fn integer_keys_fit_64_bits_with_sign() {
    accepted("a23b7fffffffffffffff001b7fffffffffffffff00");
    refused("a11b800000000000000000", CborError::Range(1));
    refused("a13b800000000000000000", CborError::Range(1));
}

#[test]
fn what_rfc_8949_reserves_is_refused() {
    // Lengths 28 to 30 of each major type, simple values that nobody assigned, and the two-byte form.
    for first in ["1c", "3d", "5e", "7c", "9d", "be", "dc", "e0", "f3", "f820", "f818", "fc", "fe"] {
        refused(first, CborError::Malformed(0));
    }
    // A length without end where none may stand.
    for first in ["1f", "3f", "df"] {
        refused(first, CborError::Malformed(0));
    }
    for simple in ["f4", "f5", "f6", "f7"] {
        accepted(simple);
    }
}

#[test]
fn peer_hole_03_longer_lengths_than_needed_are_accepted() {
    for text in ["00", "1800", "190000", "1a00000000", "1b0000000000000000"] {
        assert_eq!(accepted(text), Value::Int(0), "{text}");
    }
    assert_eq!(accepted("7800"), Value::text(""));
    assert_eq!(accepted("5a0000000101"), Value::Bytes(vec![1]));
    assert_eq!(accepted("990001f5"), Value::Array(vec![Value::Bool(true)]));
    assert_eq!(accepted("b8010101"), Value::Map(vec![(Value::Int(1), Value::Int(1))]));
    assert_eq!(accepted("d9001800"), Value::Tag(24, Box::new(Value::Int(0))));
}

#[test]
fn peer_hole_03_any_order_of_keys_is_accepted_and_kept() {
    let Value::Map(entries) = accepted("a3626262016161022003") else { panic!("not a map") };
    let keys: Vec<Value> = entries.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, [Value::text("bb"), Value::text("a"), Value::Int(-1)]);
}

#[test]
fn a_structure_finds_the_type_that_it_expects_or_says_where_it_does_not() {
    let bytes = hex("83016161f5");
    let read = |reader: &mut Reader<'_>, count| {
        assert_eq!((count, reader.kind()?), (3, Kind::Int));
        assert_eq!(reader.bytes(), Err(CborError::Unexpected(1)));
        assert_eq!((reader.unsigned()?, reader.text()?.len()), (1, 1));
        assert_eq!(reader.int(), Err(CborError::Unexpected(4)));
        assert_eq!(reader.array(|_, _| Ok::<_, CborError>(())), Err(CborError::Unexpected(4)));
        reader.bool()
    };
    assert_eq!(Reader::read_all(&bytes, |reader| reader.array(read)), Ok(true));
}

#[test]
fn an_array_read_in_part_is_refused() {
    let first_only = |reader: &mut Reader<'_>, _| reader.int();
    assert_eq!(Reader::read_all(&hex("8101"), |reader| reader.array(first_only)), Ok(1));
    assert_eq!(Reader::read_all(&hex("820102"), |reader| reader.array(first_only)), Err(CborError::Trailing(2)));
}

#[test]
fn an_integer_that_does_not_fit_is_refused() {
    let int = |text: &str| Reader::new(&hex(text)).int();
    assert_eq!(int("1b7fffffffffffffff"), Ok(i64::MAX));
    assert_eq!(int("3b7fffffffffffffff"), Ok(i64::MIN));
    assert_eq!(int("1b8000000000000000"), Err(CborError::Range(0)));
    assert_eq!(Reader::new(&hex("20")).unsigned(), Err(CborError::Range(0)));
    assert_eq!(int("19ff"), Err(CborError::Truncated(0)));
}

#[test]
fn undefined_is_not_null_in_a_structure() {
    assert_eq!(Reader::new(&hex("f6")).null(), Ok(true));
    assert_eq!(Reader::new(&hex("f7")).null(), Ok(false));
    assert_eq!(Reader::new(&hex("00")).null(), Ok(false));
    assert_eq!(accepted("f7"), Value::Null);
}

#[test]
fn encoded_cbor_is_given_with_its_tag_and_without() {
    let bytes = hex("d81843010203");
    assert_eq!(Reader::new(&bytes).encoded_cbor(), Ok((&*bytes, &[1, 2, 3][..])));
    for (other, why) in [
        ("d81743010203", CborError::Unexpected(0)),
        ("43010203", CborError::Unexpected(0)),
        ("d81863616263", CborError::Unexpected(2)),
    ] {
        assert_eq!(Reader::new(&hex(other)).encoded_cbor(), Err(why), "{other}");
    }
}

#[test]
fn the_bytes_of_an_item_are_given_as_received() {
    let bytes = hex("a1617818001801");
    let kept = Reader::new(&bytes).map(|reader, key| {
        assert_eq!(key, Key::Text("x"));
        assert_eq!(reader.skip()?, [0x18, 0x00]);
        Ok::<_, CborError>(())
    });
    assert_eq!(kept, Ok(()));
}

#[test]
fn keys_are_ordered_as_their_encodings() {
    let in_order = [Key::Int(0), Key::Int(24), Key::Int(-1), Key::Int(-25), Key::Text("b"), Key::Text("aa")];
    assert!(in_order.is_sorted());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_both_ways_of_reading_agree(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let value = Value::from_cbor(&bytes);
        prop_assert_eq!(value.is_ok(), Reader::read_all(&bytes, |reader| reader.skip().map(drop)).is_ok());
    }

    /// Bytes that are mostly heads, so that they nest.
    #[test]
    fn arbitrary_heads_never_panic(bytes in prop::collection::vec(prop::sample::select(HEADS), 0..64)) {
        let value = Value::from_cbor(&bytes);
        prop_assert_eq!(value.is_ok(), Reader::read_all(&bytes, |reader| reader.skip().map(drop)).is_ok());
    }
}

const HEADS: &[u8] = &[
    0x00, 0x01, 0x18, 0x20, 0x3b, 0x40, 0x41, 0x5f, 0x60, 0x61, 0x80, 0x81, 0x82, 0x9b, 0x9f, 0xa0, 0xa1, 0xa2, 0xbf,
    0xc0, 0xd8, 0xf4, 0xf6, 0xf7, 0xf9, 0xfb, 0xff,
];
