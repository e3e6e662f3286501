//! Every single-byte change of a presentation, by a verifier that checks all there is to check.
//!
//! No byte of a presentation as we write it is without meaning: each change is refused. Three places would have
//! been free, since no signature covers them, and are not:
//! - `undefined` for `null` as the detached payload of the device signature: `null` only is read there;
//! - the minor version of the `DeviceResponse`: 1.0 only is read;
//! - the name `nameSpaces` in `IssuerSigned`, without which the elements would vanish: other names are refused.
//!
//! The signer's certificate stands in an unprotected header, too. Whoever decides whether to trust it compares or
//! verifies it as a whole (`mapae-x509`); here it must be the very one that is trusted.
//!
//! A presentation by somebody else may hold bytes that mean nothing: the contents and names of members that we do
//! not know, unprotected header parameters other than the certificate. Changing those changes nothing that is shown.

use mapae_cose::cbor::Value;
use mapae_mdoc::{DeviceResponse, MdocError, NameSpace, Template};

use crate::{
    editing::{DEVICE_AUTH, edit, map, set},
    fixture::{CERTIFICATE, DOC_TYPE, MDL, Seeded, Shown, issue, issuer, now, present, shown, transcript},
};

fn small() -> Vec<u8> {
    let elements = [("family_name", Value::from("HONG")), ("age_over_19", Value::from(true))];
    let issued = issue(&Template::new(DOC_TYPE, &[NameSpace::new(MDL, elements)]), &mut Seeded(1));
    present(&issued, &[(MDL, "age_over_19")])
}

/// The whole check, with a verifier that trusts one certificate.
fn verify(response: &[u8]) -> Result<Shown, MdocError> {
    let response = DeviceResponse::parse(response)?;
    let [document] = response.documents() else { return Err(MdocError::NoDocument) };
    if document.x5chain()? != [CERTIFICATE] {
        return Err(MdocError::IssuerSignatureInvalid);
    }
    let document = document.verify_issuer(issuer().public())?.valid_at(now())?;
    Ok(shown(&document.verify_device(&transcript(), None)?))
}

#[test]
fn every_changed_byte_is_refused() {
    let response = small();
    assert_eq!(verify(&response), Ok(vec![(MDL.to_owned(), "age_over_19".to_owned(), Value::from(true))]));
    for at in 0..response.len() {
        for change in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff] {
            let mut altered = response.clone();
            altered[at] ^= change;
            assert!(verify(&altered).is_err(), "byte {at} changed by {change:02x}");
        }
    }
}

/// `documentErrors` and `errors` of the standard, and a key id, none of which anything here reads.
fn talkative() -> Vec<u8> {
    let errors = || map([(MDL, map([("portrait", Value::from(0))]))]);
    let response = edit(&small(), "", |response| set(response, "documentErrors", Value::Array(vec![errors()])));
    let response = edit(&response, "documents/0", |document| set(document, "errors", errors()));
    edit(&response, &format!("{DEVICE_AUTH}/deviceSignature/1"), |header| {
        *header = Value::Map(vec![(Value::from(4), Value::Bytes(b"key".to_vec()))]);
    })
}

#[test]
fn a_changed_byte_without_meaning_changes_nothing_that_is_shown() {
    let response = talkative();
    let genuine = verify(&response).unwrap();
    let mut without_meaning = 0;
    for at in 0..response.len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            let mut altered = response.clone();
            altered[at] ^= change;
            if let Ok(shown) = verify(&altered) {
                assert_eq!(shown, genuine, "byte {at} changed by {change:02x}");
                without_meaning += 1;
            }
        }
    }
    assert!(without_meaning > 0, "the response holds members that nobody reads");
}

#[test]
fn every_byte_left_out_or_doubled_is_refused() {
    let response = small();
    for at in 0..response.len() {
        let (before, after) = response.split_at(at);
        assert!(verify(&[before, &after[1..]].concat()).is_err(), "byte {at} left out");
        assert!(verify(&[before, &after[..1], after].concat()).is_err(), "byte {at} doubled");
    }
}
