//! A `DeviceResponse`, named as ISO/IEC 18013-5 §8.3.2.1 and §9.1 do.

use mapae_cose::cbor::{Reader, Value};
use mapae_inspect::inspect;
use testkit::{Format, World};

use crate::{all, at, kinds, shown};

const ISSUER_SIGNED: [&str; 3] = ["documents", "[0]", "issuerSigned"];
const NAMESPACE: &str = "org.iso.23220.1";

fn path<'p>(rest: &[&'p str]) -> Vec<&'p str> {
    [ISSUER_SIGNED.as_slice(), rest].concat()
}

#[test]
fn things_are_named_as_in_the_standard() {
    let (_, tree) = shown(&World::new(), Format::Mdoc);
    assert_eq!((tree.label(), tree.kind()), ("presentation (DeviceResponse)", "DeviceResponse"));
    assert_eq!(
        kinds(&tree, &path(&["nameSpaces", NAMESPACE, "family_name", "elementValue"])),
        ["array", "Document", "IssuerSigned", "IssuerNameSpaces", "NameSpace", "IssuerSignedItem", "DataElementValue"]
    );
    let payload = path(&["issuerAuth", "payload"]);
    assert_eq!(kinds(&tree, &payload)[3..], ["IssuerAuth", "MobileSecurityObject"]);
    for (member, kind) in
        [("valueDigests", "ValueDigests"), ("deviceKeyInfo", "DeviceKeyInfo"), ("validityInfo", "ValidityInfo")]
    {
        assert_eq!(at(at(&tree, &payload), &[member]).kind(), kind);
    }
    let device = at(&tree, &["documents", "[0]", "deviceSigned"]);
    assert_eq!(kinds(device, &["deviceAuth", "deviceSignature"]), ["DeviceAuth", "DeviceSignature"]);
    assert_eq!(at(device, &["nameSpaces"]).kind(), "DeviceNameSpaces");
}

#[test]
fn a_signed_item_has_salt_name_and_value() {
    let (_, tree) = shown(&World::new(), Format::Mdoc);
    let item = at(&tree, &path(&["nameSpaces", NAMESPACE, "family_name"]));
    let mut labels: Vec<_> = item.children().iter().map(mapae_inspect::Node::label).collect();
    labels.sort_unstable();
    assert_eq!(labels, ["digestID", "elementIdentifier", "elementValue", "random"]);
}

#[test]
fn cose_headers_and_the_signers_certificate_are_opened() {
    let (presentation, tree) = shown(&World::new(), Format::Mdoc);
    let auth = at(&tree, &path(&["issuerAuth"]));
    assert_eq!(auth.value(), Some("COSE_Sign1"));
    assert_eq!(at(auth, &["protected", "alg"]).value(), Some("-7 (ES256)"));
    let certificate = at(auth, &["unprotected", "x5chain", "certificate"]);
    let der = certificate.place().unwrap().bytes(&presentation).unwrap();
    assert_eq!(mapae_x509::Certificate::from_der(&der).unwrap().fingerprint().len(), 32);
    let subject = at(certificate, &["subject"]).place().unwrap();
    assert!(String::from_utf8_lossy(&presentation[subject.item()]).contains("KR"));
}

#[test]
fn a_device_mac_is_not_called_a_signature() {
    // [<< {1: 5} >>, {}, nil, h'00'] as deviceMac (RFC 9052 §6.2).
    let mac = Value::Array(vec![
        Value::Bytes(vec![0xa1, 0x01, 0x05]),
        Value::Map(vec![]),
        Value::Null,
        Value::Bytes(vec![0]),
    ]);
    let auth = Value::Map(vec![(Value::text("deviceMac"), mac)]);
    let tree = inspect(&Value::Map(vec![(Value::text("deviceAuth"), auth)]).to_cbor()).unwrap();
    let mac = at(&tree, &["deviceAuth", "deviceMac"]);
    assert_eq!((mac.kind(), mac.value()), ("DeviceMac", Some("COSE_Mac0")));
    assert_eq!(at(mac, &["tag"]).value(), Some("h'00'"));
    assert_eq!(at(mac, &["payload"]).value(), Some("detached"));
}

#[test]
fn places_are_those_of_the_bytes() {
    let (presentation, tree) = shown(&World::new(), Format::Mdoc);
    let item = at(&tree, &path(&["nameSpaces", NAMESPACE, "family_name"]));
    let place = item.place().unwrap();
    let (whole, inside) = Reader::read_all(&presentation[place.item()], Reader::encoded_cbor).unwrap();
    assert_eq!((whole.len(), inside), (place.item().len(), &presentation[place.value()]));
    let value = at(item, &["elementValue"]);
    let text = Value::from_cbor(&presentation[value.place().unwrap().item()]).unwrap();
    assert_eq!(text, Value::text(core::str::from_utf8(&presentation[value.place().unwrap().value()]).unwrap()));
}

#[test]
fn every_leaf_that_can_be_edited_has_bytes_where_it_says() {
    let (presentation, tree) = shown(&World::new(), Format::Mdoc);
    let leaves: Vec<_> = all(&tree).into_iter().filter(|node| node.is_editable()).collect();
    assert!(leaves.len() > 40, "{}", leaves.len());
    for leaf in leaves {
        let place = leaf.place().unwrap();
        assert_eq!(place.bytes(&presentation).unwrap(), presentation[place.value()], "{}", leaf.label());
        assert_eq!(place.encoding(), None);
    }
}
