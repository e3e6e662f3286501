//! Who asks (OpenID4VP §5, §5.8, §5.9.3, §5.10.1; RFC 9101 §6; HAIP §5).

use mapae_jose::{JwsError, x5c_value};
use mapae_oid4vp::{ClientIdPrefix, RequestFault};
use mapae_x509::{TrustAnchor, X509Error};

use crate::scene::{
    Bent, LIBRARY, REGISTRAR, RESPONSE_URI, Registrar, Verifier, authenticate, by_host, now, object, unauthenticated,
};

/// The request of another verifier, signed by it.
fn of(verifier: &Verifier) -> Result<(), RequestFault> {
    let bent =
        Bent::new().claim("client_id", verifier.client_id()).header("x5c", x5c_value(&[verifier.certificate.der()]));
    authenticate(&bent.signed_by(&verifier.key)).map(drop)
}

#[test]
fn a_verifier_is_known_by_its_certificate() {
    let authentic = Bent::new().authenticate().unwrap();
    assert_eq!(authentic.certificate(), &LIBRARY.certificate);
    assert_eq!(authentic.signer().anchor(), &REGISTRAR.root);
    assert_eq!(authentic.request().client_id().prefix(), ClientIdPrefix::X509Hash);
    assert_eq!(authentic.request().audience(), LIBRARY.client_id());
}

#[test]
fn a_verifier_is_known_by_a_host_that_its_certificate_names() {
    let request = Bent::by_host().request();
    assert_eq!((request.audience(), request.response_host()), ("x509_san_dns:library.example", "library.example"));
    assert!(Bent::by_host().claim("client_id", "x509_san_dns:Library.Example").authenticate().is_ok());
}

#[test]
fn the_client_is_the_one_whose_certificate_signed() {
    let other = REGISTRAR.certify(99, 30);
    assert_eq!(of(&other), Ok(()));
    assert_eq!(Bent::new().claim("client_id", other.client_id()).fault(), RequestFault::ClientIdForeign);
    let elsewhere = Bent::new().claim("client_id", "x509_san_dns:evil.example");
    assert_eq!(elsewhere.fault(), RequestFault::ClientIdForeign);
    let above = Bent::new().claim("client_id", "x509_san_dns:example");
    assert_eq!(above.fault(), RequestFault::ClientIdForeign);
}

#[test]
fn a_client_known_by_its_host_gets_answers_there_alone() {
    for place in ["https://evil.example/a", "https://library.example.evil.example/a", "https://a.library.example/a"] {
        assert_eq!(Bent::by_host().claim("response_uri", place).fault(), RequestFault::ResponseUriForeign, "{place}");
        // One known by its certificate signs for the place.
        assert!(Bent::new().claim("response_uri", place).authenticate().is_ok());
    }
    assert!(Bent::by_host().claim("response_uri", "https://library.example:8443/a?b=c").authenticate().is_ok());
}

#[test]
fn the_type_is_that_of_a_request_object() {
    assert_eq!(Bent::new().without_header("typ").fault(), RequestFault::Type);
    for other in ["JWT", "kb+jwt", "application/oauth-authz-req+jwt", "OAUTH-AUTHZ-REQ+JWT"] {
        assert_eq!(Bent::new().header("typ", other).fault(), RequestFault::Type, "{other}");
    }
}

#[test]
fn the_algorithm_is_es256() {
    for other in ["none", "HS256", "RS256", "EdDSA"] {
        let fault = JwsError::AlgorithmUnsupported { alg: other.to_owned() };
        assert_eq!(Bent::new().header("alg", other).fault(), fault.into());
    }
    assert_eq!(Bent::new().header("alg", "ES384").fault(), RequestFault::Algorithm);
}

#[test]
fn the_key_of_the_certificate_signed() {
    let other = Bent::new().signed_by(&crate::scene::key(9));
    assert_eq!(authenticate(&other).unwrap_err(), JwsError::SignatureInvalid.into());
}

#[test]
fn no_changed_character_goes_unnoticed() {
    let jws = Bent::new().jws();
    let payload = jws.find('.').unwrap() + 1;
    for at in [payload + 3, payload + 40, jws.rfind('.').unwrap() + 5] {
        let mut bytes = jws.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(authenticate(&String::from_utf8(bytes).unwrap()).unwrap_err().code(), "signature_invalid", "{at}");
    }
}

#[test]
fn an_extension_that_is_critical_is_refused() {
    let bent = Bent::new().header("crit", serde_json::json!(["exp"])).header("exp", 1);
    assert_eq!(bent.fault(), JwsError::CriticalExtension.into());
}

#[test]
fn the_certificate_is_in_the_header() {
    assert_eq!(Bent::new().without_header("x5c").fault(), RequestFault::CertificateMissing);
    let bent = Bent::new().header("x5c", serde_json::json!(["AAAA"]));
    assert_eq!(bent.fault().code(), "certificate_untrusted");
}

#[test]
fn a_key_that_only_the_header_names_is_not_believed() {
    let own = crate::scene::key(9);
    let jwk = crate::scene::jwk(&own, "1");
    let bent = Bent::new().without_header("x5c").header("jwk", jwk).header("kid", "1");
    assert_eq!(authenticate(&bent.signed_by(&own)).unwrap_err(), RequestFault::CertificateMissing);
}

