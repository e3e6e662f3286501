//! Our wallet, called by a browser or an operating system (OpenID4VP Appendix A), asked by our verifier.

use mapae_crypto::Signature;
use mapae_jose::{Object, Value, base64url, json as encoding};
use mapae_oid4vp::{
    BrowserCall, BrowserRequest, OAuthError, RequestFault,
    verifier::{BrowserDraft, BrowserSigning, Identity, Naming, PendingBrowserPresentation},
};
use mapae_types::Duration;
use mapae_x509::Certificate;
use serde_json::json;
use testkit::{BOTH, Format, Seeded, World, document};

use crate::{
    flow::{ASKED, judge, present_to},
    scene::{LIBRARY, REGISTRAR, Registrar, Verifier, entropy, now},
};

const ORIGIN: &str = "https://library.example";
const TYPE: &str = "urn:example:loan";

fn identity(verifier: &Verifier) -> Identity<'_> {
    Identity { chain: core::slice::from_ref(&verifier.certificate), naming: Naming::CertificateHash }
}

fn asking(format: Format, signing: BrowserSigning<'_>, encrypted: bool) -> PendingBrowserPresentation {
    let query = testkit::Request::query(format, document("resident"), &ASKED);
    let (origins, purpose, lifetime) = (&[ORIGIN][..], Some("To lend"), Duration::seconds(300));
    let draft = BrowserDraft { origins, signing, encrypted, query: &query, purpose, lifetime };
    draft.begin(now(), &mut Seeded::new(3)).unwrap()
}

/// The request as the page has it, signed by these in order.
fn request(pending: &PendingBrowserPresentation, signers: &[&Verifier]) -> Value {
    let sign = |(one, signer): (mapae_jose::UnsignedJws, &&Verifier)| signer.key.sign(one.to_be_signed()).unwrap();
    let signatures: Vec<Signature> = pending.to_be_signed().into_iter().zip(signers).map(sign).collect();
    pending.request(&signatures).unwrap()
}

fn unsigned(encrypted: bool) -> Value {
    request(&asking(Format::SdJwt, BrowserSigning::Unsigned, encrypted), &[])
}

fn signed() -> Value {
    request(&asking(Format::SdJwt, BrowserSigning::Signed(identity(&LIBRARY)), true), &[&LIBRARY])
}

fn call(request: &Value) -> Result<BrowserCall, RequestFault> {
    BrowserCall::parse(&request.to_string(), ORIGIN)
}

fn read(request: &Value) -> Result<BrowserRequest, RequestFault> {
    call(request)?.unauthenticated(now())
}

fn authentic(call: &BrowserCall) -> Result<(BrowserRequest, Certificate), RequestFault> {
    call.authenticate(core::slice::from_ref(&REGISTRAR.root), now(), &[TYPE])
}

/// The data that a page gets of a wallet that shows a document of that format.
fn answer(world: &World, format: Format, request: &BrowserRequest) -> Vec<u8> {
    let bound = (request.audience(), request.nonce());
    let shown = present_to(&request.transcript(), bound, &world.issue(format));
    let answers = [("asked".parse().unwrap(), vec![shown])].into();
    let handed = request.answer(answers, &mut entropy()).unwrap();
    encoding::to_vec(&handed["data"])
}

#[test]
fn a_page_gets_an_answer_that_holds_signed_or_not_in_both_formats() {
    let world = World::new();
    let identities = [identity(&LIBRARY)];
    for (format, encrypted) in BOTH.into_iter().flat_map(|format| [(format, true), (format, false)]) {
        let several = BrowserSigning::Multisigned(&identities);
        for signing in [BrowserSigning::Unsigned, BrowserSigning::Signed(identity(&LIBRARY)), several] {
            let pending = asking(format, signing, encrypted);
            let signers: [&Verifier; 1] = [&LIBRARY];
            let call = call(&request(&pending, &signers[..pending.to_be_signed().len()])).unwrap();
            let request =
                if call.is_signed() { authentic(&call).unwrap().0 } else { call.unauthenticated(now()).unwrap() };
            assert_eq!((request.audience(), request.nonce()), ("origin:https://library.example", pending.nonce()));
            assert_eq!((request.purpose(), request.is_encrypted()), (Some("To lend"), encrypted));
            assert_eq!(request.client_id().is_some(), call.is_signed());
            assert_eq!(request.expires().is_some(), call.is_signed());
            let data = answer(&world, format, &request);
            let received = pending.receive(ORIGIN, &data).unwrap();
            assert!(judge(&world, &received).is_ok(), "{format:?} {encrypted}");
        }
    }
}

