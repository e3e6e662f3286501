//! How a wallet is called (OpenID4VP §5.1, §5.4, §5.9; HAIP §5.1).

use mapae_jose::Value;
use mapae_oid4vp::{Call, ClientId, ClientIdPrefix, Party, RequestFault, RequestUriMethod};

use crate::scene::{Bent, HOST, RESPONSE_URI, by_host, encoded, now};

const REQUEST_URI: &str = "https://library.example/requests/1?x=1";

fn parameters() -> String {
    format!("client_id={}&request_uri={}", encoded(&by_host()), encoded(REQUEST_URI))
}

fn reference(method: RequestUriMethod) -> Call {
    Call::Reference { client_id: ClientId::parse(&by_host()).unwrap(), request_uri: REQUEST_URI.to_owned(), method }
}

fn called(client_id: &str) -> Result<Call, RequestFault> {
    Call::parse(&format!("openid4vp://?client_id={}&request_uri={}", encoded(client_id), encoded(REQUEST_URI)))
}

#[test]
fn a_link_says_who_asks_and_where_the_request_lies() {
    let starts = [
        "openid4vp://?",
        "OpenID4VP://authorize?",
        "openid4vp:?",
        "haip-vp://?",
        "eudi-openid4vp://?",
        "web+openid4vp://?",
        "https://wallet.example/?",
        "https://wallet.example/#",
        "https://wallet.example/a?b=c#",
        "http://localhost:8619/?",
    ];
    for start in starts {
        assert_eq!(
            Call::parse(&format!(" {start}{}\n", parameters())),
            Ok(reference(RequestUriMethod::Get)),
            "{start}"
        );
    }
}

#[test]
fn the_method_is_get_unless_the_link_says_post() {
    let with = |method: &str| Call::parse(&format!("openid4vp://?{}&request_uri_method={method}", parameters()));
    assert_eq!(with("get"), Ok(reference(RequestUriMethod::Get)));
    assert_eq!(with("post"), Ok(reference(RequestUriMethod::Post)));
    // §5.1: case-sensitive.
    for other in ["POST", "put", ""] {
        assert_eq!(with(other), Err(RequestFault::RequestUriMethod), "{other}");
    }
}

#[test]
fn a_method_belongs_to_an_address() {
    let link = format!("openid4vp://?client_id={}&request_uri_method=get", encoded(&by_host()));
    assert_eq!(Call::parse(&link), Err(RequestFault::Missing { parameter: "request_uri" }));
}

#[test]
fn the_links_of_the_specification_are_read() {
    let by_reference = "https://wallet.example/authorize?client_id=x509_san_dns%3Aclient.example.org\
        &request_uri=https%3A%2F%2Fclient.example.org%2Frequest%2Fvapof4ql2i7m41m68uep&request_uri_method=post";
    let Ok(Call::Reference { client_id, request_uri, method }) = Call::parse(by_reference) else { panic!() };
    assert_eq!((client_id.prefix(), client_id.name()), (ClientIdPrefix::X509SanDns, "client.example.org"));
    assert_eq!(request_uri, "https://client.example.org/request/vapof4ql2i7m41m68uep");
    assert_eq!(method, RequestUriMethod::Post);
    // Its example of a request by value is signed under a prefix that cannot be, as §5.9.3 says.
    let by_value = "openid4vp://?client_id=redirect_uri%3Ahttps%3A%2F%2Fclient.example.org%2Fcb&request=eyJrd";
    assert_eq!(Call::parse(by_value), Err(RequestFault::SignedUnderRedirectUri));
}

#[test]
fn a_signed_request_may_be_in_the_link_or_alone() {
    let jws = Bent::by_host().jws();
    for text in [jws.clone(), format!("openid4vp://?client_id={}&request={jws}", encoded(&by_host()))] {
        let Ok(Call::Signed(object)) = Call::parse(&text) else { panic!("{text}") };
        assert!(object.is_signed());
        assert!(object.authenticate(core::slice::from_ref(&crate::scene::REGISTRAR.root), now()).is_ok());
    }
}

#[test]
fn a_request_that_nobody_signs_is_the_same_in_a_link_and_as_json() {
    let bent = Bent::new().plain().without("iat").without("exp");
    let parameter = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}={}", encoded(text)),
        other => format!("{name}={}", encoded(&other.to_string())),
    };
    let parameters: Vec<String> = bent.claims.iter().map(parameter).collect();
    let from_link = Call::parse(&format!("openid4vp://?{}", parameters.join("&"))).unwrap();
    let from_json = Call::parse(&Value::Object(bent.claims).to_string()).unwrap();
    assert!(matches!(from_link, Call::Plain(_)));
    assert_eq!(from_link, from_json);
}

#[test]
fn json_may_point_at_the_request_as_well() {
    let json = serde_json::json!({"client_id": by_host(), "request_uri": REQUEST_URI, "request_uri_method": "post"});
    assert_eq!(Call::parse(&json.to_string()), Ok(reference(RequestUriMethod::Post)));
}

