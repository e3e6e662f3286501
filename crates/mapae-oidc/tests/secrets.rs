//! Nothing that opens something or says who somebody is can be printed.

use core::fmt::Debug;

use mapae_oidc::{BearerToken, Once};
use mapae_verify::Format;
use testkit::{Seeded, now};

use crate::scene::{
    SECRET, WEB, begin, issue, login, object, opened, presented, provider, shape, shown, somebody, token_request,
    tokens_at,
};

fn hides(value: &impl Debug, secrets: &[&str]) {
    let text = format!("{value:?} {value:#?}");
    for secret in secrets {
        assert!(secret.len() > 2 && !text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn peer_hole_11_no_code_token_name_or_cookie_is_printed() {
    let provider = provider();
    let verified = shown(Format::SdJwt);
    let family = shape(&verified.credentials()[0])["family_name"].as_str().unwrap().to_owned();
    let begun = begin(&provider, WEB, &[("nonce", "n-secret")]);
    let cookie = begun.cookie.expose().to_owned();
    hides(&begun, &[&cookie, "st&te", "n-secret"]);
    hides(&presented(verified, somebody()), &[&family, somebody().as_str()]);
    hides(&login(&provider, WEB, &[]).0, &[&family, "st&te"]);
    let (issued, code) = issue(&provider, WEB, &[]);
    hides(&issued, &[&code, &family]);
    hides(&token_request(&provider, &code, &[]).unwrap(), &[&code, "dBjftJeZ4CVP"]);
    let redemption = token_request(&provider, &code, &[]).unwrap().redeem(Some(issued.code)).unwrap();
    hides(&redemption, &[&family]);
    let unsigned = redemption.consume(&provider, Once::First, &mut Seeded::new(4), now()).unwrap();
    hides(&unsigned, &[&family]);
    let (issued, code) = issue(&provider, WEB, &[]);
    let tokens = tokens_at(&provider, &code, issued.code, now()).unwrap();
    let answer = object(tokens.json.expose());
    let (access, sub) =
        (answer["access_token"].as_str().unwrap(), opened(&tokens).1["sub"].as_str().unwrap().to_owned());
    hides(&tokens, &[access, &family, &sub]);
    hides(&BearerToken::read(Some(&format!("Bearer {access}")), None).unwrap(), &[access]);
    hides(&provider, &[SECRET, "[7, 7"]);
}
