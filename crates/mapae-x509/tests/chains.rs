//! Every rule of `verify_chain`: a chain that holds, and one that only that rule stops.

use mapae_types::Timestamp;
use mapae_x509::{Certificate, ObjectIdentifier, Role, TrustAnchor, VerifiedSigner, X509Error, purpose, verify_chain};

use crate::{
    forge::{
        AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, CERTIFY, EXTENDED_KEY_USAGE, Forge, KEY_USAGE, SIGN, SUBJECT_KEY_ID,
        authority_key_id, name, purposes, subject_key_id, time, tlv,
    },
    parties::key,
};

const SIGNER: &str = "CN=Forged signer,C=KR";
const ROOT: &str = "CN=Forged root,C=KR";

fn now() -> Timestamp {
    time("2026-11-21T00:00:00Z")
}

/// A root and a document signer under it. Key 1 is the root's, 2 the leaf's, 3 and up others'.
struct Scene {
    root: Forge,
    leaf: Forge,
}

impl Scene {
    fn new() -> Self {
        let root = Forge::root(&key(1));
        Self { leaf: Forge::signer(&key(2), &root), root }
    }

    fn verify(&self) -> Result<VerifiedSigner, X509Error> {
        self.verify_as(Role::DocumentSigner)
    }

    fn verify_as(&self, role: Role) -> Result<VerifiedSigner, X509Error> {
        verify_chain(&[self.leaf.certificate(&key(1))], &[self.root.anchor(&key(1))], role, now())
    }
}

/// The refusal of the scene after one change.
fn refusal(change: impl FnOnce(&mut Scene)) -> X509Error {
    let mut scene = Scene::new();
    change(&mut scene);
    scene.verify().unwrap_err()
}

fn leaf_name(state: Option<&str>, country: Option<&str>) -> Vec<u8> {
    let parts = [("2.5.4.6", country), ("2.5.4.8", state), ("2.5.4.3", Some("Forged signer"))];
    name(&parts.into_iter().filter_map(|(kind, text)| Some((kind, text?))).collect::<Vec<_>>())
}

#[test]
fn a_document_signer_under_its_root_is_verified() {
    let verified = Scene::new().verify().unwrap();
    assert_eq!(verified.certificate().subject(), SIGNER);
    assert_eq!(verified.anchor().certificate().subject(), ROOT);
    assert_eq!((verified.role(), verified.valid_at()), (Role::DocumentSigner, now()));
}

#[test]
fn an_empty_chain_is_refused() {
    let anchors = [Scene::new().root.anchor(&key(1))];
    assert_eq!(verify_chain(&[], &anchors, Role::DocumentSigner, now()).unwrap_err(), X509Error::ChainEmpty);
}

#[test]
fn a_self_signed_leaf_is_refused_even_if_its_issuer_is_trusted() {
    let refused = refusal(|scene| scene.leaf.subject.clone_from(&scene.root.subject));
    assert_eq!(refused, X509Error::LeafSelfSigned { subject: ROOT.into() });
}

#[test]
fn the_root_alone_is_no_signer() {
    let root = Scene::new().root;
    let verdict = verify_chain(&[root.certificate(&key(1))], &[root.anchor(&key(1))], Role::DocumentSigner, now());
    assert_eq!(verdict.unwrap_err(), X509Error::LeafSelfSigned { subject: ROOT.into() });
}

#[test]
fn a_root_sent_along_is_refused() {
    let scene = Scene::new();
    let chain = [scene.leaf.certificate(&key(1)), scene.root.certificate(&key(1))];
    let verdict = verify_chain(&chain, &[scene.root.anchor(&key(1))], Role::DocumentSigner, now());
    assert_eq!(verdict.unwrap_err(), X509Error::RootInChain { subject: ROOT.into() });
}

#[test]
fn an_issuer_whose_name_nobody_trusts_is_refused() {
    let refused = refusal(|scene| scene.leaf.issuer = name(&[("2.5.4.6", "KR"), ("2.5.4.3", "Another")]));
    assert_eq!(refused, X509Error::IssuerUnknown { issuer: "CN=Another,C=KR".into() });
    let leaf = Scene::new().leaf.certificate(&key(1));
    let nobody = verify_chain(&[leaf], &[], Role::DocumentSigner, now()).unwrap_err();
    assert_eq!(nobody, X509Error::IssuerUnknown { issuer: ROOT.into() });
}

