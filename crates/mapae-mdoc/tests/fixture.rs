//! The parties: an issuer, a holder with a device, a verifier, and a small document between them.

use mapae_cose::cbor::Value;
use mapae_crypto::SigningKey;
use mapae_mdoc::{
    Copy, DeviceResponse, HeldMdoc, MdocError, NameSpace, SessionTranscript, Template, ValidityInfo, VerifiedMdoc,
};
use mapae_types::{Entropy, EntropyError, StatusReference, Timestamp};

pub(crate) const DOC_TYPE: &str = "org.iso.18013.5.1.mDL";
pub(crate) const MDL: &str = "org.iso.18013.5.1";
pub(crate) const KOREA: &str = "org.iso.18013.5.1.KR";
pub(crate) const CERTIFICATE: &[u8] = b"the signer's certificate in DER";
pub(crate) const CLIENT: &str = "x509_hash:verifier";
pub(crate) const NONCE: &str = "nonce-1";
pub(crate) const RESPONSE_URI: &str = "https://rp.example/response";
/// What the holder shows unless a test says otherwise.
pub(crate) const CHOSEN: &[(&str, &str)] = &[(MDL, "family_name"), (MDL, "age_over_19"), (KOREA, "family_name")];

pub(crate) fn issuer() -> SigningKey {
    SigningKey::from_scalar(&[1; 32]).unwrap()
}

pub(crate) fn device() -> SigningKey {
    SigningKey::from_scalar(&[2; 32]).unwrap()
}

/// Somebody who has no part in this.
pub(crate) fn stranger() -> SigningKey {
    SigningKey::from_scalar(&[3; 32]).unwrap()
}

/// Numbers that look random and are the same in every run (`SplitMix64`).
pub(crate) struct Seeded(pub(crate) u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A day on which the document may be used.
pub(crate) fn now() -> Timestamp {
    time("2026-12-01T00:00:00Z")
}

pub(crate) fn validity() -> ValidityInfo {
    let signed = time("2026-11-21T00:00:00Z");
    ValidityInfo::new(signed, signed, time("2027-11-21T00:00:00Z")).unwrap()
}

pub(crate) fn status() -> StatusReference {
    StatusReference { uri: "https://id.example/status/3".to_owned(), idx: 77 }
}

pub(crate) fn name_spaces() -> Vec<NameSpace> {
    let international = [
        ("family_name", Value::from("HONG")),
        ("birth_date", Value::full_date("1990-01-01".parse().unwrap())),
        ("age_over_19", Value::from(true)),
    ];
    let national = [("family_name", Value::from("홍")), ("given_name", Value::from("길동"))];
    vec![NameSpace::new(MDL, international), NameSpace::new(KOREA, national)]
}

/// A copy as its holder receives it.
pub(crate) fn issued() -> Vec<u8> {
    issue(&Template::new(DOC_TYPE, &name_spaces()), &mut Seeded(1))
}

pub(crate) fn issue(template: &Template, entropy: &mut dyn Entropy) -> Vec<u8> {
    let device = device();
    let copy =
        Copy { device_key: device.public(), validity: validity(), status: Some(status()), x5chain: &[CERTIFICATE] };
    let unsigned = template.issue(&copy, entropy).unwrap();
    let signature = issuer().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

/// What binds an answer to this one request.
pub(crate) fn transcript() -> SessionTranscript {
    SessionTranscript::openid4vp(CLIENT, NONCE, Some(&[9; 32]), RESPONSE_URI)
}

/// The holder's answer.
pub(crate) fn presented() -> Vec<u8> {
    present(&issued(), CHOSEN)
}

pub(crate) fn present(issued: &[u8], elements: &[(&str, &str)]) -> Vec<u8> {
    let unsigned = HeldMdoc::parse(issued).unwrap().present(elements, &transcript()).unwrap();
    let signature = device().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

/// Namespace, identifier and value of what a verifier learnt.
pub(crate) type Shown = Vec<(String, String, Value)>;

/// The whole check, as of [`now`], in the session of [`transcript`].
pub(crate) fn verify(response: &[u8]) -> Result<Shown, MdocError> {
    verify_then(response, |verified| shown(&verified))
}

pub(crate) fn verify_then<T>(response: &[u8], then: impl FnOnce(VerifiedMdoc<'_, '_>) -> T) -> Result<T, MdocError> {
    let response = DeviceResponse::parse(response)?;
    let document = response.documents()[0].verify_issuer(issuer().public())?;
    Ok(then(document.valid_at(now())?.verify_device(&transcript(), None)?))
}

pub(crate) fn shown(verified: &VerifiedMdoc<'_, '_>) -> Shown {
    let own = |element: mapae_mdoc::Element<'_>| {
        (element.namespace.to_owned(), element.identifier.to_owned(), element.value())
    };
    verified.elements().map(own).collect()
}

/// What [`presented`] shows.
pub(crate) fn expected() -> Shown {
    let element = |namespace: &str, identifier: &str, value| (namespace.to_owned(), identifier.to_owned(), value);
    vec![
        element(MDL, "family_name", Value::from("HONG")),
        element(MDL, "age_over_19", Value::from(true)),
        element(KOREA, "family_name", Value::from("홍")),
    ]
}

#[test]
fn what_is_issued_and_presented_verifies() {
    assert_eq!(verify(&presented()), Ok(expected()));
}
