//! Two sign-ins that somebody tries to make one of: by a link that is passed on, by a code at another application, by an
//! address that is another, on whatever replica (RFC 9700 §4.4, §4.5, §4.7).

use serde_json::json;
use testkit::{Format, IssuedCopy};

use super::{
    browser::Browser,
    library::{
        APP, HOME, KEYED, SECRET, VERIFIER, WEB, answer, assertion, basic, begin, code, form, issuer, opened, post,
        request, scene, shown, state, token, userinfo,
    },
};
use crate::{
    places::{Place, Sqlite, on_both},
    scene::{Answer, Scene},
};

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The card of that sample person.
fn card<P: Place>(scene: &Scene<P>, person: usize) -> IssuedCopy {
    scene.world.issue_document(Format::SdJwt, "resident", person, &scene.world.terms())
}

/// A person's wallet answers the link on a page: where it sends them.
async fn answered<P: Place>(scene: &Scene<P>, browser: &Browser, page: &str, person: usize) -> String {
    let link = state(browser, page).await["same_device"].as_str().unwrap().to_owned();
    let answered = answer(scene, &link, &card(scene, person), &shown(WEB)).await;
    answered.body["redirect_uri"].as_str().unwrap_or_else(|| panic!("{}", answered.text)).to_owned()
}

/// What an application with a secret is told of whoever a code is of.
async fn birthdate<P: Place>(scene: &Scene<P>, code: &str) -> String {
    let tokens = token(scene, &basic(WEB, SECRET), code, &[]).await;
    let told = userinfo(scene, tokens.body["access_token"].as_str().unwrap_or_else(|| panic!("{}", tokens.text))).await;
    told.body["birthdate"].as_str().unwrap().to_owned()
}

fn born(person: usize) -> String {
    testkit::facts("resident", person).sd_jwt_claims()["birthdate"].as_str().unwrap().to_owned()
}

/// Somebody's link to the provider, opened by somebody else: each has a sign-in of their own, and neither has the other's.
async fn peer_hole_10_one_request_in_two_browsers_is_two_sign_ins<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let (attacker, victim, query) = (Browser::default(), Browser::default(), request(WEB, &[]));
    let first = begin(&scene, &attacker, &query).await;
    let second = begin(&scene, &victim, &query).await;
    assert_ne!(first, second);
    let (of_attacker, of_victim) =
        (answered(&scene, &attacker, &first, 1).await, answered(&scene, &victim, &second, 0).await);
    for (browser, others) in [(&attacker, &of_victim), (&victim, &of_attacker)] {
        let refused = browser.get(others).await;
        assert_eq!((refused.trouble(), refused.location.as_str()), ((403, "browser_differs"), ""));
    }
    let others_code = of_victim.split_once("response_code=").unwrap().1;
    let refused = attacker.get(&format!("{first}/return?response_code={others_code}")).await;
    assert_eq!(refused.trouble(), (403, "response_code_foreign"));
    for (browser, own, person) in [(&victim, &of_victim, 0), (&attacker, &of_attacker, 1)] {
        let back = browser.get(own).await;
        assert_eq!(birthdate(&scene, &back.parameter("code")).await, born(person));
    }
}

/// The cookie of one sign-in under the name of the other's, as a page of a neighbouring host might set it.
#[tokio::test]
async fn peer_hole_10_a_browser_with_anothers_cookie_is_another() {
    let scene = scene::<Sqlite>().await.unwrap();
    let (one, other, tossed) = (Browser::default(), Browser::default(), Browser::default());
    let (first, second) =
        (begin(&scene, &one, &request(WEB, &[])).await, begin(&scene, &other, &request(WEB, &[])).await);
    let back = answered(&scene, &one, &first, 0).await;
    let ((name, _), (_, value)) = (one.cookies().pop_first().unwrap(), other.cookies().pop_first().unwrap());
    tossed.put(&name, &value);
    assert_eq!(tossed.get(&back).await.trouble(), (403, "browser_differs"));
    assert_eq!(state(&other, &second).await["state"], "waiting");
    assert!(one.get(&back).await.location.starts_with(HOME), "it was not spoiled");
}

