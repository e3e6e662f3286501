//! Apache with `mod_auth_openidc` signs people in at `mapae serve verifier`, by the configuration of the sample, with the wallet
//! of npm `@openid4vc/openid4vp`; and what does not belong to a sign-in of its own opens nothing.

use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};
use mapae_interop::apache::{self, Apache, BACKEND_SECRET, claim, sent};
use mapae_interop::browser::{Browser, Page, Way};
use mapae_interop::presenter::Presenter;
use mapae_interop::relying_party::Provider;

use crate::somebody::holder;

struct Scene {
    provider: Provider,
    apache: Apache,
}

/// None where there is no Apache, which the log says.
fn scene() -> Result<Option<&'static Scene>> {
    static STARTED: OnceLock<Result<Scene, String>> = OnceLock::new();
    let Some(program) = apache::program() else {
        println!("SKIPPED: there is no Apache with mod_auth_openidc; MAPAE_APACHE names one");
        return Ok(None);
    };
    let start = || {
        let url = apache::address();
        let provider = Provider::start(&holder()?.country, &apache::client(&url))?;
        let apache = Apache::start(&program, &url, &provider.issuer())?;
        anyhow::Ok(Scene { provider, apache })
    };
    let started = STARTED.get_or_init(|| start().map_err(|error| format!("{error:#}")));
    started.as_ref().map(Some).map_err(|error| anyhow!("{error}"))
}

fn presenter() -> Result<&'static Presenter> {
    holder()?.presenters.first().context("no wallet")
}

impl Scene {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.apache.url())
    }

    fn callback(&self) -> String {
        self.at("/oidc/callback")
    }

    /// Opens a page of the application, and is sent to sign in.
    fn login(&self, browser: &mut Browser) -> Result<Page> {
        let page = browser.open(&self.at("/inbox"))?;
        ensure!(page.url()?.starts_with(&format!("{}/login/", self.provider.issuer())), "no sign-in: {page:?}");
        Ok(page)
    }

    /// Signs in, but for the last step: the answer at the application's address.
    fn answer(&self, browser: &mut Browser) -> Result<Page> {
        let login = self.login(browser)?;
        let answer = browser.sign_in(&login, presenter()?, Way::SameDevice, &self.callback())?;
        ensure!(answer.parameter("code")?.is_some() && answer.parameter("iss")?.is_some(), "{answer:?}");
        Ok(answer)
    }

    fn signed_in(&self, browser: &mut Browser, presenter: &Presenter, way: Way) -> Result<Page> {
        let login = self.login(browser)?;
        browser.sign_in(&login, presenter, way, "none")
    }

    /// Who has such a page is sent to sign in, and the application was not asked for it: after a sign-in that failed,
    /// `mod_auth_openidc` 2.4.12 passes the request on.
    fn expect_nobody(&self, browser: &mut Browser, page: &Page) -> Result<()> {
        ensure!(!page.text().contains("\"headers\""), "the application answered: {page:?}");
        let asked = browser.open(&self.at("/public/signed-out"))?.json()?["asked"].take();
        ensure!(!asked.to_string().contains("/oidc/"), "the application was asked: {asked}");
        self.login(browser).map(drop)
    }
}

#[test]
fn somebody_signs_in_behind_apache_and_is_the_same_next_time() -> Result<()> {
    let Some(scene) = scene()? else { return Ok(()) };
    let mut seen = Vec::new();
    for (presenter, way) in holder()?.presenters.iter().flat_map(|one| Way::ALL.map(|way| (one, way))) {
        let mut browser = Browser::default();
        let page = scene.signed_in(&mut browser, presenter, way)?;
        ensure!(page.url()? == scene.at("/inbox"), "{page:?}");
        let sent = sent(&page)?;
        ensure!(sent["x-approval-proxy"] == BACKEND_SECRET, "{sent}");
        ensure!(claim(&sent, "acr")? == format!("{}/acr/low", scene.provider.issuer()), "{sent}");
        ensure!(
            claim(&sent, "name")?.chars().all(|letter| ('가'..='힣').contains(&letter)),
            "no name in Hangul: {sent}"
        );
        let kept = ["oidc_access_token", "oidc_id_token", "oidc_claim_person_id"].map(|name| sent.get(name));
        ensure!(kept.iter().all(Option::is_none), "the application was sent {kept:?}");
        ensure!(!sent["cookie"].to_string().contains("mod_auth_openidc_session"), "{sent}");
        seen.push(claim(&sent, "sub")?);
    }
    ensure!(seen.iter().all(|sub| sub == &seen[0]), "{seen:?}");
    Ok(())
}

