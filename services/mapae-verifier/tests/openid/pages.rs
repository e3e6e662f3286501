//! What people see.

use testkit::Format;

use super::{
    browser::Browser,
    library::{APP, BYE, HOME, SECRET, WEB, basic, begin, form, issuer, request, scene, sign_in, token, userinfo},
};
use crate::places::Sqlite;

#[tokio::test]
async fn the_page_speaks_korean_and_english() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let (korean, english) = ("모바일 신분증으로 로그인", "Sign in with your mobile ID");
    let page = begin(&scene, &browser, &request(WEB, &[])).await;
    assert!(browser.get(&page).await.text.contains(korean), "Korean, if nobody says");
    let seen = browser.get(&format!("{page}?lang=en")).await.text;
    assert!(
        seen.contains(english) && seen.contains("Sejong City Library") && seen.contains("<html lang=\"en\">"),
        "{seen}"
    );
    assert!(seen.contains("Loans &lt;web&gt;"), "what is put into a page is text: {seen}");
    let wished = begin(&scene, &browser, &request(WEB, &[("ui_locales", "fr en-GB ko")])).await;
    assert!(browser.get(&wished).await.text.contains(english));
    let accepts =
        browser.send(crate::scene::client().get(&page).header("accept-language", "de, en;q=0.8, ko;q=0.5")).await;
    assert!(accepts.text.contains(english), "{}", accepts.text);
    let trouble = crate::scene::client().get(format!("{}/authorize?client_id=x", issuer(&scene)));
    let trouble = browser.send(trouble.header("accept-language", "en")).await;
    assert!(trouble.text.contains("The request to sign in is wrong"), "{}", trouble.text);
}

/// It loads own files and nothing else, is in nobody's frame, and goes on without scripts.
#[tokio::test]
async fn a_page_loads_nothing_of_others() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let page = begin(&scene, &browser, &request(APP, &[])).await;
    let seen = browser.get(&page).await;
    let header = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    for rule in
        ["default-src 'none'", "script-src 'self'", "form-action 'none'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(rule), "{policy}");
    }
    assert_eq!((header("cache-control"), header("referrer-policy")), ("no-store".to_owned(), "no-referrer".to_owned()));
    assert!(!seen.headers.contains_key("access-control-allow-origin"), "visited, not called");
    assert!(seen.text.contains("<noscript><meta http-equiv=\"refresh\""));
    let loaded: Vec<&str> =
        seen.text.split(" src=\"").chain(seen.text.split("<link rel=\"stylesheet\" href=\"")).skip(1).collect();
    for address in loaded.iter().filter(|part| !part.starts_with("<!")).map(|part| part.split('"').next().unwrap()) {
        let own = address.starts_with("data:image/svg+xml;base64,") || address.starts_with(&issuer(&scene));
        assert!(own, "{address}");
        if !address.starts_with("data:") {
            let file = browser.get(address).await;
            assert_eq!((file.status, file.headers["cache-control"].to_str().unwrap()), (200, "public, max-age=300"));
        }
    }
}

/// The answer by a form: a page that posts itself to the client.
#[tokio::test]
async fn an_answer_comes_by_a_form_as_well() {
    let scene = scene::<Sqlite>().await.unwrap();
    let copy = scene.world.issue(Format::SdJwt);
    let visit = sign_in(&scene, &Browser::default(), &copy, WEB, &[("response_mode", "form_post")]).await;
    assert_eq!((visit.status, visit.location.as_str()), (200, ""));
    assert!(
        visit.text.contains(&format!("action=\"{HOME}\"")) && visit.text.contains("name=\"state\" value=\"st&amp;te\"")
    );
    let policy = visit.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'sha256-"), "{policy}");
    assert_eq!(visit.headers["referrer-policy"], "strict-origin", "else the form would come from `Origin: null`");
    let code = visit.text.split("name=\"code\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(token(&scene, &basic(WEB, SECRET), code, &[]).await.status, 200);
}

/// Signing out withdraws the tokens of that sign-in, and goes to registered addresses alone.
#[tokio::test]
async fn who_signs_out_goes_to_a_registered_address() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let copy = scene.world.issue(Format::SdJwt);
    let back = sign_in(&scene, &browser, &copy, WEB, &[]).await;
    let tokens = token(&scene, &basic(WEB, SECRET), &back.parameter("code"), &[]).await.body;
    let (hint, access) = (tokens["id_token"].as_str().unwrap(), tokens["access_token"].as_str().unwrap());
    let logout = |parameters: &[(&str, &str)]| format!("{}/logout?{}", issuer(&scene), form(parameters));
    for wrong in [
        vec![("post_logout_redirect_uri", BYE)],
        vec![("id_token_hint", hint), ("post_logout_redirect_uri", "https://evil.example/")],
        vec![("id_token_hint", &hint[..hint.len() - 2])],
    ] {
        let refused = browser.get(&logout(&wrong)).await;
        assert_eq!((refused.trouble(), refused.location.as_str()), ((400, "logout_refused"), ""), "{wrong:?}");
    }
    assert_eq!(userinfo(&scene, access).await.status, 200);
    let out = browser.get(&logout(&[("id_token_hint", hint), ("post_logout_redirect_uri", BYE), ("state", "s")])).await;
    assert_eq!((out.status, out.location.as_str()), (303, "https://library.example/bye?state=s"));
    assert_eq!(userinfo(&scene, access).await.status, 401);
    let plain = browser.post(&format!("{}/logout", issuer(&scene)), String::new()).await;
    assert!(plain.status == 200 && plain.text.contains("로그아웃했습니다"), "{}", plain.text);
}

/// What the provider says of itself is where it is.
#[tokio::test]
async fn discovery_names_what_there_is() {
    let scene = scene::<Sqlite>().await.unwrap();
    let found = Browser::default().get(&format!("{}/.well-known/openid-configuration", issuer(&scene))).await;
    let document: serde_json::Value = serde_json::from_str(&found.text).unwrap();
    assert_eq!(document["issuer"], issuer(&scene));
    for (name, method) in [
        ("authorization_endpoint", "GET"),
        ("token_endpoint", "POST"),
        ("userinfo_endpoint", "GET"),
        ("jwks_uri", "GET"),
        ("end_session_endpoint", "GET"),
        ("pushed_authorization_request_endpoint", "POST"),
    ] {
        let url = document[name].as_str().unwrap_or_else(|| panic!("no {name}"));
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let status = crate::scene::client().request(method, url).send().await.unwrap().status();
        assert!(status != 404 && status != 405, "{name}: {status}");
    }
    let claims = document["claims_supported"].as_array().unwrap();
    assert!(
        claims.contains(&"gender".into())
            && !claims.contains(&"person_id".into())
            && !claims.contains(&"portrait".into())
    );
    assert_eq!(found.headers["access-control-allow-origin"], "*", "applications in browsers read it");
}
