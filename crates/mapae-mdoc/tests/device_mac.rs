//! The device MAC of a proximity session (§9.1.3.5), and that it has no place over OpenID4VP.

use mapae_cose::cbor::Value;
use mapae_crypto::SigningKey;
use mapae_mdoc::{DeviceResponse, HeldMdoc, MdocError, SessionTranscript, device_mac_key};

use crate::{
    editing::{DEVICE_AUTH, edit},
    fixture::{CHOSEN, device, expected, issued, issuer, now, shown, stranger, transcript},
};

fn reader() -> SigningKey {
    SigningKey::from_scalar(&[4; 32]).unwrap()
}

fn answered_by_mac(holder: &SigningKey, transcript: &SessionTranscript) -> Vec<u8> {
    let key = device_mac_key(holder, reader().public(), transcript).unwrap();
    HeldMdoc::parse(&issued()).unwrap().present(CHOSEN, transcript).unwrap().authenticate(&key)
}

fn verify(response: &[u8], reader_key: Option<&SigningKey>) -> Result<crate::fixture::Shown, MdocError> {
    let response = DeviceResponse::parse(response)?;
    let document = response.documents()[0].verify_issuer(issuer().public())?.valid_at(now())?;
    let verified = document.verify_device(&transcript(), reader_key)?;
    assert!(verified.by_mac());
    Ok(shown(&verified))
}

#[test]
fn a_mac_is_checked_with_the_readers_key() {
    assert_eq!(verify(&answered_by_mac(&device(), &transcript()), Some(&reader())), Ok(expected()));
}

#[test]
fn a_signature_is_not_said_to_be_a_mac() {
    assert_eq!(crate::fixture::verify_then(&crate::fixture::presented(), |verified| verified.by_mac()), Ok(false));
}

#[test]
fn both_sides_derive_the_same_key() {
    let at_device = device_mac_key(&device(), reader().public(), &transcript()).unwrap();
    let at_reader = device_mac_key(&reader(), device().public(), &transcript()).unwrap();
    assert_eq!(at_device, at_reader);
    let other_session = SessionTranscript::openid4vp_dc_api("https://rp.example", "nonce", None);
    assert_ne!(at_device, device_mac_key(&device(), reader().public(), &other_session).unwrap());
}

#[test]
fn a_mac_over_openid4vp_is_refused() {
    let response = answered_by_mac(&device(), &transcript());
    assert_eq!(verify(&response, None), Err(MdocError::DeviceMacUnexpected));
}

#[test]
fn a_mac_for_another_reader_is_refused() {
    let response = answered_by_mac(&device(), &transcript());
    assert_eq!(verify(&response, Some(&stranger())), Err(MdocError::DeviceMacInvalid));
}

#[test]
fn a_mac_of_another_holder_is_refused() {
    let response = answered_by_mac(&stranger(), &transcript());
    assert_eq!(verify(&response, Some(&reader())), Err(MdocError::DeviceMacInvalid));
}

#[test]
fn a_mac_replayed_to_another_session_is_refused() {
    let other = SessionTranscript::from_cbor(&[0x83, 0xf6, 0xf6, 0xf6]).unwrap();
    let response = answered_by_mac(&device(), &other);
    assert_eq!(verify(&response, Some(&reader())), Err(MdocError::DeviceMacInvalid));
}

#[test]
fn a_broken_mac_is_refused() {
    let response = answered_by_mac(&device(), &transcript());
    for tag in [vec![], vec![0; 32]] {
        let broken = edit(&response, &format!("{DEVICE_AUTH}/deviceMac/3"), |old| *old = Value::Bytes(tag));
        assert_eq!(verify(&broken, Some(&reader())), Err(MdocError::DeviceMacInvalid));
    }
}
