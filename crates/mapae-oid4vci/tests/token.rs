//! Token requests and answers (OpenID4VCI §6), and the forms in which they come.

use mapae_oid4vci::{
    Asked, AuthorizationDetail, GrantRequest, GrantedDetail, MessageFault, OAuthFault, PkceChallenge, PkceVerifier,
    Secret, TokenRequest, TokenResponse,
};
use serde_json::{Value, json};

const PRE_AUTHORIZED: &str = "grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code&pre-authorized_code=c";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn parse(form: &str) -> Result<TokenRequest, OAuthFault> {
    TokenRequest::parse(form.as_bytes())
}

fn also(rest: &str) -> Result<TokenRequest, OAuthFault> {
    parse(&format!("{PRE_AUTHORIZED}&{rest}"))
}

fn code() -> String {
    format!("grant_type=authorization_code&code=c&code_verifier={VERIFIER}&redirect_uri=https%3A%2F%2Fw.example%2Fcb")
}

fn missing(name: &'static str) -> OAuthFault {
    MessageFault::Missing { name }.into()
}

fn malformed(name: &'static str) -> OAuthFault {
    MessageFault::Malformed { name }.into()
}

fn details(value: &Value) -> Result<TokenRequest, OAuthFault> {
    let encoded = value.to_string().bytes().fold(String::new(), |text, b| format!("{text}%{b:02x}"));
    also(&format!("authorization_details={encoded}"))
}

#[test]
fn an_offers_code_is_redeemed_with_what_the_person_typed() {
    let request = also("tx_code=493536&client_id=https%3a%2f%2fw.example").unwrap();
    let GrantRequest::PreAuthorized { code, tx_code } = &request.grant else { panic!() };
    assert_eq!((code.expose(), tx_code.as_ref().map(Secret::expose)), ("c", Some("493536")));
    assert_eq!(request.client_id.as_deref(), Some("https://w.example"));
    assert_eq!(TokenRequest::parse(request.to_form().as_bytes()), Ok(request));
}

#[test]
fn a_sign_ins_code_is_redeemed_with_its_verifier() {
    let request = parse(&code()).unwrap();
    let GrantRequest::AuthorizationCode { code, verifier, redirect_uri } = &request.grant else { panic!() };
    assert_eq!((code.expose(), verifier.expose()), ("c", VERIFIER));
    assert_eq!(redirect_uri, "https://w.example/cb");
    assert_eq!(TokenRequest::parse(request.to_form().as_bytes()), Ok(request));
}

#[test]
fn a_refresh_token_is_redeemed() {
    let request = parse("grant_type=refresh_token&refresh_token=r").unwrap();
    assert_eq!(request.grant, GrantRequest::Refresh { token: "r".to_owned().into() });
    assert_eq!(TokenRequest::parse(request.to_form().as_bytes()), Ok(request));
}

#[test]
fn each_grant_has_its_parameters() {
    assert_eq!(parse(""), Err(missing("grant_type")));
    for rest in ["", "&tx_code=1"] {
        assert_eq!(parse(&format!("grant_type=client_credentials{rest}")), Err(OAuthFault::GrantUnsupported));
    }
    let pre_authorized = PRE_AUTHORIZED.replace("=c", "=");
    assert_eq!(parse(&pre_authorized), Err(missing("pre-authorized_code")));
    for name in ["code", "code_verifier", "redirect_uri"] {
        let form = code().replace(&format!("&{name}="), "&other=");
        assert_eq!(parse(&form), Err(missing(name)));
    }
    assert_eq!(parse("grant_type=refresh_token"), Err(missing("refresh_token")));
}

#[test]
fn what_the_person_typed_goes_with_an_offers_code_alone() {
    let fault = MessageFault::Unexpected { name: "tx_code" };
    assert_eq!(parse(&format!("{}&tx_code=1", code())), Err(fault.into()));
    assert_eq!(also(&format!("tx_code={}", "1".repeat(65))), Err(malformed("tx_code")));
}

