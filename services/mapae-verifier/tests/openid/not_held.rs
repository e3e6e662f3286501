//! People whose document did not hold: what they are told, how they go on, and what nobody else learns of it.

use mapae_oid4vp::OAuthError;
use mapae_types::Duration;
use testkit::{BOTH, Format, IssuedCopy, Seeded, World, now};

use super::{
    browser::{Browser, Visit},
    library::{HOME, SECRET, WEB, answer, basic, request, scene, setting, shown, state, token},
    refused::{from_its_page, link, told},
};
use crate::{
    places::{Place, Sqlite, on_both},
    scene::{Scene, client},
};

/// Somebody shows that copy on the same device: where the wallet sends the browser.
async fn back<P: Place>(scene: &Scene<P>, link: &str, copy: &IssuedCopy) -> String {
    let answered = answer(scene, link, copy, &shown(WEB)).await;
    answered.body["redirect_uri"].as_str().unwrap_or_else(|| panic!("{}", answered.text)).to_owned()
}

async fn in_a_world<P: Place>(world: World) -> Option<Scene<P>> {
    Scene::of(world, setting()).await
}

/// The page of somebody who shows a copy that does not hold.
async fn after<P: Place>(scene: &Scene<P>, browser: &Browser, copy: &IssuedCopy) -> Visit {
    let (_, link) = link(scene, browser, WEB, "same_device").await;
    browser.get(&back(scene, &link, copy).await).await
}

/// The form of a page by which it is tried again.
fn again(visit: &Visit) -> Option<String> {
    let form = visit.text.split("<form method=\"post\" action=\"").nth(1)?;
    Some(form.split('"').next().unwrap().to_owned())
}

async fn try_again(browser: &Browser, visit: &Visit) -> Visit {
    let url = again(visit).unwrap_or_else(|| panic!("{}", visit.text));
    browser.post(&url, String::new()).await
}

/// Each in words of its own; and to the application it is one.
#[tokio::test]
async fn a_person_is_told_what_their_document_lacks_and_the_application_is_not() {
    for format in BOTH {
        let mut world = World::new();
        let revoked = world.issue(format);
        world.revoke(&revoked);
        let scene = in_a_world::<Sqlite>(world).await.unwrap();
        let expired = scene.world.issue_on(format, |terms| terms.valid_until = now() - Duration::days(1));
        for (copy, code, korean, english) in [
            (revoked, "document_revoked", "폐기되었습니다", "was withdrawn"),
            (expired, "document_out_of_date", "유효기간 밖에", "is outside its dates"),
        ] {
            let browser = Browser::default();
            let page = after(&scene, &browser, &copy).await;
            assert_eq!(page.trouble(), (200, code));
            assert!(page.text.contains(korean) && page.text.contains("다시 시도하기"), "{}", page.text);
            let other = page.text.split(" href=\"").find(|link| link.contains("lang=en\"")).unwrap();
            let other = other.split('"').next().unwrap().replace("&amp;", "&");
            let page = browser.get(&other).await;
            assert_eq!(page.trouble(), (200, code), "the same in the other language");
            assert!(page.text.contains(english) && page.text.contains("Try again"), "{}", page.text);
            let away = browser.get(&from_its_page(&page)).await;
            assert_eq!(told(&away), "access_denied");
            assert_eq!(away.parameter("error_description"), "what was presented was not accepted");
            assert_eq!(away.parameter("state"), "st&te");
            assert!(browser.cookies().is_empty(), "and it is over");
        }
    }
}

/// That this verifier's list is old says nothing against the document (RFC 6749 §4.1.2.1 has no word for it).
#[tokio::test]
async fn a_verifier_that_cannot_tell_says_that_it_cannot() {
    let scene = scene::<Sqlite>().await.unwrap();
    scene.wait(Duration::days(40));
    let browser = Browser::default();
    let page = after(&scene, &browser, &scene.world.issue(Format::SdJwt)).await;
    assert_eq!(page.trouble(), (200, "status_unconfirmed"));
    assert!(page.text.contains("문제가 있다는 뜻은 아닙니다"), "{}", page.text);
}

#[tokio::test]
async fn who_declined_may_still_go_on() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let (_, link) = link(&scene, &browser, WEB, "same_device").await;
    let phone = scene.phone();
    let refusal = phone.fetch(&link).await.unwrap().refuse(OAuthError::AccessDenied, &mut Seeded::new(1)).unwrap();
    let back = phone.send(&refusal).await.body["redirect_uri"].as_str().unwrap().to_owned();
    let page = browser.get(&back).await;
    assert_eq!(page.trouble(), (200, "declined"));
    let away = browser.get(&from_its_page(&page)).await;
    assert_eq!(away.parameter("error_description"), "no document was presented");
}

