//! Whoever would like to be somebody else, and whoever asks for too much (peers' hole 10, RFC 9700 §4).

use mapae_oid4vp::OAuthError;
use mapae_types::Duration;
use serde_json::{Value, json};
use testkit::{Format, Seeded};

use super::{
    browser::{Browser, Visit},
    library::{
        APP, HOME, KEYED, OTHER, SECRET, VERIFIER, WEB, answer, assertion, basic, begin, code, form, issuer, post,
        request, scene, setting, shown, sign_in, state, token, userinfo,
    },
};
use crate::{
    phone::Phone,
    places::{Place, Postgres, Sqlite, on_both},
    scene::{Scene, Setting},
};

pub(super) async fn link<P: Place>(scene: &Scene<P>, browser: &Browser, id: &str, name: &str) -> (String, String) {
    let page = begin(scene, browser, &request(id, &[])).await;
    let link = state(browser, &page).await[name].as_str().unwrap().to_owned();
    (page, link)
}

/// Somebody of that world answers a link of an application: where the wallet sends them.
async fn answered<P: Place>(scene: &Scene<P>, link: &str, id: &str) -> String {
    let answered = answer(scene, link, &scene.world.issue(Format::SdJwt), &shown(id)).await;
    answered.body["redirect_uri"].as_str().unwrap_or_else(|| panic!("{}", answered.text)).to_owned()
}

/// The way back on the page of a document that did not hold.
pub(super) fn from_its_page(visit: &Visit) -> String {
    assert_eq!((visit.status, visit.location.as_str()), (200, ""), "{}", visit.text);
    let link = visit.text.split("id=\"back\" href=\"").nth(1).unwrap_or_else(|| panic!("{}", visit.text));
    link.split('"').next().unwrap().to_owned()
}

/// Told to the application, as an error.
pub(super) fn told(visit: &Visit) -> String {
    assert!(visit.location.starts_with(&format!("{HOME}?error=")), "{visit:?}");
    visit.parameter("error")
}

/// Who begins a sign-in and has its link opened by somebody else (OpenID4VP 1.0 §14.2) has the page, and not the answer.
async fn peer_hole_10_a_sign_in_that_was_fixed_on_somebody_gives_nothing<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let (attacker, victim) = (Browser::default(), Browser::default());
    let (page, fixed) = link(&scene, &attacker, WEB, "same_device").await;
    let back = answered(&scene, &fixed, WEB).await;
    assert_eq!(state(&attacker, &page).await["state"], "returning");
    let waits = attacker.get(&format!("{page}/return")).await;
    assert_eq!((waits.status, &waits.location), (303, &page), "no answer without the code that the wallet brought");
    assert_eq!(
        attacker.get(&format!("{page}/return?response_code=guessed")).await.trouble(),
        (403, "response_code_foreign")
    );
    assert_eq!(victim.get(&back).await.trouble(), (403, "browser_differs"), "nor for whom it was not begun");
}

/// Who is sent to the end of somebody else's sign-in is not signed in as them (login CSRF).
#[tokio::test]
async fn peer_hole_10_nobody_ends_up_in_the_account_of_who_sent_them() {
    let scene = scene::<Sqlite>().await.unwrap();
    let (attacker, victim) = (Browser::default(), Browser::default());
    let (_, own) = link(&scene, &attacker, WEB, "same_device").await;
    let back = answered(&scene, &own, WEB).await;
    let sent = victim.get(&back).await;
    assert_eq!((sent.trouble(), sent.location.as_str()), ((403, "browser_differs"), ""));
    let (victims, _) = link(&scene, &victim, WEB, "same_device").await;
    let code = back.split_once("response_code=").unwrap().1;
    let sent = victim.get(&format!("{victims}/return?response_code={code}")).await;
    assert_eq!(sent.trouble(), (403, "response_code_foreign"));
    assert!(attacker.get(&back).await.location.starts_with(&format!("{HOME}?code=")), "it was not spoiled");
}

/// Two sign-ins in one browser: each answer ends its own.
#[tokio::test]
async fn peer_hole_10_two_sign_ins_of_one_browser_are_not_mixed_up() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let (one, first) = link(&scene, &browser, WEB, "same_device").await;
    let (two, second) = link(&scene, &browser, APP, "same_device").await;
    assert_eq!(browser.cookies().len(), 2);
    let (of_one, of_two) = (answered(&scene, &first, WEB).await, answered(&scene, &second, APP).await);
    let crossed = of_one.replace(&one, &two);
    assert_eq!(browser.get(&crossed).await.trouble(), (403, "response_code_foreign"));
    let cookies = browser.cookies();
    let name =
        |page: &str| cookies.keys().find(|name| name.ends_with(page.rsplit('/').next().unwrap())).unwrap().clone();
    let mixed = Browser::default();
    mixed.put(&name(&two), &cookies[&name(&one)]);
    assert_eq!(mixed.get(&of_two).await.trouble(), (403, "browser_differs"));
    let (one, two) = (browser.get(&of_one).await, browser.get(&of_two).await);
    assert_ne!(one.parameter("code"), two.parameter("code"));
}