#[test]
fn the_verifier_has_its_form() {
    let with = |verifier: &str| parse(&code().replace(VERIFIER, verifier));
    with(&"a".repeat(43)).unwrap();
    with(&"~".repeat(128)).unwrap();
    for verifier in ["a".repeat(42), "a".repeat(129), format!("{}%2B", "a".repeat(42))] {
        assert_eq!(with(&verifier), Err(malformed("code_verifier")));
    }
}

#[test]
fn verifier_and_challenge_belong_together() {
    // RFC 7636 Appendix B.
    let challenge = PkceChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
    let verifier = PkceVerifier::parse(VERIFIER).unwrap();
    assert_eq!(challenge.check(&verifier), Ok(()));
    assert_eq!(verifier.challenge(), challenge);
    assert_eq!(PkceChallenge::from_bytes(*challenge.as_bytes()), challenge);
    let other = PkceVerifier::from_entropy([1; 32]);
    assert_eq!(challenge.check(&other), Err(OAuthFault::VerifierMismatch));
    assert_eq!(PkceVerifier::parse(other.expose()), Ok(other));
}

#[test]
fn a_form_has_one_reading() {
    let repeated = OAuthFault::Message(MessageFault::Repeated { name: "a parameter" });
    assert_eq!(also("client_id=a&client_id=a"), Err(repeated.clone()));
    assert_eq!(also("pre-authorized_code=d"), Err(repeated.clone()));
    assert_eq!(also("pre%2dauthorized_code=d"), Err(repeated.clone()));
    assert_eq!(also("other=1&other=2"), Err(repeated));
    // RFC 8707 §2.
    also("resource=https://a.example&resource=https://b.example").unwrap();
}

#[test]
fn a_form_is_encoded_utf_8() {
    let not_form = || Err(OAuthFault::Message(MessageFault::NotForm));
    for wrong in ["a=%", "a=%4", "a=%zz", "a=%ff", "%ff=a"] {
        assert_eq!(also(wrong), not_form(), "{wrong}");
    }
    assert_eq!(TokenRequest::parse(&[b'a', 0xff]), not_form());
    assert_eq!(also("client_id=a+b%20c").unwrap().client_id.as_deref(), Some("a b c"));
}

#[test]
fn a_form_has_bounds() {
    let long = "a".repeat((16 << 10) + 1);
    let fault = MessageFault::TooLong { len: long.len(), limit: 16 << 10 };
    assert_eq!(parse(&long), Err(fault.into()));
    let many = (0..31).fold(String::new(), |text, n| format!("{text}&p{n}=1"));
    assert_eq!(parse(&format!("{PRE_AUTHORIZED}{many}")), Err(MessageFault::NotForm.into()));
    assert_eq!(also(&format!("client_id={}", "a".repeat(1025))), Err(malformed("client_id")));
}

#[test]
fn an_empty_parameter_is_one_left_out() {
    assert_eq!(also("client_id=&tx_code=&scope=").unwrap(), parse(PRE_AUTHORIZED).unwrap());
}

#[test]
fn a_token_may_be_asked_for_by_scopes() {
    let request = also("scope=resident-mdoc+resident-sd-jwt").unwrap();
    assert_eq!(request.asked.scopes.unwrap(), ["resident-mdoc", "resident-sd-jwt"]);
    for wrong in ["a++b", "+a", "a%22", "a%5c", "%C3%A9"] {
        assert_eq!(also(&format!("scope={wrong}")), Err(malformed("scope")), "{wrong}");
    }
}

#[test]
fn a_token_may_be_asked_for_by_authorization_details() {
    let asked = json!([
        {"type": "openid_credential", "credential_configuration_id": "a", "claims": [{"path": ["b"]}]},
        {"type": "openid_credential", "credential_configuration_id": "c", "locations": ["https://i.example"]},
        {"type": "openid_credential", "credential_configuration_id": "a"},
    ]);
    let request = details(&asked).unwrap();
    let locations = vec!["https://i.example".to_owned()];
    let c = AuthorizationDetail { credential_configuration_id: "c".to_owned(), locations };
    assert_eq!(request.asked, Asked { details: Some(vec![AuthorizationDetail::of("a"), c]), scopes: None });
    assert_eq!(TokenRequest::parse(request.to_form().as_bytes()), Ok(request));
}

