//! What a wallet answers (OpenID4VP §8.1–§8.3, §8.5) and what comes back.

use std::collections::BTreeMap;

use mapae_jose::{Jwe, Value};
use mapae_oid4vp::{
    AnswerFault, Answered, HttpRequest, HttpResponse, Method, OAuthError, Party, Presentation, Redirect, Request,
};
use serde_json::json;

use crate::scene::{Bent, REGISTRAR, RESPONSE_URI, entropy, form, key, now, object, parameter, query};

type Presentations = BTreeMap<mapae_dcql::QueryId, Vec<Presentation>>;

pub(crate) fn sd_jwt(text: &str) -> Presentation {
    Presentation::SdJwt(text.to_owned())
}

pub(crate) fn mdoc() -> Presentation {
    Presentation::DeviceResponse(vec![0xa1, 0xff, 0xfe])
}

pub(crate) fn of<const N: usize>(all: [(&str, Vec<Presentation>); N]) -> Presentations {
    all.into_iter().map(|(id, all)| (id.parse().unwrap(), all)).collect()
}

fn answer(request: &Request, presentations: Presentations) -> Result<HttpRequest, AnswerFault> {
    request.answer(presentations, &mut entropy())
}

fn token(sent: &HttpRequest) -> Value {
    serde_json::from_str(&parameter(sent, "vp_token").unwrap()).unwrap()
}

fn content(sent: &HttpRequest) -> Value {
    let response = parameter(sent, "response").unwrap();
    serde_json::from_slice(&Jwe::parse(&response).unwrap().decrypt(&key(3)).unwrap()).unwrap()
}

#[test]
fn presentations_are_posted_in_a_form() {
    let sent = answer(&Bent::new().request(), of([("card", vec![mdoc()])])).unwrap();
    assert_eq!((sent.method, &sent.url[..]), (Method::Post, RESPONSE_URI));
    assert_eq!(sent.header("content-type"), Some("application/x-www-form-urlencoded"));
    // An mdoc in base64url without padding, §B.2.5.
    assert_eq!(token(&sent), json!({"card": ["of_-"]}));
    assert_eq!(parameter(&sent, "state").as_deref(), Some("st~ate.1_-"));
    assert_eq!(form(&sent).len(), 2);
}

#[test]
fn a_state_is_returned_only_if_there_is_one() {
    let sent = answer(&Bent::new().without("state").request(), of([("card-sd", vec![sd_jwt("a~b~c")])])).unwrap();
    assert_eq!(token(&sent), json!({"card-sd": ["a~b~c"]}));
    assert_eq!(form(&sent).len(), 1);
}

#[test]
fn an_encrypted_answer_is_the_one_parameter() {
    let sent = answer(&Bent::encrypted(&key(3)).request(), of([("card", vec![mdoc()])])).unwrap();
    assert_eq!(form(&sent).len(), 1);
    assert_eq!(content(&sent), json!({"vp_token": {"card": ["of_-"]}, "state": "st~ate.1_-"}));
    let response = parameter(&sent, "response").unwrap();
    let header = Jwe::parse(&response).unwrap().header().clone();
    assert_eq!(header.kid(), Some("k1"));
    // 1.0 binds an mdoc by its transcript; what drafts had in these is not there.
    assert!(header.apu().is_empty() && header.apv().is_empty() && header.cty().is_none());
}

#[test]
fn every_answer_is_encrypted_by_a_key_of_its_own() {
    let request = Bent::encrypted(&key(3)).request();
    let mut entropy = entropy();
    let mut sent = || request.answer(of([("card", vec![mdoc()])]), &mut entropy).unwrap();
    assert_ne!(sent().body, sent().body);
}

#[test]
fn a_key_without_a_name_is_not_named() {
    let mut jwk = crate::scene::jwk(&key(3), "k1");
    jwk.as_object_mut().unwrap().remove("kid");
    let bent = Bent::encrypted(&key(3)).claim("client_metadata", json!({"jwks": {"keys": [jwk]}}));
    let sent = answer(&bent.request(), of([("card", vec![mdoc()])])).unwrap();
    assert_eq!(Jwe::parse(&parameter(&sent, "response").unwrap()).unwrap().header().kid(), None);
}

