//! What goes as it should.

use serde_json::json;
use testkit::BOTH;

use super::{
    browser::Browser,
    library::{
        APP, HOME, KEYED, SECRET, VERIFIER, WEB, answer, assertion, basic, begin, code, form, issuer, opened, post,
        request, scene, sign_in, state, token, userinfo,
    },
};
use crate::places::{Place, Sqlite, on_both};

async fn a_person_signs_in_on_the_same_device<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let mut subjects = Vec::new();
    for format in BOTH {
        let browser = Browser::default();
        let copy = scene.world.issue(format);
        let back = sign_in(&scene, &browser, &copy, WEB, &[]).await;
        assert!(back.location.starts_with(&format!("{HOME}?code=")), "{back:?}");
        assert_eq!((back.parameter("state"), back.parameter("iss")), ("st&te".to_owned(), issuer(&scene)));
        assert!(browser.cookies().is_empty(), "the cookie has done its work");
        let tokens = token(&scene, &basic(WEB, SECRET), &back.parameter("code"), &[]).await;
        assert_eq!(tokens.status, 200, "{}", tokens.text);
        let (header, claims) = opened(&scene, &tokens).await;
        assert_eq!((&header["alg"], &claims["aud"], &claims["nonce"]), (&json!("RS256"), &json!(WEB), &json!("n-1")));
        assert_eq!(claims["acr"], json!(format!("{}/acr/low", issuer(&scene))));
        let told = userinfo(&scene, tokens.body["access_token"].as_str().unwrap()).await;
        assert_eq!(told.body["sub"], claims["sub"], "{}", told.text);
        let person = testkit::facts("resident", 0).sd_jwt_claims();
        assert_eq!(
            told.body["name"],
            json!(format!(
                "{}{}",
                person["family_name#ko"].as_str().unwrap(),
                person["given_name#ko"].as_str().unwrap()
            ))
        );
        assert_eq!(told.body["birthdate"], person["birthdate"]);
        assert!(["male", "female"].contains(&told.body["gender"].as_str().unwrap()));
        assert_eq!(told.body.get("person_id"), None);
        subjects.push(claims["sub"].clone());
    }
    assert_eq!(subjects[0], subjects[1], "one person, in either format");
}

async fn a_person_signs_in_with_another_device<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let browser = Browser::default();
    let page = begin(&scene, &browser, &request(APP, &[("scope", "openid adult")])).await;
    let told = state(&browser, &page).await;
    assert_eq!((told["state"].as_str(), told["number"].as_str().map(str::len)), (Some("waiting"), Some(2)));
    let link = told["cross_device"].as_str().unwrap().to_owned();
    let waits = browser.get(&format!("{page}/return")).await;
    assert_eq!((waits.status, &waits.location), (303, &page), "the page goes on waiting");
    let answered = answer(&scene, &link, &scene.world.issue(testkit::Format::Mdoc), &["age_over_19"]).await;
    assert_eq!((answered.status, answered.body.get("redirect_uri")), (200, None), "{}", answered.text);
    assert_eq!(state(&browser, &page).await["state"], "ready");
    assert_eq!(browser.get(&page).await.location, format!("{page}/return"), "without a script as well");
    let back = browser.get(&format!("{page}/return")).await;
    let tokens = token(&scene, "", &back.parameter("code"), &[("client_id", APP)]).await;
    let told =
        userinfo(&scene, tokens.body["access_token"].as_str().unwrap_or_else(|| panic!("{}", tokens.text))).await;
    assert_eq!((&told.body["age_over_19"], told.body.as_object().unwrap().len()), (&json!(true), 2), "{}", told.text);
}

on_both!(a_person_signs_in_on_the_same_device a_person_signs_in_with_another_device);

#[tokio::test]
async fn applications_show_who_they_are_by_a_secret_a_key_or_a_challenge() {
    let scene = scene::<Sqlite>().await.unwrap();
    let by_secret = code(&scene, WEB, &[]).await;
    assert_eq!(token(&scene, &basic(WEB, SECRET), &by_secret, &[]).await.status, 200);
    let by_key = code(&scene, KEYED, &[]).await;
    let assertion = assertion(&issuer(&scene), "one", scene.now().unix());
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let shown = [("client_assertion", assertion.as_str()), ("client_assertion_type", kind)];
    let tokens = token(&scene, "", &by_key, &shown).await;
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    assert_eq!(opened(&scene, &tokens).await.0["alg"], "ES256", "as it is registered");
    let by_challenge = code(&scene, APP, &[]).await;
    assert_eq!(token(&scene, "", &by_challenge, &[("client_id", APP)]).await.status, 200);
    let body = form(&[
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", HOME),
        ("code_verifier", VERIFIER),
    ]);
    let wrong = post(&format!("{}/token", issuer(&scene)), &basic(WEB, "guessed"), body).await;
    assert_eq!((wrong.status, wrong.body["error"].as_str()), (401, Some("invalid_client")));
}
