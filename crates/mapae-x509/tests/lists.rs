//! Revocation lists: made, read, verified, looked up.

use mapae_crypto::SigningKey;
use mapae_types::{Duration, Timestamp};
use mapae_x509::{Crl, ObjectIdentifier, Revocation, RevocationReason, RevokedEntry, X509Error, crl, document_signer};

use crate::{
    forge::{
        AUTHORITY_KEY_ID, Forge, ForgedExtension, KEY_USAGE, SUBJECT_KEY_ID, authority_key_id, ecdsa_with_sha256,
        encode_extension, generalized, oid, sequence, signed, subject_key_id, time, tlv,
    },
    parties::{Authority, key, signer_params},
};

fn now() -> Timestamp {
    time("2026-11-21T00:00:00Z")
}

fn entry(serial: &[u8], reason: RevocationReason) -> RevokedEntry<'_> {
    RevokedEntry { serial, at: time("2026-11-20T12:00:00Z"), reason }
}

#[test]
fn a_listed_certificate_is_revoked_and_another_is_not() {
    let authority = Authority::new();
    let leaf = authority.issue(document_signer, &signer_params(key(2).public()));
    let list = authority
        .list(&[entry(leaf.serial(), RevocationReason::KeyCompromise), entry(&[5], RevocationReason::Unspecified)]);
    let list = Crl::from_pem(&list.to_pem()).unwrap().verify(&authority.root, now()).unwrap();
    let revocation = Revocation { at: time("2026-11-20T12:00:00Z"), reason: RevocationReason::KeyCompromise };
    assert_eq!(list.revocation_of(leaf.serial()), Some(&revocation));
    assert_eq!(list.revocation_of(authority.root.certificate().serial()), None);
    assert_eq!(list.number(), Some(&[7][..]));
    assert_eq!(list.this_update(), time("2026-11-01T00:00:00Z"));
    assert_eq!(list.next_update(), time("2026-12-01T00:00:00Z"));
}

#[test]
fn every_reason_survives() {
    use RevocationReason as R;
    let authority = Authority::new();
    let reasons = [
        R::Unspecified,
        R::KeyCompromise,
        R::CaCompromise,
        R::AffiliationChanged,
        R::Superseded,
        R::CessationOfOperation,
        R::CertificateHold,
        R::PrivilegeWithdrawn,
    ];
    // Serial numbers on both sides of the sign bit, not in order.
    let serials: Vec<[u8; 1]> = [0x90, 0x7f, 0x80, 0x01, 0xff, 0x10, 0x20, 0x03].into_iter().map(|n| [n]).collect();
    let revoked: Vec<_> = serials.iter().zip(reasons).map(|(serial, reason)| entry(serial, reason)).collect();
    let list = authority.list(&revoked).verify(&authority.root, now()).unwrap();
    for (serial, reason) in serials.iter().zip(reasons) {
        assert_eq!(list.revocation_of(serial).map(|found| found.reason), Some(reason), "{serial:02x?}");
    }
}

#[test]
fn an_empty_list_revokes_nobody() {
    let authority = Authority::new();
    let list = authority.list(&[]).verify(&authority.root, now()).unwrap();
    assert_eq!(list.revocation_of(&[0x42; 16]), None);
    let empty_sequence = |window: &[u8]| window == [0x30, 0x00];
    assert!(!list.crl().der().windows(2).any(empty_sequence), "RFC 5280 §5.1.2.6: absent, not empty");
}

#[test]
fn a_list_holds_from_this_update_until_before_next_update() {
    let authority = Authority::new();
    let list = authority.list(&[]);
    let (this_update, next_update) = (time("2026-11-01T00:00:00Z"), time("2026-12-01T00:00:00Z"));
    assert!(list.verify(&authority.root, this_update).is_ok());
    assert!(list.verify(&authority.root, next_update - Duration::seconds(1)).is_ok());
    let early = list.verify(&authority.root, this_update - Duration::seconds(1)).unwrap_err();
    assert_eq!(early, X509Error::CrlNotYetValid { this_update });
    let late = list.verify(&authority.root, next_update).unwrap_err();
    assert_eq!(late, X509Error::CrlExpired { next_update });
}

