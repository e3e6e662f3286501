//! From bytes to a store, or not.

use mapae_cose::cbor::{CborError, Value};
use mapae_crypto::SigningKey;
use mapae_trust::{Bundle, BundleContents, BundleError, Distrust, StatusRule, TrustError, TrustStore};
use mapae_types::{Duration, StatusReference};
use mapae_x509::{Role, X509Error};
use testkit::{List, World, now};

use crate::forging::{
    TYP, bundle, edited, entries, followed_by_null, items, member, opened, signed, with_first_key_twice, with_parts,
};

fn read(world: &World, bytes: &[u8]) -> Result<TrustStore, BundleError> {
    Bundle::parse(bytes)?.verify(world.bundle_key.public())
}

fn refusal(world: &World, bytes: &[u8]) -> BundleError {
    read(world, bytes).unwrap_err()
}

/// Two issuers, two lists, two signers that are not trusted.
fn rich() -> World {
    let (mut world, abroad) = (World::new(), World::of(2, "FR"));
    world.trust(&abroad, StatusRule::NotPublished);
    world.tokens = Some(vec![abroad.list.signed_by(&abroad.pki.status), world.list.signed_by(&world.pki.status)]);
    world.distrusted = vec![([9; 32], Distrust::Compromised), ([7; 32], Distrust::CeasedAt(now()))];
    world
}

#[test]
fn a_bundle_says_what_was_put_into_it() {
    let world = rich();
    let store = world.store();
    assert_eq!((store.as_of(), store.freshness(None, store.as_of())), (world.as_of, Some(world.freshness)));
    assert_eq!(store.sealed_by().key(), Some(world.bundle_key.public()));
    let roots: Vec<_> = store.issuers().iter().map(|issuer| (&issuer.root, issuer.status)).collect();
    assert_eq!(
        roots,
        [(&world.issuers[0].root, StatusRule::Required), (&world.issuers[1].root, StatusRule::NotPublished)]
    );
    let mut distrusted: Vec<_> = store.distrusted().map(|(signer, distrust)| (*signer, *distrust)).collect();
    distrusted.sort_by_key(|entry| entry.0);
    assert_eq!(distrusted, [([7; 32], Distrust::CeasedAt(now())), ([9; 32], Distrust::Compromised)]);
    let tokens = world.tokens.unwrap();
    let lists: Vec<_> = store.status_lists().map(|list| (list.uri, list.token)).collect();
    assert_eq!(
        lists,
        [
            ("https://fr.example/status/0", tokens[0].token.as_slice()),
            ("https://kr.example/status/0", tokens[1].token.as_slice()),
        ]
    );
}

#[test]
fn the_same_contents_in_another_order_are_the_same_bytes() {
    let world = rich();
    let backwards = |contents: BundleContents| BundleContents {
        distrusted: contents.distrusted.into_iter().rev().collect(),
        status_lists: contents.status_lists.into_iter().rev().collect(),
        ..contents
    };
    let (contents, key) = (world.contents(), world.bundle_key.public());
    let (one, other) = (contents.clone().prepare(key), backwards(contents.clone()).prepare(key));
    assert_eq!(one.to_be_signed(), other.to_be_signed());
    let later = BundleContents { as_of: contents.as_of + Duration::seconds(1), ..contents };
    assert_ne!(one.to_be_signed(), later.prepare(key).to_be_signed());
}

#[test]
fn a_bundle_by_another_key_is_forged() {
    let (world, other) = (World::new(), World::of(2, "KR"));
    let bytes = other.bundle();
    assert_eq!(refusal(&world, &bytes), BundleError::Forged);
    assert_eq!(Bundle::parse(bytes.as_slice()).unwrap().sealed_by().key(), Some(other.bundle_key.public()));
    assert!(read(&other, &bytes).is_ok());
}

/// The name of a key is no proof: the signature counts.
#[test]
fn a_bundle_that_claims_the_expected_key_is_forged_all_the_same() {
    let (world, forger) = (World::new(), SigningKey::from_scalar(&[9; 32]).unwrap());
    let unsigned = world.contents().prepare(world.bundle_key.public());
    let signature = forger.sign(unsigned.to_be_signed()).unwrap();
    let bytes = unsigned.attach(&signature);
    assert_eq!(Bundle::parse(bytes.as_slice()).unwrap().sealed_by().key(), Some(world.bundle_key.public()));
    assert_eq!(refusal(&world, &bytes), BundleError::Forged);
}

#[test]
fn a_bundle_that_claims_another_key_than_signed_it_is_forged() {
    let (world, other) = (World::new(), SigningKey::from_scalar(&[9; 32]).unwrap());
    let unsigned = world.contents().prepare(other.public());
    let signature = world.bundle_key.sign(unsigned.to_be_signed()).unwrap();
    assert_eq!(refusal(&world, &unsigned.attach(&signature)), BundleError::Forged);
}

