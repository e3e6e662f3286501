//! One value has one spelling.

use mapae_jose::base64url::{self, Base64Error};
use proptest::prelude::*;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[test]
fn the_test_vectors_of_rfc_4648_hold_without_padding() {
    for (plain, text) in
        [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy")]
    {
        assert_eq!(base64url::encode(plain), text);
        assert_eq!(base64url::decode(text).unwrap(), plain.as_bytes());
    }
    assert_eq!(base64url::encode([0xfb, 0xff]), "-_8");
}

#[test]
fn padding_white_space_and_the_other_alphabet_are_refused() {
    for text in ["Zg==", "Zm8=", "Zg=", "Z", "Zm9v\n", " Zm9v", "Zm 9v", "+_8A", "-/8A", "Zm9v.", "Zm9v\u{e9}A"] {
        assert_eq!(base64url::decode(text), Err(Base64Error), "{text:?}");
    }
}

#[test]
fn unused_last_bits_must_be_zero() {
    assert!(base64url::decode("Zg").is_ok());
    for text in ["Zh", "Zn", "Zm9", "Zm-", "QUJDZh", "QUJDZm9"] {
        assert_eq!(base64url::decode(text), Err(Base64Error), "{text}");
    }
}

#[test]
fn every_foreign_byte_is_refused_at_every_place_of_a_long_text() {
    // Long enough for the vectorised path and its tail.
    let text = base64url::encode([0x5a; 99]);
    for place in 0..text.len() {
        for byte in (0..=255).filter(|b| !ALPHABET.contains(b)) {
            let mut bad = text.clone().into_bytes();
            bad[place] = byte;
            assert_eq!(base64url::decode(&bad), Err(Base64Error), "{byte:#x} at {place}");
        }
    }
}

#[test]
fn a_buffer_of_the_callers_gives_the_same_and_must_have_room() {
    let mut bytes = b"x".to_vec();
    base64url::decode_into("Zm9v", &mut bytes).unwrap();
    assert_eq!(bytes, b"xfoo");
    assert_eq!(base64url::decode_into("Zh", &mut bytes), Err(Base64Error));
    let mut out = [0; 4];
    assert_eq!(base64url::encode_to(b"foo", &mut out).unwrap(), b"Zm9v");
    assert_eq!(base64url::encode_to(b"foob", &mut out), Err(Base64Error));
    assert_eq!(base64url::decode_to("Zm9v", &mut out).unwrap(), b"foo");
    for text in ["Zm9vYmE", "Zm9=", "Zh", "Z"] {
        assert_eq!(base64url::decode_to(text, &mut out), Err(Base64Error), "{text}");
    }
}

#[test]
fn standard_base64_wants_its_padding() {
    assert_eq!(base64url::encode_standard([0xfb, 0xff]), "+/8=");
    assert_eq!(base64url::decode_standard("+/8=").unwrap(), [0xfb, 0xff]);
    for text in ["+/8", "-_8=", "+/9=", "+/8=\n", "=", "===="] {
        assert_eq!(base64url::decode_standard(text), Err(Base64Error), "{text:?}");
    }
}

proptest! {
    #[test]
    fn bytes_come_back_and_a_text_that_decodes_is_the_one_that_encodes(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "[A-Za-z0-9_-]{0,90}",
    ) {
        prop_assert_eq!(base64url::decode(base64url::encode(&bytes)).unwrap(), bytes.clone());
        prop_assert_eq!(base64url::encode(&bytes).len(), base64url::encoded_len(bytes.len()));
        if let Ok(decoded) = base64url::decode(&text) {
            prop_assert_eq!(base64url::encode(decoded), text);
        }
    }

    #[test]
    fn appending_keeps_what_was_there(bytes in prop::collection::vec(any::<u8>(), 0..50)) {
        let mut out = "head.".to_owned();
        base64url::encode_into(&bytes, &mut out);
        prop_assert_eq!(out, format!("head.{}", base64url::encode(&bytes)));
    }
}
