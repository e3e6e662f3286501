//! A sign-in from its beginning to its end, each state kept and read again as several replicas would.

use mapae_jose::base64url;
use mapae_oidc::{AccessGrant, BearerToken, Code, Login, Once};
use mapae_types::Duration;
use serde_json::json;
use testkit::{BOTH, Seeded, now};

use crate::scene::{
    APP, HOME, ISSUER, WEB, begin, issue, location, object, opened, parameter, presented, provider, shown, somebody,
    token_parameters, tokens, tokens_at,
};

#[test]
fn a_person_signs_in_by_a_document_of_either_format() {
    let provider = provider();
    for format in BOTH {
        let begun = begin(&provider, WEB, &[]);
        let pending = provider.pending_login(&begun.pending.to_record()).unwrap();
        let login = pending.complete(&presented(shown(format), somebody()), &mut Seeded::new(2), now()).unwrap();
        let login = Login::from_record(&login.to_record()).unwrap();
        let issued = login.issue(&provider, begun.cookie.expose(), &mut Seeded::new(3), now()).unwrap();
        let address = location(&issued.answer);
        assert!(address.starts_with(&format!("{HOME}?code=")));
        assert_eq!((parameter(&address, "state").as_str(), parameter(&address, "iss").as_str()), ("st&te", ISSUER));
        let code = Code::from_record(&issued.code.to_record()).unwrap();
        let tokens = tokens_at(&provider, &parameter(&address, "code"), code, now()).unwrap();
        let (answer, id_token) = opened(&tokens);
        assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(300)));
        assert_eq!(
            (&id_token["iss"], &id_token["aud"], &id_token["nonce"]),
            (&json!(ISSUER), &json!(WEB), &json!("n-1"))
        );
        assert_eq!((&id_token["auth_time"], &id_token["iat"]), (&json!(now().unix()), &json!(now().unix())));
        assert_eq!((&id_token["acr"], &id_token["exp"]), (&json!("substantial"), &json!(now().unix() + 300)));
        let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
        assert_eq!(BearerToken::read(Some(&bearer), None).unwrap().hash(), tokens.access_hash);
        let access = AccessGrant::from_record(&tokens.access.to_record()).unwrap();
        let userinfo = object(access.userinfo(now()).unwrap());
        assert_eq!(userinfo["sub"], id_token["sub"]);
        assert!(userinfo["family_name"].is_string() && userinfo.contains_key("birthdate"), "{format:?}");
    }
}

#[test]
fn a_public_client_redeems_by_its_verifier_alone() {
    let provider = provider();
    let (issued, code) = issue(&provider, APP, &[]);
    let body = token_parameters(&code, &[("client_id", APP)]);
    let request = provider.token(None, body.as_bytes(), now()).unwrap();
    assert_eq!(request.replay(), None);
    let redemption = request.confirm(Once::First).unwrap().redeem(Some(issued.code)).unwrap();
    redemption.consume(&provider, Once::First, &mut Seeded::new(4), now()).unwrap();
}

#[test]
fn the_id_token_is_bound_to_the_access_token() {
    let (answer, id_token) = opened(&tokens(&provider(), &[]));
    let hash = mapae_crypto::sha256(answer["access_token"].as_str().unwrap().as_bytes());
    assert_eq!(id_token["at_hash"], json!(base64url::encode(&hash[..16])));
}

#[test]
fn a_request_without_nonce_gets_a_token_without_one() {
    let (_, id_token) = opened(&tokens(&provider(), &[("nonce", "")]));
    assert!(!id_token.contains_key("nonce"));
}

#[test]
fn a_client_with_a_secret_may_leave_the_challenge_out() {
    let provider = provider();
    let (issued, code) = issue(&provider, WEB, &[("code_challenge", ""), ("code_challenge_method", "")]);
    let body = token_parameters(&code, &[("code_verifier", "")]);
    let request =
        provider.token(Some(&crate::scene::basic(WEB, crate::scene::SECRET)), body.as_bytes(), now()).unwrap();
    request.confirm(Once::First).unwrap().redeem(Some(issued.code)).unwrap();
}

#[test]
fn peer_hole_05_claims_leave_only_if_they_were_asked_for_and_presented() {
    let (_, id_token) = opened(&tokens(&provider(), &[]));
    let userinfo = object(tokens(&provider(), &[]).access.userinfo(now()).unwrap());
    let names: Vec<&str> = userinfo.keys().map(String::as_str).collect();
    // The presentation shows an age and an address as well.
    assert_eq!(names, ["birthdate", "family_name", "given_name", "sub"]);
    assert!(!id_token.contains_key("family_name"));
}

#[test]
fn what_is_kept_is_written_in_one_way() {
    let begun = begin(&provider(), WEB, &[]);
    let again = provider().pending_login(&begun.pending.to_record()).unwrap();
    assert_eq!(begun.pending.to_record(), again.to_record());
    assert_eq!((begun.pending.query(), begun.pending.id()), (again.query(), again.id()));
    assert_eq!(again.expires(), now() + Duration::seconds(600));
    let (login, _) = crate::scene::login(&provider(), WEB, &[("response_mode", "form_post")]);
    assert_eq!(Login::from_record(&login.to_record()).unwrap().to_record(), login.to_record());
    let (issued, _) = issue(&provider(), WEB, &[]);
    assert_eq!(Code::from_record(&issued.code.to_record()).unwrap().to_record(), issued.code.to_record());
    let access = tokens(&provider(), &[]).access;
    assert_eq!(AccessGrant::from_record(&access.to_record()).unwrap().to_record(), access.to_record());
}