#[test]
fn what_is_handed_back_names_its_protocol_and_is_encrypted_as_asked() {
    let world = World::new();
    for encrypted in [true, false] {
        let request = read(&unsigned(encrypted)).unwrap();
        let shown = present_to(&request.transcript(), (request.audience(), "n"), &world.issue(Format::SdJwt));
        let handed = request.answer([("asked".parse().unwrap(), vec![shown])].into(), &mut entropy()).unwrap();
        assert_eq!(handed["protocol"], "openid4vp-v1-unsigned");
        let names: Vec<&String> = handed["data"].as_object().unwrap().keys().collect();
        assert_eq!(names, [if encrypted { "response" } else { "vp_token" }]);
    }
}

#[test]
fn a_no_is_a_code_and_no_more() {
    let pending = asking(Format::SdJwt, BrowserSigning::Unsigned, true);
    let handed = read(&request(&pending, &[])).unwrap().refuse(OAuthError::AccessDenied);
    assert_eq!(handed, json!({"protocol": "openid4vp-v1-unsigned", "data": {"error": "access_denied"}}));
    let told = pending.receive(ORIGIN, &encoding::to_vec(&handed["data"])).unwrap_err();
    assert!(told.is_refusal());
}

#[test]
fn a_signed_request_is_for_the_pages_that_it_names() {
    let elsewhere = BrowserCall::parse(&signed().to_string(), "https://relay.example").unwrap();
    assert_eq!(authentic(&elsewhere).unwrap_err(), RequestFault::OriginForeign);
    assert!(authentic(&call(&signed()).unwrap()).is_ok());
}

#[test]
fn an_origin_is_as_browsers_write_it() {
    for bad in ["", "library.example", "https://library.example/", "http://library.example", "https://Library.example"]
    {
        let fault = BrowserCall::parse(&unsigned(true).to_string(), bad).unwrap_err();
        assert_eq!(fault, RequestFault::Malformed { parameter: "origin" }, "{bad}");
    }
}

#[test]
fn who_signs_is_vouched_for_and_who_does_not_is_nobody() {
    let (signed, unsigned) = (call(&signed()).unwrap(), call(&unsigned(true)).unwrap());
    assert_eq!(authentic(&signed).unwrap().1, LIBRARY.certificate);
    assert_eq!(authentic(&unsigned).unwrap_err(), RequestFault::Unsigned);
    assert_eq!(signed.unauthenticated(now()).unwrap_err(), RequestFault::SignedUnderRedirectUri);
    let other = Registrar::new(77);
    let fault = signed.authenticate(core::slice::from_ref(&other.root), now(), &[]).unwrap_err();
    assert!(matches!(fault, RequestFault::Certificate(_)), "{fault:?}");
}

/// §A.2: nobody is who they say for saying so.
#[test]
fn a_name_in_an_unsigned_request_is_ignored() {
    let mut request = unsigned(true);
    request["data"]["client_id"] = json!("x509_san_dns:bank.example");
    let read = read(&request).unwrap();
    assert_eq!((read.audience(), read.client_id()), ("origin:https://library.example", None));
}

#[test]
fn of_several_identities_the_one_that_is_vouched_for_counts() {
    let stranger = Registrar::new(77).certify(78, 30);
    let identities = [identity(&stranger), identity(&LIBRARY)];
    let pending = asking(Format::SdJwt, BrowserSigning::Multisigned(&identities), true);
    let request = request(&pending, &[&stranger, &LIBRARY]);
    let (read, certificate) = authentic(&call(&request).unwrap()).unwrap();
    assert_eq!(read.client_id().unwrap().as_str(), LIBRARY.client_id());
    assert_eq!(certificate, LIBRARY.certificate);
    let mut alone = request.clone();
    alone["data"]["signatures"].as_array_mut().unwrap().pop();
    assert!(matches!(authentic(&call(&alone).unwrap()), Err(RequestFault::Certificate(_))));
}

