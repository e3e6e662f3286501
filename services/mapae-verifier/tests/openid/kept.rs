//! What is said and kept of people who sign in: nothing in the clear, and nothing for long (design D18).

use mapae_types::Duration;
use mapae_verifier::store::{OpenIdStore, SessionStore as _, Thing};
use testkit::{BOTH, Format, ear};

use super::{
    browser::Browser,
    library::{SECRET, WEB, answer, basic, begin, issuer, opened, post, request, scene, shown, state, token, userinfo},
};
use crate::{
    places::{Place, on_both},
    redaction::Secrets,
    scene::Scene,
};

/// One sign-in until the claims are told; everything secret or personal of it is noted.
async fn sign_in<P: Place>(scene: &Scene<P>, format: Format, secrets: &mut Secrets, refusals: &mut String) {
    ear::listen();
    let browser = Browser::default();
    let pushed = post(&format!("{}/par", issuer(scene)), &basic(WEB, SECRET), request(WEB, &[])).await;
    secrets.add("request_uri", pushed.body["request_uri"].as_str().unwrap());
    let page =
        begin(scene, &browser, &request(WEB, &[("state", "the one by the door"), ("nonce", "a nonce of theirs")]))
            .await;
    secrets.add("cookie", browser.cookies().values().next().unwrap());
    let told = state(&browser, &page).await;
    let link = told["same_device"].as_str().unwrap();
    secrets.add("handle", link.split("requests%2F").nth(1).unwrap().split('&').next().unwrap());
    let answered = answer(scene, link, &scene.world.issue(format), &shown(WEB)).await;
    let back = answered.body["redirect_uri"].as_str().unwrap();
    secrets.add("response code", back.split("response_code=").nth(1).unwrap());
    refusals.push_str(&Browser::default().get(back).await.text);
    nothing_in(scene, secrets, "before the browser came");
    let back = browser.get(back).await;
    let code = back.parameter("code");
    secrets.add("code", &code);
    refusals.push_str(&token(scene, &basic(WEB, "guessed secret"), &code, &[]).await.text);
    nothing_in(scene, secrets, "before the code was brought");
    let tokens = token(scene, &basic(WEB, SECRET), &code, &[]).await;
    let (_, claims) = opened(scene, &tokens).await;
    secrets.add("sub", claims["sub"].as_str().unwrap());
    let access = tokens.body["access_token"].as_str().unwrap();
    secrets.add("access token", access);
    nothing_in(scene, secrets, "before the claims were told");
    assert_eq!(userinfo(scene, access).await.status, 200);
    refusals.push_str(&token(scene, &basic(WEB, SECRET), &code, &[]).await.text);
    ear::listen();
    refusals.push_str(&userinfo(scene, access).await.text);
}

fn nothing_in<P: Place>(scene: &Scene<P>, secrets: &Secrets, when: &str) {
    assert_eq!(secrets.found_in_store(&scene.place.bytes()), [""; 0], "in the store {when}");
}

async fn peer_hole_11_of_a_sign_in_nothing_is_said_and_nothing_is_left<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let (mut secrets, mut refusals) = (Secrets(Vec::new()), String::new());
    let facts = testkit::facts("resident", 0).sd_jwt_claims();
    for claim in ["family_name", "given_name", "family_name#ko", "given_name#ko", "birthdate", "person_id"] {
        secrets.add(claim, facts[claim].as_str().unwrap());
    }
    for (what, secret) in [("secret", SECRET), ("state", "the one by the door"), ("nonce", "a nonce of theirs")] {
        secrets.add(what, secret);
    }
    for format in BOTH {
        sign_in(&scene, format, &mut secrets, &mut refusals).await;
    }
    assert!(ear::heard().contains("/openid/userinfo"), "nobody listened");
    assert_eq!(secrets.found_in(&ear::heard()), [""; 0], "in the log");
    assert_eq!(secrets.found_in(&scene.said.lock().unwrap()), [""; 0], "to the operator");
    assert_eq!(secrets.found_in(&refusals), [""; 0], "in a refusal");
    nothing_is_left(&scene).await;
}

/// Once the browser had its code, no session is left; once the tokens have expired, nothing but keys.
async fn nothing_is_left<P: Place>(scene: &Scene<P>) {
    let store = scene.place.store().await;
    scene.wait(Duration::hours(2));
    assert_eq!(store.sweep(scene.now()).await.unwrap().deleted, 0, "sessions went with the sign-in");
    store.sweep_openid(scene.now()).await.unwrap();
    for thing in [Thing::Login, Thing::Pushed, Thing::Code, Thing::Access, Thing::Assertion] {
        assert_eq!(store.all(thing).await.unwrap(), [], "{thing:?}");
    }
    assert_eq!(store.all(Thing::Key).await.unwrap().len(), 1);
}

/// Who never comes back leaves nothing either.
async fn what_nobody_ended_is_gone_after_its_time<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let browser = Browser::default();
    let page = begin(&scene, &browser, &request(WEB, &[])).await;
    let told = state(&browser, &page).await;
    answer(&scene, told["cross_device"].as_str().unwrap(), &scene.world.issue(Format::Mdoc), &shown(WEB)).await;
    let store = scene.place.store().await;
    scene.wait(Duration::seconds(300 + 120 + 1));
    store.sweep(scene.now()).await.unwrap();
    let left = scene.place.store().await.sweep(scene.now() + Duration::hours(1)).await.unwrap();
    assert!(left.deleted <= 1, "what was presented is gone, in minutes: {left:?}");
    scene.wait(Duration::seconds(301));
    store.sweep_openid(scene.now()).await.unwrap();
    assert_eq!(store.all(Thing::Login).await.unwrap(), []);
    assert_eq!(browser.get(&page).await.trouble(), (404, "login_unknown"));
}

on_both!(
    peer_hole_11_of_a_sign_in_nothing_is_said_and_nothing_is_left
    what_nobody_ended_is_gone_after_its_time
);
