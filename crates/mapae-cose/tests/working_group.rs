//! The examples of the COSE working group: sign1-tests, ecdsa-examples and mac0-tests.
//!
//! Left out: sign-pass-02, which has external data (ISO 18013-5 and CWTs have none); its signature must fail here.

use mapae_cose::{
    CoseError, Mac0, Sign1,
    cbor::{CborError, Reader},
};
use mapae_crypto::{Curve, PublicKey};

use crate::hex::hex;

const CONTENT: &[u8] = b"This is the content.";

fn p256() -> PublicKey {
    let x = hex("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff");
    let y = hex("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e");
    PublicKey::from_coordinates(Curve::P256, &x, &y).unwrap()
}

fn p384() -> PublicKey {
    let x = hex("9132723f6292b010619dbe248d698c17b58756c639e7150f81bee4eb8ac37236ad0a1a19d67be32a66263e1e524d129c");
    let y = hex("98cd3078c554d832ac603c4326410ff61662459b41f1f3df5dbcc83598ff7c5ed8411ca735679d1c4cb3009397d9ef2c");
    PublicKey::from_coordinates(Curve::P384, &x, &y).unwrap()
}

fn verify(text: &str, key: &PublicKey) -> Result<Vec<u8>, CoseError> {
    Ok(Sign1::parse(&hex(text))?.verify(key)?.to_vec())
}

/// sign-pass-03: without the tag.
const PASS_03: &str =
    "8443A10126A10442313154546869732069732074686520636F6E74656E742E5840EAE868ECC176883766C5DC5BA5B8DCA2
    5DAB3C2E56A551CE5705B793914348E19F43D6C6BA654472DA301B645B293C9BA939295B97C4BDB847782BFF384C5794";

#[test]
fn sign_pass_03_and_the_same_under_its_tag_are_accepted() {
    assert_eq!(verify(PASS_03, &p256()).as_deref(), Ok(CONTENT));
    assert_eq!(verify(&format!("D2{PASS_03}"), &p256()).as_deref(), Ok(CONTENT));
}

/// The algorithm stands in the unprotected header, from where we do not take it (RFC 9052 §3.1).
#[test]
fn sign_pass_01_is_refused_for_its_unprotected_algorithm() {
    let text =
        "D28441A0A201260442313154546869732069732074686520636F6E74656E742E5840EAE868ECC176883766C5DC5BA5B8DCA25DAB
        3C2E56A551CE5705B793914348E11A02E5F0344BF2D4EE5C7FD75A68A9F5E0B3CC1F1FC1409C189566586FF9D610";
    assert_eq!(verify(text, &p256()), Err(CoseError::AlgorithmUnsupported(None)));
}

#[test]
fn sign_pass_02_does_not_verify_without_its_external_data() {
    let text =
        "D28443A10126A10442313154546869732069732074686520636F6E74656E742E5840EAE868ECC176883766C5DC5BA5B8DCA25DAB
        3C2E56A551CE5705B793914348E155388B10C4F1B59A6733EAB416870A945111A4B2FBDBEF33A77234B1DEFF2F9B";
    assert_eq!(verify(text, &p256()), Err(CoseError::SignatureInvalid));
}

#[test]
fn sign_fail_01_has_the_wrong_tag() {
    assert_eq!(verify(&format!("D903E6{PASS_03}"), &p256()), Err(CborError::Unexpected(0).into()));
}

#[test]
fn sign_fail_02_has_another_payload() {
    assert_eq!(verify(&PASS_03.replace("742E5840", "742F5840"), &p256()), Err(CoseError::SignatureInvalid));
}

#[test]
fn sign_fail_03_names_an_algorithm_that_nobody_knows() {
    let text = PASS_03.replace("43A10126", "45A1013903E6");
    assert_eq!(verify(&text, &p256()), Err(CoseError::AlgorithmUnsupported(Some(-999))));
}

#[test]
fn sign_fail_04_names_its_algorithm_by_text() {
    let text = PASS_03.replace("43A10126", "4AA10167756E6B6E6F776E");
    assert_eq!(verify(&text, &p256()), Err(CoseError::AlgorithmUnsupported(None)));
}

#[test]
fn sign_fail_06_has_a_protected_parameter_more() {
    let text = PASS_03.replace("43A10126", "45A201260300");
    assert_eq!(verify(&text, &p256()), Err(CoseError::SignatureInvalid));
}

#[test]
fn sign_fail_07_has_a_protected_parameter_less() {
    let text =
        "D28443A10126A10442313154546869732069732074686520636F6E74656E742E5840EAE868ECC176883766C5DC5BA5B8DCA25DAB
        3C2E56A551CE5705B793914348E172727F48461FABBBA2E343492DDECAC3983686250BC68E9F1A7A07D41225B59F";
    assert_eq!(verify(text, &p256()), Err(CoseError::SignatureInvalid));
}

#[test]
fn ecdsa_sig_02_is_accepted_with_p_384() {
    let text =
        "D28444A1013822A104445033383454546869732069732074686520636F6E74656E742E5860B8F85EFF78C88F5351CED2F1887B79
        B296490795594B62E41E22529BB90208B7D8CDDD4A46D0E9C986464D83D0A5D1EDF39B3E2C5750364230D0E8D76460D8808E76C83830
        FBBD1978CC174066EB437F17887979ECF027DCC9D51BAF6C4FD8C0";
    assert_eq!(verify(text, &p384()).as_deref(), Ok(CONTENT));
    assert_eq!(verify(text, &p256()), Err(CoseError::SignatureInvalid));
}

/// ES512 with a key on P-256: permitted by RFC 9053, and one more pairing than ISO 18013-5 has.
#[test]
fn ecdsa_sig_04_is_refused_for_an_algorithm_that_is_not_ours() {
    let text =
        "D28444A1013823A10442313154546869732069732074686520636F6E74656E742E5840EAE868ECC176883766C5DC5BA5B8DCA25D
        AB3C2E56A551CE5705B793914348E14A37288571498A1B64BA08D2063B8749D75CDC9D7F61EB752D23819473F6BD65";
    assert_eq!(verify(text, &p256()), Err(CoseError::AlgorithmUnsupported(Some(-36))));
}

/// HMac-01 of mac0-tests, its payload detached: the tag covers the payload wherever it travels.
#[test]
fn hmac_01_is_accepted_and_refused_with_its_payload_included() {
    let key = hex("849B57219DAE48DE646D07DBB533566E976686457C1491BE3A76DCEA6C427188").try_into().unwrap();
    let tag = "5820A1A848D3471F9D61EE49018D244C824772F223AD4F935293F1789FC3A08D8C58";
    let verify = |text: &str| Reader::read_all(&hex(text), Mac0::read)?.verify_detached(&key, CONTENT);
    assert_eq!(verify(&format!("D18443A10105A0F6{tag}")), Ok(()));
    let included = format!("D18443A10105A054546869732069732074686520636F6E74656E742E{tag}");
    assert_eq!(verify(&included), Err(CoseError::PayloadPlace));
}
