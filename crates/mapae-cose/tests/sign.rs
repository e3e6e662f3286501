//! One payload, several signers: each vouches for itself, and one set of signatures has one encoding.

use mapae_cose::{
    CoseError, Headers, Sign, UnsignedSign,
    cbor::{CborError, Value, Writer},
};
use mapae_crypto::{Algorithm, Curve, PublicKey, Signature, SigningKey};

use crate::hex::hex;

const NAMES: [&str; 3] = ["court", "interior", "police"];

fn key(name: &str) -> SigningKey {
    SigningKey::from_scalar(&[u8::try_from(name.len()).unwrap(); 32]).unwrap()
}

fn unsigned() -> UnsignedSign {
    UnsignedSign::new(&Headers::default().with_typ("application/x"), b"payload")
}

fn signature<'n>(unsigned: &UnsignedSign, name: &'n str) -> (&'n str, Algorithm, Signature) {
    let message = unsigned.to_be_signed(Algorithm::Es256, name.as_bytes());
    (name, Algorithm::Es256, key(name).sign(&message).unwrap())
}

fn signed(names: &[&str]) -> Vec<u8> {
    let unsigned = unsigned();
    unsigned.attach(names.iter().map(|name| signature(&unsigned, name)).collect())
}

fn names<'b>(message: &Sign<'b>) -> Vec<&'b [u8]> {
    message.signatures().iter().map(mapae_cose::SignerInfo::key_id).collect()
}

/// The array inside the tag.
fn parts(message: &[u8]) -> Vec<Value> {
    let Value::Tag(98, inner) = Value::from_cbor(message).unwrap() else { panic!("not under tag 98") };
    let Value::Array(parts) = *inner else { panic!("not an array") };
    parts
}

fn with_parts(message: &[u8], change: impl FnOnce(&mut Vec<Value>)) -> Vec<u8> {
    let mut parts = parts(message);
    change(&mut parts);
    Value::Tag(98, Box::new(Value::Array(parts))).to_cbor()
}

fn signers(parts: &mut [Value]) -> &mut Vec<Value> {
    let Value::Array(signers) = &mut parts[3] else { panic!("no signers") };
    signers
}

fn refusal(message: &[u8]) -> CoseError {
    Sign::parse(message).unwrap_err()
}

#[test]
fn each_signer_vouches_for_the_payload_by_its_own_key() {
    let message = signed(&NAMES);
    let message = Sign::parse(&message).unwrap();
    assert_eq!(names(&message), NAMES.map(str::as_bytes));
    assert_eq!(message.protected().typ, Some("application/x"));
    for (index, name) in NAMES.iter().enumerate() {
        assert_eq!(message.verify_by(index, key(name).public()), Ok(&b"payload"[..]));
        assert_eq!(message.signatures()[index].algorithm(), Some(Algorithm::Es256));
        assert_eq!(message.signatures()[index].signature().len(), 64);
    }
}

#[test]
fn one_signers_key_does_not_verify_anothers_signature() {
    let message = signed(&NAMES);
    let message = Sign::parse(&message).unwrap();
    assert_eq!(message.verify_by(0, key("police").public()), Err(CoseError::SignatureInvalid));
}

#[test]
fn a_signer_who_is_not_there_has_not_signed() {
    let message = signed(&["court"]);
    assert_eq!(Sign::parse(&message).unwrap().verify_by(1, key("court").public()), Err(CoseError::SignatureInvalid));
}

#[test]
fn what_is_signed_is_the_structure_of_rfc_9052_for_several_signers() {
    let body = hex("A1 10 6D 6170706C69636174696F6E2F78");
    let signer = hex("A2 01 26 04 45 636F757274");
    let mut expected = Writer::new();
    expected.array(5).text("Signature").bytes(&body).bytes(&signer).bytes(b"").bytes(b"payload");
    assert_eq!(unsigned().to_be_signed(Algorithm::Es256, b"court"), expected.as_bytes());
    assert_eq!(unsigned().payload(), b"payload");
}

#[test]
fn signers_stand_in_the_order_of_their_names_whoever_signed_first() {
    let unsigned = unsigned();
    let [court, interior, police] = NAMES.map(|name| signature(&unsigned, name));
    let one = unsigned.attach(vec![police.clone(), court.clone(), interior.clone()]);
    assert_eq!(one, unsigned.attach(vec![court, interior, police]));
    assert_eq!(one[..3], [0xd8, 98, 0x84]);
}

