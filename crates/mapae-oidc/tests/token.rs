//! The token request: whose the code is, and that it is good once (RFC 6749 §4.1.3, RFC 7636 §4.6).

use mapae_oidc::{ClientFault, Code, MessageFault, Once, RecordFault, Refusal, TokenFault};
use mapae_types::Duration;
use testkit::{Seeded, now};

use crate::scene::{
    APP, HOME, SECRET, VERIFIER, WEB, basic, issue, object, opened, provider, token_parameters, token_request, tokens,
    tokens_at,
};

fn redeem(changes: &[(&str, &str)]) -> Result<(), TokenFault> {
    let provider = provider();
    let (issued, code) = issue(&provider, WEB, &[]);
    token_request(&provider, &code, changes)?.redeem(Some(issued.code)).map(drop)
}

fn code_of(fault: TokenFault) -> (u16, Option<&'static str>) {
    let refusal = Refusal::from(fault);
    (refusal.status(), refusal.code().map(mapae_oidc::ErrorCode::as_str))
}

#[test]
fn a_code_is_found_by_its_hash() {
    let provider = provider();
    let (issued, code) = issue(&provider, WEB, &[]);
    let request = token_request(&provider, &code, &[]).unwrap();
    assert_eq!((request.code_hash(), request.client().id.as_str()), (issued.hash, WEB));
    assert_eq!(code.len(), 43);
    assert_eq!(request.redeem(None).map(drop), Err(TokenFault::CodeUnknown));
    assert_eq!(code_of(TokenFault::CodeUnknown), (400, Some("invalid_grant")));
}

#[test]
fn peer_hole_10_a_code_is_good_once_and_names_what_is_to_be_withdrawn() {
    let provider = provider();
    let (issued, code) = issue(&provider, WEB, &[]);
    let login = issued.code.login();
    let record = issued.code.to_record();
    let again = || {
        let code_kept = Code::from_record(&record).unwrap();
        token_request(&provider, &code, &[]).unwrap().redeem(Some(code_kept)).unwrap()
    };
    again().consume(&provider, Once::First, &mut Seeded::new(4), now()).unwrap();
    let used = again().consume(&provider, Once::Again, &mut Seeded::new(4), now()).map(drop).unwrap_err();
    assert_eq!(used, TokenFault::CodeUsed { login });
    // After the code's own end, the tokens that came of it may still be in force.
    let late = now() + Duration::seconds(100);
    let used = again().consume(&provider, Once::Again, &mut Seeded::new(4), late).map(drop).unwrap_err();
    assert_eq!(used, TokenFault::CodeUsed { login });
    assert_eq!(code_of(used), (400, Some("invalid_grant")));
}

#[test]
fn the_tokens_name_the_sign_in_by_which_they_are_withdrawn() {
    let provider = provider();
    let (issued, code) = issue(&provider, WEB, &[]);
    let login = issued.code.login();
    let tokens = tokens_at(&provider, &code, issued.code, now()).unwrap();
    assert_eq!((tokens.access.login(), tokens.access.client_id()), (login, WEB));
    assert_eq!(opened(&tokens).1["sid"], serde_json::json!(login.to_string()));
}

#[test]
fn a_code_is_good_for_a_minute() {
    let provider = provider();
    let at = |seconds| {
        let (issued, code) = issue(&provider, WEB, &[]);
        assert_eq!(issued.code.expires(), now() + Duration::seconds(60));
        tokens_at(&provider, &code, issued.code, now() + Duration::seconds(seconds)).map(drop)
    };
    at(59).unwrap();
    assert_eq!(at(60), Err(TokenFault::CodeExpired));
}

#[test]
fn a_code_is_its_clients() {
    let provider = provider();
    let (issued, code) = issue(&provider, APP, &[]);
    let refused = token_request(&provider, &code, &[]).unwrap().redeem(Some(issued.code)).map(drop);
    assert_eq!(refused, Err(TokenFault::CodeOfAnother));
    assert_eq!(code_of(TokenFault::CodeOfAnother), (400, Some("invalid_grant")));
}