#[test]
fn authorization_details_have_their_form() {
    let typed = |more: Value| {
        let mut detail = json!({"type": "openid_credential", "credential_configuration_id": "a"});
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([detail])
    };
    details(&typed(json!({"other": 1}))).unwrap();
    for wrong in [
        json!([]),
        json!({}),
        json!(["a"]),
        typed(json!({"type": "other"})),
        typed(json!({"credential_configuration_id": 1})),
        typed(json!({"credential_configuration_id": ""})),
        typed(json!({"locations": []})),
        typed(json!({"claims": []})),
        typed(json!({"claims": [{"path": []}]})),
        typed(json!({"claims": [{}]})),
        typed(json!({"claims": {}})),
        json!([{"type": "openid_credential"}]),
    ] {
        assert_eq!(details(&wrong), Err(OAuthFault::AuthorizationDetails), "{wrong}");
    }
    assert_eq!(also("authorization_details=x"), Err(OAuthFault::AuthorizationDetails));
    assert_eq!(also("authorization_details=[{\"a\":1,\"a\":1}]"), Err(OAuthFault::AuthorizationDetails));
}

fn response() -> TokenResponse {
    TokenResponse {
        access_token: "a".to_owned().into(),
        expires_in: 600,
        refresh_token: Some("r".to_owned().into()),
        scope: Some("resident-mdoc".to_owned()),
        details: vec![GrantedDetail {
            credential_configuration_id: "resident-mdoc".to_owned(),
            credential_identifiers: vec!["resident-mdoc".to_owned()],
        }],
    }
}

#[test]
fn the_answer_is_a_token_bound_to_a_key() {
    let json = json!({"access_token": "a", "token_type": "DPoP", "expires_in": 600, "refresh_token": "r",
        "scope": "resident-mdoc", "authorization_details": [{"type": "openid_credential",
            "credential_configuration_id": "resident-mdoc", "credential_identifiers": ["resident-mdoc"]}]});
    assert_eq!(serde_json::from_slice::<Value>(&response().to_json()).unwrap(), json);
    assert_eq!(TokenResponse::parse(&response().to_json()), Ok(response()));
}

#[test]
fn what_there_is_not_is_left_out() {
    let least = TokenResponse { refresh_token: None, scope: None, details: Vec::new(), ..response() };
    let json = json!({"access_token": "a", "token_type": "DPoP", "expires_in": 600});
    assert_eq!(serde_json::from_slice::<Value>(&least.to_json()).unwrap(), json);
    assert_eq!(TokenResponse::parse(&least.to_json()), Ok(least));
}

#[test]
fn a_wallet_takes_no_other_answer() {
    let with = |member: &str, value: Value| {
        let mut json: Value = serde_json::from_slice(&response().to_json()).unwrap();
        json[member] = value;
        TokenResponse::parse(json.to_string().as_bytes()).unwrap_err()
    };
    for (name, value) in [
        ("token_type", json!("Bearer")),
        ("token_type", Value::Null),
        ("access_token", json!(1)),
        ("expires_in", json!("600")),
        ("expires_in", json!(-1)),
        ("refresh_token", json!("")),
        ("authorization_details", json!([])),
    ] {
        assert_eq!(with(name, value), MessageFault::Malformed { name });
    }
    let nameless = json!([{"type": "openid_credential", "credential_configuration_id": "a"}]);
    let name = "credential_identifiers";
    assert_eq!(with("authorization_details", nameless), MessageFault::Missing { name });
    assert_eq!(TokenResponse::parse(br#"{"token_type":"DPoP"}"#), Err(MessageFault::Missing { name: "access_token" }));
}

#[test]
fn no_secret_is_printed() {
    let request = also("tx_code=493536").unwrap();
    for text in [format!("{request:?}"), format!("{:?}", parse(&code()).unwrap())] {
        assert!(!text.contains("493536") && !text.contains(VERIFIER) && !text.contains("\"c\""), "{text}");
    }
    assert!(!format!("{:?}", response()).contains("\"a\""));
}

#[test]
fn a_store_looks_for_hashes() {
    assert_eq!(Secret::new("c".to_owned()).sha256(), mapae_crypto::sha256(b"c"));
}