/// Whoever has the address of the way back, from a history or a log, has nothing by it.
#[tokio::test]
async fn peer_hole_10_a_replayed_return_gives_no_second_code() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let (_, link) = link(&scene, &browser, WEB, "same_device").await;
    let cookies = browser.cookies();
    let back = answered(&scene, &link, WEB).await;
    assert!(browser.get(&back).await.location.starts_with(HOME));
    for (name, value) in &cookies {
        browser.put(name, value);
    }
    let again = browser.get(&back).await;
    assert_eq!((again.trouble(), again.location.as_str()), ((409, "login_over"), ""));
    assert!(!again.text.contains("전달되지 않았습니다"), "the first time it was told: {}", again.text);
    let page = back.split_once("/return").unwrap().0;
    assert_eq!(state(&browser, page).await, json!({ "state": "over" }));
    assert_eq!(browser.get(&format!("{page}/return?cancel")).await.trouble(), (409, "login_over"));
}

/// The page and what is on it are for the browser that began.
#[tokio::test]
async fn peer_hole_10_another_browser_sees_no_link() {
    let scene = scene::<Sqlite>().await.unwrap();
    let (browser, other) = (Browser::default(), Browser::default());
    let (page, link) = link(&scene, &browser, WEB, "same_device").await;
    let handle = link.split("requests%2F").nth(1).unwrap().split('&').next().unwrap();
    assert!(browser.get(&page).await.text.contains(handle));
    other.put(browser.cookies().keys().next().unwrap(), "guessed");
    for end in ["", "/state", "/return", "/return?cancel"] {
        let seen = other.get(&format!("{page}{end}")).await;
        assert_eq!(seen.trouble(), (403, "browser_differs"), "{end}");
        assert!(!seen.text.contains(handle), "{end}");
    }
    assert_eq!(state(&browser, &page).await["state"], "waiting", "nobody else's cancel counts");
    assert_eq!(
        browser.get(&format!("{}/login/{}", issuer(&scene), "0".repeat(32))).await.trouble(),
        (404, "login_unknown")
    );
    assert_eq!(browser.get(&format!("{}/login/x", issuer(&scene))).await.trouble(), (404, "login_unknown"));
}

/// On two replicas at the same moment, a browser gets one code, and a code gives tokens once; then they are withdrawn.
async fn peer_hole_10_two_replicas_give_one_code_and_tokens_once<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let replica = scene.replica().await;
    let elsewhere = |url: &str| url.replace(&scene.running.url(), &replica.url());
    let browser = Browser::default();
    let (_, link) = link(&scene, &browser, WEB, "same_device").await;
    let back = answered(&scene, &link, WEB).await;
    let away = elsewhere(&back);
    let (here, there) = tokio::join!(browser.get(&back), browser.get(&away));
    let codes: Vec<&Visit> = [&here, &there].into_iter().filter(|visit| visit.status == 303).collect();
    let [one] = codes[..] else { panic!("{here:?} {there:?}") };
    let code = one.parameter("code");
    let first = token(&scene, &basic(WEB, SECRET), &code, &[]).await;
    let access = first.body["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&scene, access).await.status, 200);
    let redeems =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", HOME), ("code_verifier", VERIFIER)];
    let body = form(&redeems);
    let again = post(&format!("{}/token", elsewhere(&issuer(&scene))), &basic(WEB, SECRET), body).await;
    assert_eq!((again.status, &again.body["error"]), (400, &json!("invalid_grant")), "{}", again.text);
    assert_eq!(userinfo(&scene, access).await.status, 401, "what it gave is withdrawn (RFC 6749 §4.1.2)");
}

/// Two token requests at once: at most one gives tokens, and what it gives does not outlive that the other came.
async fn peer_hole_08_a_code_that_is_brought_twice_at_once_gives_at_most_one_token<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let (authorization, scene) = (basic(WEB, SECRET), &scene);
    for _ in 0..4 {
        let code = code(scene, WEB, &[]).await;
        let (one, two) =
            tokio::join!(token(scene, &authorization, &code, &[]), token(scene, &authorization, &code, &[]));
        let given: Vec<&Value> =
            [&one, &two].iter().filter(|one| one.status == 200).map(|one| &one.body["access_token"]).collect();
        assert!(given.len() <= 1, "{} {}", one.text, two.text);
        for access in given {
            assert_eq!(userinfo(scene, access.as_str().unwrap()).await.status, 401, "the other withdrew it");
        }
    }
}

