//! A byte changed by the tree is one that a rule notices.

use mapae_inspect::{Node, inspect};
use testkit::{BOTH, Format, World};

use crate::{all, at, shown};

/// The code of the rule that refuses the presentation with the first byte of a leaf changed.
fn refused(format: Format, path: &[&str]) -> &'static str {
    let world = World::new();
    let (presentation, tree) = shown(&world, format);
    let place = at(&tree, path).place().unwrap();
    let first = place.bytes(&presentation).unwrap()[0];
    let changed = place.change(&presentation, 0, first ^ 1).unwrap();
    world.verify(&changed).unwrap_err().code()
}

#[test]
fn parts_of_an_mdoc_are_refused_by_the_rule_that_guards_them() {
    const SIGNED: [&str; 3] = ["documents", "[0]", "issuerSigned"];
    let refused = |rest: &[&str]| refused(Format::Mdoc, &[SIGNED.as_slice(), rest].concat());
    assert_eq!(refused(&["nameSpaces", "org.iso.23220.1", "family_name", "elementValue"]), "digest_mismatch");
    assert_eq!(refused(&["issuerAuth", "signature"]), "issuer_signature_invalid");
    assert_eq!(refused(&["issuerAuth", "payload", "validityInfo", "validUntil (tag 0)"]), "issuer_signature_invalid");
}

#[test]
fn parts_of_an_sd_jwt_are_refused_by_the_rule_that_guards_them() {
    let refused = |path: &[&str]| refused(Format::SdJwt, path);
    assert_eq!(refused(&["disclosures (3)", "family_name", "value"]), "digest_missing");
    assert_eq!(refused(&["issuer-signed JWT", "signature"]), "issuer_signature_invalid");
    assert_eq!(refused(&["key-binding JWT", "payload", "nonce"]), "holder_binding_invalid");
}

#[test]
fn every_leaf_of_a_presentation_matters() {
    let world = World::new();
    for format in BOTH {
        let (presentation, tree) = shown(&world, format);
        assert!(world.verify(&presentation).is_ok());
        for leaf in all(&tree).into_iter().filter(|node| node.is_editable()) {
            let place = leaf.place().unwrap();
            let byte = place.bytes(&presentation).unwrap()[0];
            let changed = place.change(&presentation, 0, byte ^ 1).unwrap();
            assert!(world.verify(&changed).is_err(), "{format:?}: {}", leaf.label());
        }
    }
}

#[test]
fn one_byte_changes_and_the_places_hold() {
    for format in BOTH {
        let (presentation, tree) = shown(&World::new(), format);
        for leaf in all(&tree).into_iter().filter(|node| node.is_editable()) {
            let place = leaf.place().unwrap();
            let mut expected = place.bytes(&presentation).unwrap();
            let last = expected.len() - 1;
            let changed = place.change(&presentation, last, expected[last] ^ 1).unwrap();
            expected[last] ^= 1;
            assert_eq!(place.bytes(&changed), Some(expected.clone()), "{}", leaf.label());
            assert_eq!(changed.len(), presentation.len());
            assert_eq!(place.change(&changed, last, expected[last] ^ 1), Some(presentation.clone()));
        }
    }
}

#[test]
fn what_is_outside_changes_nothing() {
    let (presentation, tree) = shown(&World::new(), Format::SdJwt);
    let place = at(&tree, &["key-binding JWT", "payload", "nonce"]).place().unwrap();
    let length = place.bytes(&presentation).unwrap().len();
    assert_eq!(place.change(&presentation, length, 0), None);
    assert_eq!(place.change(&presentation[..9], 0, 0), None);
    assert_eq!(place.bytes(b""), None);
}

#[test]
fn json_says_where_and_what() {
    let (presentation, tree) = shown(&World::new(), Format::Mdoc);
    let json = tree.to_json();
    assert_eq!((&json["offset"], &json["length"]), (&0.into(), &presentation.len().into()));
    assert_eq!((&json["kind"], &json["editable"]), (&"DeviceResponse".into(), &false.into()));
    let version = json["children"].as_array().unwrap().iter().find(|child| child["label"] == "version").unwrap();
    assert_eq!((&version["value"], &version["valueLength"]), (&"\"1.0\"".into(), &3.into()));
    assert_eq!((&version["editable"], &version["encoding"]), (&true.into(), &serde_json::Value::Null));
}

#[test]
fn a_path_of_indices_finds_a_node() {
    let (_, tree) = shown(&World::new(), Format::SdJwt);
    assert_eq!(tree.find(&[2, 1]).map(Node::kind), Some("JWT Claims Set"));
    assert!(tree.find(&[9]).is_none());
    assert_eq!(inspect(b"{}").unwrap().find(&[]).map(Node::label), Some("JSON"));
}

#[test]
fn debug_shows_nothing_about_a_person() {
    let (_, tree) = shown(&World::new(), Format::SdJwt);
    let shown = format!("{:?}", at(&tree, &["disclosures (3)", "family_name"]));
    assert_eq!(shown, "Node(Disclosure, 3 children)");
}