#[test]
fn an_answer_is_whole() {
    let request = Bent::new().request();
    for incomplete in [of([]), of([("card", vec![])])] {
        assert_eq!(answer(&request, incomplete).unwrap_err().code(), "answer_incomplete");
    }
    let strange = answer(&request, of([("card", vec![mdoc()]), ("other", vec![mdoc()])])).unwrap_err();
    assert_eq!((strange.code(), strange.party()), ("answer_incomplete", Party::Us));
    // A query that nothing answers has no entry.
    let sent = answer(&request, of([("card", vec![mdoc()]), ("card-sd", vec![])])).unwrap();
    assert_eq!(token(&sent), json!({"card": ["of_-"]}));
}

#[test]
fn several_presentations_answer_a_query_that_takes_several() {
    let two = || of([("card", vec![mdoc(), mdoc()])]);
    assert_eq!(answer(&Bent::new().request(), two()).unwrap_err().code(), "answer_incomplete");
    let mut multiple = query();
    multiple["credentials"][0]["multiple"] = true.into();
    let sent = answer(&Bent::new().claim("dcql_query", multiple).request(), two()).unwrap();
    assert_eq!(token(&sent), json!({"card": ["of_-", "of_-"]}));
}

#[test]
fn a_presentation_is_in_the_format_that_was_asked_for() {
    for (id, other) in [("card", sd_jwt("a~")), ("card-sd", mdoc())] {
        let fault = answer(&Bent::new().request(), of([(id, vec![other])])).unwrap_err();
        assert_eq!(fault, AnswerFault::Format { query: id.parse().unwrap() });
    }
}

#[test]
fn a_holder_may_refuse_and_says_no_more() {
    let sent = Bent::new().request().refuse(OAuthError::AccessDenied, &mut entropy()).unwrap();
    assert_eq!(sent.url, RESPONSE_URI);
    let expected = [("error".to_owned(), "access_denied".to_owned()), ("state".to_owned(), "st~ate.1_-".to_owned())];
    assert_eq!(form(&sent), expected);
    let encrypted = Bent::encrypted(&key(3)).request().refuse(OAuthError::AccessDenied, &mut entropy()).unwrap();
    assert_eq!(content(&encrypted), json!({"error": "access_denied", "state": "st~ate.1_-"}));
}

fn refusal(bent: &Bent, jws: &str) -> Option<HttpRequest> {
    let registrars = core::slice::from_ref(&REGISTRAR.root);
    let fault = object(jws).authenticate(registrars, now()).unwrap_err();
    assert_eq!(fault, bent.fault());
    object(jws).refusal(&fault, registrars, now(), &mut entropy())
}

fn refused(bent: &Bent) -> Option<String> {
    let sent = refusal(bent, &bent.jws())?;
    assert_eq!((&sent.url[..], parameter(&sent, "state").as_deref()), (RESPONSE_URI, Some("st~ate.1_-")));
    parameter(&sent, "error")
}

#[test]
fn an_authentic_verifier_can_be_told_what_is_wrong() {
    let transaction = Bent::new().claim("transaction_data", json!(["e30"]));
    assert_eq!(refused(&transaction).as_deref(), Some("invalid_transaction_data"));
    assert_eq!(refused(&Bent::new().without("nonce")).as_deref(), Some("invalid_request"));
    assert_eq!(refused(&Bent::new().claim("response_type", "code")).as_deref(), Some("invalid_request"));
    let scope = Bent::new().without("dcql_query").claim("scope", "a");
    assert_eq!(refused(&scope).as_deref(), Some("invalid_scope"));
    let formats = Bent::new().claim("client_metadata", json!({"vp_formats_supported": {}}));
    assert_eq!(refused(&formats).as_deref(), Some("vp_formats_not_supported"));
    // §8.3.1: where it cannot be encrypted, it is not.
    let no_key = Bent::new().claim("response_mode", "direct_post.jwt");
    assert_eq!(refused(&no_key).as_deref(), Some("invalid_request"));
    let encrypted =
        refusal(&Bent::encrypted(&key(3)).without("nonce"), &Bent::encrypted(&key(3)).without("nonce").jws());
    assert_eq!(content(&encrypted.unwrap())["error"], "invalid_request");
}

