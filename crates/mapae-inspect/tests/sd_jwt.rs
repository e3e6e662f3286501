//! An SD-JWT with key binding, named as RFC 9901 §4 does, through base64url.

use mapae_inspect::{Node, inspect};
use mapae_jose::base64url;
use testkit::{Format, World};

use crate::{all, at, kinds, shown};

const DISCLOSURES: &str = "disclosures (3)";

#[test]
fn things_are_named_as_in_the_standard() {
    let (_, tree) = shown(&World::new(), Format::SdJwt);
    assert_eq!((tree.label(), tree.kind()), ("presentation (SD-JWT with key binding)", "SD-JWT+KB"));
    let parts: Vec<_> = tree.children().iter().map(Node::kind).collect();
    assert_eq!(parts, ["Issuer-signed JWT", "Disclosures", "KB-JWT"]);
    let jwt: Vec<_> = tree.children()[0].children().iter().map(Node::kind).collect();
    assert_eq!(jwt, ["JOSE Header", "JWT Claims Set", "JWS Signature"]);
    assert_eq!(kinds(&tree, &["issuer-signed JWT", "header", "x5c", "certificate"])[2..], ["x5c", "X.509 certificate"]);
    assert_eq!(kinds(&tree, &["issuer-signed JWT", "payload", "_sd", "[0]"])[2..], ["_sd", "Digest"]);
    assert_eq!(at(&tree, &["key-binding JWT", "payload", "nonce"]).kind(), "string");
}

#[test]
fn a_disclosure_stands_under_its_name_with_salt_name_and_value() {
    let (presentation, tree) = shown(&World::new(), Format::SdJwt);
    let disclosure = at(&tree, &[DISCLOSURES, "family_name"]);
    assert_eq!(disclosure.kind(), "Disclosure");
    let parts: Vec<_> = disclosure.children().iter().map(|part| (part.label(), part.is_detail())).collect();
    assert_eq!(parts, [("salt", true), ("name", true), ("value", true)]);
    let bytes = |label| at(disclosure, &[label]).place().unwrap().bytes(&presentation).unwrap();
    assert_eq!(bytes("name"), b"family_name");
    let quoted = format!("{:?}", String::from_utf8(bytes("value")).unwrap());
    assert_eq!(disclosure.value(), Some(quoted.as_str()));
}

#[test]
fn what_is_inside_a_disclosed_object_stands_in_its_disclosure() {
    let of = |json: &str| format!("{}~{}~", issuer_signed(), base64url::encode(json));
    let tree = inspect(of(r#"["salt","address",{"locality":"Seoul"}]"#).as_bytes()).unwrap();
    let address = at(&tree, &["disclosures (1)", "address"]);
    assert_eq!(at(address, &["locality"]).value(), Some("\"Seoul\""));
    let tree = inspect(of(r#"["salt","KR"]"#).as_bytes()).unwrap();
    assert_eq!(at(&tree, &["disclosures (1)", "array element"]).value(), Some("\"KR\""));
}

#[test]
fn what_cannot_be_read_is_shown_as_it_stands() {
    let tree = inspect(format!("{}~!~{}~x", issuer_signed(), base64url::encode("[1]")).as_bytes()).unwrap();
    let disclosures = at(&tree, &["disclosures (2)"]);
    assert_eq!(at(disclosures, &["disclosure that cannot be read"]).value(), Some("\"!\""));
    assert_eq!(at(disclosures, &["disclosure of an unknown form", "[0]"]).value(), Some("1"));
    assert_eq!(at(&tree, &["key-binding JWT"]).value(), Some("\"x\""));
}

#[test]
fn places_inside_base64url_give_its_characters_and_its_bytes() {
    let (presentation, tree) = shown(&World::new(), Format::SdJwt);
    let nonce = at(&tree, &["key-binding JWT", "payload", "nonce"]).place().unwrap();
    assert_eq!(nonce.encoding(), Some("base64url"));
    let payload = at(&tree, &["key-binding JWT", "payload"]).place().unwrap();
    let json = base64url::decode(&presentation[payload.item()]).unwrap();
    let text = format!("\"nonce\":\"{}\"", String::from_utf8(nonce.bytes(&presentation).unwrap()).unwrap());
    assert!(String::from_utf8(json).unwrap().contains(&text), "{text}");
    assert!(payload.item().start <= nonce.item().start && nonce.item().end <= payload.item().end);
}

#[test]
fn a_certificate_in_x5c_is_two_encodings_deep() {
    let (presentation, tree) = shown(&World::new(), Format::SdJwt);
    let certificate = at(&tree, &["issuer-signed JWT", "header", "x5c", "certificate"]);
    let key = at(certificate, &["key"]).place().unwrap();
    assert_eq!(key.encoding(), Some("base64"));
    assert!(key.bytes(&presentation).unwrap().len() > 64);
}

#[test]
fn white_space_around_it_moves_the_places() {
    let presentation = World::new().show(Format::SdJwt);
    let padded = [b"\n  ".as_slice(), &presentation, b"\n"].concat();
    let (plain, moved) = (inspect(&presentation).unwrap(), inspect(&padded).unwrap());
    for (before, after) in all(&plain).into_iter().zip(all(&moved)) {
        let start = |node: &Node| node.place().map(|place| place.item().start);
        assert_eq!(start(before).map(|start| start + 3), start(after), "{}", before.label());
    }
}

fn issuer_signed() -> String {
    format!("{}.{}.AAAA", base64url::encode(r#"{"alg":"ES256"}"#), base64url::encode("{}"))
}
