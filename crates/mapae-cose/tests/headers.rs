//! Header parameters: which are read, where, and which stop a message.

use mapae_cose::{
    CoseError, Headers, Sign1, UnsignedSign1,
    cbor::{CborError, Value},
};
use mapae_crypto::Algorithm;

use crate::{
    hex::hex,
    sign1::{foreign, key},
};

/// The verdict over a message of another writer with these headers in hexadecimal; `alg` is ES256.
fn verify(protected: &str, unprotected: &str) -> Result<(), CoseError> {
    let message = foreign(&hex(protected), &hex(unprotected), b"payload");
    Sign1::parse(&message)?.verify(key().public()).map(drop)
}

#[test]
fn unknown_parameters_are_passed_over() {
    assert_eq!(verify("a2 0126 1863 f5", "a2 1864 8101 6178 a0"), Ok(()));
}

#[test]
fn a_critical_parameter_is_refused() {
    // RFC 9052 §3.1: [99] must be understood, and parameter 99 is there.
    assert_eq!(verify("a3 0126 02 811863 1863 f5", "a0"), Err(CoseError::CriticalHeader));
    assert_eq!(verify("a1 0126", "a1 02 811863"), Err(CoseError::CriticalHeader));
    assert_eq!(verify("a2 0126 1863 f5", "a0"), Ok(()));
}

#[test]
fn a_parameter_in_both_headers_is_refused() {
    for (label, parameter) in [(1, "0126"), (3, "036178"), (4, "044178"), (16, "106178"), (33, "18214178")] {
        let protected = if label == 1 { "a1 0126".to_owned() } else { format!("a2 0126 {parameter}") };
        assert_eq!(verify(&protected, &format!("a1 {parameter}")), Err(CoseError::HeaderTwice(label)));
        let alone = if label == 1 { "a0".to_owned() } else { format!("a1 {parameter}") };
        assert_eq!(verify("a1 0126", &alone), Ok(()));
    }
}

#[test]
fn peer_hole_16_a_parameter_twice_in_one_header_is_refused() {
    assert!(matches!(verify("a2 0126 0126", "a0"), Err(CoseError::Cbor(CborError::DuplicateKey(_)))));
    assert!(matches!(verify("a1 0126", "a2 044178 044179"), Err(CoseError::Cbor(CborError::DuplicateKey(_)))));
}

#[test]
fn a_protected_header_is_one_map() {
    assert_eq!(verify("8101", "a0"), Err(CborError::Unexpected(0).into()));
    assert_eq!(verify("a1 0126 00", "a0"), Err(CborError::Trailing(3).into()));
    assert_eq!(verify("a1 0126", "80"), Err(CborError::Unexpected(5).into()));
}

/// A key id is a byte string, a content type may be a number (CoAP); nothing here is decided by either.
#[test]
fn parameters_of_a_type_that_is_not_used_are_passed_over() {
    for parameter in ["046178", "04f7", "0300", "1000"] {
        let message = foreign(&hex(&format!("a2 0126 {parameter}")), &hex("a0"), b"payload");
        let parsed = Sign1::parse(&message).unwrap();
        assert_eq!(*parsed.protected(), Headers::algorithm(Algorithm::Es256), "{parameter}");
        assert_eq!(parsed.verify(key().public()), Ok(&b"payload"[..]), "{parameter}");
    }
}

fn chain_of(unprotected: &str) -> Result<Vec<Vec<u8>>, CoseError> {
    let message = foreign(&hex("a1 0126"), &hex(unprotected), b"payload");
    Ok(Sign1::parse(&message)?.unprotected().x5chain.iter().map(|certificate| certificate.to_vec()).collect())
}

/// RFC 9360 §2.
#[test]
fn a_chain_is_one_byte_string_or_an_array_of_them() {
    assert_eq!(chain_of("a1 1821 4101"), Ok(vec![vec![1]]));
    assert_eq!(chain_of("a1 1821 82 4101 4102"), Ok(vec![vec![1], vec![2]]));
    assert_eq!(chain_of("a0"), Ok(vec![]));
    assert!(chain_of("a1 1821 6178").is_err());
    assert!(chain_of("a1 1821 8101").is_err());
}

/// Spec says two or more; we read an array of one, which has one meaning too.
#[test]
fn an_array_of_one_certificate_is_read() {
    assert_eq!(chain_of("a1 1821 81 4101"), Ok(vec![vec![1]]));
}

#[test]
fn headers_are_written_in_deterministic_order() {
    let mut protected = Headers::algorithm(Algorithm::Es256).with_typ("t").with_x5chain(vec![&[1], &[2]]);
    protected.content_type = Some("c");
    protected.key_id = Some(b"k");
    let unsigned = UnsignedSign1::new(&protected, &Headers::x5chain(vec![]), b"");
    let signature = key().sign(unsigned.to_be_signed()).unwrap();
    let Ok(Value::Array(parts)) = Value::from_cbor(&unsigned.attach(&signature)) else { panic!("not an array") };
    assert!(parts[0] == Value::Bytes(hex("a5 0126 036163 04416b 106174 1821 82 4101 4102")));
    assert!(parts[1] == Value::Map(vec![]));
}

#[test]
fn headers_are_read_as_they_were_written() {
    let protected = Headers::algorithm(Algorithm::Es256).with_typ("application/statuslist+cwt");
    let unprotected = Headers::x5chain(vec![&[1, 2, 3]]);
    let unsigned = UnsignedSign1::new(&protected, &unprotected, b"payload");
    let signature = key().sign(unsigned.to_be_signed()).unwrap();
    let message = unsigned.attach(&signature);
    let parsed = Sign1::parse(&message).unwrap();
    assert_eq!((parsed.protected(), parsed.unprotected()), (&protected, &unprotected));
}