/// A code that leaked is of no use to whoever puts it into a sign-in of their own (RFC 9700 §4.5), and is not spoiled by it.
#[tokio::test]
async fn peer_hole_10_an_injected_code_opens_nothing() {
    let scene = scene::<Sqlite>().await.unwrap();
    let stolen = code(&scene, WEB, &[]).await;
    let own = basic(OTHER, SECRET);
    let by_another = token(&scene, &own, &stolen, &[]).await;
    let other_verifier = "a".repeat(43);
    let in_their_session = token(&scene, &basic(WEB, SECRET), &stolen, &[("code_verifier", &other_verifier)]).await;
    let without = token(&scene, &basic(WEB, SECRET), &stolen, &[("code_verifier", "")]).await;
    let elsewhere = token(&scene, &basic(WEB, SECRET), &stolen, &[("redirect_uri", &format!("{HOME}?app=2"))]).await;
    for refused in [by_another, in_their_session, without, elsewhere] {
        assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_grant")), "{}", refused.text);
    }
    let no_challenge = code(&scene, WEB, &[("code_challenge", ""), ("code_challenge_method", "")]).await;
    let downgraded = token(&scene, &basic(WEB, SECRET), &no_challenge, &[]).await;
    assert_eq!(downgraded.body["error"], "invalid_grant", "somebody took the challenge out (RFC 9700 §4.8.2)");
    assert_eq!(token(&scene, &basic(WEB, SECRET), &stolen, &[]).await.status, 200);
}

/// On whatever replica.
async fn peer_hole_10_an_assertion_is_shown_once<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let replica = scene.replica().await;
    let codes = [code(&scene, KEYED, &[]).await, code(&scene, KEYED, &[]).await];
    let assertion = assertion(&issuer(&scene), "once", scene.now().unix());
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let shown = [("client_assertion", assertion.as_str()), ("client_assertion_type", kind)];
    assert_eq!(token(&scene, "", &codes[0], &shown).await.status, 200);
    let redeems = [
        ("grant_type", "authorization_code"),
        ("code", codes[1].as_str()),
        ("redirect_uri", HOME),
        ("code_verifier", VERIFIER),
    ];
    let body = form(&[&redeems[..], &shown].concat());
    let url = format!("{}/openid/token", replica.url());
    let again = post(&url, "", body).await;
    assert_eq!((again.status, &again.body["error"]), (401, &json!("invalid_client")), "{}", again.text);
}

async fn peer_hole_10_what_was_pushed_is_opened_once_by_its_client<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let replica = scene.replica().await;
    let push = async || {
        let pushed = post(&format!("{}/par", issuer(&scene)), &basic(WEB, SECRET), request(WEB, &[])).await;
        assert_eq!(pushed.status, 201, "{}", pushed.text);
        form(&[("client_id", WEB), ("request_uri", pushed.body["request_uri"].as_str().unwrap())])
    };
    let (browser, query) = (Browser::default(), push().await);
    begin(&scene, &browser, &query).await;
    let again = browser.get(&format!("{}/openid/authorize?{query}", replica.url())).await;
    assert_eq!((again.trouble(), again.location.as_str()), ((400, "request_uri_over"), ""));
    let others = push().await.replace("client_id=web", "client_id=other");
    assert_eq!(
        browser.get(&format!("{}/authorize?{others}", issuer(&scene))).await.trouble(),
        (400, "request_uri_of_another")
    );
    let late = push().await;
    scene.wait(Duration::seconds(91));
    assert_eq!(browser.get(&format!("{}/authorize?{late}", issuer(&scene))).await.trouble(), (400, "request_uri_over"));
}

/// Who is not known, or would be sent elsewhere, is shown a page and goes nowhere.
#[tokio::test]
async fn a_wrong_address_is_a_page_and_no_redirect() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    for (changes, expected) in [
        (("redirect_uri", "https://evil.example/back"), "redirect_uri_unregistered"),
        (("redirect_uri", "https://library.example/back/"), "redirect_uri_unregistered"),
        (("redirect_uri", ""), "request_malformed"),
        (("client_id", "nobody"), "client_unknown"),
    ] {
        let visit = browser.get(&format!("{}/authorize?{}", issuer(&scene), request(WEB, &[changes]))).await;
        assert_eq!((visit.trouble(), visit.location.as_str()), ((400, expected), ""), "{changes:?}");
    }
    assert!(browser.cookies().is_empty());
    let posted = browser.post(&format!("{}/authorize", issuer(&scene)), request(WEB, &[])).await;
    assert_eq!(posted.status, 303, "the same by POST: {}", posted.text);
}

