//! Userinfo (OpenID Connect Core §5.3) and how its token is presented (RFC 6750 §2, §3).

use mapae_oidc::{AccessGrant, BearerToken, MessageFault, RecordFault, Refusal, UserinfoFault};
use mapae_types::Duration;
use serde_json::json;
use testkit::now;

use crate::scene::{object, opened, provider, tokens};

fn read(authorization: Option<&str>, form: Option<&str>) -> Result<[u8; 32], UserinfoFault> {
    BearerToken::read(authorization, form.map(str::as_bytes)).map(|token| token.hash())
}

fn answer(fault: UserinfoFault) -> (u16, String, String) {
    let refusal = Refusal::from(fault);
    let json = String::from_utf8(refusal.to_json()).unwrap();
    (refusal.status(), refusal.www_authenticate().unwrap(), json)
}

#[test]
fn a_token_comes_in_the_header_or_in_a_form() {
    let hash = mapae_crypto::sha256(b"a.b");
    assert_eq!(read(Some("Bearer a.b"), None), Ok(hash));
    assert_eq!(read(Some("bearer  a.b"), Some("")), Ok(hash));
    assert_eq!(read(None, Some("access_token=a.b")), Ok(hash));
    assert_eq!(read(Some("Bearer a.b"), Some("access_token=a.b")), Err(UserinfoFault::TokenTwice));
    assert_eq!(read(None, None), Err(UserinfoFault::TokenMissing));
    assert_eq!(read(None, Some("")), Err(UserinfoFault::TokenMissing));
    assert_eq!(read(None, Some("access_token=a&access_token=b")), Err(MessageFault::Repeated.into()));
    for malformed in ["Bearer", "Bearer ", "DPoP a", "Bearer a b", "Bearer \"", &format!("Bearer {}", "a".repeat(513))]
    {
        assert_eq!(read(Some(malformed), None), Err(UserinfoFault::TokenMalformed), "{malformed}");
    }
}

#[test]
fn who_brings_no_good_token_is_told_what_to_bring() {
    let none = answer(UserinfoFault::TokenMissing);
    assert_eq!(none, (401, "Bearer realm=\"openid\"".to_owned(), "{}".to_owned()));
    let (status, header, json) = answer(UserinfoFault::TokenUnknown);
    assert_eq!(status, 401);
    assert!(header.starts_with("Bearer realm=\"openid\", error=\"invalid_token\", error_description=\""), "{header}");
    assert!(json.contains("invalid_token"));
    assert_eq!(answer(UserinfoFault::TokenTwice).0, 400);
    assert_eq!(answer(MessageFault::Repeated.into()).0, 400);
}

#[test]
fn the_answer_names_the_person_of_the_id_token() {
    let tokens = tokens(&provider(), &[]);
    let userinfo = object(tokens.access.userinfo(now()).unwrap());
    assert_eq!(userinfo["sub"], opened(&tokens).1["sub"]);
    assert!(userinfo["sub"].is_string());
}

#[test]
fn a_token_opens_it_for_five_minutes() {
    let access = tokens(&provider(), &[]).access;
    assert_eq!(access.expires(), now() + Duration::seconds(300));
    access.userinfo(now() + Duration::seconds(299)).unwrap();
    assert_eq!(access.userinfo(now() + Duration::seconds(300)).map(drop), Err(UserinfoFault::TokenUnknown));
}

#[test]
fn a_record_of_another_kind_is_no_grant() {
    let record = tokens(&provider(), &[]).access.to_record();
    let text = core::str::from_utf8(&record).unwrap();
    assert!(object(text)["claims"]["family_name"] != json!(null));
    for wrong in [text.replace("\"access\"", "\"code\""), text.replace("\"login\"", "\"other\"")] {
        assert_eq!(AccessGrant::from_record(wrong.as_bytes()).map(drop), Err(RecordFault::Unreadable));
    }
}
