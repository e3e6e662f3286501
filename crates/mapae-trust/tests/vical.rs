//! Lists of issuers: the real one of AAMVA, our own, and what is wrong with others.

#![expect(clippy::disallowed_methods, reason = "a file of others' test data")]

use std::path::PathBuf;

use mapae_cose::{
    CoseError, Headers, UnsignedSign1,
    cbor::{CborError, Value},
};
use mapae_crypto::Algorithm;
use mapae_trust::{NewVical, NewVicalEntry, VerifiedVical, Vical, VicalError};
use mapae_types::{Duration, Timestamp};
use mapae_x509::{Certificate, Role, TrustAnchor, X509Error};
use testkit::{Pki, Signer, now, time};

const MDL: &str = "org.iso.18013.5.1.mDL";

/// A provider with its signer, and the list of two issuers.
struct Scene {
    provider: Pki,
    signer: Signer,
    issuers: [Pki; 2],
}

impl Scene {
    fn new() -> Self {
        let provider = Pki::new(1, "KR");
        let from = now().start_of_day() - Duration::days(10);
        let signer = provider.signer(Role::VicalSigner, 2, from, from + Duration::days(365));
        Self { provider, signer, issuers: [Pki::new(3, "KR"), Pki::new(4, "UT")] }
    }

    fn contents(&self) -> NewVical {
        let entry = |issuer: &Pki, doc_types: &[&str]| NewVicalEntry {
            root: issuer.root.clone(),
            doc_types: doc_types.iter().map(|name| (*name).to_owned()).collect(),
        };
        NewVical {
            provider: "Mapae".into(),
            date: now() - Duration::hours(1),
            issue_id: 7,
            next_update: now() + Duration::days(1),
            entries: vec![
                entry(&self.issuers[0], &[MDL, "org.iso.23220.photoid.1"]),
                entry(&self.issuers[1], &["org.iso.23220.photoid.1"]),
            ],
        }
    }

    fn file(&self, contents: &NewVical) -> Vec<u8> {
        let unsigned = contents.prepare(&self.signer.certificate, &[]).unwrap();
        let signature = self.signer.sign(unsigned.to_be_signed());
        unsigned.attach(&signature)
    }

    fn verify(&self, file: &[u8], at: Timestamp) -> Result<VerifiedVical, VicalError> {
        Vical::parse(file).and_then(|vical| vical.verify(std::slice::from_ref(&self.provider.root), at))
    }

    /// A list as somebody else would write it: the payload changed, then signed.
    fn rewritten(&self, change: impl FnOnce(&mut Vec<(Value, Value)>)) -> Result<VerifiedVical, VicalError> {
        let unsigned = self.contents().prepare(&self.signer.certificate, &[]).unwrap();
        let file = unsigned.attach(&self.signer.sign(b"for its payload"));
        let Value::Array(mut parts) = Value::from_cbor(&file).unwrap() else { panic!() };
        let Value::Bytes(payload) = parts.remove(2) else { panic!() };
        let Value::Map(mut members) = Value::from_cbor(&payload).unwrap() else { panic!() };
        change(&mut members);
        self.verify(&self.signed(&Value::Map(members).to_cbor(), &[&self.signer.certificate]), now())
    }

    fn signed(&self, payload: &[u8], chain: &[&Certificate]) -> Vec<u8> {
        let chain = Headers::x5chain(chain.iter().map(|certificate| certificate.der()).collect());
        let unsigned = UnsignedSign1::new(&Headers::algorithm(Algorithm::Es256), &chain, payload);
        let signature = self.signer.sign(unsigned.to_be_signed());
        unsigned.attach(&signature)
    }
}

fn member<'m>(members: &'m mut [(Value, Value)], key: &str) -> &'m mut Value {
    let key = Value::text(key);
    &mut members.iter_mut().find(|(name, _)| *name == key).unwrap().1
}

fn first_info(members: &mut [(Value, Value)]) -> &mut Vec<(Value, Value)> {
    let Value::Array(infos) = member(members, "certificateInfos") else { panic!() };
    let Value::Map(info) = &mut infos[0] else { panic!() };
    info
}