#[test]
fn key_identifiers_are_compared_where_both_sides_have_one() {
    let scene = |authority: Option<&[u8]>| {
        let mut scene = Scene::new();
        scene.root.put(SUBJECT_KEY_ID, false, &subject_key_id(b"one"));
        if let Some(id) = authority {
            scene.leaf.put(AUTHORITY_KEY_ID, false, &authority_key_id(id));
        }
        scene.verify()
    };
    assert!(scene(None).is_ok());
    assert!(scene(Some(b"one")).is_ok());
    assert_eq!(scene(Some(b"two")).unwrap_err(), X509Error::IssuerUnknown { issuer: ROOT.into() });
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let scene = Scene::new();
    let leaf = scene.leaf.certificate(&key(9));
    let verdict = verify_chain(&[leaf], &[scene.root.anchor(&key(1))], Role::DocumentSigner, now());
    assert_eq!(verdict.unwrap_err(), X509Error::SignatureInvalid { subject: SIGNER.into() });
}

#[test]
fn of_several_roots_of_one_name_the_one_that_signed_counts() {
    let scene = Scene::new();
    let other = Forge::root(&key(9));
    let anchors = [other.anchor(&key(9)), scene.root.anchor(&key(1))];
    let leaf = scene.leaf.certificate(&key(1));
    let verified = verify_chain(&[leaf], &anchors, Role::DocumentSigner, now()).unwrap();
    assert_eq!(verified.anchor(), &anchors[1]);
}

#[test]
fn a_renewed_root_counts_beside_the_expired_one_of_the_same_key() {
    let scene = Scene::new();
    let mut old = scene.root.clone();
    old.not_before = time("2016-01-01T00:00:00Z");
    old.not_after = time("2026-02-01T00:00:00Z");
    let leaf = [scene.leaf.certificate(&key(1))];
    let (old, new) = (old.anchor(&key(1)), scene.root.anchor(&key(1)));
    assert!(verify_chain(&leaf, &[old.clone(), new], Role::DocumentSigner, now()).is_ok());
    let refused = verify_chain(&leaf, &[old], Role::DocumentSigner, now()).unwrap_err();
    assert_eq!(refused, X509Error::Expired { subject: ROOT.into(), not_after: time("2026-02-01T00:00:00Z") });
}

/// Hole 13 of the peers: error text with the wrong date (`valid_from` reported as expiry).
#[test]
fn peer_hole_13_validity_errors_carry_the_date_that_was_missed() {
    let (not_before, not_after) = (time("2026-01-01T00:00:00Z"), time("2027-03-01T00:00:00Z"));
    let scene = Scene::new();
    let at = |at: &str| {
        let chain = [scene.leaf.certificate(&key(1))];
        verify_chain(&chain, &[scene.root.anchor(&key(1))], Role::DocumentSigner, time(at))
    };
    assert!(at("2026-01-01T00:00:00Z").is_ok(), "the first second");
    assert!(at("2027-03-01T00:00:00Z").is_ok(), "the last second");
    let early = at("2025-12-31T23:59:59Z").unwrap_err();
    assert_eq!(early, X509Error::NotYetValid { subject: SIGNER.into(), not_before });
    assert_eq!(early.to_string(), "certificate CN=Forged signer,C=KR is not valid before 2026-01-01T00:00:00Z");
    let late = at("2027-03-01T00:00:01Z").unwrap_err();
    assert_eq!(late, X509Error::Expired { subject: SIGNER.into(), not_after });
    assert_eq!(late.to_string(), "certificate CN=Forged signer,C=KR was valid until 2027-03-01T00:00:00Z");
}

#[test]
fn a_root_that_is_not_yet_valid_is_refused() {
    let not_before = time("2026-12-01T00:00:00Z");
    let refused = refusal(|scene| scene.root.not_before = not_before);
    assert_eq!(refused, X509Error::NotYetValid { subject: ROOT.into(), not_before });
}

#[test]
fn an_authority_cannot_sign_documents() {
    let refused = refusal(|scene| {
        scene.leaf.put(BASIC_CONSTRAINTS, true, &tlv(0x30, &[&[0x01, 0x01, 0xff]]));
    });
    assert_eq!(refused, X509Error::LeafIsCa { subject: SIGNER.into() });
}

