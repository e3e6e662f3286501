//! What can be read as a request, and what an answer to it is bound to.

use mapae_mdoc::SessionTranscript;
use mapae_reader::{Request, RequestError};
use mapae_types::Duration;
use serde_json::{Value, json};
use testkit::{BOTH, World, now};

use crate::scene::{request, request_json, verdict};

fn parse(request: &Value) -> Result<Request, RequestError> {
    Request::parse(request.to_string().as_bytes())
}

#[test]
fn a_request_says_who_asks_for_what_and_why() {
    let world = World::new();
    let request = request(&world);
    assert_eq!((request.client_id(), request.nonce()), (&*world.request.client_id, &*world.request.nonce));
    assert_eq!((request.purpose(), request.query().credentials().len()), (Some("open an account"), 2));
    assert_eq!(request.issued_at(), Some(now() - Duration::seconds(60)));
}

#[test]
fn an_answer_is_bound_to_the_request() {
    for format in BOTH {
        let mut world = World::new();
        let shown = world.show(format);
        assert!(verdict(&world, &shown, now()).is_ok());
        world.request.nonce = "another".to_owned();
        let code = verdict(&world, &shown, now()).unwrap_err().code();
        assert!(["holder_binding_invalid", "wrong_nonce"].contains(&code), "{code}");
    }
}

#[test]
fn members_that_an_answer_depends_on_are_needed() {
    let world = World::new();
    for member in ["client_id", "nonce", "response_uri", "dcql_query"] {
        let mut without = request_json(&world);
        without.as_object_mut().unwrap().remove(member);
        assert_eq!(parse(&without).unwrap_err(), RequestError::Missing { member: missing_name(member) });
    }
    let mut without = request_json(&world);
    without.as_object_mut().unwrap().remove("purpose");
    assert_eq!(parse(&without).unwrap().purpose(), None, "nothing depends on the purpose");
}

/// An answer may also go to a `redirect_uri`, which is the last that is looked for.
fn missing_name(member: &'static str) -> &'static str {
    if member == "response_uri" { "redirect_uri" } else { member }
}

#[test]
fn a_redirect_uri_takes_the_place_of_a_response_uri() {
    let world = World::new();
    let mut redirected = request_json(&world);
    let uri = redirected.as_object_mut().unwrap().remove("response_uri").unwrap();
    redirected["redirect_uri"] = uri;
    assert_eq!(parse(&redirected).unwrap().fingerprint(), request(&world).fingerprint());
}

#[test]
fn a_client_may_not_call_itself_an_origin() {
    let mut request = request_json(&World::new());
    request["client_id"] = json!("origin:https://rp.example");
    assert_eq!(parse(&request).unwrap_err(), RequestError::OriginClaimed);
}

#[test]
fn what_is_no_request_is_refused() {
    assert!(matches!(Request::parse(b"not json").unwrap_err(), RequestError::Json(_)));
    assert!(matches!(Request::parse(b"[]").unwrap_err(), RequestError::Json(_)));
    let mut request = request_json(&World::new());
    request["dcql_query"] = json!({ "credentials": [] });
    assert!(matches!(parse(&request).unwrap_err(), RequestError::Query(_)));
    request = request_json(&World::new());
    request["iat"] = json!(i64::MAX);
    assert!(matches!(parse(&request).unwrap_err(), RequestError::Time(_)));
}

#[test]
fn an_encrypted_answer_needs_a_key_and_is_bound_to_it() {
    let world = World::new();
    let mut encrypted = request_json(&world);
    encrypted["response_mode"] = json!("direct_post.jwt");
    assert_eq!(parse(&encrypted).unwrap_err(), RequestError::EncryptionKeyMissing);
    encrypted["client_metadata"] = json!({ "jwks": { "keys": [{ "kty": "RSA", "use": "enc" }] } });
    assert!(matches!(parse(&encrypted).unwrap_err(), RequestError::EncryptionKey(_)));
    let key = mapae_jose::Jwk::from(world.bundle_key.public().clone());
    let mut signing = key.to_object();
    signing.insert("use".to_owned(), json!("sig"));
    encrypted["client_metadata"] = json!({ "jwks": { "keys": [signing, key.to_object()] } });
    let transcript = |thumbprint: Option<&[u8; 32]>| {
        SessionTranscript::openid4vp(
            &world.request.client_id,
            &world.request.nonce,
            thumbprint,
            &world.request.response_uri,
        )
    };
    let read = parse(&encrypted).unwrap();
    assert_eq!(read.transcript().as_bytes(), transcript(Some(&key.thumbprint())).as_bytes());
    assert_eq!(request(&world).transcript().as_bytes(), transcript(None).as_bytes());
}

/// RFC 9901 §7.3: the key binding's `iat` is compared with the time at which the request was made.
#[test]
fn an_answer_cannot_be_older_than_its_request() {
    let world = World::new();
    let request = request(&world);
    let allowed = |at| request.policy(at).greatest_presentation_age;
    assert_eq!(allowed(now()), Duration::seconds(60 + 60));
    assert_eq!(allowed(now() - Duration::seconds(120)), Duration::seconds(60), "a clock behind the request's");
    let mut undated = request_json(&world);
    undated.as_object_mut().unwrap().remove("iat");
    let undated = parse(&undated).unwrap();
    assert_eq!(undated.policy(now()).greatest_presentation_age, Duration::seconds(600));
}