/// The client is told what it may not ask for, and no wallet is asked.
#[tokio::test]
async fn a_request_beyond_the_client_is_told_to_the_client() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    for (change, expected) in [
        (("scope", "openid adult"), "invalid_scope"),
        (("prompt", "none"), "login_required"),
        (("response_type", "token"), "unsupported_response_type"),
    ] {
        let visit = browser.get(&format!("{}/authorize?{}", issuer(&scene), request(WEB, &[change]))).await;
        assert_eq!(told(&visit), expected, "{change:?}");
    }
    assert!(browser.cookies().is_empty());
}

/// What no application of the organisation asks for is not understood, and so not asked for (OpenID Connect Core §5.5).
#[tokio::test]
async fn a_claim_of_nobodys_is_not_asked_for() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let claims = json!({ "userinfo": { "resident_state": null, "person_id": null } }).to_string();
    let page = begin(&scene, &browser, &request(APP, &[("claims", &claims)])).await;
    let link = state(&browser, &page).await["same_device"].as_str().unwrap().to_owned();
    let asked = format!("{:?}", scene.phone().fetch(&link).await.unwrap().query());
    assert!(
        asked.contains("age_over_19") && !asked.contains("resident_state") && !asked.contains("person_id"),
        "{asked}"
    );
}

/// Nobody answers a high class by a QR code that somebody else may have shown.
#[tokio::test]
async fn a_high_class_stays_on_the_same_device() {
    let scene = Scene::<Sqlite>::with(Setting { class: "high", ..setting() }).await.unwrap();
    let browser = Browser::default();
    let page = begin(&scene, &browser, &request(WEB, &[])).await;
    assert_eq!(state(&browser, &page).await.get("cross_device"), None);
    let text = browser.get(&page).await.text;
    assert!(text.contains("id=\"same-device\"") && !text.contains("cross-device"), "{text}");
    let level = "[[openid.levels]]\nacr = \"low\"\nuse_class = \"low\"\n[[openid.levels]]\nacr = \"high\"\nuse_class = \"high\"\n";
    let sections = format!("{level}{}", super::library::sections());
    let scene = Scene::<Sqlite>::with(Setting { sections, ..Setting::default() }).await.unwrap();
    for (acr, crosses) in [("low", true), ("high", false)] {
        let page = begin(&scene, &browser, &request(WEB, &[("acr_values", acr)])).await;
        assert_eq!(state(&browser, &page).await.get("cross_device").is_some(), crosses, "{acr}");
    }
}

/// Each ends at the client, with its word; and nothing of what was presented goes there.
#[tokio::test]
async fn who_does_not_sign_in_is_sent_back_with_a_word() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let (page, _) = link(&scene, &browser, WEB, "same_device").await;
    assert_eq!(told(&browser.get(&format!("{page}/return?cancel")).await), "access_denied");

    let (_, declined) = link(&scene, &browser, WEB, "same_device").await;
    let phone = scene.phone();
    let refusal = phone.fetch(&declined).await.unwrap().refuse(OAuthError::AccessDenied, &mut Seeded::new(1)).unwrap();
    let back = phone.send(&refusal).await.body["redirect_uri"].as_str().unwrap().to_owned();
    assert_eq!(told(&browser.get(&from_its_page(&browser.get(&back).await)).await), "access_denied");

    let (page, less) = link(&scene, &browser, WEB, "cross_device").await;
    let copy = scene.world.issue(Format::Mdoc);
    answer(&scene, &less, &copy, &["family_name", "given_name"]).await;
    let back = from_its_page(&browser.get(&format!("{page}/return")).await);
    assert_eq!(told(&browser.get(&back).await), "access_denied", "less than asked");

    let (page, more) = link(&scene, &browser, WEB, "cross_device").await;
    answer(&scene, &more, &copy, &[&shown(WEB)[..], &["portrait"]].concat()).await;
    let back = from_its_page(&browser.get(&format!("{page}/return")).await);
    assert_eq!(told(&browser.get(&back).await), "access_denied", "more than asked");

    let (page, _) = link(&scene, &browser, WEB, "same_device").await;
    scene.wait(Duration::seconds(301));
    assert_eq!(state(&browser, &page).await["state"], "ready", "there is nothing to wait for");
    assert_eq!(told(&browser.get(&format!("{page}/return")).await), "access_denied", "nobody came in time");
}