#[test]
fn key_usage_must_allow_signatures_and_mdoc_roles_must_have_it() {
    let forbids = X509Error::KeyUsageForbids { subject: SIGNER.into() };
    assert_eq!(refusal(|scene| scene.leaf.put(KEY_USAGE, true, CERTIFY)), forbids);
    assert_eq!(refusal(|scene| scene.leaf.drop_extension(KEY_USAGE)), forbids);
    let mut scene = Scene::new();
    scene.leaf.drop_extension(KEY_USAGE);
    scene.leaf.drop_extension(EXTENDED_KEY_USAGE);
    for role in [Role::SdJwtSigner, Role::StatusSigner, Role::AttestationSigner] {
        assert!(scene.verify_as(role).is_ok(), "{role}");
    }
    scene.leaf.put(KEY_USAGE, true, CERTIFY);
    for role in [Role::SdJwtSigner, Role::StatusSigner, Role::AttestationSigner] {
        assert_eq!(scene.verify_as(role).unwrap_err(), forbids, "{role}");
    }
}

/// RFC 5280 §4.2.1.3 means `nonRepudiation` for signatures on documents; only a list of issuers is signed so.
#[test]
fn a_key_usage_of_non_repudiation_is_enough_for_the_signer_of_a_list_alone() {
    const NON_REPUDIATION: &[u8] = &[0x03, 0x02, 0x06, 0x40];
    let mut scene = Scene::new();
    scene.leaf.put(KEY_USAGE, true, NON_REPUDIATION);
    assert!(matches!(scene.verify().unwrap_err(), X509Error::KeyUsageForbids { .. }));
    scene.leaf.put(EXTENDED_KEY_USAGE, true, &purposes(&[purpose::VICAL_SIGNER]));
    assert!(scene.verify_as(Role::VicalSigner).is_ok());
    scene.leaf.put(KEY_USAGE, true, SIGN);
    assert!(scene.verify_as(Role::VicalSigner).is_ok());
    for usage in [Some(CERTIFY), None] {
        scene.leaf.drop_extension(KEY_USAGE);
        if let Some(usage) = usage {
            scene.leaf.put(KEY_USAGE, true, usage);
        }
        assert!(matches!(scene.verify_as(Role::VicalSigner).unwrap_err(), X509Error::KeyUsageForbids { .. }));
    }
}

/// Which purposes each role accepts, and that no certificate with one of ours serves two.
#[test]
fn a_signer_of_one_kind_cannot_sign_the_other() {
    const ROLES: [Role; 5] =
        [Role::DocumentSigner, Role::SdJwtSigner, Role::StatusSigner, Role::MdocReader, Role::VicalSigner];
    const TLS_SERVER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
    const ANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
    for (named, accepted) in [
        (purpose::MDL_DOCUMENT_SIGNER, Some(Role::DocumentSigner)),
        (purpose::MDOC_DOCUMENT_SIGNER, Some(Role::DocumentSigner)),
        (purpose::JWT, Some(Role::SdJwtSigner)),
        (ANY, Some(Role::SdJwtSigner)),
        (purpose::STATUS_SIGNER, Some(Role::StatusSigner)),
        (purpose::MDL_READER, Some(Role::MdocReader)),
        (purpose::MDOC_READER, Some(Role::MdocReader)),
        (purpose::VICAL_SIGNER, Some(Role::VicalSigner)),
        (TLS_SERVER, None),
    ] {
        let mut scene = Scene::new();
        scene.leaf.put(EXTENDED_KEY_USAGE, true, &purposes(&[named]));
        for role in ROLES {
            let refusal = X509Error::PurposeForbids { subject: SIGNER.into(), role };
            let expected = if accepted == Some(role) { None } else { Some(refusal) };
            assert_eq!(scene.verify_as(role).err(), expected, "{named} as {role}");
        }
    }
}

#[test]
fn without_extended_key_usage_only_roles_whose_standard_makes_it_optional_hold() {
    let mut scene = Scene::new();
    scene.leaf.drop_extension(EXTENDED_KEY_USAGE);
    for role in [Role::SdJwtSigner, Role::StatusSigner, Role::AttestationSigner] {
        assert!(scene.verify_as(role).is_ok(), "{role}");
    }
    for role in [Role::DocumentSigner, Role::MdocReader, Role::VicalSigner] {
        let refusal = X509Error::PurposeForbids { subject: SIGNER.into(), role };
        assert_eq!(scene.verify_as(role).unwrap_err(), refusal);
    }
}

#[test]
fn a_document_signers_country_is_its_roots() {
    let differs = |found: Option<&str>| X509Error::CountryDiffers {
        subject: found.map_or("CN=Forged signer".into(), |country| format!("CN=Forged signer,C={country}")),
        found: found.map(Into::into),
        root: Some("KR".into()),
    };
    assert_eq!(refusal(|scene| scene.leaf.subject = leaf_name(None, Some("US"))), differs(Some("US")));
    assert_eq!(refusal(|scene| scene.leaf.subject = leaf_name(None, None)), differs(None));
}