#[test]
fn the_address_is_that_of_the_request() {
    redeem(&[]).unwrap();
    let missing = TokenFault::Message(MessageFault::Missing { name: "redirect_uri" });
    assert_eq!(redeem(&[("redirect_uri", "")]), Err(missing));
    // Registered, and not the one that this code was sent to.
    assert_eq!(redeem(&[("redirect_uri", &format!("{HOME}?app=2"))]), Err(TokenFault::RedirectUriDiffers));
}

#[test]
fn the_verifier_belongs_to_the_challenge() {
    redeem(&[("code_verifier", VERIFIER)]).unwrap();
    assert_eq!(redeem(&[("code_verifier", "")]), Err(TokenFault::VerifierMissing));
    assert_eq!(redeem(&[("code_verifier", &VERIFIER.replace('d', "e"))]), Err(TokenFault::VerifierDiffers));
    for malformed in [&VERIFIER[1..], &"a".repeat(129), &VERIFIER.replace('-', "+")] {
        assert_eq!(redeem(&[("code_verifier", malformed)]), Err(TokenFault::VerifierMalformed));
    }
    assert_eq!(code_of(TokenFault::VerifierDiffers), (400, Some("invalid_grant")));
}

#[test]
fn a_verifier_without_a_challenge_says_that_somebody_took_it_out() {
    let provider = provider();
    let (issued, code) = issue(&provider, WEB, &[("code_challenge", ""), ("code_challenge_method", "")]);
    let refused = token_request(&provider, &code, &[]).unwrap().redeem(Some(issued.code)).map(drop);
    assert_eq!(refused, Err(TokenFault::VerifierUnexpected));
}

#[test]
fn only_codes_are_redeemed() {
    for other in ["refresh_token", "client_credentials", "password"] {
        assert_eq!(redeem(&[("grant_type", other)]), Err(TokenFault::GrantUnsupported));
    }
    assert_eq!(code_of(TokenFault::GrantUnsupported), (400, Some("unsupported_grant_type")));
    assert_eq!(redeem(&[("grant_type", "")]), Err(MessageFault::Missing { name: "grant_type" }.into()));
    assert_eq!(redeem(&[("code", "")]), Err(MessageFault::Missing { name: "code" }.into()));
}

#[test]
fn a_request_has_one_reading() {
    let body = format!("{}&code=b", token_parameters("a", &[]));
    let refused = provider().token(Some(&basic(WEB, SECRET)), body.as_bytes(), now()).map(drop).unwrap_err();
    assert_eq!(refused, TokenFault::Message(MessageFault::Repeated));
    assert_eq!(code_of(refused), (400, Some("invalid_request")));
}

#[test]
fn a_client_that_is_refused_learns_nothing_of_the_code() {
    let refused = provider().token(Some(&basic(WEB, "wrong")), token_parameters("a", &[]).as_bytes(), now());
    assert_eq!(refused.map(drop), Err(TokenFault::Client(ClientFault::SecretWrong)));
}

#[test]
fn what_was_granted_is_said() {
    let answer = object(tokens(&provider(), &[("scope", "openid email profile")]).json.expose());
    assert_eq!(answer["scope"], serde_json::json!("openid profile"));
}

#[test]
fn a_record_of_another_kind_is_no_code() {
    let (issued, _) = issue(&provider(), WEB, &[]);
    let record = issued.code.to_record();
    let text = core::str::from_utf8(&record).unwrap();
    for wrong in
        [text.replace("\"code\"", "\"access\""), text.replace("\"sub\"", "\"who\""), text.replace("E9Me", "E9M*")]
    {
        assert_eq!(Code::from_record(wrong.as_bytes()).map(drop), Err(RecordFault::Unreadable));
    }
}