#[test]
fn our_list_is_read_by_whoever_trusts_its_provider() {
    let scene = Scene::new();
    let verified = scene.verify(&scene.file(&scene.contents()), now()).unwrap();
    assert_eq!((verified.provider(), verified.issue_id()), ("Mapae", Some(7)));
    assert_eq!(
        (verified.date(), verified.next_update()),
        (now() - Duration::hours(1), Some(now() + Duration::days(1)))
    );
    assert_eq!(verified.signer().certificate(), &scene.signer.certificate);
    assert_eq!(verified.roots(MDL).collect::<Vec<_>>(), [&scene.issuers[0].root]);
    assert_eq!(verified.roots("org.iso.23220.photoid.1").count(), 2);
    assert_eq!(verified.roots("org.iso.7367.1.mVRC").count(), 0);
    let [first, _] = verified.entries() else { panic!() };
    assert_eq!((first.root(), first.doc_types().len()), (Ok(&scene.issuers[0].root), 2));
    assert_eq!(first.issuing_authority(), Some("Ministry of Samples"));
}

#[test]
fn a_list_may_be_overdue_and_is_no_less_authentic() {
    let scene = Scene::new();
    let file = scene.file(&scene.contents());
    assert!(!scene.verify(&file, now() + Duration::days(1)).unwrap().is_overdue(now() + Duration::days(1)));
    let late = now() + Duration::days(1) + Duration::seconds(1);
    assert!(scene.verify(&file, late).unwrap().is_overdue(late));
}

#[test]
fn a_list_from_the_future_is_refused() {
    let scene = Scene::new();
    let date = now() - Duration::hours(1);
    let file = scene.file(&scene.contents());
    assert!(scene.verify(&file, date).is_ok());
    assert_eq!(scene.verify(&file, date - Duration::seconds(1)).unwrap_err(), VicalError::FromFuture { date });
}

#[test]
fn a_list_that_says_when_it_ends_is_refused_after_that() {
    let scene = Scene::new();
    let ends = |not_after: Timestamp| {
        scene.rewritten(|members| members.push((Value::text("notAfter"), Value::date_time(not_after)))).map(|_| ())
    };
    assert_eq!(ends(now()), Ok(()));
    let not_after = now() - Duration::seconds(1);
    assert_eq!(ends(not_after), Err(VicalError::Expired { not_after }));
}

#[test]
fn an_altered_list_is_refused() {
    let scene = Scene::new();
    let mut file = scene.file(&scene.contents());
    let place = file.windows(5).position(|window| window == b"Mapae").unwrap();
    file[place] = b'N';
    assert_eq!(scene.verify(&file, now()).unwrap_err(), VicalError::Cose(CoseError::SignatureInvalid));
}

#[test]
fn a_list_of_a_provider_whom_nobody_trusts_is_refused() {
    let scene = Scene::new();
    let vical = Vical::parse(scene.file(&scene.contents())).unwrap();
    assert_eq!(vical.chain(), std::slice::from_ref(&scene.signer.certificate));
    for providers in [vec![], vec![scene.issuers[0].root.clone()]] {
        let refused = vical.verify(&providers, now()).unwrap_err();
        assert!(matches!(
            refused,
            VicalError::Signer(X509Error::IssuerUnknown { .. } | X509Error::SignatureInvalid { .. })
        ));
    }
}

#[test]
fn a_signer_for_something_else_signs_no_list() {
    let mut scene = Scene::new();
    let from = now().start_of_day() - Duration::days(10);
    scene.signer = scene.provider.signer(Role::MdocReader, 9, from, from + Duration::days(365));
    let refused = scene.verify(&scene.file(&scene.contents()), now()).unwrap_err();
    assert!(matches!(refused, VicalError::Signer(X509Error::PurposeForbids { .. })));
}

#[test]
fn a_signer_that_has_ended_signs_no_list() {
    let scene = Scene::new();
    let late = now() + Duration::days(400);
    let refused = scene.verify(&scene.file(&scene.contents()), late).unwrap_err();
    assert!(matches!(refused, VicalError::Signer(X509Error::Expired { .. })));
}