/// What an application binds to its user's browser comes back with the sign-in that it was sent with, however many there are,
/// and wherever each step goes.
async fn each_sign_in_brings_back_its_own_state_and_nonce<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let replica = scene.replica().await;
    let browser = Browser::default();
    let mut pages = Vec::new();
    for (own, nonce) in [("s-one", "n-one"), ("s-two", "n-two")] {
        let page = begin(&scene, &browser, &request(WEB, &[("state", own), ("nonce", nonce)])).await;
        pages.push((answered(&scene, &browser, &page, 0).await, own, nonce));
    }
    for (back, own, nonce) in pages.into_iter().rev() {
        let others = if own == "s-one" { "s-two" } else { "s-one" };
        let elsewhere = back.replace(&scene.running.url(), &replica.url());
        let back = browser.get(&format!("{elsewhere}&state={others}&nonce=n-three")).await;
        assert_eq!((back.parameter("state"), back.parameter("iss")), (own.to_owned(), issuer(&scene)));
        let (_, claims) = opened(&scene, &token(&scene, &basic(WEB, SECRET), &back.parameter("code"), &[]).await).await;
        assert_eq!(claims["nonce"], json!(nonce));
    }
}

fn is_refused(answer: &Answer) {
    assert_eq!((answer.status, &answer.body["error"]), (400, &json!("invalid_grant")), "{}", answer.text);
}

/// Whoever mixes applications up brings a code to the wrong one, which shows who it is, and has the verifier even.
async fn peer_hole_10_a_code_is_for_its_own_application_on_whatever_replica<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let replica = scene.replica().await;
    let mut shown_once = 0;
    for own in [WEB, KEYED, APP] {
        let code = code(&scene, own, &[]).await;
        let mut redeem = async |id: &str| {
            shown_once += 1;
            let assertion = assertion(&issuer(&scene), &shown_once.to_string(), scene.now().unix());
            let redeems = [
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", HOME),
                ("code_verifier", VERIFIER),
            ];
            let (authorization, more) = match id {
                WEB => (basic(WEB, SECRET), vec![]),
                KEYED => {
                    (String::new(), vec![("client_assertion", assertion.as_str()), ("client_assertion_type", KIND)])
                }
                _ => (String::new(), vec![("client_id", APP)]),
            };
            let body = form(&[&redeems[..], &more].concat());
            post(&format!("{}/openid/token", replica.url()), &authorization, body).await
        };
        for another in [WEB, KEYED, APP].into_iter().filter(|id| *id != own) {
            is_refused(&redeem(another).await);
        }
        assert_eq!(redeem(own).await.status, 200, "it was not spoiled");
    }
}

/// RFC 6749 §4.1.3: the address at which the code came is said again, and is the same letter by letter.
#[tokio::test]
async fn a_code_is_for_the_address_that_it_was_sent_to() {
    let scene = scene::<Sqlite>().await.unwrap();
    let second = format!("{HOME}?app=2");
    for (sent_to, said) in [(HOME, second.as_str()), (&second, HOME), (HOME, "https://library.example/back/")] {
        let code = code(&scene, WEB, &[("redirect_uri", sent_to)]).await;
        is_refused(&token(&scene, &basic(WEB, SECRET), &code, &[("redirect_uri", said)]).await);
        let unsaid = token(&scene, &basic(WEB, SECRET), &code, &[("redirect_uri", "")]).await;
        assert_eq!((unsaid.status, &unsaid.body["error"]), (400, &json!("invalid_request")), "{}", unsaid.text);
        let right = token(&scene, &basic(WEB, SECRET), &code, &[("redirect_uri", sent_to)]).await;
        assert_eq!(right.status, 200, "{}", right.text);
    }
}

on_both!(
    peer_hole_10_one_request_in_two_browsers_is_two_sign_ins
    each_sign_in_brings_back_its_own_state_and_nonce
    peer_hole_10_a_code_is_for_its_own_application_on_whatever_replica
);