#[test]
fn a_signer_is_attached_once() {
    let unsigned = unsigned();
    let (first, second) = (signature(&unsigned, "court"), signature(&unsigned, "court"));
    assert_eq!(unsigned.attach(vec![first.clone(), second]), unsigned.attach(vec![first]));
}

#[test]
fn signers_out_of_order_are_refused() {
    let swapped = with_parts(&signed(&["court", "police"]), |parts| signers(parts).reverse());
    assert_eq!(refusal(&swapped), CoseError::SignerOrder);
}

#[test]
fn a_signer_that_stands_there_twice_is_refused() {
    let twice = with_parts(&signed(&["court"]), |parts| {
        let again = signers(parts)[0].clone();
        signers(parts).push(again);
    });
    assert_eq!(refusal(&twice), CoseError::SignerOrder);
}

#[test]
fn a_structure_without_signers_is_refused() {
    assert_eq!(refusal(&signed(&[])), CoseError::SignerOrder);
}

#[test]
fn a_signer_without_a_name_is_refused() {
    let unnamed = with_parts(&signed(&["court"]), |parts| {
        let Value::Array(signer) = &mut signers(parts)[0] else { panic!("no signer") };
        signer[0] = Value::Bytes(hex("A1 01 26"));
    });
    assert_eq!(refusal(&unnamed), CoseError::SignerUnnamed);
}

#[test]
fn a_structure_of_several_signers_includes_its_payload() {
    let detached = with_parts(&signed(&["court"]), |parts| parts[2] = Value::Null);
    assert_eq!(refusal(&detached), CoseError::PayloadPlace);
}

#[test]
fn a_structure_of_several_signers_has_four_parts_and_a_signer_three() {
    let five = with_parts(&signed(&["court"]), |parts| parts.push(Value::Null));
    assert_eq!(refusal(&five), CborError::Unexpected(2).into());
    let mut four = signed(&["court"]);
    let at = four.len() - 64 - 2 - 1 - 11 - 1;
    assert_eq!(four[at], 0x83, "the signer's array");
    four[at] = 0x84;
    four.push(0xf6);
    assert_eq!(refusal(&four), CborError::Unexpected(at).into());
}

#[test]
fn a_signature_over_another_payload_or_other_headers_is_refused() {
    let message = signed(&["court"]);
    let payload = with_parts(&message, |parts| parts[2] = Value::Bytes(b"PAYLOAD".to_vec()));
    let typ = with_parts(&message, |parts| parts[0] = Value::Bytes(hex("A1 10 61 78")));
    for altered in [payload, typ] {
        let altered = Sign::parse(&altered).unwrap();
        assert_eq!(altered.verify_by(0, key("court").public()), Err(CoseError::SignatureInvalid));
    }
}

#[test]
fn peer_hole_07_a_signers_algorithm_in_the_unprotected_header_only_is_refused() {
    let message = with_parts(&signed(&["court"]), |parts| {
        let Value::Array(signer) = &mut signers(parts)[0] else { panic!("no signer") };
        signer[0] = Value::Bytes(hex("A1 04 45 636F757274"));
        signer[1] = Value::Map(vec![(Value::from(1), Value::from(-7))]);
    });
    let parsed = Sign::parse(&message).unwrap();
    assert_eq!(parsed.verify_by(0, key("court").public()), Err(CoseError::AlgorithmUnsupported(None)));
}

#[test]
fn a_parameter_in_both_headers_of_a_body_or_a_signer_is_refused() {
    let typ_twice = with_parts(&signed(&["court"]), |parts| {
        parts[1] = Value::Map(vec![(Value::from(16), Value::from("application/x"))]);
    });
    assert_eq!(refusal(&typ_twice), CoseError::HeaderTwice(16));
    let kid_twice = with_parts(&signed(&["court"]), |parts| {
        let Value::Array(signer) = &mut signers(parts)[0] else { panic!("no signer") };
        signer[1] = Value::Map(vec![(Value::from(4), Value::Bytes(b"court".to_vec()))]);
    });
    assert_eq!(refusal(&kid_twice), CoseError::HeaderTwice(4));
}

