//! SD-JWT VC: as issued, as presented, and what is inside the signatures.

use std::sync::LazyLock;

use mapae_crypto::{Algorithm, Curve, Signature, SigningKey, sha256};
use mapae_jose::{Object, UnsignedJws, base64url, json, x5c_value};
use mapae_sd_jwt::{CREDENTIAL_TYPE, KEY_BINDING_TYPE, KeyBinding, PathElement, SdJwt, SdJwtPresentation};

use crate::{
    documents::{issued_sd_jwt, presented_sd_jwt},
    parties::{CLIENT_ID, NONCE, now, parties},
    verify::{holds, verify},
};

/// An SD-JWT: what a holder can read, it can present, and the presentation can be read; a presentation that came from
/// elsewhere holds only if it is that of the seed.
pub fn sd_jwt(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else { return false };
    let presented = SdJwtPresentation::parse(text).is_ok() && verify(data);
    let Ok(held) = SdJwt::parse(text) else { return presented };
    let _shown = (held.vct(), held.holder(), format!("{held:?}"));
    for presentation in [present(&held, &[]), present(&held, &names(&held))] {
        let read = SdJwtPresentation::parse(&presentation);
        assert!(read.is_ok() || presentation.len() > mapae_sd_jwt::MAX_LEN, "{:?}", read.err());
    }
    true
}

fn names<'s>(held: &'s SdJwt<'_>) -> Vec<[PathElement<'s>; 1]> {
    held.claims().keys().map(|name| [PathElement::Name(name)]).collect()
}

/// A presentation of some claims, with a signature that means nothing.
fn present(held: &SdJwt<'_>, names: &[[PathElement<'_>; 1]]) -> String {
    let paths: Vec<&[PathElement<'_>]> = names.iter().map(<[_; 1]>::as_slice).collect();
    let binding = KeyBinding { audience: CLIENT_ID, nonce: NONCE, issued_at: now() };
    match (held.select(&paths), Signature::from_bytes(Curve::P256, &[1; 64])) {
        (Ok(selected), Ok(signature)) => selected.bind(Algorithm::Es256, &binding).attach(&signature),
        _ => panic!("claims that are there can be selected"),
    }
}

/// A payload and its disclosures, separated by `~`, which the issuer signs whatever they say. In them `"#0"` stands
/// for the digest of the first disclosure, and so on, since no fuzzer could compute one; a disclosure may so refer to
/// those before it.
pub fn sd_jwt_payload(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else { return false };
    let (payload, disclosures) = text.split_once('~').unwrap_or((text, ""));
    let (mut digests, mut encoded) = (Vec::new(), String::new());
    for disclosure in disclosures.split('~').filter(|disclosure| !disclosure.is_empty()).take(16) {
        let disclosure = base64url::encode(with_digests(disclosure, &digests));
        digests.push(base64url::encode(sha256(disclosure.as_bytes())));
        encoded = encoded + &disclosure + "~";
    }
    let jws = signed(&issuer_header(), &with_digests(payload, &digests), &parties().sd_jwt_signer.key);
    present_issued(&format!("{jws}~{encoded}"))
}

fn with_digests(text: &str, digests: &[String]) -> String {
    let replace = |text: String, (at, digest): (usize, &String)| text.replace(&format!("#{at:x}"), digest);
    digests.iter().enumerate().fold(text.to_owned(), replace)
}

fn present_issued(issued: &str) -> bool {
    let (signer, device) = (&parties().sd_jwt_signer.key, &parties().device_key);
    let Ok(held) = SdJwt::accept(issued, signer.public(), device.public()) else { return false };
    let names = names(&held);
    let paths: Vec<&[PathElement<'_>]> = names.iter().map(<[_; 1]>::as_slice).collect();
    let Ok(selected) = held.select(&paths) else { panic!("claims that are there can be selected") };
    let binding = KeyBinding { audience: CLIENT_ID, nonce: NONCE, issued_at: now() };
    let unsigned = selected.bind(Algorithm::Es256, &binding);
    let Ok(signature) = device.sign(unsigned.to_be_signed()) else { return false };
    holds(unsigned.attach(&signature).as_bytes())
}

/// The payload of a key binding that the holder signs whatever it says; `#0` stands for the right `sd_hash`. It binds
/// to this session only if it says so.
pub fn key_binding(data: &[u8]) -> bool {
    static BOUND: LazyLock<String> = LazyLock::new(|| {
        let presented = presented_sd_jwt();
        presented.rsplit_once('~').map_or_else(issued_sd_jwt, |(bound, _)| format!("{bound}~"))
    });
    let Ok(text) = str::from_utf8(data) else { return false };
    let payload = with_digests(text, &[base64url::encode(sha256(BOUND.as_bytes()))]);
    let key_binding = signed(&header(KEY_BINDING_TYPE), &payload, &parties().device_key);
    let held = verify(format!("{}{key_binding}", *BOUND).as_bytes());
    if held {
        let said = json::parse_object(payload.as_bytes()).unwrap_or_default();
        assert!(said["aud"] == CLIENT_ID && said["nonce"] == NONCE);
    }
    held
}

fn header(typ: &str) -> Object {
    Object::from_iter([("alg".to_owned(), "ES256".into()), ("typ".to_owned(), typ.into())])
}

fn issuer_header() -> Object {
    let mut header = header(CREDENTIAL_TYPE);
    header.insert("x5c".to_owned(), x5c_value(&[parties().sd_jwt_signer.certificate.der()]));
    header
}

fn signed(header: &Object, payload: &str, key: &SigningKey) -> String {
    let unsigned = UnsignedJws::new(header, payload.as_bytes());
    key.sign(unsigned.to_be_signed()).map(|signature| unsigned.attach(&signature)).unwrap_or_default()
}
