//! ISO/IEC 18013-5 Annex D: a driving licence shown over a proximity session, with everything that is checked on
//! either side. Reader authentication and device MAC are over one session transcript, the annex's own.

use mapae_cose::cbor::{Reader, Value};
use mapae_crypto::{PublicKey, SigningKey};
use mapae_mdoc::{DeviceRequest, DeviceResponse, MdocError, SessionTranscript, VerifiedMdoc, device_mac_key};

use crate::{
    editing::{DEVICE_AUTH, at, edit, edit_item, map},
    fixture::{MDL, time},
    vectors::{AnnexD, hex},
};

/// When the licence of the annex was valid.
const THEN: &str = "2021-01-01T00:00:00Z";

/// The key of a certificate, found by the head of its `SubjectPublicKeyInfo` on P-256.
fn key_of(certificate: &[u8]) -> PublicKey {
    let head = hex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
    let at = certificate.windows(head.len()).position(|window| window == head).unwrap();
    PublicKey::from_spki_der(&certificate[at..at + 91]).unwrap()
}

/// The transcript, which the annex prints under tag 24.
fn transcript(annex: &AnnexD) -> SessionTranscript {
    let tagged = annex.bytes("SESSION_TRANSCRIPT_BYTES");
    let (_, inner) = Reader::read_all(&tagged, Reader::encoded_cbor).unwrap();
    SessionTranscript::from_cbor(inner).unwrap()
}

/// What a verifier knows and does, each part of it exchangeable.
struct Check {
    response: Vec<u8>,
    signer: PublicKey,
    now: &'static str,
    transcript: SessionTranscript,
    reader: Option<SigningKey>,
}

impl Check {
    fn new(annex: &AnnexD) -> Self {
        Self {
            response: annex.bytes("DEVICE_RESPONSE"),
            signer: key_of(&annex.bytes("DS_CERT")),
            now: THEN,
            transcript: transcript(annex),
            reader: Some(annex.key("EPHEMERAL_READER_KEY_D")),
        }
    }

    fn run<T>(&self, then: impl FnOnce(VerifiedMdoc<'_, '_>) -> T) -> Result<T, MdocError> {
        let response = DeviceResponse::parse(&self.response)?;
        let document = response.documents()[0].verify_issuer(&self.signer)?.valid_at(time(self.now))?;
        Ok(then(document.verify_device(&self.transcript, self.reader.as_ref())?))
    }

    fn refused(&self) -> MdocError {
        self.run(|_| ()).unwrap_err()
    }
}

fn full_date(text: &str) -> Value {
    Value::full_date(text.parse().unwrap())
}

fn privileges() -> Value {
    let privilege = |category: &str, issued: &str, expires: &str| {
        map([
            ("vehicle_category_code", Value::from(category)),
            ("issue_date", full_date(issued)),
            ("expiry_date", full_date(expires)),
        ])
    };
    Value::Array(vec![privilege("A", "2018-08-09", "2024-10-20"), privilege("B", "2017-02-23", "2024-10-20")])
}

#[test]
fn the_licence_is_verified_by_its_device_mac() {
    let Some(annex) = AnnexD::load() else { return };
    let expected = [
        ("family_name", Value::from("Doe")),
        ("issue_date", full_date("2019-10-20")),
        ("expiry_date", full_date("2024-10-20")),
        ("document_number", Value::from("123456789")),
        ("portrait", Value::Bytes(annex.bytes("DEVICE_RESPONSE_PORTRAIT_DATA"))),
        ("driving_privileges", privileges()),
    ];
    let verdict = Check::new(&annex).run(|verified| {
        assert_eq!((verified.doc_type(), verified.by_mac()), ("org.iso.18013.5.1.mDL", true));
        assert_eq!(verified.validity().signed(), time("2020-10-01T13:30:02Z"));
        assert_eq!(verified.validity().valid_from(), time("2020-10-01T13:30:02Z"));
        assert_eq!(verified.validity().valid_until(), time("2021-10-01T13:30:02Z"));
        assert!(verified.status().is_none() && verified.device_elements().is_empty());
        assert!(verified.elements().all(|element| element.namespace == MDL));
        for (element, (identifier, value)) in verified.elements().zip(&expected) {
            assert_eq!(element.identifier, *identifier);
            assert_eq!(element.value().to_cbor(), value.to_cbor(), "{identifier}");
        }
        verified.elements().count()
    });
    assert_eq!(verdict, Ok(expected.len()));
}

#[test]
fn the_licence_carries_its_signers_certificate() {
    let Some(annex) = AnnexD::load() else { return };
    let (response, certificate) = (annex.bytes("DEVICE_RESPONSE"), annex.bytes("DS_CERT"));
    let response = DeviceResponse::parse(&response).unwrap();
    assert_eq!(response.documents()[0].x5chain(), Ok(&[&*certificate][..]));
}