#[test]
fn every_changed_byte_spoils_some_signature() {
    let message = signed(&["court", "police"]);
    let keys = [key("court"), key("police")];
    for at in 0..message.len() {
        for change in [1, 4, 32, 128, 255] {
            let mut altered = message.clone();
            altered[at] ^= change;
            let Ok(parsed) = Sign::parse(&altered) else { continue };
            let same_names = names(&parsed) == [&b"court"[..], b"police"];
            let all = keys.iter().enumerate().all(|(index, key)| parsed.verify_by(index, key.public()).is_ok());
            assert!(!(same_names && all), "{at} {change:02x}");
        }
    }
}

/// The examples of the COSE working group: sign-tests, and Appendix C.1 of RFC 9052.
mod working_group {
    use super::*;

    const SIGNER: &str =
        "8343A10126A1044231315840E2AEAFD40D69D19DFE6E52077C5D7FF4E408282CBEFB5D06CBF414AF2E19D982AC45AC98B8
        544C908B4507DE1E90B717C3D34816FE926A2B98F53AFD2FA0F30A";
    const CONTENT: &[u8] = b"This is the content.";

    fn p256() -> PublicKey {
        let x = hex("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff");
        let y = hex("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e");
        PublicKey::from_coordinates(Curve::P256, &x, &y).unwrap()
    }

    fn message(protected: &str, signers: &str) -> String {
        format!("D86284{protected}A054546869732069732074686520636F6E74656E742E{signers}")
    }

    fn verify(text: &str) -> Result<Vec<u8>, CoseError> {
        Ok(Sign::parse(&hex(text))?.verify_by(0, &p256())?.to_vec())
    }

    #[test]
    fn the_single_signature_of_rfc_9052_is_accepted_with_and_without_its_tag() {
        let text = message("40", &format!("81{SIGNER}"));
        assert_eq!(verify(&text).as_deref(), Ok(CONTENT));
        assert_eq!(verify(text.strip_prefix("D862").unwrap()).as_deref(), Ok(CONTENT));
    }

    #[test]
    fn an_empty_header_is_signed_alike_however_it_was_sent() {
        assert_eq!(verify(&message("41A0", &format!("81{SIGNER}"))).as_deref(), Ok(CONTENT));
    }

    /// The second signer of Appendix C.1.2 has a key on P-521, which we do not know; the first is unharmed.
    #[test]
    fn a_signer_whose_algorithm_we_do_not_know_stands_beside_one_that_verifies() {
        let other = format!(
            "8344A1013823A104581E62696C626F2E62616767696E7340686F626269746F6E2E6578616D706C655884{}",
            "00".repeat(132)
        );
        let bytes = hex(&message("40", &format!("82{SIGNER}{other}")));
        let parsed = Sign::parse(&bytes).unwrap();
        assert_eq!(parsed.verify_by(0, &p256()), Ok(CONTENT));
        assert_eq!(parsed.verify_by(1, &p256()), Err(CoseError::AlgorithmUnsupported(Some(-36))));
        assert_eq!(parsed.signatures()[1].algorithm(), None);
    }

    #[test]
    fn a_body_with_protected_headers_is_accepted() {
        let signer =
            "818343A10126A1044231315840D71C05DB52C9CE7F1BF5AAC01334BBEACAC1D86A2303E6EEAA89266F45C01ED602CA649EAF
            790D8BC99D2458457CA6A872061940E7AFBE48E289DFAC146AE258";
        assert_eq!(verify(&message("43A10300", signer)).as_deref(), Ok(CONTENT));
        // sign-fail-07: the protected header is gone.
        assert_eq!(verify(&message("41A0", signer)), Err(CoseError::SignatureInvalid));
    }

    #[test]
    fn what_the_working_group_says_must_fail_fails() {
        let good = message("40", &format!("81{SIGNER}"));
        let wrong_tag = good.replacen("D862", "D903E6", 1);
        assert_eq!(verify(&wrong_tag), Err(CborError::Unexpected(0).into()));
        let changed_signature = good.replace("A0F30A", "A0F30B");
        assert_eq!(verify(&changed_signature), Err(CoseError::SignatureInvalid));
        let unknown_algorithm = good.replace("43A10126", "45A1013903E6");
        assert_eq!(verify(&unknown_algorithm), Err(CoseError::AlgorithmUnsupported(Some(-999))));
        let named_algorithm = good.replace("43A10126", "4AA10167756E6B6E6F776E");
        assert_eq!(verify(&named_algorithm), Err(CoseError::AlgorithmUnsupported(None)));
        assert_eq!(verify(&message("43A10300", &format!("81{SIGNER}"))), Err(CoseError::SignatureInvalid));
    }
}