/// What is told whoever wrote this, if their request lacks a nonce.
fn told(jws: &str) -> Option<HttpRequest> {
    let fault = Bent::new().without("nonce").fault();
    object(jws).refusal(&fault, core::slice::from_ref(&REGISTRAR.root), now(), &mut entropy())
}

#[test]
fn nobody_else_is_told_anything() {
    let faulty = || Bent::new().without("nonce");
    assert!(told(&faulty().jws()).is_some());
    // Not by the client's key, of another client, for somebody else, over, or with no place that is safe.
    assert_eq!(told(&faulty().signed_by(&key(9))), None);
    let others = [
        faulty().claim("client_id", "x509_san_dns:evil.example"),
        faulty().claim("aud", "https://wallet.example"),
        faulty().claim("exp", 1),
        faulty().claim("response_uri", "http://library.example/"),
        faulty().without("response_uri"),
    ];
    for other in others {
        assert_eq!(told(&other.jws()), None, "{:?}", other.claims);
    }
    let plain = Value::Object(faulty().plain().claims).to_string();
    assert_eq!(told(&plain), None);
    // Nor is anybody told what they could not mend.
    assert_eq!(refused(&Bent::new().claim("exp", 1)), None);
}

fn back(status: u16, body: &str) -> Result<Answered, AnswerFault> {
    Answered::receive(&HttpResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

#[test]
fn the_person_goes_on_where_the_verifier_says() {
    let page = "https://library.example/cb#response_code=091535f699ea575c7937fa5f0f454aee";
    let answered = back(200, &json!({"redirect_uri": page, "more": 1}).to_string()).unwrap();
    assert_eq!(answered.redirect_uri(), Some(page));
    assert!(!format!("{answered:?}").contains("0915"));
    assert_eq!(
        back(200, r#"{"redirect_uri":"http://localhost:8080/cb"}"#).unwrap().redirect_uri(),
        Some("http://localhost:8080/cb")
    );
    assert_eq!(back(200, "{}").unwrap().redirect(), &Redirect::None);
}

#[test]
fn nobody_is_sent_to_a_place_without_tls_or_into_a_script() {
    for place in [
        "http://library.example/",
        "javascript:alert(1)",
        "data:text/html,a",
        "//library.example",
        "",
        "https://a@b.example/",
    ] {
        let answered = back(200, &json!({ "redirect_uri": place }).to_string()).unwrap();
        assert_eq!((answered.redirect(), answered.redirect_uri()), (&Redirect::Unusable, None), "{place}");
    }
    for body in [
        "",
        "<html>",
        "[]",
        r#"{"redirect_uri":1}"#,
        r#"{"redirect_uri":"https://a.example/","redirect_uri":"https://b.example/"}"#,
    ] {
        assert_eq!(back(200, body).unwrap().redirect(), &Redirect::Unusable, "{body}");
    }
    let long = json!({"redirect_uri": "https://library.example/", "a": "a".repeat(16 << 10)});
    assert_eq!(back(200, &long.to_string()).unwrap().redirect(), &Redirect::Unusable);
    let far = json!({"redirect_uri": format!("https://library.example/{}", "a".repeat(2048))});
    assert_eq!(back(200, &far.to_string()).unwrap().redirect(), &Redirect::Unusable);
}

#[test]
fn what_is_no_success_was_not_taken() {
    for status in [400, 404, 500, 302, 307, 204] {
        let fault = back(status, "{}").unwrap_err();
        assert_eq!((fault.clone(), fault.party()), (AnswerFault::Refused { status }, Party::Verifier));
    }
}

#[test]
fn errors_have_the_codes_of_the_specification() {
    for error in OAuthError::ALL {
        assert_eq!(OAuthError::from_code(error.as_str()), Some(error));
    }
    assert_eq!(OAuthError::from_code("server_error"), None);
}

#[test]
fn no_presentation_is_printed() {
    assert_eq!(
        format!("{:?}", of([("card", vec![mdoc()]), ("card-sd", vec![sd_jwt("secret")])])),
        r#"{"card": [DeviceResponse], "card-sd": [SdJwt]}"#
    );
}
