//! Sessions of proximity: no audience, no nonce, and a reader's key by which a device MAC is checked.

use mapae_crypto::{Algorithm, SigningKey};
use mapae_mdoc::{HeldMdoc, SessionTranscript, device_mac_key};
use mapae_sd_jwt::{KeyBinding, SdJwt};
use mapae_verify::{Binding, HolderBinding, NotVerified, Policy, Verified, verify};
use testkit::{Format, IssuedCopy, World, now};

use crate::{code, mdoc};

fn reader() -> SigningKey {
    SigningKey::from_scalar(&[4; 32]).unwrap()
}

/// A session; its parts do not matter here.
fn transcript(n: u8) -> SessionTranscript {
    SessionTranscript::from_cbor(&[0x83, 0xf6, 0xf6, n]).unwrap()
}

fn by_mac(copy: &IssuedCopy, transcript: &SessionTranscript) -> Vec<u8> {
    let key = device_mac_key(&copy.holder, reader().public(), transcript).unwrap();
    let unsigned = HeldMdoc::parse(&copy.bytes).unwrap().present(&[(mdoc::SPACE, "age_over_19")], transcript).unwrap();
    unsigned.authenticate(&key)
}

fn verify_near(world: &World, shown: &[u8], reader: &SigningKey) -> Result<Verified, NotVerified> {
    let binding = Binding::proximity(transcript(1), reader);
    verify(shown, &binding, &world.store(), now(), &Policy::default())
}

#[test]
fn a_device_mac_holds_in_its_session_for_its_reader() {
    let world = World::new();
    let copy = world.issue(Format::Mdoc);
    let verified = verify_near(&world, &by_mac(&copy, &transcript(1)), &reader()).unwrap();
    assert_eq!(verified.credentials()[0].holder_binding(), HolderBinding::DeviceMac);
    let other_session = by_mac(&copy, &transcript(2));
    assert_eq!(code(verify_near(&world, &other_session, &reader())), "holder_binding_invalid");
    let other_reader = SigningKey::from_scalar(&[5; 32]).unwrap();
    assert_eq!(code(verify_near(&world, &by_mac(&copy, &transcript(1)), &other_reader)), "holder_binding_invalid");
}

#[test]
fn a_device_mac_by_another_holders_key_is_refused() {
    let world = World::new();
    let mut copy = world.issue(Format::Mdoc);
    copy.holder = world.issue(Format::Mdoc).holder;
    assert_eq!(code(verify_near(&world, &by_mac(&copy, &transcript(1)), &reader())), "holder_binding_invalid");
}

#[test]
fn a_device_signature_holds_in_proximity_too() {
    let world = World::new();
    let copy = world.issue(Format::Mdoc);
    let unsigned = HeldMdoc::parse(&copy.bytes).unwrap().present(&[], &transcript(1)).unwrap();
    let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
    let verified = verify_near(&world, &unsigned.attach(&signature), &reader()).unwrap();
    assert_eq!(verified.credentials()[0].holder_binding(), HolderBinding::DeviceSignature);
}

#[test]
fn a_device_mac_over_openid4vp_is_refused() {
    let world = World::new();
    let shown = by_mac(&world.issue(Format::Mdoc), &world.request.transcript());
    assert_eq!(code(world.verify(&shown)), "holder_binding_missing");
}

/// One that a holder bound to nobody would hold in every such session.
#[test]
fn peer_hole_07_no_sd_jwt_answers_a_session_without_audience_and_nonce() {
    let world = World::new();
    let copy = world.issue(Format::SdJwt);
    let to = |audience, nonce| {
        let held = SdJwt::parse(core::str::from_utf8(&copy.bytes).unwrap()).unwrap();
        let binding = KeyBinding { audience, nonce, issued_at: now() };
        let unsigned = held.select(&[]).unwrap().bind(Algorithm::Es256, &binding);
        let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature).into_bytes()
    };
    assert_eq!(code(verify_near(&world, &to("", ""), &reader())), "wrong_audience");
    let binding = |audience, nonce| Binding::new(transcript(1), audience, nonce);
    let verdict = |audience, nonce| {
        code(verify(&to(audience, nonce), &binding(audience, nonce), &world.store(), now(), &Policy::default()))
    };
    assert_eq!(verdict("us", "nonce"), "held");
    assert_eq!(verdict("", "nonce"), "wrong_audience");
    assert_eq!(verdict("us", ""), "wrong_nonce");
}