/// Every position; the signature covers all but itself, the tag and the empty unprotected header.
#[test]
fn every_changed_byte_is_refused() {
    let world = World::new();
    let bytes = world.bundle();
    assert!(read(&world, &bytes).is_ok());
    for at in 0..bytes.len() {
        for change in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff] {
            let mut altered = bytes.clone();
            altered[at] ^= change;
            assert!(read(&world, &altered).is_err(), "byte {at} changed by {change:02x}");
        }
    }
}

#[test]
fn peer_hole_16_a_bundle_cut_short_anywhere_or_continued_is_refused() {
    let world = World::new();
    let bytes = world.bundle();
    for end in 0..bytes.len() {
        assert!(read(&world, &bytes[..end]).is_err(), "{end} bytes");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(refusal(&world, &longer), BundleError::Cbor(CborError::Trailing(bytes.len())));
    let (manifest, parts) = opened(&world);
    let payload = signed(&world.bundle_key, Some(TYP), &followed_by_null(&manifest));
    assert!(matches!(refusal(&world, &bundle(&payload, &parts)), BundleError::Cbor(CborError::Trailing(_))));
}

#[test]
fn peer_hole_16_a_key_that_occurs_twice_is_refused() {
    let world = rich();
    let levels: [fn(&mut Value) -> &mut Value; 5] = [
        |payload| payload,
        |payload| &mut items(member(payload, "classes"))[0],
        |payload| &mut items(member(payload, "issuers"))[0],
        |payload| &mut items(member(payload, "distrusted"))[0],
        |payload| &mut items(member(payload, "status_lists"))[0],
    ];
    for level in levels {
        let bytes = edited(&world, |payload| with_first_key_twice(level(payload)));
        assert!(matches!(refusal(&world, &bytes), BundleError::Cbor(CborError::DuplicateKey(_))));
        let bytes = edited(&world, |payload| entries(level(payload)).push((Value::from("new"), Value::Null)));
        assert_eq!(refusal(&world, &bytes), BundleError::VersionUnsupported);
    }
}

/// What a later version adds may forbid what this one would allow.
#[test]
fn another_version_is_refused() {
    let world = World::new();
    for version in [0, 1, 2, 4] {
        let bytes = edited(&world, |payload| *member(payload, "version") = Value::from(version));
        assert_eq!(refusal(&world, &bytes), BundleError::VersionUnsupported);
    }
    let rule = edited(&world, |payload| *member(&mut items(member(payload, "issuers"))[0], "status") = "maybe".into());
    assert_eq!(refusal(&world, &rule), BundleError::VersionUnsupported);
}

/// A signature that the same key made over something else is none over a bundle.
#[test]
fn another_type_of_content_is_refused() {
    let world = World::new();
    let (manifest, parts) = opened(&world);
    let with = |typ| bundle(&signed(&world.bundle_key, typ, &manifest.to_cbor()), &parts);
    assert!(read(&world, &with(Some(TYP))).is_ok());
    for typ in [None, Some("application/statuslist+cwt"), Some("application/mapae-bundle")] {
        assert_eq!(refusal(&world, &with(typ)), BundleError::VersionUnsupported);
    }
}

#[test]
fn a_bundle_without_one_of_its_members_is_refused() {
    let world = rich();
    let names = ["key", "as_of", "classes", "issuers", "distrusted", "status_lists"];
    for name in names {
        let bytes = edited(&world, |payload| entries(payload).retain(|(key, _)| *key != Value::from(name)));
        assert!(matches!(refusal(&world, &bytes), BundleError::Cbor(CborError::Missing(_, member)) if member == name));
    }
    for (list, name) in [
        ("classes", "name"),
        ("classes", "fresh_for"),
        ("classes", "usable_for"),
        ("issuers", "root"),
        ("issuers", "status"),
        ("distrusted", "signer"),
        ("status_lists", "uri"),
        ("status_lists", "sha256"),
    ] {
        let bytes = edited(&world, |payload| {
            entries(&mut items(member(payload, list))[0]).retain(|(key, _)| *key != Value::from(name));
        });
        assert!(matches!(refusal(&world, &bytes), BundleError::Cbor(CborError::Missing(_, member)) if member == name));
    }
}

#[test]
fn peer_hole_09_a_trust_list_that_cannot_be_loaded_is_an_error() {
    let world = World::new();
    let with_root = |der: &[u8]| {
        let root = Value::Bytes(der.to_vec());
        edited(&world, |payload| *member(&mut items(member(payload, "issuers"))[0], "root") = root)
    };
    let root = world.pki.root.certificate();
    assert!(read(&world, &with_root(root.der())).is_ok());
    assert_eq!(refusal(&world, &with_root(b"")), BundleError::Root(X509Error::Unreadable));
    assert_eq!(refusal(&world, &with_root(&root.der()[1..])), BundleError::Root(X509Error::Unreadable));
    let subject = world.pki.document.certificate.subject().to_owned();
    let leaf = with_root(world.pki.document.certificate.der());
    assert_eq!(refusal(&world, &leaf), BundleError::Root(X509Error::RootNotSelfIssued { subject }));
    let mut broken = root.der().to_vec();
    *broken.last_mut().unwrap() ^= 1;
    let subject = root.subject().to_owned();
    assert_eq!(refusal(&world, &with_root(&broken)), BundleError::Root(X509Error::RootSignatureInvalid { subject }));
    assert!(matches!(refusal(&world, b""), BundleError::Cbor(_)));
}

#[test]
fn peer_hole_09_a_bundle_without_issuers_trusts_nobody() {
    let mut world = World::new();
    world.issuers.clear();
    let signer = world.store().signer(&world.pki.document.chain(), Role::DocumentSigner, now());
    assert!(matches!(signer, Err(TrustError::Certificate(X509Error::IssuerUnknown { .. }))));
}

#[test]
fn two_lists_for_one_uri_are_refused() {
    let mut world = World::new();
    let (old, new) = (List::new(&world.list.uri, now() - Duration::days(2)), world.list.clone());
    world.tokens = Some(vec![old.signed_by(&world.pki.status), new.signed_by(&world.pki.status)]);
    assert_eq!(refusal(&world, &world.bundle()), BundleError::StatusListTwice(world.list.uri.clone()));
}

/// One bundle has one encoding, and a look-up finds a list by halves.
#[test]
fn lists_out_of_order_are_refused_and_each_of_many_is_found() {
    let mut world = World::new();
    let list = |n: u8| List::new(&format!("https://kr.example/status/{n}"), world.as_of);
    world.tokens = Some([2, 0, 1].map(|n| list(n).signed_by(&world.pki.status)).to_vec());
    for n in 0..3 {
        let reference = StatusReference { uri: format!("https://kr.example/status/{n}"), idx: 0 };
        let store = world.store();
        let document = store.signer(&world.pki.document.chain(), Role::DocumentSigner, now()).unwrap();
        assert!(store.status(&reference, &document, now()).is_ok());
    }
    let backwards = edited(&world, |payload| items(member(payload, "status_lists")).reverse());
    let (mut manifest, mut parts) = opened(&world);
    items(member(&mut manifest, "status_lists")).reverse();
    parts[1..].reverse();
    let both = bundle(&signed(&world.bundle_key, Some(TYP), &manifest.to_cbor()), &parts);
    assert_eq!(refusal(&world, &backwards), BundleError::Forged, "a part in another's place");
    assert_eq!(refusal(&world, &both), BundleError::StatusListOrder);
}

/// The signature covers the hashes, and those the parts.
#[test]
fn a_part_that_is_missing_or_extra_or_altered_or_in_anothers_place_is_refused() {
    let world = rich();
    assert!(read(&world, &with_parts(&world, |_| ())).is_ok());
    let changes: [fn(&mut Vec<Vec<u8>>); 6] = [
        |parts| drop(parts.pop()),
        |parts| parts.push(parts[0].clone()),
        |parts| parts.push(Vec::new()),
        |parts| parts.swap(0, 1),
        |parts| parts[1] = parts[0].clone(),
        |parts| parts[1][40] ^= 1,
    ];
    for change in changes {
        assert_eq!(refusal(&world, &with_parts(&world, change)), BundleError::Forged);
    }
}

/// Two entries for one root may state two rules, and one of them would win.
#[test]
fn a_root_that_is_named_twice_is_refused() {
    let mut world = World::new();
    let again = World::new();
    world.trust(&again, StatusRule::NotPublished);
    world.issuers[1].root = world.pki.root.clone();
    let subject = world.pki.root.certificate().subject().to_owned();
    assert_eq!(refusal(&world, &world.bundle()), BundleError::RootTwice(subject));
}

#[test]
fn times_and_keys_that_cannot_be_used_are_refused() {
    let world = rich();
    let with = |name: &str, value: Value| edited(&world, |payload| *member(payload, name) = value);
    let of_class = |name: &str, value: Value| {
        edited(&world, |payload| *member(&mut items(member(payload, "classes"))[0], name) = value)
    };
    assert_eq!(refusal(&world, &of_class("fresh_for", Value::Int(i128::from(i64::MAX)))), BundleError::Freshness);
    assert_eq!(refusal(&world, &of_class("fresh_for", Value::from(-1))), BundleError::Freshness);
    assert_eq!(refusal(&world, &of_class("usable_for", Value::from(-1))), BundleError::Freshness);
    let refused = refusal(&world, &with("as_of", Value::from(i64::MAX)));
    assert!(matches!(refused, BundleError::Cbor(CborError::Range(_))));
    assert!(matches!(
        refusal(&world, &with("key", Value::Bytes(vec![0]))),
        BundleError::Cbor(CborError::Unexpected(_))
    ));
    let short = edited(&world, |payload| {
        *member(&mut items(member(payload, "distrusted"))[0], "signer") = Value::Bytes(vec![7; 31]);
    });
    assert!(matches!(refusal(&world, &short), BundleError::Cbor(CborError::Unexpected(_))));
}

#[test]
fn a_store_prints_what_it_is_and_not_what_is_in_it() {
    let world = rich();
    assert_eq!(format!("{:?}", world.store()), format!("TrustStore(as of {}, 2 issuers, 2 lists)", world.as_of));
}
