//! Names, ids and verifier keys.

use mapae_ledger::{KeyError, KeyName, SignatureType, VerifierKey};

use crate::parties::{log, witness};

/// signed-note, "Verifier keys", "Example".
pub(crate) const EXAMPLE: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

fn key(text: &str) -> Result<VerifierKey, KeyError> {
    text.parse()
}

#[test]
fn the_verifier_key_of_the_specification_is_read_and_written_back() {
    let read = key(EXAMPLE).unwrap();
    assert_eq!(read.to_string(), EXAMPLE);
    assert_eq!((read.name().as_str(), read.id().to_string()), ("example.com/foo", "530d903a".to_owned()));
    assert_eq!(read.kind(), SignatureType::Ed25519);
}

#[test]
fn a_key_serves_two_purposes_under_two_ids() {
    let witness = witness(0).verifier;
    let plain = VerifierKey::new(witness.name().clone(), SignatureType::Ed25519, witness.public_key().clone());
    assert_ne!(plain.id(), witness.id());
    for key in [witness, plain, log().verifier] {
        assert_eq!(key.to_string().parse(), Ok(key));
    }
}

#[test]
fn key_names_have_no_space_no_plus_and_no_control_character() {
    for good in ["example.com/foo", "a", "oid/1.2.3", "한국", "a=b"] {
        assert_eq!(good.parse::<KeyName>().unwrap().as_str(), good);
    }
    // U+00A0 and U+3000 are Unicode spaces, U+0085 and U+2028 count as such.
    for bad in ["", "a b", "a+b", "a\u{a0}b", "a\u{3000}b", "a\u{85}b", "a\u{2028}b", "a\nb", "a\tb", "a\u{1}b", " "] {
        assert_eq!(bad.parse::<KeyName>(), Err(KeyError::NameMalformed), "{bad:?}");
    }
}

#[test]
fn a_verifier_key_has_three_parts_in_their_forms() {
    for bad in [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        // The material: not base64, without padding, a byte too few, too many, none.
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2!",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA==",
        "example.com/foo+530d903a+",
    ] {
        assert_eq!(key(bad), Err(KeyError::NotAVerifierKey), "{bad}");
    }
    assert_eq!(key(&EXAMPLE.replace("example.com/foo", "")), Err(KeyError::NameMalformed));
}

#[test]
fn the_id_of_a_verifier_key_follows_from_the_rest() {
    for bad in [
        EXAMPLE.replace("530d903a", "530d903b"),
        EXAMPLE.replace("530d903a", "530D903A"),
        EXAMPLE.replace("530d903a", "530d903"),
        EXAMPLE.replace("example.com/foo", "example.com/fop"),
    ] {
        assert!(matches!(key(&bad), Err(KeyError::IdDiffers { .. })), "{bad}");
    }
}

/// ECDSA, RFC 6962 and ML-DSA-44 are types of others.
#[test]
fn types_that_are_not_verified_here_are_recognised_as_such() {
    for kind in [0x00, 0x02, 0x03, 0x05, 0x06, 0xff] {
        let material = [vec![kind], vec![7; 32]].concat();
        let text = format!("a+00000000+{}", crate::notes::base64(&material));
        assert_eq!(key(&text), Err(KeyError::TypeUnsupported { kind }));
    }
}

#[test]
fn a_key_of_small_order_is_no_key() {
    let text = format!("a+00000000+{}", crate::notes::base64(&[vec![1], vec![0; 32]].concat()));
    assert!(matches!(key(&text), Err(KeyError::KeyInvalid { .. })));
}
