//! What `Certificate::from_der` and the PEM readers take and refuse.

use mapae_x509::{Certificate, ObjectIdentifier, X509Error};

use crate::{
    forge::{BASIC_CONSTRAINTS, Forge, ForgedExtension, KEY_USAGE, SIGN, ecdsa_with_sha256, oid, sequence, tlv},
    parties::key,
};

fn forge() -> Forge {
    Forge::signer(&key(2), &Forge::root(&key(1)))
}

/// Reads the document signer after one change.
fn read(change: impl FnOnce(&mut Forge)) -> Result<Certificate, X509Error> {
    let mut forge = forge();
    change(&mut forge);
    forge.read(&key(1))
}

fn id(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(text).unwrap()
}

#[test]
fn a_sound_certificate_says_what_it_was_given() {
    let read = read(|_| {}).unwrap();
    assert_eq!(read.subject(), "CN=Forged signer,C=KR");
    assert_eq!(read.issuer(), "CN=Forged root,C=KR");
    assert_eq!(read.serial(), [0x42; 16]);
    assert_eq!(read.not_before().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(read.not_after().to_string(), "2027-03-01T00:00:00Z");
    assert_eq!(read.public_key(), key(2).public());
    assert_eq!(read.fingerprint(), mapae_crypto::sha256(read.der()));
}

#[test]
fn debug_shows_subject_and_serial_only() {
    let shown = format!("{:?}", read(|f| f.serial = vec![0x01, 0xab]).unwrap());
    assert_eq!(shown, "Certificate(CN=Forged signer,C=KR, serial 01ab)");
}

#[test]
fn bytes_after_the_certificate_are_refused() {
    let mut der = forge().der(&key(1));
    assert!(Certificate::from_der(&der).is_ok());
    der.push(0);
    assert_eq!(Certificate::from_der(&der), Err(X509Error::Unreadable));
}

#[test]
fn every_truncation_is_refused() {
    let der = forge().der(&key(1));
    for length in 0..der.len() {
        assert!(Certificate::from_der(&der[..length]).is_err(), "{length} of {} bytes", der.len());
    }
}

#[test]
fn no_changed_byte_verifies_and_none_panics() {
    let der = forge().der(&key(1));
    for place in 0..der.len() {
        let mut changed = der.clone();
        changed[place] ^= 1;
        if let Ok(read) = Certificate::from_der(&changed) {
            let root = Forge::root(&key(1)).anchor(&key(1));
            let at = "2026-11-21T00:00:00Z".parse().unwrap();
            let verdict = mapae_x509::verify_chain(&[read], &[root], mapae_x509::Role::DocumentSigner, at);
            assert!(verdict.is_err(), "byte {place}");
        }
    }
}

#[test]
fn a_length_in_more_bytes_than_needed_is_refused() {
    let der = forge().der(&key(1));
    assert_eq!(der[1], 0x82, "the certificate is longer than 255 bytes");
    let padded = [&[0x30, 0x83, 0], &der[2..]].concat();
    assert_eq!(Certificate::from_der(&padded), Err(X509Error::Unreadable));
}

#[test]
fn versions_1_and_2_are_refused() {
    for version in [0, 1] {
        assert_eq!(read(|f| f.version = version), Err(X509Error::VersionUnsupported));
    }
    assert_eq!(read(|f| f.version = 3), Err(X509Error::Unreadable));
}

#[test]
fn serial_numbers_are_positive_and_take_20_octets_at_most() {
    assert_eq!(read(|f| f.serial = vec![0x7f; 20]).unwrap().serial(), [0x7f; 20]);
    assert_eq!(read(|f| f.serial = [&[0][..], &[0xff; 20]].concat()).unwrap().serial(), [0xff; 20]);
    for wrong in [vec![0], vec![0x80], vec![0xd0; 16], vec![0x7f; 21]] {
        assert_eq!(read(|f| f.serial = wrong), Err(X509Error::SerialInvalid));
    }
}

#[test]
fn other_signature_algorithms_are_refused() {
    let rsa = tlv(0x30, &[&oid("1.2.840.113549.1.1.11"), &[0x05, 0x00]]);
    let refused = read(|f| (f.inner_algorithm, f.outer_algorithm) = (rsa.clone(), rsa));
    assert_eq!(refused, Err(X509Error::AlgorithmUnsupported { oid: id("1.2.840.113549.1.1.11") }));
}

#[test]
fn parameters_beside_ecdsa_are_refused_inside_and_outside() {
    let with_null = tlv(0x30, &[&oid("1.2.840.10045.4.3.2"), &[0x05, 0x00]]);
    let refusal = X509Error::AlgorithmUnsupported { oid: id("1.2.840.10045.4.3.2") };
    assert_eq!(read(|f| f.inner_algorithm = with_null.clone()), Err(refusal.clone()));
    assert_eq!(read(|f| f.outer_algorithm = with_null), Err(refusal));
}

#[test]
fn two_different_algorithms_are_refused() {
    let sha384 = tlv(0x30, &[&oid("1.2.840.10045.4.3.3")]);
    let refused = read(|f| f.inner_algorithm = sha384);
    let (inner, outer) = (id("1.2.840.10045.4.3.3"), id("1.2.840.10045.4.3.2"));
    assert_eq!(refused, Err(X509Error::AlgorithmMismatch { inner, outer }));
    assert!(read(|f| f.inner_algorithm = ecdsa_with_sha256()).is_ok());
}

#[test]
fn keys_of_other_kinds_are_refused() {
    let ed25519 = tlv(0x30, &[&tlv(0x30, &[&oid("1.3.101.112")]), &tlv(0x03, &[&[0; 33]])]);
    assert_eq!(read(|f| f.spki = ed25519), Err(X509Error::KeyUnsupported));
    let off_curve = |f: &mut Forge| {
        let last = f.spki.len() - 1;
        f.spki[last] ^= 1;
    };
    assert_eq!(read(off_curve), Err(X509Error::KeyUnsupported));
}

#[test]
fn a_repeated_extension_is_refused_even_if_equal() {
    let again = ForgedExtension { oid: KEY_USAGE, critical: true, content: SIGN.to_vec() };
    assert_eq!(read(|f| f.extensions.push(again)), Err(X509Error::ExtensionRepeated { oid: id(KEY_USAGE) }));
}

#[test]
fn an_unknown_extension_is_skipped_unless_critical() {
    const UNKNOWN: &str = "1.3.6.1.4.1.32473.1";
    assert!(read(|f| f.put(UNKNOWN, false, &[0x05, 0x00])).is_ok());
    assert_eq!(read(|f| f.put(UNKNOWN, true, &[0x05, 0x00])), Err(X509Error::ExtensionUnknown { oid: id(UNKNOWN) }));
}

#[test]
fn name_constraints_are_refused_where_critical() {
    const NAME_CONSTRAINTS: &str = "2.5.29.30";
    let refused = read(|f| f.put(NAME_CONSTRAINTS, true, &sequence([])));
    assert_eq!(refused, Err(X509Error::ExtensionUnknown { oid: id(NAME_CONSTRAINTS) }));
}

#[test]
fn an_extension_with_other_content_or_bytes_after_it_is_refused() {
    let refusal = Err(X509Error::ExtensionUnreadable { oid: id(KEY_USAGE) });
    assert_eq!(read(|f| f.put(KEY_USAGE, true, &[0x05, 0x00])), refusal);
    assert_eq!(read(|f| f.put(KEY_USAGE, true, &[SIGN, &[0]].concat())), refusal);
    let refusal = Err(X509Error::ExtensionUnreadable { oid: id(BASIC_CONSTRAINTS) });
    assert_eq!(read(|f| f.put(BASIC_CONSTRAINTS, true, &[])), refusal);
}

#[test]
fn pem_round_trips_and_may_stand_between_text() {
    let certificate = forge().certificate(&key(1));
    let pem = certificate.to_pem();
    assert_eq!(Certificate::from_pem(&pem), Ok(certificate.clone()));
    let with_text = format!("Certificate:\n  Subject: …\n{pem}\n");
    assert_eq!(Certificate::from_pem(&with_text), Ok(certificate.clone()));
    assert_eq!(Certificate::from_pem(&pem.replace('\n', "\r\n")), Ok(certificate));
}

#[test]
fn a_pem_file_may_hold_many_certificates_and_nothing_else() {
    let (one, two) = (forge().certificate(&key(1)), Forge::root(&key(1)).certificate(&key(1)));
    let both = format!("{}{}", one.to_pem(), two.to_pem());
    assert_eq!(Certificate::many_from_pem(&both), Ok(vec![one.clone(), two]));
    assert_eq!(Certificate::from_pem(&both), Err(X509Error::PemCount { found: 2 }));
    assert_eq!(Certificate::many_from_pem(""), Ok(vec![]));
    assert_eq!(Certificate::from_pem(""), Err(X509Error::PemCount { found: 0 }));
    let with_key = format!("{}{}", one.to_pem(), *key(1).to_pkcs8_pem());
    assert_eq!(Certificate::many_from_pem(&with_key), Err(X509Error::Unreadable));
    let under_another_label = one.to_pem().replace("CERTIFICATE", "X509 CRL");
    assert_eq!(Certificate::from_pem(&under_another_label), Err(X509Error::Unreadable));
    let unfinished = one.to_pem().replace("-----END", "");
    assert_eq!(Certificate::from_pem(&unfinished), Err(X509Error::Unreadable));
}