#[test]
fn a_root_sent_along_is_passed_over_and_trusted_no_more_for_it() {
    let scene = Scene::new();
    let unsigned = scene.contents().prepare(&scene.signer.certificate, &[scene.provider.root.certificate().clone()]);
    let unsigned = unsigned.unwrap();
    let signature = scene.signer.sign(unsigned.to_be_signed());
    let file = unsigned.attach(&signature);
    assert!(scene.verify(&file, now()).is_ok());
    let refused = Vical::parse(file).unwrap().verify(&[], now()).unwrap_err();
    assert!(matches!(refused, VicalError::Signer(X509Error::IssuerUnknown { .. })));
}

#[test]
fn a_list_without_a_chain_or_with_a_very_long_one_is_refused() {
    let scene = Scene::new();
    let refused = scene.verify(&scene.signed(b"\xa0", &[]), now()).unwrap_err();
    assert_eq!(refused, VicalError::Signer(X509Error::ChainEmpty));
    let long = scene.signed(b"\xa0", &[&scene.signer.certificate; 5]);
    let refused = Vical::parse(long).unwrap_err();
    assert_eq!(refused, VicalError::Signer(X509Error::ChainTooLong { intermediates: 4, limit: 3 }));
}

#[test]
fn what_the_standard_demands_must_be_there() {
    let scene = Scene::new();
    assert!(scene.rewritten(|_| {}).is_ok());
    for key in ["version", "vicalProvider", "date", "certificateInfos"] {
        let refused = scene.rewritten(|members| members.retain(|(name, _)| *name != Value::text(key))).unwrap_err();
        assert!(matches!(refused, VicalError::Cbor(CborError::Missing(_, missing)) if missing == key), "{key}");
    }
    for key in ["certificate", "serialNumber", "ski", "docType"] {
        let without = |members: &mut Vec<_>| first_info(members).retain(|(name, _)| *name != Value::text(key));
        let refused = scene.rewritten(without).unwrap_err();
        assert!(matches!(refused, VicalError::Cbor(CborError::Missing(_, missing)) if missing == key), "{key}");
    }
}

#[test]
fn what_the_standard_leaves_out_may_be_missing_or_added() {
    let scene = Scene::new();
    let verified = scene.rewritten(|members| {
        members.retain(|(name, _)| *name != Value::text("nextUpdate") && *name != Value::text("vicalIssueID"));
        members.push((Value::text("vicalURL"), Value::text("https://vical.example")));
        members.push((Value::text("extensions"), Value::Map(vec![(Value::text("x"), Value::Null)])));
        let info = first_info(members);
        info.retain(|(name, _)| *name != Value::text("issuingAuthority"));
        info.push((Value::text("certificateProfile"), Value::Array(vec![Value::text("y")])));
        info.push((Value::text("issuingCountry2"), Value::Bool(true)));
    });
    let verified = verified.unwrap();
    assert_eq!((verified.next_update(), verified.issue_id()), (None, None));
    assert!(!verified.is_overdue(now() + Duration::days(30)));
    assert_eq!(verified.entries()[0].issuing_authority(), None);
}

#[test]
fn another_major_version_is_refused_and_a_minor_one_is_not() {
    let scene = Scene::new();
    let version = |text: &str| scene.rewritten(|members| *member(members, "version") = Value::text(text)).map(|_| ());
    assert_eq!(version("1.1"), Ok(()));
    for other in ["2.0", "1", "10.0", ""] {
        assert_eq!(version(other), Err(VicalError::VersionUnsupported { version: other.into() }));
    }
}

#[test]
fn what_a_root_is_looked_up_by_must_be_its_own() {
    let scene = Scene::new();
    let root = scene.issuers[0].root.certificate();
    let serial = |bytes: Vec<u8>| {
        scene.rewritten(|members| {
            *member(first_info(members), "serialNumber") = Value::Tag(2, Box::new(Value::Bytes(bytes)));
        })
    };
    assert!(serial([&[0], root.serial()].concat()).is_ok(), "leading zeros change no number");
    let subject = root.subject().to_owned();
    assert_eq!(serial(vec![1]).unwrap_err(), VicalError::SerialDiffers { subject: subject.clone() });
    let key_id = |bytes: Vec<u8>| scene.rewritten(|members| *member(first_info(members), "ski") = Value::Bytes(bytes));
    let own = root.subject_key_id().unwrap();
    let wrapped = [&[4, 22, 4, 20], own].concat();
    assert!(key_id(own.to_vec()).is_ok());
    assert!(key_id(wrapped).is_ok(), "as the real list has it");
    for wrong in [vec![], vec![1; 20], [&[4, 20], own].concat(), [&[4, 22, 4, 20], &[1; 20][..]].concat()] {
        assert_eq!(key_id(wrong).unwrap_err(), VicalError::KeyIdDiffers { subject: subject.clone() });
    }
}

