//! Pushed authorization requests (RFC 9126) and the way back (RFC 6749 §4.1.2, RFC 9207).

use mapae_jose::base64url;
use mapae_oid4vci::{
    AuthorizationRequest, ErrorCode, MessageFault, OAuthFault, PkceChallenge, PushedAuthorizationRequest,
    PushedAuthorizationResponse,
};

use crate::scene::{CLIENT, ISSUER, jwk};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn form() -> Vec<(&'static str, String)> {
    vec![
        ("response_type", "code".to_owned()),
        ("client_id", CLIENT.to_owned()),
        ("redirect_uri", "https://wallet.example/cb".to_owned()),
        ("state", "s".to_owned()),
        ("code_challenge", CHALLENGE.to_owned()),
        ("code_challenge_method", "S256".to_owned()),
        ("scope", "resident-mdoc".to_owned()),
        ("issuer_state", "i".to_owned()),
    ]
}

fn parse(form: &[(&str, String)]) -> Result<PushedAuthorizationRequest, OAuthFault> {
    let pairs: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
    PushedAuthorizationRequest::parse(pairs.join("&").as_bytes())
}

fn with(name: &'static str, value: &str) -> Result<PushedAuthorizationRequest, OAuthFault> {
    let mut form = form();
    form.retain(|(found, _)| *found != name);
    form.push((name, value.to_owned()));
    parse(&form)
}

fn missing(name: &'static str) -> OAuthFault {
    MessageFault::Missing { name }.into()
}

fn malformed(name: &'static str) -> OAuthFault {
    MessageFault::Malformed { name }.into()
}

#[test]
fn a_wallet_pushes_what_it_wants() {
    let pushed = parse(&form()).unwrap();
    assert_eq!(pushed.client_id, CLIENT);
    assert_eq!(pushed.redirect_uri, "https://wallet.example/cb");
    assert_eq!((pushed.state.as_deref(), pushed.issuer_state.as_deref()), (Some("s"), Some("i")));
    assert_eq!(pushed.challenge, PkceChallenge::parse(CHALLENGE).unwrap());
    assert_eq!(pushed.challenge.to_string(), CHALLENGE);
    assert_eq!(pushed.asked.scopes.as_deref(), Some(&["resident-mdoc".to_owned()][..]));
    assert_eq!(PushedAuthorizationRequest::parse(pushed.to_form().as_bytes()), Ok(pushed));
}

#[test]
fn what_is_needed_is_there() {
    for name in ["response_type", "client_id", "redirect_uri", "code_challenge"] {
        assert_eq!(with(name, ""), Err(missing(name)));
    }
    with("state", "").unwrap();
    assert_eq!(with("scope", ""), Err(OAuthFault::NothingAsked));
}

#[test]
fn the_answer_is_a_code() {
    assert_eq!(with("response_type", "token"), Err(OAuthFault::ResponseTypeUnsupported));
}