#[test]
fn one_signature_that_does_not_hold_refuses_a_request_of_several() {
    let identities = [identity(&LIBRARY)];
    let pending = asking(Format::SdJwt, BrowserSigning::Multisigned(&identities), true);
    let mut forged = request(&pending, &[&LIBRARY]);
    let text = forged["data"]["signatures"][0]["signature"].as_str().unwrap();
    let mut bytes = base64url::decode(text).unwrap();
    bytes[5] ^= 1;
    forged["data"]["signatures"][0]["signature"] = base64url::encode(bytes).into();
    assert!(matches!(authentic(&call(&forged).unwrap()), Err(RequestFault::Signature(_))));
}

#[test]
fn another_name_than_the_certificates_is_none() {
    let stranger = REGISTRAR.certify(79, 30);
    let pending = asking(Format::SdJwt, BrowserSigning::Signed(identity(&LIBRARY)), true);
    let forged = request(&pending, &[&stranger]);
    assert!(matches!(authentic(&call(&forged).unwrap()), Err(RequestFault::Signature(_))));
}

/// The unsigned request with a member of its data bent.
fn bent(name: &str, value: Value) -> Result<BrowserRequest, RequestFault> {
    let mut request = unsigned(true);
    request["data"][name] = value;
    read(&request)
}

#[test]
fn what_a_page_hands_over_has_its_form() {
    assert_eq!(bent("response_mode", json!("direct_post.jwt")).unwrap_err(), RequestFault::ResponseMode);
    assert_eq!(bent("nonce", json!("with space")).unwrap_err(), RequestFault::Malformed { parameter: "nonce" });
    assert_eq!(bent("client_metadata", json!({})).unwrap_err(), RequestFault::EncryptionKey);
    assert_eq!(bent("response_type", json!("code")).unwrap_err(), RequestFault::ResponseType);
    assert!(matches!(bent("dcql_query", json!({})).unwrap_err(), RequestFault::Query(_)));
    let past = (now() - Duration::seconds(61)).unix();
    assert!(matches!(bent("exp", json!(past)).unwrap_err(), RequestFault::Expired { .. }));
    let mut request = unsigned(true);
    request["protocol"] = json!("openid4vp-v2");
    assert_eq!(call(&request).unwrap_err(), RequestFault::NotACall);
    request["protocol"] = json!("openid4vp-v1-signed");
    assert_eq!(call(&request).unwrap_err(), RequestFault::Missing { parameter: "request" });
    request["protocol"] = json!("openid4vp-v1-multisigned");
    assert_eq!(call(&request).unwrap_err(), RequestFault::Missing { parameter: "payload" });
    request["data"] = json!({"payload": "e30", "signatures": [{"protected": "e30", "signature": "AA"}]});
    assert_eq!(call(&request).unwrap_err(), RequestFault::Malformed { parameter: "request" }, "no client_id");
}

#[test]
fn transactions_are_read_of_those_who_are_vouched_for() {
    let one = mapae_oid4vp::TransactionData::new(TYPE, vec!["asked".parse().unwrap()], Object::new()).unwrap();
    let with = |signing, signers: &[&Verifier]| {
        let pending = asking(Format::SdJwt, signing, true).authorising(vec![one.clone()]).unwrap();
        call(&request(&pending, signers)).unwrap()
    };
    let (read, _) = authentic(&with(BrowserSigning::Signed(identity(&LIBRARY)), &[&LIBRARY])).unwrap();
    assert_eq!(read.transactions(), std::slice::from_ref(&one));
    let nobodys = with(BrowserSigning::Unsigned, &[]).unauthenticated(now()).unwrap_err();
    assert_eq!(nobodys, RequestFault::TransactionType { kind: TYPE.to_owned() });
}

#[test]
fn peer_hole_11_a_request_of_a_page_is_not_printed() {
    let call = call(&unsigned(true)).unwrap();
    let request = call.unauthenticated(now()).unwrap();
    let printed = format!("{call:?} {request:?}");
    assert!(!printed.contains(request.nonce()) && !printed.contains("family_name"), "{printed}");
}