#[test]
fn what_to_list_is_checked() {
    let authority = Authority::new();
    let from = now();
    let make = |to: Timestamp, revoked: &[RevokedEntry<'_>]| crl(&authority.root, 1, from, to, revoked).err();
    assert_eq!(make(from + Duration::days(90), &[]), None);
    assert_eq!(make(from, &[]), Some(X509Error::IssuingValidityInvalid));
    let (asked, limit) = (Duration::days(91), Duration::days(90));
    assert_eq!(make(from + asked, &[]), Some(X509Error::IssuingValidityTooLong { asked, limit }));
    for serial in [&[][..], &[0], &[0, 1], &[1; 21]] {
        let revoked = [entry(serial, RevocationReason::Unspecified)];
        assert_eq!(make(from + Duration::days(1), &revoked), Some(X509Error::SerialInvalid));
    }
}

#[test]
fn a_signature_by_another_key_cannot_be_attached() {
    let authority = Authority::new();
    let unsigned = crl(&authority.root, 1, now(), now() + Duration::days(1), &[]).unwrap();
    let foreign = key(9).sign(unsigned.to_be_signed()).unwrap();
    assert_eq!(unsigned.attach(&foreign).err(), Some(X509Error::IssuingSignatureInvalid));
}

/// Every part of a list, to be changed one at a time.
struct ForgedList {
    version: Option<u8>,
    inner_algorithm: Vec<u8>,
    issuer: Vec<u8>,
    next_update: Option<Timestamp>,
    revoked: Vec<Vec<u8>>,
    extensions: Vec<ForgedExtension>,
}

impl ForgedList {
    fn new() -> Self {
        Self {
            version: Some(1),
            inner_algorithm: ecdsa_with_sha256(),
            issuer: Forge::root(&key(1)).subject,
            next_update: Some(time("2026-12-01T00:00:00Z")),
            revoked: vec![revoked(&[5], &[])],
            extensions: Vec::new(),
        }
    }

    fn read(&self, signer: &SigningKey) -> Result<Crl, X509Error> {
        let mut parts = Vec::new();
        parts.extend(self.version.map(|version| tlv(0x02, &[&[version]])));
        parts.extend([self.inner_algorithm.clone(), self.issuer.clone(), generalized(time("2026-11-01T00:00:00Z"))]);
        parts.extend(self.next_update.map(generalized));
        parts.push(sequence(self.revoked.clone()));
        if !self.extensions.is_empty() {
            parts.push(tlv(0xa0, &[&sequence(self.extensions.iter().map(encode_extension))]));
        }
        Crl::from_der(&signed(&sequence(parts), &ecdsa_with_sha256(), signer))
    }
}

fn revoked(serial: &[u8], extensions: &[ForgedExtension]) -> Vec<u8> {
    let mut parts = vec![tlv(0x02, &[serial]), generalized(time("2026-11-20T12:00:00Z"))];
    if !extensions.is_empty() {
        parts.push(sequence(extensions.iter().map(encode_extension)));
    }
    sequence(parts)
}

fn extension(oid: &'static str, critical: bool, content: &[u8]) -> ForgedExtension {
    ForgedExtension { oid, critical, content: content.to_vec() }
}

fn refusal(change: impl FnOnce(&mut ForgedList)) -> Option<X509Error> {
    let mut list = ForgedList::new();
    change(&mut list);
    list.read(&key(1)).err()
}

#[test]
fn lists_are_read_as_strictly_as_certificates() {
    const PARTIAL: &str = "2.5.29.28";
    let id = |text| ObjectIdentifier::new(text).unwrap();
    assert_eq!(refusal(|_| {}), None);
    assert_eq!(refusal(|l| l.version = Some(0)), Some(X509Error::VersionUnsupported));
    assert_eq!(refusal(|l| l.version = None), Some(X509Error::Unreadable));
    assert_eq!(refusal(|l| l.next_update = None), Some(X509Error::Unreadable));
    let (inner, outer) = (id("1.2.840.10045.4.3.3"), id("1.2.840.10045.4.3.2"));
    let mismatch = X509Error::AlgorithmMismatch { inner, outer };
    assert_eq!(refusal(|l| l.inner_algorithm = tlv(0x30, &[&oid("1.2.840.10045.4.3.3")])), Some(mismatch));
    assert_eq!(refusal(|l| l.revoked.push(revoked(&[5], &[]))), Some(X509Error::SerialInvalid));
    assert_eq!(refusal(|l| l.revoked.push(revoked(&[0x85], &[]))), Some(X509Error::SerialInvalid));
    // An issuing distribution point makes a list partial, and is critical.
    let partial = extension(PARTIAL, true, &sequence([]));
    assert_eq!(refusal(|l| l.extensions.push(partial)), Some(X509Error::ExtensionUnknown { oid: id(PARTIAL) }));
    let other_issuer = extension("2.5.29.29", true, &sequence([]));
    let refused = refusal(|l| l.revoked = vec![revoked(&[5], &[other_issuer])]);
    assert_eq!(refused, Some(X509Error::ExtensionUnknown { oid: id("2.5.29.29") }));
    let twice = || extension("2.5.29.20", false, &[0x02, 0x01, 0x01]);
    let refused = refusal(|l| l.extensions = vec![twice(), twice()]);
    assert_eq!(refused, Some(X509Error::ExtensionRepeated { oid: id("2.5.29.20") }));
}

#[test]
fn bytes_after_a_list_are_refused() {
    let mut der = Authority::new().list(&[]).der().to_vec();
    assert!(Crl::from_der(&der).is_ok());
    der.push(0);
    assert_eq!(Crl::from_der(&der).err(), Some(X509Error::Unreadable));
}

#[test]
fn a_list_is_its_own_roots_only() {
    let verify = |list: &ForgedList, signer: u8, root: &Forge| {
        list.read(&key(signer)).unwrap().verify(&root.anchor(&key(1)), now()).err()
    };
    let root = Forge::root(&key(1));
    let list = ForgedList::new();
    assert_eq!(verify(&list, 1, &root), None);
    assert_eq!(verify(&list, 2, &root), Some(X509Error::CrlSignatureInvalid));

    let mut other = Forge::root(&key(1));
    other.subject = Forge::intermediate(&key(1), &root, "Another").subject;
    other.issuer.clone_from(&other.subject);
    let differs = Some(X509Error::CrlIssuerDiffers { issuer: "CN=Forged root,C=KR".into() });
    assert_eq!(verify(&list, 1, &other), differs);

    let mut with_id = Forge::root(&key(1));
    with_id.put(SUBJECT_KEY_ID, false, &subject_key_id(b"one"));
    assert_eq!(verify(&list, 1, &with_id), None);
    let mut by_other_key = ForgedList::new();
    by_other_key.extensions.push(extension(AUTHORITY_KEY_ID, false, &authority_key_id(b"two")));
    assert_eq!(verify(&by_other_key, 1, &with_id), differs);

    let mut may_not = Forge::root(&key(1));
    may_not.put(KEY_USAGE, true, &[0x03, 0x02, 0x02, 0x04]);
    let subject = "CN=Forged root,C=KR".into();
    assert_eq!(verify(&list, 1, &may_not), Some(X509Error::CrlIssuerMayNotSign { subject }));
}

#[test]
fn debug_says_whose_list_it_is() {
    let list = Authority::new().list(&[entry(&[5], RevocationReason::Superseded)]);
    assert_eq!(format!("{list:?}"), "Crl(CN=Sample IACA,O=견본부,C=KR, 2026-11-01T00:00:00Z, 1 entries)");
}