#[test]
fn the_challenge_is_of_the_method_s256() {
    assert_eq!(with("code_challenge_method", "plain"), Err(OAuthFault::ChallengeMethod));
    assert_eq!(with("code_challenge_method", ""), Err(OAuthFault::ChallengeMethod));
    for wrong in [&CHALLENGE[1..], &format!("{CHALLENGE}A"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c*"] {
        assert_eq!(with("code_challenge", wrong), Err(malformed("code_challenge")));
    }
}

#[test]
fn nothing_else_is_pushed_through() {
    for name in ["request_uri", "request"] {
        assert_eq!(with(name, "a"), Err(MessageFault::Unexpected { name }.into()));
    }
}

#[test]
fn the_browser_goes_back_to_the_wallet_alone() {
    for good in [
        "https://wallet.example/cb?x=1",
        "http://127.0.0.1:9000/cb",
        "http://localhost/cb",
        "http://[::1]:1/cb",
        "example.wallet:/cb",
        "haip-vci://cb",
    ] {
        assert_eq!(with("redirect_uri", good).unwrap().redirect_uri, good);
    }
    for wrong in [
        "http://wallet.example/cb",
        "http://localhost.example/cb",
        "https://wallet.example/cb#x",
        "https://user@wallet.example/cb",
        "https:///cb",
        "//wallet.example/cb",
        "/cb",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,a",
        "1a:/cb",
        "https://wallet.example/%0a%0d",
        "https://wallet.example/ü",
        "https://wallet.example/a b",
        "https://wallet.example/a\\b",
    ] {
        let encoded = wrong.replace('#', "%23").replace(' ', "%20");
        assert_eq!(with("redirect_uri", &encoded), Err(malformed("redirect_uri")), "{wrong}");
    }
}

#[test]
fn the_code_may_be_bound_to_a_key() {
    let key = jwk(1).thumbprint();
    let pushed = with("dpop_jkt", &base64url::encode(key)).unwrap();
    assert_eq!(pushed.bound_to(None), Ok(Some(key)));
    assert_eq!(pushed.bound_to(Some(&key)), Ok(Some(key)));
    assert_eq!(pushed.bound_to(Some(&jwk(2).thumbprint())), Err(OAuthFault::DpopKeyDiffers));
    let plain = parse(&form()).unwrap();
    assert_eq!(plain.bound_to(Some(&key)), Ok(Some(key)));
    assert_eq!(plain.bound_to(None), Ok(None));
    assert_eq!(with("dpop_jkt", "a"), Err(malformed("dpop_jkt")));
    assert_eq!(PushedAuthorizationRequest::parse(pushed.to_form().as_bytes()), Ok(pushed));
}

#[test]
fn what_was_pushed_is_named_by_a_secret() {
    let response = PushedAuthorizationResponse::new([7; 32], 60);
    let name = response.request_uri.expose();
    assert_eq!(name, format!("urn:ietf:params:oauth:request_uri:{}", base64url::encode([7; 32])));
    assert_eq!(PushedAuthorizationResponse::parse(&response.to_json()), Ok(response));
    let parse = |json: &str| PushedAuthorizationResponse::parse(json.as_bytes());
    assert_eq!(parse(r#"{"expires_in":1}"#), Err(MessageFault::Missing { name: "request_uri" }));
    assert_eq!(parse(r#"{"request_uri":"a"}"#), Err(MessageFault::Missing { name: "expires_in" }));
}

#[test]
fn the_browser_brings_the_name_and_the_client() {
    let request = AuthorizationRequest { client_id: CLIENT.to_owned(), request_uri: "urn:a".to_owned().into() };
    let url = request.to_url("https://issuer.example/authorize?x=1");
    assert_eq!(url, "https://issuer.example/authorize?x=1&client_id=https%3A%2F%2Fwallet.example&request_uri=urn%3Aa");
    assert_eq!(AuthorizationRequest::parse(url.split_once('?').unwrap().1), Ok(request));
    assert_eq!(AuthorizationRequest::parse("client_id=a"), Err(missing("request_uri")));
    assert_eq!(AuthorizationRequest::parse("request_uri=a"), Err(missing("client_id")));
    let twice = "client_id=a&client_id=b&request_uri=c";
    assert_eq!(AuthorizationRequest::parse(twice), Err(MessageFault::Repeated { name: "a parameter" }.into()));
}

#[test]
fn the_answer_carries_state_and_issuer() {
    let pushed = with("redirect_uri", "https://wallet.example/cb?x=1").unwrap();
    let back = pushed.answer(ISSUER);
    let code = back.code(&"c&d".to_owned().into());
    assert_eq!(code, "https://wallet.example/cb?x=1&code=c%26d&state=s&iss=https%3A%2F%2Fissuer.example%2Fkr");
    let error = back.error(ErrorCode::AccessDenied);
    let expected = "https://wallet.example/cb?x=1&error=access_denied&state=s&iss=https%3A%2F%2Fissuer.example%2Fkr";
    assert_eq!(error, expected);
}