#[test]
fn neither_root_nor_signer_may_go_without_country() {
    let refused = refusal(|scene| {
        let root = name(&[("2.5.4.3", "Stateless")]);
        (scene.root.subject, scene.root.issuer, scene.leaf.issuer) = (root.clone(), root.clone(), root);
        scene.leaf.subject = leaf_name(None, None);
    });
    let subject = "CN=Forged signer".into();
    assert_eq!(refused, X509Error::CountryDiffers { subject, found: None, root: None });
}

#[test]
fn other_roles_may_be_of_another_country_than_their_root() {
    let mut scene = Scene::new();
    scene.leaf.subject = leaf_name(None, Some("US"));
    scene.leaf.put(EXTENDED_KEY_USAGE, true, &purposes(&[purpose::MDL_READER]));
    assert!(scene.verify_as(Role::MdocReader).is_ok());
}

#[test]
fn a_document_signers_state_is_its_roots_where_that_has_one() {
    let scene = |state: Option<&str>| {
        let mut scene = Scene::new();
        let root = name(&[("2.5.4.6", "KR"), ("2.5.4.8", "Jeju"), ("2.5.4.3", "Forged root")]);
        (scene.root.subject, scene.root.issuer, scene.leaf.issuer) = (root.clone(), root.clone(), root);
        scene.leaf.subject = leaf_name(state, Some("KR"));
        scene.verify()
    };
    assert!(scene(Some("Jeju")).is_ok());
    for state in [None, Some("Seoul")] {
        let refused = scene(state).unwrap_err();
        assert!(matches!(&refused, X509Error::StateDiffers { found, root, .. }
            if found.as_deref() == state && root == "Jeju"));
    }
}

/// RFC 5280 §6.1 does not nest validities; the root must be valid when the check is made, and that is all.
#[test]
fn a_signer_may_end_after_its_root() {
    let mut scene = Scene::new();
    scene.root.not_after = time("2027-02-28T23:59:59Z");
    assert!(scene.verify().is_ok());
}

/// Root, `count` authorities under each other, and a leaf under the last. Returns leaf first.
fn deep(count: u8, change: impl Fn(usize, &mut Forge)) -> (Vec<Certificate>, TrustAnchor) {
    let mut root = Forge::root(&key(1));
    change(0, &mut root);
    let (mut above, mut above_key, mut chain) = (root.clone(), key(1), Vec::new());
    for depth in 1..=count {
        let own_key = key(10 + depth);
        let mut authority = Forge::intermediate(&own_key, &above, &format!("Authority {depth}"));
        change(depth.into(), &mut authority);
        chain.insert(0, authority.certificate(&above_key));
        (above, above_key) = (authority, own_key);
    }
    chain.insert(0, Forge::signer(&key(2), &above).certificate(&above_key));
    (chain, root.anchor(&key(1)))
}

fn verify_deep(count: u8, change: impl Fn(usize, &mut Forge)) -> Result<VerifiedSigner, X509Error> {
    let (chain, root) = deep(count, change);
    verify_chain(&chain, &[root], Role::DocumentSigner, now())
}

fn path_len(limit: u8) -> Vec<u8> {
    tlv(0x30, &[&[0x01, 0x01, 0xff, 0x02, 0x01, limit]])
}

#[test]
fn at_most_two_authorities_may_stand_between() {
    for count in [1, 2] {
        assert!(verify_deep(count, |_, _| {}).is_ok(), "{count}");
    }
    assert_eq!(verify_deep(3, |_, _| {}).unwrap_err(), X509Error::ChainTooLong { intermediates: 3, limit: 2 });
}

#[test]
fn every_authority_between_must_be_one() {
    let plain = |depth, forge: &mut Forge| {
        if depth == 1 {
            forge.drop_extension(BASIC_CONSTRAINTS);
        }
    };
    let subject = "CN=Authority 1,C=KR".to_owned();
    assert_eq!(verify_deep(1, plain).unwrap_err(), X509Error::IssuerNotCa { subject: subject.clone() });
    for usage in [Some(SIGN), None] {
        let unable = |depth, forge: &mut Forge| {
            forge.drop_extension(if depth == 1 { KEY_USAGE } else { "" });
            if let (1, Some(usage)) = (depth, usage) {
                forge.put(KEY_USAGE, true, usage);
            }
        };
        let refusal = X509Error::IssuerMayNotSign { subject: subject.clone() };
        assert_eq!(verify_deep(1, unable).unwrap_err(), refusal);
    }
}

