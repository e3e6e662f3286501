//! The examples of RFC 8949 Appendix A.

use mapae_cose::cbor::{CborError, Value};

use crate::hex::hex;

/// Those that are read, and written again as the same bytes.
const BOTH_WAYS: &[&str] = &[
    "00",
    "01",
    "0a",
    "17",
    "1818",
    "1819",
    "1864",
    "1903e8",
    "1a000f4240",
    "1b000000e8d4a51000",
    "1bffffffffffffffff",
    "3bffffffffffffffff",
    "20",
    "29",
    "3863",
    "3903e7",
    "f90000",
    "f98000",
    "f93c00",
    "fb3ff199999999999a",
    "f93e00",
    "f97bff",
    "fa47c35000",
    "fa7f7fffff",
    "fb7e37e43c8800759c",
    "f90001",
    "f90400",
    "f9c400",
    "fbc010666666666666",
    "f97c00",
    "f97e00",
    "f9fc00",
    "f4",
    "f5",
    "f6",
    "c074323031332d30332d32315432303a30343a30305a",
    "c11a514b67b0",
    "c1fb41d452d9ec200000",
    "d74401020304",
    "d818456449455446",
    "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
    "40",
    "4401020304",
    "60",
    "6161",
    "6449455446",
    "62225c",
    "62c3bc",
    "63e6b0b4",
    "64f0908591",
    "80",
    "83010203",
    "8301820203820405",
    "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
    "a0",
    "a201020304",
    "a26161016162820203",
    "826161a161626163",
    "a56161614161626142616361436164614461656145",
    // 2⁶⁴ and −2⁶⁴ − 1: tags around byte strings, which nothing here reads as numbers.
    "c249010000000000000000",
    "c349010000000000000000",
];

/// Those that are read, and written shorter or in one form only.
const READ_ONLY: &[(&str, &str)] = &[
    ("fa7f800000", "f97c00"),
    ("fa7fc00000", "f97e00"),
    ("faff800000", "f9fc00"),
    ("fb7ff0000000000000", "f97c00"),
    ("fb7ff8000000000000", "f97e00"),
    ("fbfff0000000000000", "f9fc00"),
    // `undefined` is written as `null`.
    ("f7", "f6"),
];

/// Those that are refused: lengths without end, and simple values that no structure here has.
const REFUSED: &[(&str, CborError)] = &[
    ("f0", CborError::Malformed(0)),
    ("f8ff", CborError::Malformed(0)),
    ("5f42010243030405ff", CborError::Indefinite(0)),
    ("7f657374726561646d696e67ff", CborError::Indefinite(0)),
    ("9fff", CborError::Indefinite(0)),
    ("9f018202039f0405ffff", CborError::Indefinite(0)),
    ("9f01820203820405ff", CborError::Indefinite(0)),
    ("83018202039f0405ff", CborError::Indefinite(5)),
    ("83019f0203ff820405", CborError::Indefinite(2)),
    ("9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", CborError::Indefinite(0)),
    ("bf61610161629f0203ffff", CborError::Indefinite(0)),
    ("826161bf61626163ff", CborError::Indefinite(3)),
    ("bf6346756ef563416d7421ff", CborError::Indefinite(0)),
];

#[test]
fn examples_of_definite_length_are_read_and_written_alike() {
    for text in BOTH_WAYS {
        assert_eq!(Value::from_cbor(&hex(text)).unwrap().to_cbor(), hex(text), "{text}");
    }
}

#[test]
fn other_encodings_of_a_value_are_read_and_written_in_the_one_form() {
    for (text, written) in READ_ONLY {
        assert_eq!(Value::from_cbor(&hex(text)).unwrap().to_cbor(), hex(written), "{text}");
    }
}

#[test]
fn examples_of_indefinite_length_and_unassigned_simple_values_are_refused() {
    for (text, why) in REFUSED {
        assert_eq!(Value::from_cbor(&hex(text)), Err(*why), "{text}");
    }
}

#[test]
fn examples_mean_what_the_appendix_says() {
    let float = |text: &str| match Value::from_cbor(&hex(text)) {
        Ok(Value::Float(number)) => number,
        other => panic!("{text}: {other:?}"),
    };
    let expected = [
        ("f93c00", 1.0),
        ("f93e00", 1.5),
        ("f97bff", 65_504.0),
        ("f90001", 5.960_464_477_539_063e-8),
        ("f90400", 0.000_061_035_156_25),
        ("f9c400", -4.0),
        ("fa47c35000", 100_000.0),
        ("fbc010666666666666", -4.1),
        ("f9fc00", f64::NEG_INFINITY),
    ];
    for (text, number) in expected {
        assert_eq!(float(text).to_bits(), f64::to_bits(number), "{text}");
    }
    assert!(float("f98000").is_sign_negative() && float("f97e00").is_nan());
    assert_eq!(Value::from_cbor(&hex("3bffffffffffffffff")), Ok(Value::Int(-18_446_744_073_709_551_616)));
    assert_eq!(Value::from_cbor(&hex("64f0908591")), Ok(Value::text("\u{10151}")));
}