#[test]
fn a_root_that_cannot_be_used_here_costs_the_others_nothing() {
    let scene = Scene::new();
    let certificate = |der: Vec<u8>| {
        scene.rewritten(|members| *member(first_info(members), "certificate") = Value::Bytes(der)).unwrap()
    };
    let unreadable = certificate(vec![0x30, 0x00]);
    assert_eq!(unreadable.entries()[0].root(), Err(&X509Error::Unreadable));
    assert_eq!((unreadable.roots(MDL).count(), unreadable.roots("org.iso.23220.photoid.1").count()), (0, 1));
}

#[test]
fn a_certificate_that_is_no_root_is_no_root_of_the_list() {
    let scene = Scene::new();
    let leaf = &scene.issuers[0].document.certificate;
    let verified = scene.rewritten(|members| {
        let info = first_info(members);
        *member(info, "certificate") = Value::Bytes(leaf.der().to_vec());
        *member(info, "serialNumber") = Value::Tag(2, Box::new(Value::Bytes(leaf.serial().to_vec())));
        *member(info, "ski") = Value::Bytes(leaf.subject_key_id().unwrap().to_vec());
    });
    assert!(matches!(verified.unwrap().entries()[0].root(), Err(X509Error::RootNotSelfIssued { .. })));
}

#[test]
fn a_root_stands_for_a_document_at_least() {
    let scene = Scene::new();
    let refused = scene.rewritten(|members| *member(first_info(members), "docType") = Value::Array(vec![]));
    assert_eq!(refused.unwrap_err(), VicalError::DocTypeMissing);
    let mut contents = scene.contents();
    contents.entries[0].doc_types.clear();
    let refused = contents.prepare(&scene.signer.certificate, &[]).err();
    assert_eq!(refused, Some(VicalError::DocTypeMissing));
}

/// AAMVA's list of 18 November 2025, below AAMVA's root.
#[test]
fn the_list_of_aamva_is_read_below_its_root() {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = std::env::var_os("MAPAE_VECTORS").map_or_else(beside, PathBuf::from).join("vical");
    if !folder.is_dir() {
        eprintln!("SKIPPED: MAPAE_VECTORS not found");
        return;
    }
    let root = std::fs::read_to_string(folder.join("aamva_ca_root.crt")).unwrap();
    let root = TrustAnchor::new(Certificate::from_pem(&root).unwrap()).unwrap();
    let file = std::fs::read(folder.join("aamva-vical-2025-11-18-1763491092481.cbor")).unwrap();
    let vical = Vical::parse(file.clone()).unwrap();
    assert_eq!(vical.chain().len(), 3, "the root is sent along");
    let verified = vical.verify(std::slice::from_ref(&root), time("2025-11-18T19:00:00Z")).unwrap();
    assert_eq!((verified.provider(), verified.issue_id()), ("AAMVA", Some(227_602)));
    assert_eq!(verified.date(), time("2025-11-18T18:38:12Z"));
    assert_eq!(verified.next_update(), Some(time("2025-11-19T18:38:12Z")));
    assert_eq!((verified.entries().len(), verified.roots(MDL).count()), (14, 14));
    let before = vical.verify(std::slice::from_ref(&root), time("2025-11-18T18:38:11Z")).unwrap_err();
    assert!(matches!(before, VicalError::FromFuture { .. }));
    let (stranger, at) = (Pki::new(1, "US").root, time("2025-11-18T19:00:00Z"));
    assert!(matches!(vical.verify(&[stranger], at).unwrap_err(), VicalError::Signer(_)));
    let mut altered = file;
    let place = altered.windows(5).position(|window| window == b"US-MD").unwrap();
    altered[place + 3..place + 5].copy_from_slice(b"NY");
    let refused = Vical::parse(altered).and_then(|vical| vical.verify(&[root], at)).unwrap_err();
    assert_eq!(refused, VicalError::Cose(CoseError::SignatureInvalid));
}