#[test]
fn the_certificate_leads_to_a_registrar() {
    assert_eq!(of(&Registrar::new(66).certify(67, 30)).unwrap_err().code(), "certificate_untrusted");
    let nobody: [TrustAnchor; 0] = [];
    assert_eq!(object(&Bent::new().jws()).authenticate(&nobody, now()).unwrap_err().code(), "certificate_untrusted");
}

#[test]
fn the_root_is_not_sent() {
    let chain = x5c_value(&[LIBRARY.certificate.der(), REGISTRAR.root.certificate().der()]);
    let fault = Bent::new().header("x5c", chain).fault();
    assert!(matches!(fault, RequestFault::Certificate(X509Error::RootInChain { .. })), "{fault}");
}

#[test]
fn a_self_signed_certificate_is_nobodys() {
    let root = x5c_value(&[REGISTRAR.root.certificate().der()]);
    let fault = Bent::new().header("x5c", root).fault();
    assert!(matches!(fault, RequestFault::Certificate(X509Error::LeafSelfSigned { .. })), "{fault}");
}

#[test]
fn the_certificate_is_valid_now() {
    let expired = REGISTRAR.certify(70, 19);
    assert!(matches!(of(&expired), Err(RequestFault::Certificate(X509Error::Expired { .. }))));
}

#[test]
fn a_signer_of_documents_asks_for_none() {
    let signer = REGISTRAR.certify_signer(71);
    assert!(matches!(of(&signer), Err(RequestFault::Certificate(X509Error::PurposeForbids { .. }))));
}

#[test]
fn the_request_is_for_wallets() {
    let several = Bent::new().claim("aud", serde_json::json!(["https://a.example", "https://self-issued.me/v2"]));
    assert!(several.authenticate().is_ok());
    for other in [serde_json::json!("https://wallet.example"), serde_json::json!([]), serde_json::json!(1)] {
        assert_eq!(Bent::new().claim("aud", other).fault(), RequestFault::Audience);
    }
    assert_eq!(Bent::new().without("aud").fault(), RequestFault::Missing { parameter: "aud" });
}

#[test]
fn the_issuer_of_a_request_object_is_ignored() {
    assert!(Bent::new().claim("iss", "https://somebody.example").authenticate().is_ok());
}

#[test]
fn who_cannot_sign_does_not() {
    assert_eq!(Bent::new().plain().fault(), RequestFault::SignedUnderRedirectUri);
}

#[test]
fn a_request_names_its_client() {
    assert_eq!(Bent::new().without("client_id").fault(), RequestFault::Missing { parameter: "client_id" });
    assert_eq!(Bent::new().claim("client_id", "origin:https://a.example").fault(), RequestFault::OriginClaimed);
}

#[test]
fn a_request_that_nobody_signed_is_never_authentic() {
    let plain = serde_json::Value::Object(Bent::new().plain().claims).to_string();
    let registrars = core::slice::from_ref(&REGISTRAR.root);
    assert_eq!(object(&plain).authenticate(registrars, now()).unwrap_err(), RequestFault::Unsigned);
    assert!(object(&plain).unauthenticated(now()).is_ok());
}

#[test]
fn without_a_signature_the_client_is_the_place_of_the_answer() {
    let request = unauthenticated(&Bent::new().plain()).unwrap();
    assert_eq!(request.client_id().prefix(), ClientIdPrefix::RedirectUri);
    // §5.9.3: the place may be left out, since it is the client's name.
    let short = unauthenticated(&Bent::new().plain().without("response_uri")).unwrap();
    assert_eq!((request.response_uri(), short.response_uri()), (RESPONSE_URI, RESPONSE_URI));
    let elsewhere = Bent::new().plain().claim("response_uri", "https://evil.example/");
    assert_eq!(unauthenticated(&elsewhere).unwrap_err(), RequestFault::ResponseUriForeign);
}

#[test]
fn who_can_sign_does() {
    assert_eq!(unauthenticated(&Bent::new()).unwrap_err(), RequestFault::Unsigned);
    assert_eq!(unauthenticated(&Bent::new().claim("client_id", by_host())).unwrap_err(), RequestFault::Unsigned);
}

#[test]
fn a_signed_request_is_not_read_as_one_that_is_not() {
    assert_eq!(object(&Bent::new().jws()).unauthenticated(now()).unwrap_err(), RequestFault::SignedUnderRedirectUri);
}

#[test]
fn an_encrypted_request_object_is_not_read() {
    let link = format!("openid4vp://?client_id={}&request=a.b.c.d.e", crate::scene::encoded(&by_host()));
    assert_eq!(authenticate(&link).unwrap_err(), RequestFault::Encrypted);
}

#[test]
fn a_payload_has_one_reading() {
    let jws = {
        let bent = Bent::new();
        let unsigned = mapae_jose::UnsignedJws::new(&bent.header, br#"{"client_id":"a","client_id":"b"}"#);
        let signature = LIBRARY.key.sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    };
    assert_eq!(authenticate(&jws).unwrap_err().code(), "request_unreadable");
}