#[test]
fn path_lengths_are_kept() {
    let limited = |at: usize, limit: u8| {
        move |depth: usize, forge: &mut Forge| {
            if depth == at {
                forge.put(BASIC_CONSTRAINTS, true, &path_len(limit));
            }
        }
    };
    assert!(verify_deep(0, limited(0, 0)).is_ok());
    assert!(verify_deep(2, limited(0, 2)).is_ok());
    assert!(verify_deep(2, limited(1, 1)).is_ok());
    let too_long = |subject: &str, limit| X509Error::PathTooLong { subject: subject.into(), limit };
    assert_eq!(verify_deep(1, limited(0, 0)).unwrap_err(), too_long(ROOT, 0));
    assert_eq!(verify_deep(2, limited(0, 1)).unwrap_err(), too_long(ROOT, 1));
    assert_eq!(verify_deep(2, limited(1, 0)).unwrap_err(), too_long("CN=Authority 1,C=KR", 0));
}

#[test]
fn an_expired_authority_between_is_refused() {
    let not_after = time("2026-06-01T00:00:00Z");
    let expired = |depth, forge: &mut Forge| {
        if depth == 1 {
            forge.not_after = not_after;
        }
    };
    let refusal = X509Error::Expired { subject: "CN=Authority 1,C=KR".into(), not_after };
    assert_eq!(verify_deep(1, expired).unwrap_err(), refusal);
}

#[test]
fn a_chain_out_of_order_or_with_a_stranger_is_refused() {
    let (mut chain, root) = deep(2, |_, _| {});
    chain.swap(1, 2);
    let refused = verify_chain(&chain, std::slice::from_ref(&root), Role::DocumentSigner, now()).unwrap_err();
    assert_eq!(refused, X509Error::IssuerUnknown { issuer: "CN=Authority 2,C=KR".into() });
    let (mut chain, _) = deep(1, |_, _| {});
    let impostor = Forge::intermediate(&key(99), &Forge::root(&key(1)), "Authority 1");
    chain[1] = impostor.certificate(&key(1));
    let refused = verify_chain(&chain, &[root], Role::DocumentSigner, now()).unwrap_err();
    assert_eq!(refused, X509Error::SignatureInvalid { subject: SIGNER.into() });
}

#[test]
fn a_root_between_is_refused_whoever_trusts_it() {
    let scene = Scene::new();
    let other = Forge::root(&key(9));
    let chain = [scene.leaf.certificate(&key(1)), other.certificate(&key(9))];
    for anchors in [vec![], vec![other.anchor(&key(9))]] {
        let verdict = verify_chain(&chain, &anchors, Role::DocumentSigner, now());
        assert_eq!(verdict.unwrap_err(), X509Error::RootInChain { subject: ROOT.into() });
    }
}

#[test]
fn a_root_proves_that_it_can_be_one() {
    let anchor = |change: &dyn Fn(&mut Forge), signer: u8| {
        let mut forge = Forge::root(&key(1));
        change(&mut forge);
        TrustAnchor::new(forge.certificate(&key(signer)))
    };
    let subject = || ROOT.to_owned();
    assert!(anchor(&|_| {}, 1).is_ok());
    assert_eq!(anchor(&|_| {}, 2).unwrap_err(), X509Error::RootSignatureInvalid { subject: subject() });
    assert_eq!(
        anchor(&|f| f.issuer = name(&[("2.5.4.3", "Another")]), 1).unwrap_err(),
        X509Error::RootNotSelfIssued { subject: subject() }
    );
    assert_eq!(
        anchor(&|f| f.put(BASIC_CONSTRAINTS, true, &tlv(0x30, &[])), 1).unwrap_err(),
        X509Error::RootNotCa { subject: subject() }
    );
    assert!(anchor(&|f| f.drop_extension(KEY_USAGE), 1).is_ok(), "RFC 5280 §6.1.4 (n): absent forbids nothing");
    let signing_only = |f: &mut Forge| {
        f.drop_extension(KEY_USAGE);
        f.put(KEY_USAGE, true, SIGN);
    };
    assert_eq!(anchor(&signing_only, 1).unwrap_err(), X509Error::RootMayNotSign { subject: subject() });
}
