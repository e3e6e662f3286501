//! Documents, responses and requests of ISO 18013-5.

use mapae_cose::{
    CoseError, Headers, UnsignedSign1,
    cbor::{CborError, Reader, Value, Writer},
};
use mapae_crypto::{Algorithm, Curve, Signature};
use mapae_mdoc::{DeviceRequest, DeviceResponse, DocRequest, HeldMdoc, MdocError, SessionTranscript, VerifiedMdoc};

use crate::{
    documents::{DISCLOSED, DOC_TYPE, NAMESPACE, elements},
    parties::{now, parties, transcript},
    verify::holds,
};

/// A stored copy: its holder can look at it and present it, and the answer can be read.
pub fn mdoc_issuer_signed(data: &[u8]) -> bool {
    let Ok(held) = HeldMdoc::parse(data) else { return false };
    let _shown = (held.validity(), held.status(), held.x5chain(), format!("{held:?}"));
    let all: Vec<(&str, &str)> = held.elements().map(|element| (element.namespace, element.identifier())).collect();
    for element in held.elements() {
        let _json = element.value().to_json();
    }
    let (Ok(answer), Ok(signature)) = (held.present(&all, &transcript()), Signature::from_bytes(Curve::P256, &[1; 64]))
    else {
        panic!("elements that are there can be presented");
    };
    match DeviceResponse::parse(&answer.attach(&signature)) {
        Ok(response) => assert_eq!(response.documents()[0].doc_type(), held.doc_type()),
        Err(error) => assert!(is_too_deep(&error), "an answer that no reader takes: {error}"),
    }
    true
}

/// A response nests deeper than the copy inside it, so that the limit may be met on the way.
fn is_too_deep(error: &MdocError) -> bool {
    matches!(error, MdocError::Cbor(CborError::TooDeep(_)) | MdocError::Cose(CoseError::Cbor(CborError::TooDeep(_))))
}

/// A response, verified with fixed keys: only elements that were issued and disclosed come out.
pub fn device_response(data: &[u8]) -> bool {
    let Ok(response) = DeviceResponse::parse(data) else { return false };
    let _shown = format!("{response:?}");
    let Ok(document) = response.documents()[0].verify_issuer(parties().document_signer.key.public()) else {
        return false;
    };
    let Ok(valid) = document.valid_at(now()) else { return false };
    let Ok(verified) = valid.verify_device(&transcript(), Some(&parties().reader_ephemeral)) else { return false };
    assert_as_disclosed(&verified);
    true
}

/// Of the disclosed elements a holder may drop some; none can be added or changed.
fn assert_as_disclosed(verified: &VerifiedMdoc<'_, '_>) {
    assert_eq!(verified.doc_type(), DOC_TYPE);
    assert!(verified.device_elements().is_empty());
    for element in verified.elements() {
        assert_disclosed(element.namespace, element.identifier, &element.value());
    }
}

/// That the element was issued, with this value, and disclosed.
pub(crate) fn assert_disclosed(namespace: &str, name: &str, value: &Value) {
    assert!(namespace == NAMESPACE && DISCLOSED.contains(&name), "{namespace} {name}");
    // Compared as encoded: a map that was read has the order of its encoding.
    let is_it = |(issued, original): &(&str, Value)| *issued == name && original.to_cbor() == value.to_cbor();
    assert!(elements().iter().any(is_it), "{name} has another value");
}

/// A mobile security object that the issuer signs, whatever it says, through a whole verification.
pub fn mso(data: &[u8]) -> bool {
    let Ok(held) = HeldMdoc::parse(&issued_over(data)).and_then(|held| held.present(&[], &transcript())) else {
        return false;
    };
    let Ok(signature) = parties().device_key.sign(held.to_be_signed()) else { return false };
    holds(&held.attach(&signature))
}

/// `IssuerSigned` without elements around a mobile security object.
fn issued_over(mso: &[u8]) -> Vec<u8> {
    let signer = &parties().document_signer;
    let mut payload = Writer::new();
    payload.encoded_cbor(mso);
    let unprotected = Headers::x5chain(vec![signer.certificate.der()]);
    let unsigned = UnsignedSign1::new(&Headers::algorithm(Algorithm::Es256), &unprotected, payload.as_bytes());
    let mut issued = Writer::new();
    if let Ok(signature) = signer.key.sign(unsigned.to_be_signed()) {
        unsigned.attach_to(issued.map(1).text("issuerAuth"), &signature);
    }
    issued.into_bytes()
}

/// A reader's request: its authentication verifies only over what the reader signed.
pub fn device_request(data: &[u8]) -> bool {
    let Ok(request) = DeviceRequest::parse(data) else { return false };
    for asked in request.doc_requests() {
        let _chain = asked.reader_x5chain();
        if asked.verify_reader(parties().reader.key.public(), &transcript()).is_ok() {
            assert_as_asked(asked);
        }
    }
    true
}

fn assert_as_asked(asked: &DocRequest<'_>) {
    assert_eq!(asked.doc_type(), DOC_TYPE);
    assert_eq!(asked.elements(), DISCLOSED.map(|element| (NAMESPACE, element, false)));
}

/// A transcript is kept as it came, and its tagged form holds it whole.
pub fn session_transcript(data: &[u8]) -> bool {
    let Ok(transcript) = SessionTranscript::from_cbor(data) else { return false };
    assert_eq!(transcript.as_bytes(), data);
    let tagged = transcript.to_tagged();
    assert_eq!(Reader::read_all(&tagged, Reader::encoded_cbor).map(|(_, inner)| inner), Ok(data));
    true
}