#[test]
fn what_a_browser_says_of_itself_is_not_believed() -> Result<()> {
    let Some(scene) = scene()? else { return Ok(()) };
    let mut forging = Browser::default()
        .sending("X-Approval-Proxy", "forged")
        .sending("OIDC_CLAIM_sub", "forged")
        .sending("OIDC-CLAIM-staff-number", "forged")
        .sending("OIDC_CLAIM_staff_number", "forged");
    scene.login(&mut forging)?;
    let public = sent(&forging.open(&scene.at("/public/signed-out"))?)?;
    ensure!(public.get("x-approval-proxy").is_none(), "a page without a sign-in is told as one with it: {public}");
    let page = scene.signed_in(&mut forging, presenter()?, Way::SameDevice)?;
    ensure!(!page.text().contains("forged"), "{page:?}");
    Ok(())
}

/// By one that the browser had not, and by that of somebody else's browser (OpenID Connect Core 1.0 §3.1.2.1).
#[test]
fn an_answer_with_another_state_signs_nobody_in() -> Result<()> {
    let Some(scene) = scene()? else { return Ok(()) };
    let mut attackers = Browser::default();
    let answer = scene.answer(&mut attackers)?;
    let mut victims = Browser::default();
    let page = victims.open(answer.url()?)?;
    scene.expect_nobody(&mut victims, &page)?;
    let state = answer.parameter("state")?.context("no state")?;
    let page = attackers.open(&answer.url()?.replace(&state, "another"))?;
    scene.expect_nobody(&mut attackers, &page)
}

/// Its own state, and a code that somebody else got: PKCE binds the two, and so does the nonce (RFC 9700 §4.5.3).
#[test]
fn a_code_of_another_sign_in_signs_nobody_in() -> Result<()> {
    let Some(scene) = scene()? else { return Ok(()) };
    let (mut own, mut others) = (Browser::default(), Browser::default());
    let (answer, stolen) = (scene.answer(&mut own)?, scene.answer(&mut others)?);
    let code = |page: &Page| page.parameter("code")?.context("no code");
    let page = own.open(&answer.url()?.replace(&code(&answer)?, &code(&stolen)?))?;
    scene.expect_nobody(&mut own, &page)
}

/// RFC 9207 §2.4.
#[test]
fn an_answer_in_the_name_of_another_provider_signs_nobody_in() -> Result<()> {
    let Some(scene) = scene()? else { return Ok(()) };
    let mut browser = Browser::default();
    let answer = scene.answer(&mut browser)?;
    let issuer = answer.parameter("iss")?.context("no iss")?;
    let page = browser.open(&answer.url()?.replace(&issuer, "https%3A%2F%2Felsewhere.example"))?;
    scene.expect_nobody(&mut browser, &page)
}

#[test]
fn peer_hole_10_an_answer_signs_in_once() -> Result<()> {
    let Some(scene) = scene()? else { return Ok(()) };
    let mut browser = Browser::default();
    let answer = scene.answer(&mut browser)?;
    let mut copied = browser.clone();
    sent(&browser.open(answer.url()?)?)?;
    let page = copied.open(answer.url()?)?;
    scene.expect_nobody(&mut copied, &page)
}

#[test]
fn who_declines_is_told_so_and_may_begin_again() -> Result<()> {
    let Some(scene) = scene()? else { return Ok(()) };
    for way in Way::ALL {
        let mut browser = Browser::default();
        let login = scene.login(&mut browser)?;
        let page = browser.decline(&login, presenter()?, way, "none")?;
        ensure!(page.url()? == scene.at("/public/signed-out?error=access_denied"), "{page:?}");
        ensure!(sent(&page)?.get("x-approval-proxy").is_none(), "{page:?}");
        sent(&scene.signed_in(&mut browser, presenter()?, way)?)?;
    }
    Ok(())
}

#[test]
fn who_signs_out_is_signed_out_and_led_nowhere_else() -> Result<()> {
    let Some(scene) = scene()? else { return Ok(()) };
    let mut browser = Browser::default();
    sent(&scene.signed_in(&mut browser, presenter()?, Way::SameDevice)?)?;
    let out = |to: &str| format!("{}?logout={to}", scene.callback());
    let page = browser.open(&out("https%3A%2F%2Felsewhere.example%2F"))?;
    ensure!(page.url()?.starts_with(scene.apache.url()), "led elsewhere: {page:?}");
    let page = browser.open(&out(&scene.at("/public/signed-out").replace('/', "%2F").replace(':', "%3A")))?;
    ensure!(page.url()? == scene.at("/public/signed-out"), "{page:?}");
    ensure!(page.trace().contains(&"GET /openid/logout 303"), "the provider was not told: {page:?}");
    scene.login(&mut browser).map(drop)
}
