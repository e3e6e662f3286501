//! The form of the bytes: what is no presentation at all.

use mapae_cose::cbor::Value;
use mapae_verify::{NotVerified, PRESENTATION_LIMIT, Refusal};
use serde_json::json;
use testkit::{BOTH, Format, World};

use crate::{
    code,
    mdoc::{self, DOCUMENT, at, remove},
    sd_jwt,
};

#[test]
fn what_is_neither_format_is_malformed() {
    let world = World::new();
    for bytes in [&b""[..], b" ", b"~", b"{}", b"\x80", b"\xd8\x18", b"\0", b"\xff", "홍".as_bytes()] {
        let refused = world.verify(bytes).unwrap_err();
        assert_eq!((refused.code(), &refused), ("malformed", &NotVerified::Refused(Refusal::FormatUnknown)));
    }
    for bytes in [&b"a"[..], b"e.e.e", b"e.e.e~", b"\xa0", b"\xa1", b"a\xff~"] {
        let verdict = code(world.verify(bytes));
        assert!(["malformed", "holder_binding_missing"].contains(&verdict), "{bytes:?}: {verdict}");
    }
}

#[test]
fn more_bytes_than_a_presentation_has_are_not_looked_at() {
    let world = World::new();
    for first in [0xa0, b'e'] {
        let at_limit = vec![first; PRESENTATION_LIMIT];
        assert_ne!(world.verify(&at_limit).unwrap_err(), Refusal::TooLarge { limit: PRESENTATION_LIMIT }.into());
        let over = vec![first; PRESENTATION_LIMIT + 1];
        let refused = world.verify(&over).unwrap_err();
        assert_eq!(refused, Refusal::TooLarge { limit: PRESENTATION_LIMIT }.into());
        assert_eq!(refused.code(), "malformed");
    }
}

#[test]
fn peer_hole_16_bytes_after_the_end_are_refused() {
    for format in BOTH {
        let world = World::new();
        for extra in [&b"\0"[..], b"\xf6", b"~", b" ", b"\n", b"."] {
            let longer = [world.show(format), extra.to_vec()].concat();
            // A tilde makes the key binding a disclosure, and then there is none.
            let missing = format == Format::SdJwt && extra == b"~";
            let expected = if missing { "holder_binding_missing" } else { "malformed" };
            assert_eq!(code(world.verify(&longer)), expected, "{extra:?}");
        }
    }
}

#[test]
fn peer_hole_16_a_presentation_cut_short_anywhere_is_refused() {
    for format in BOTH {
        let world = World::new();
        let (shown, store) = (world.show(format), world.store());
        for end in 0..shown.len() {
            let (binding, policy) = (world.request.binding(), mapae_verify::Policy::default());
            let verdict = mapae_verify::verify(&shown[..end], &binding, &store, testkit::now(), &policy);
            assert!(verdict.is_err(), "{end} bytes");
        }
    }
}

#[test]
fn peer_hole_16_a_member_that_occurs_twice_is_refused() {
    let scene = mdoc::scene();
    let twice = |value: &mut Value| {
        let Value::Map(entries) = value else { panic!("not a map") };
        let first = entries[0].clone();
        entries.push(first);
    };
    for path in ["", DOCUMENT, "documents/0/issuerSigned", mdoc::DEVICE_AUTH] {
        assert_eq!(scene.code(&scene.edit(path, twice)), "malformed", "{path}");
    }
    assert_eq!(scene.code(&scene.edit_mso(twice)), "malformed");
    let scene = sd_jwt::scene();
    let text = String::from_utf8(scene.shown()).unwrap();
    let (header, rest) = text.split_once('.').unwrap();
    let header = sd_jwt::json_of(header).to_string().replacen('{', r#"{"alg":"ES256","#, 1);
    let doubled = mapae_jose::base64url::encode(header) + "." + rest;
    assert_eq!(scene.code(doubled.as_bytes()), "malformed");
}

#[test]
fn peer_hole_16_hostile_lengths_and_depths_are_refused() {
    let world = World::new();
    let indefinite = [&[0xbf][..], &world.show(Format::Mdoc)[1..], &[0xff]].concat();
    let huge = b"\xa1\x69documents\x9b\x10\0\0\0\0\0\0\0".to_vec();
    let deep = [&b"\xa1\x69documents"[..], &vec![0x81; 100_000]].concat();
    let not_utf8 = b"\xa1\x62\xff\xfe\xf6".to_vec();
    for bytes in [indefinite, huge, deep, not_utf8] {
        assert_eq!(code(world.verify(&bytes)), "malformed");
    }
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let header = mapae_jose::base64url::encode(format!(r#"{{"alg":"ES256","typ":"dc+sd-jwt","x":{deep}}}"#));
    assert_eq!(code(world.verify(format!("{header}.e30.AA~").as_bytes())), "malformed");
}

#[test]
fn a_response_without_a_document_is_refused() {
    let scene = mdoc::scene();
    assert_eq!(scene.code(&scene.edit("", |response| remove(response, "documents"))), "no_document");
    assert_eq!(scene.code(&scene.edit("documents", |documents| *documents = Value::Array(vec![]))), "no_document");
    assert_eq!(scene.code(&scene.edit("status", |status| *status = Value::from(10))), "no_document");
}

#[test]
fn other_versions_and_types_are_refused() {
    let scene = mdoc::scene();
    for version in ["1.1", "2.0"] {
        assert_eq!(scene.code(&scene.edit("version", |old| *old = Value::from(version))), "unsupported");
    }
    assert_eq!(scene.code(&scene.edit_mso(|mso| *at(mso, "version") = Value::from("2.0"))), "unsupported");
    for typ in [json!("vc+sd-jwt"), json!("JWT")] {
        assert_eq!(sd_jwt::code_with(|scene| scene.header["typ"] = typ), "credential_type_unsupported");
    }
}