/// Another document on the next try, and the code is the same application's, for the same request.
async fn who_tries_again_signs_in_with_another_document<P: Place>() {
    let mut world = World::new();
    let revoked = world.issue(Format::Mdoc);
    world.revoke(&revoked);
    let Some(scene) = in_a_world::<P>(world).await else { return };
    let browser = Browser::default();
    let page = after(&scene, &browser, &revoked).await;
    let next = try_again(&browser, &page).await;
    assert_eq!(next.status, 303, "{}", next.text);
    assert_eq!(browser.cookies().len(), 1, "the first cookie has done its work");
    let page_of_next = next.location.split('?').next().unwrap();
    let link = state(&browser, page_of_next).await["same_device"].as_str().unwrap().to_owned();
    let signed_in = browser.get(&back(&scene, &link, &scene.world.issue(Format::SdJwt)).await).await;
    assert!(signed_in.location.starts_with(&format!("{HOME}?code=")), "{signed_in:?}");
    assert_eq!(signed_in.parameter("state"), "st&te");
    assert_eq!(token(&scene, &basic(WEB, SECRET), &signed_in.parameter("code"), &[]).await.status, 200);
}

/// Two clicks, two replicas: one sign-in comes of one that was refused.
async fn a_sign_in_is_tried_again_once<P: Place>() {
    let mut world = World::new();
    let revoked = world.issue(Format::Mdoc);
    world.revoke(&revoked);
    let Some(scene) = in_a_world::<P>(world).await else { return };
    let replica = scene.replica().await;
    let browser = Browser::default();
    let url = again(&after(&scene, &browser, &revoked).await).unwrap();
    let elsewhere = url.replace(&scene.running.url(), &replica.url());
    let cookies = browser.cookies();
    let (here, there) = tokio::join!(browser.post(&url, String::new()), browser.post(&elsewhere, String::new()));
    let mut statuses = [here.status, there.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{here:?} {there:?}");
    for (name, value) in &cookies {
        browser.put(name, value);
    }
    assert_eq!(browser.post(&url, String::new()).await.trouble(), (409, "login_over"));
}

on_both!(who_tries_again_signs_in_with_another_document a_sign_in_is_tried_again_once);

/// Nobody tries all the documents that they find.
#[tokio::test]
async fn a_request_has_three_sign_ins() {
    let mut world = World::new();
    let revoked = world.issue(Format::Mdoc);
    world.revoke(&revoked);
    let scene = in_a_world::<Sqlite>(world).await.unwrap();
    let browser = Browser::default();
    let mut page = after(&scene, &browser, &revoked).await;
    for _ in 0..2 {
        let next = try_again(&browser, &page).await.location;
        let link = state(&browser, next.split('?').next().unwrap()).await["same_device"].as_str().unwrap().to_owned();
        page = browser.get(&back(&scene, &link, &revoked).await).await;
    }
    assert_eq!((page.trouble(), again(&page)), ((200, "document_revoked"), None), "{}", page.text);
    assert!(page.text.contains("더 시도할 수 없습니다"), "{}", page.text);
    let forced = from_its_page(&page).replace("/return?cancel", "/again");
    let stays = browser.post(&forced, String::new()).await;
    assert_eq!(stays.location, forced.replace("/again", "/return"), "nor by asking for it");
    assert_eq!(told(&browser.get(&from_its_page(&page)).await), "access_denied");
}

/// Who only waits for another's answer does not learn what that one's document lacks (OpenID4VP 1.0 §14.2).
#[tokio::test]
async fn what_a_document_lacks_is_for_the_browser_that_the_wallet_sent() {
    let mut world = World::new();
    let revoked = world.issue(Format::SdJwt);
    world.revoke(&revoked);
    let scene = in_a_world::<Sqlite>(world).await.unwrap();
    let browser = Browser::default();
    let (page, link) = link(&scene, &browser, WEB, "same_device").await;
    let back = back(&scene, &link, &revoked).await;
    let without = browser.get(&format!("{page}/return")).await;
    assert_eq!(without.trouble(), (200, "not_accepted"));
    assert!(!without.text.contains("폐기"), "{}", without.text);
    assert_eq!(Browser::default().get(&back).await.trouble(), (403, "browser_differs"));
    assert_eq!(browser.get(&back).await.trouble(), (200, "document_revoked"));
    assert_eq!(Browser::default().post(&format!("{page}/again"), String::new()).await.trouble().1, "browser_differs");
}

/// There is nothing to try again while a wallet is waited for.
#[tokio::test]
async fn a_sign_in_that_waits_goes_on_waiting() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let (page, _) = link(&scene, &browser, WEB, "same_device").await;
    let stays = browser.post(&format!("{page}/again"), String::new()).await;
    assert_eq!((stays.status, stays.location.as_str()), (303, format!("{page}/return").as_str()));
    assert_eq!(state(&browser, &page).await["state"], "waiting");
    let asked = client().get(format!("{page}/again")).send().await.unwrap();
    assert_eq!(asked.status(), 405, "nothing that looks ahead at links uses up a try");
}

/// Own files, and a form that goes to this service alone.
#[tokio::test]
async fn the_page_posts_to_its_own_service_alone() {
    let scene = scene::<Sqlite>().await.unwrap();
    let browser = Browser::default();
    let expired = scene.world.issue_on(Format::Mdoc, |terms| terms.valid_until = now() - Duration::days(1));
    let page = after(&scene, &browser, &expired).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("script-src"), "{policy}");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer", "its address has the wallet's code");
    assert!(request(WEB, &[]).contains("client_id=web") && page.text.contains("대출 &lt;web&gt;"), "{}", page.text);
}