#[test]
fn a_call_has_one_reading() {
    let twice = format!("openid4vp://?{}&client_id=x", parameters());
    assert_eq!(Call::parse(&twice), Err(RequestFault::ParameterTwice));
    let two_places = format!("https://wallet.example/?{0}#{0}", parameters());
    assert_eq!(Call::parse(&two_places), Err(RequestFault::ParameterTwice));
    let two_requests = format!("openid4vp://?{}&request=a.b.c", parameters());
    let both = RequestFault::Both { parameter: "request", other: "request_uri" };
    assert_eq!(Call::parse(&two_requests), Err(both));
    assert_eq!(Call::parse(r#"{"client_id":"a","client_id":"b"}"#).unwrap_err().code(), "request_unreadable");
    assert_eq!(Call::parse("openid4vp://?client_id=%ZZ"), Err(RequestFault::FormMalformed));
}

#[test]
fn parameters_that_nobody_knows_are_ignored() {
    let link = format!("openid4vp://?foo=bar&{}&empty", parameters());
    assert_eq!(Call::parse(&link), Ok(reference(RequestUriMethod::Get)));
}

#[test]
fn what_calls_no_wallet_is_none() {
    let others =
        ["", "hello", "https://wallet.example/", "http://wallet.example/?client_id=a", "mailto:a@b.example", "a.b.c.d"];
    for other in others {
        let fault = Call::parse(other).unwrap_err();
        assert_eq!((fault.clone(), fault.party()), (RequestFault::NotACall, Party::Link), "{other}");
    }
    assert_eq!(Call::parse("openid4vp://?a=b"), Err(RequestFault::Missing { parameter: "client_id" }));
}

#[test]
fn a_request_is_fetched_over_tls_or_from_this_machine() {
    let from = |uri: &str| {
        Call::parse(&format!("openid4vp://?client_id={}&request_uri={}", encoded(&by_host()), encoded(uri)))
    };
    for good in ["https://library.example/r", "http://localhost:8080/r", "http://127.0.0.1/r", "http://[::1]:80/r"] {
        assert!(from(good).is_ok(), "{good}");
    }
    let bad = [
        "http://library.example/r",
        "http://localhost.example/r",
        "http://localhost@library.example/r",
        "https://a@library.example/r",
        "https:///r",
        "https://library.example/r#fragment",
        "ftp://library.example/r",
        "https://library.example/ü",
    ];
    for bad in bad {
        assert_eq!(from(bad), Err(RequestFault::Insecure { parameter: "request_uri" }), "{bad}");
    }
}

#[test]
fn a_call_has_bounds() {
    let long = format!("openid4vp://?{}&a={}", parameters(), "a".repeat(64 << 10));
    assert_eq!(Call::parse(&long).unwrap_err().code(), "request_too_long");
    let many = (0..65).map(|n| format!("&p{n}=1")).collect::<Vec<_>>().concat();
    assert_eq!(Call::parse(&format!("openid4vp://?{}{many}", parameters())), Err(RequestFault::FormMalformed));
}

#[test]
fn a_client_is_named_by_its_certificate_or_its_host() {
    let hash = format!("x509_hash:{}", "A".repeat(43));
    for (text, prefix) in [(hash, ClientIdPrefix::X509Hash), (by_host(), ClientIdPrefix::X509SanDns)] {
        let client = ClientId::parse(&text).unwrap();
        assert_eq!((client.as_str(), client.prefix(), client.to_string()), (&text[..], prefix, text.clone()));
        assert!(called(&text).is_ok());
    }
}

#[test]
fn a_name_has_the_form_of_its_prefix() {
    let malformed = RequestFault::Malformed { parameter: "client_id" };
    let long = format!("x509_san_dns:{}", vec!["aa"; 100].join("."));
    let bad = ["x509_hash:", "x509_hash:AAAA", "x509_san_dns:", "x509_san_dns:a..b", "x509_san_dns:https://a", &long];
    for bad in bad.into_iter().chain(["redirect_uri:http://library.example/", "redirect_uri:library.example"]) {
        assert_eq!(ClientId::parse(bad), Err(malformed.clone()), "{bad}");
    }
    assert!(ClientId::parse(&format!("redirect_uri:{RESPONSE_URI}")).is_ok());
    assert!(ClientId::parse(&format!("x509_san_dns:{HOST}")).is_ok());
}

#[test]
fn no_request_may_claim_to_be_an_origin() {
    assert_eq!(called("origin:https://library.example"), Err(RequestFault::OriginClaimed));
}

#[test]
fn a_client_without_a_prefix_is_not_known() {
    assert_eq!(called("library.example"), Err(RequestFault::ClientNotRegistered));
}

#[test]
fn prefixes_that_are_not_supported_are_named() {
    for prefix in ["decentralized_identifier", "verifier_attestation", "openid_federation", "invalid_scheme", "https"] {
        let fault = RequestFault::PrefixUnsupported { prefix: prefix.to_owned() };
        assert_eq!(called(&format!("{prefix}:did:example:1")), Err(fault), "{prefix}");
    }
}
