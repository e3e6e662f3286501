//! Fetching a request object (OpenID4VP §5.10, RFC 9101 §5.2).

use mapae_oid4vp::{
    AwaitingRequest, Begun, Call, HttpResponse, Method, RequestFault, RequestObject, verifier::wallet_nonce,
};
use serde_json::Value;

use crate::scene::{Bent, REGISTRAR, by_host, encoded, entropy, now, parameter};

const REQUEST_URI: &str = "https://library.example/requests/1";

fn begin(method: &str, seed: u64) -> AwaitingRequest {
    let (client, uri) = (encoded(&by_host()), encoded(REQUEST_URI));
    let link = format!("openid4vp://?client_id={client}&request_uri={uri}&request_uri_method={method}");
    match Call::parse(&link).unwrap().begin(&mut testkit::Seeded::new(seed)).unwrap() {
        Begun::Fetch(awaiting) => awaiting,
        other => panic!("{other:?}"),
    }
}

fn response(body: &str) -> HttpResponse {
    let headers = vec![("content-type".to_owned(), "application/oauth-authz-req+jwt".to_owned())];
    HttpResponse { status: 200, headers, body: body.as_bytes().to_vec() }
}

fn judged(object: &RequestObject) -> Result<(), RequestFault> {
    object.authenticate(core::slice::from_ref(&REGISTRAR.root), now()).map(drop)
}

#[test]
fn a_request_is_got() {
    let awaiting = begin("get", 1);
    let request = awaiting.request();
    assert_eq!((request.method, &request.url[..], &request.body[..]), (Method::Get, REQUEST_URI, &b""[..]));
    assert_eq!(request.headers, [("Accept", "application/oauth-authz-req+jwt".to_owned())]);
    assert_eq!(judged(&awaiting.receive(&response(&Bent::by_host().jws())).unwrap()), Ok(()));
}

#[test]
fn a_request_is_posted_for_with_a_nonce_and_what_the_wallet_can() {
    let awaiting = begin("post", 1);
    let request = awaiting.request();
    assert_eq!((request.method, &request.url[..]), (Method::Post, REQUEST_URI));
    assert_eq!(request.header("accept"), Some("application/oauth-authz-req+jwt"));
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    let metadata: Value = serde_json::from_str(&parameter(request, "wallet_metadata").unwrap()).unwrap();
    assert_eq!(metadata["vp_formats_supported"]["dc+sd-jwt"]["kb-jwt_alg_values"], serde_json::json!(["ES256"]));
    assert_eq!(metadata["request_object_signing_alg_values_supported"], serde_json::json!(["ES256"]));
    // No key for the verifier to encrypt to: such a request is not read.
    assert_eq!(metadata.get("jwks"), None);
    let nonce = parameter(request, "wallet_nonce").unwrap();
    assert_eq!(nonce.len(), 22);
    let jws = Bent::by_host().claim("wallet_nonce", nonce).jws();
    assert_eq!(judged(&awaiting.receive(&response(&jws)).unwrap()), Ok(()));
}

#[test]
fn wallets_of_a_kind_say_the_same_of_themselves() {
    let (one, other) = (begin("post", 1), begin("post", 2));
    let said = |awaiting: &AwaitingRequest, name| parameter(awaiting.request(), name).unwrap();
    assert_eq!(said(&one, "wallet_metadata"), said(&other, "wallet_metadata"));
    assert_ne!(said(&one, "wallet_nonce"), said(&other, "wallet_nonce"));
    assert_eq!(one.request().headers, other.request().headers);
    assert_eq!(wallet_nonce(&one.request().body), Ok(Some(said(&one, "wallet_nonce"))));
}

#[test]
fn the_nonce_of_this_wallet_comes_back() {
    for bent in
        [Bent::by_host(), Bent::by_host().claim("wallet_nonce", "another"), Bent::by_host().claim("wallet_nonce", 1)]
    {
        let object = begin("post", 1).receive(&response(&bent.jws())).unwrap();
        assert_eq!(judged(&object), Err(RequestFault::WalletNonce));
    }
    // Who sent none asks for none.
    let object = begin("get", 1).receive(&response(&Bent::by_host().claim("wallet_nonce", "another").jws())).unwrap();
    assert_eq!(judged(&object), Ok(()));
}

#[test]
fn the_request_is_of_the_client_that_the_link_names() {
    let object = begin("get", 1).receive(&response(&Bent::new().jws())).unwrap();
    assert_eq!(judged(&object), Err(RequestFault::ClientIdDiffers));
}

#[test]
fn what_is_no_success_is_no_request() {
    for status in [404, 500, 302, 307, 204, 201] {
        let response = HttpResponse { status, ..response(&Bent::by_host().jws()) };
        assert_eq!(begin("get", 1).receive(&response), Err(RequestFault::Unavailable { status }));
    }
}

#[test]
fn a_request_object_is_one_by_its_media_type() {
    let typed = |text: &str| HttpResponse {
        headers: vec![("Content-Type".to_owned(), text.to_owned())],
        ..response(&Bent::by_host().jws())
    };
    for good in ["application/oauth-authz-req+jwt", "Application/OAuth-Authz-Req+JWT; charset=utf-8"] {
        assert!(begin("get", 1).receive(&typed(good)).is_ok(), "{good}");
    }
    for bad in ["application/jwt", "text/html", ""] {
        assert_eq!(begin("get", 1).receive(&typed(bad)), Err(RequestFault::MediaType), "{bad}");
    }
    let untyped = HttpResponse { headers: Vec::new(), ..typed("") };
    assert_eq!(begin("get", 1).receive(&untyped), Err(RequestFault::MediaType));
}

#[test]
fn a_request_object_has_bounds() {
    let fault = begin("get", 1).receive(&response(&"a".repeat((64 << 10) + 1))).unwrap_err();
    assert_eq!(fault.code(), "request_too_long");
    let latin1 = HttpResponse { body: vec![0xe4], ..response("") };
    assert_eq!(begin("get", 1).receive(&latin1), Err(RequestFault::NotACall));
}

#[test]
fn what_is_in_the_link_is_not_fetched() {
    let call = Call::parse(&Bent::new().jws()).unwrap();
    assert!(matches!(call.begin(&mut entropy()), Ok(Begun::Here(object)) if object.is_signed()));
}

#[test]
fn nothing_of_a_call_is_printed() {
    let awaiting = begin("post", 1);
    let nonce = parameter(awaiting.request(), "wallet_nonce").unwrap();
    let object = begin("get", 1).receive(&response(&Bent::by_host().jws())).unwrap();
    let printed = format!("{awaiting:?} {object:?} {:?} {:?}", Call::Signed(object.clone()), awaiting.request());
    assert!(!printed.contains(&nonce) && !printed.contains("eyJ"), "{printed}");
}