/// An answer for another sign-in, or for nobody, is none: the browser learns of it and of nothing else.
#[tokio::test]
async fn peer_hole_10_the_answer_to_one_sign_in_is_none_to_another() {
    let scene = scene::<Sqlite>().await.unwrap();
    let (browser, phone) = (Browser::default(), scene.phone());
    let (_, one) = link(&scene, &browser, WEB, "cross_device").await;
    let (page, two) = link(&scene, &browser, WEB, "cross_device").await;
    let (one, two) = (phone.fetch(&one).await.unwrap(), phone.fetch(&two).await.unwrap());
    let copy = scene.world.issue(Format::SdJwt);
    let shown = phone.present(&one, &copy, &shown(WEB));
    phone.send(&Phone::answer(&two, vec![(Phone::query(Format::SdJwt), shown)])).await;
    let back = from_its_page(&browser.get(&format!("{page}/return")).await);
    assert_eq!(told(&browser.get(&back).await), "access_denied");
}

/// Somebody else than the client asks for is not signed in (OpenID Connect Core §3.1.2.1).
#[tokio::test]
async fn who_is_asked_for_signs_in_and_nobody_else() {
    let scene = scene::<Sqlite>().await.unwrap();
    let copy = scene.world.issue(Format::SdJwt);
    let back = sign_in(&scene, &Browser::default(), &copy, WEB, &[]).await;
    let tokens = token(&scene, &basic(WEB, SECRET), &back.parameter("code"), &[]).await;
    let hint = tokens.body["id_token"].as_str().unwrap();
    let again = sign_in(&scene, &Browser::default(), &copy, WEB, &[("id_token_hint", hint)]).await;
    assert!(again.location.starts_with(&format!("{HOME}?code=")), "{again:?}");
    let other = json!({ "id_token": { "sub": { "value": "somebody-else" } } }).to_string();
    let browser = Browser::default();
    let refused = sign_in(&scene, &browser, &copy, WEB, &[("claims", &other)]).await;
    assert_eq!(refused.trouble(), (200, "another_person"));
    assert_eq!(told(&browser.get(&from_its_page(&refused)).await), "login_required");
}

/// Another replica goes on where this one was: the store has all of it.
#[tokio::test]
async fn each_step_may_go_to_another_replica() {
    let Some(scene) = scene::<Postgres>().await else { return };
    let replica = scene.replica().await;
    let there = |url: &str| url.replace(&scene.running.url(), &replica.url());
    let (browser, phone) = (Browser::default(), scene.phone().reaching(replica.url()));
    let page = begin(&scene, &browser, &request(WEB, &[])).await;
    let told: Value = serde_json::from_str(&browser.get(&there(&format!("{page}/state"))).await.text).unwrap();
    let request = phone.fetch(told["same_device"].as_str().unwrap()).await.unwrap();
    let shown = phone.present(&request, &scene.world.issue(Format::SdJwt), &shown(WEB));
    let answered = phone.send(&Phone::answer(&request, vec![(Phone::query(Format::SdJwt), shown)])).await;
    let back = browser.get(&there(answered.body["redirect_uri"].as_str().unwrap())).await;
    let tokens = token(&scene, &basic(WEB, SECRET), &back.parameter("code"), &[]).await;
    let told = Browser::default();
    let claims = crate::scene::client().get(there(&format!("{}/userinfo", issuer(&scene))));
    let claims = told.send(claims.bearer_auth(tokens.body["access_token"].as_str().unwrap())).await;
    assert_eq!(claims.status, 200, "{}", claims.text);
}

/// Nobody is sent to a wallet whose answer could not be judged.
#[tokio::test]
async fn without_a_bundle_the_client_is_told_to_come_back_later() {
    let folder = tempfile::tempdir().unwrap();
    let source = Some(("/nowhere/trust.bundle".to_owned(), folder.path().to_owned()));
    let scene = Scene::<Sqlite>::with(Setting { source, ..setting() }).await.unwrap();
    let visit = Browser::default().get(&format!("{}/authorize?{}", issuer(&scene), request(WEB, &[]))).await;
    assert_eq!(told(&visit), "temporarily_unavailable");
}

on_both!(
    peer_hole_10_a_sign_in_that_was_fixed_on_somebody_gives_nothing
    peer_hole_10_two_replicas_give_one_code_and_tokens_once
    peer_hole_08_a_code_that_is_brought_twice_at_once_gives_at_most_one_token
    peer_hole_10_an_assertion_is_shown_once
    peer_hole_10_what_was_pushed_is_opened_once_by_its_client
);