#[test]
fn the_licence_is_refused_where_one_thing_is_another() {
    let Some(annex) = AnnexD::load() else { return };
    let genuine = || Check::new(&annex);
    let stranger = crate::fixture::stranger();
    let other_signer = Check { signer: stranger.public().clone(), ..genuine() };
    assert_eq!(other_signer.refused(), MdocError::IssuerSignatureInvalid);
    let late = Check { now: "2026-12-01T00:00:00Z", ..genuine() };
    assert!(matches!(late.refused(), MdocError::Expired { .. }));
    assert!(matches!(Check { now: "2020-10-01T13:30:01Z", ..genuine() }.refused(), MdocError::NotYetValid { .. }));
    let other_session = SessionTranscript::from_cbor(&hex("83f6f6f6")).unwrap();
    assert_eq!(Check { transcript: other_session, ..genuine() }.refused(), MdocError::DeviceMacInvalid);
    assert_eq!(Check { reader: Some(stranger), ..genuine() }.refused(), MdocError::DeviceMacInvalid);
    assert_eq!(Check { reader: None, ..genuine() }.refused(), MdocError::DeviceMacUnexpected);
}

#[test]
fn an_edited_licence_is_refused() {
    let Some(annex) = AnnexD::load() else { return };
    let renamed =
        edit_item(&annex.bytes("DEVICE_RESPONSE"), MDL, 0, |item| *at(item, "elementValue") = Value::from("Roe"));
    let refused = Check { response: renamed, ..Check::new(&annex) }.refused();
    let element = "family_name".to_owned();
    assert_eq!(refused, MdocError::DigestMismatch { namespace: MDL.to_owned(), element });
    let tag = edit(&annex.bytes("DEVICE_RESPONSE"), &format!("{DEVICE_AUTH}/deviceMac/3"), |tag| {
        *tag = Value::Bytes(vec![0; 32]);
    });
    assert_eq!(Check { response: tag, ..Check::new(&annex) }.refused(), MdocError::DeviceMacInvalid);
}

#[test]
fn device_and_reader_derive_one_mac_key() {
    let Some(annex) = AnnexD::load() else { return };
    let (device, reader) = (annex.key("STATIC_DEVICE_KEY_D"), annex.key("EPHEMERAL_READER_KEY_D"));
    let coordinates = |key: &SigningKey| key.public().coordinates().0.to_vec();
    assert_eq!(coordinates(&device), annex.bytes("STATIC_DEVICE_KEY_X"));
    assert_eq!(coordinates(&reader), annex.bytes("EPHEMERAL_READER_KEY_X"));
    let at_device = device_mac_key(&device, reader.public(), &transcript(&annex)).unwrap();
    assert_eq!(at_device, device_mac_key(&reader, device.public(), &transcript(&annex)).unwrap());
}

/// Hole 21 of the peers: the annex prints the transcript wrapped, and it must not be taken so.
#[test]
fn peer_hole_21_the_wrapped_transcript_of_annex_d_is_refused() {
    let Some(annex) = AnnexD::load() else { return };
    let tagged = annex.bytes("SESSION_TRANSCRIPT_BYTES");
    assert_eq!(SessionTranscript::from_cbor(&tagged), Err(MdocError::TranscriptShape));
    assert_eq!(transcript(&annex).to_tagged(), tagged);
}

#[test]
fn the_reader_signs_its_request() {
    let Some(annex) = AnnexD::load() else { return };
    let (request, certificate) = (annex.bytes("DEVICE_REQUEST"), annex.bytes("READER_CERT"));
    let request = DeviceRequest::parse(&request).unwrap();
    let [document] = request.doc_requests() else { panic!("one document is asked for") };
    assert_eq!(document.reader_x5chain(), [&*certificate]);
    assert_eq!(document.verify_reader(&key_of(&certificate), &transcript(&annex)), Ok(()));
    let other_session = SessionTranscript::from_cbor(&hex("83f6f6f6")).unwrap();
    let refused = document.verify_reader(&key_of(&certificate), &other_session);
    assert_eq!(refused, Err(MdocError::ReaderSignatureInvalid));
    let signer = key_of(&annex.bytes("DS_CERT"));
    assert_eq!(document.verify_reader(&signer, &transcript(&annex)), Err(MdocError::ReaderSignatureInvalid));
}

#[test]
fn the_reader_asks_for_six_elements() {
    let Some(annex) = AnnexD::load() else { return };
    let request = annex.bytes("DEVICE_REQUEST");
    let request = DeviceRequest::parse(&request).unwrap();
    let document = &request.doc_requests()[0];
    let kept = ["family_name", "document_number", "driving_privileges", "issue_date", "expiry_date"];
    let mut expected: Vec<_> = kept.iter().map(|identifier| (MDL, *identifier, true)).collect();
    expected.push((MDL, "portrait", false));
    assert_eq!((document.doc_type(), document.elements()), ("org.iso.18013.5.1.mDL", &*expected));
}
