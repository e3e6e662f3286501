//! Pushed authorization requests (RFC 9126): offered, opened once, and what they say is checked at once.

use mapae_oidc::{Arrival, AuthorizationRefusal, KeptRequest, MessageFault, Once, PageFault, Provider, Refusal};
use mapae_types::Duration;
use serde_json::json;
use testkit::{Seeded, now};

use crate::scene::{
    APP, ISSUER, KEYED, SECRET, WEB, basic, changed, client_key, form, jwt, object, parameters, provider,
};

fn push(provider: &Provider, changes: &[(&str, &str)]) -> Result<KeptRequest, Refusal> {
    let body = form(&parameters(WEB, changes));
    let pushed = provider.push(Some(&basic(WEB, SECRET)), body.as_bytes(), now())?;
    Ok(pushed.confirm(Once::First).unwrap().keep(provider, &mut Seeded::new(5), now()).unwrap())
}

fn name(kept: &KeptRequest) -> String {
    object(&kept.json)["request_uri"].as_str().unwrap().to_owned()
}

/// The browser comes with the name.
fn open(
    provider: &Provider,
    kept: &KeptRequest,
    client: &str,
    once: Once,
    after: i64,
) -> Result<mapae_oidc::AuthorizationRequest, AuthorizationRefusal> {
    let query = form(&[("client_id", client), ("request_uri", &name(kept)), ("scope", "ignored")]);
    let Arrival::Pushed(arrival) = provider.authorize(query.as_bytes()).unwrap() else { panic!("nothing pushed") };
    assert_eq!(arrival.hash(), kept.hash);
    arrival.open(provider, Some(&kept.record), once, now() + Duration::seconds(after))
}

fn refused(changes: &[(&str, &str)]) -> (u16, Option<&'static str>) {
    let refusal = push(&provider(), changes).unwrap_err();
    (refusal.status(), refusal.code().map(mapae_oidc::ErrorCode::as_str))
}

fn page(fault: PageFault) -> AuthorizationRefusal {
    fault.into()
}

#[test]
fn what_was_pushed_is_what_the_browser_begins() {
    let provider = provider();
    let kept = push(&provider, &[("ui_locales", "ko")]).unwrap();
    assert_eq!(object(&kept.json)["expires_in"], json!(90));
    assert_eq!(kept.expires, now() + Duration::seconds(90));
    assert!(name(&kept).starts_with("urn:ietf:params:oauth:request_uri:"));
    let request = open(&provider, &kept, WEB, Once::First, 0).unwrap();
    assert_eq!((request.client().id.as_str(), request.ui_locales()), (WEB, &["ko".to_owned()][..]));
}

#[test]
fn peer_hole_10_what_was_pushed_is_opened_once() {
    let provider = provider();
    let kept = push(&provider, &[]).unwrap();
    let again = open(&provider, &kept, WEB, Once::Again, 0).map(drop).unwrap_err();
    assert_eq!(again, page(PageFault::PushedUsed));
}

#[test]
fn what_was_pushed_is_opened_in_its_time_by_its_client() {
    let provider = provider();
    let kept = push(&provider, &[]).unwrap();
    open(&provider, &kept, WEB, Once::First, 89).unwrap();
    assert_eq!(open(&provider, &kept, WEB, Once::First, 90).map(drop), Err(page(PageFault::PushedExpired)));
    assert_eq!(open(&provider, &kept, APP, Once::First, 0).map(drop), Err(page(PageFault::PushedByAnother)));
}

#[test]
fn what_nobody_pushed_is_a_page() {
    let provider = provider();
    let query = form(&[("client_id", WEB), ("request_uri", "urn:ietf:params:oauth:request_uri:a")]);
    let arrival = || match provider.authorize(query.as_bytes()).unwrap() {
        Arrival::Pushed(arrival) => arrival,
        Arrival::Direct(_) => panic!("not pushed"),
    };
    for record in [None, Some(&b"{}"[..]), Some(b"")] {
        let refused = arrival().open(&provider, record, Once::First, now()).map(drop);
        assert_eq!(refused, Err(page(PageFault::PushedUnknown)));
    }
    let nameless = provider.authorize(form(&[("request_uri", "urn:ietf:params:oauth:request_uri:a")]).as_bytes());
    assert_eq!(nameless.map(drop), Err(page(MessageFault::Missing { name: "client_id" }.into())));
}

#[test]
fn what_was_taken_from_the_client_since_then_counts() {
    let kept = push(&provider(), &[]).unwrap();
    let changed = changed(|new| new.clients[0].redirect_uris = vec!["https://bank.example/new".into()]).unwrap();
    let refused = open(&changed, &kept, WEB, Once::First, 0).map(drop);
    assert_eq!(refused, Err(page(PageFault::RedirectUriUnregistered)));
}

#[test]
fn everything_is_checked_when_it_is_pushed() {
    assert_eq!(refused(&[("redirect_uri", "https://evil.example")]), (400, Some("invalid_request")));
    assert_eq!(refused(&[("scope", "openid address")]), (400, Some("invalid_scope")));
    assert_eq!(refused(&[("code_challenge_method", "plain")]), (400, Some("invalid_request")));
    assert_eq!(refused(&[("prompt", "none")]), (400, Some("login_required")));
    assert_eq!(refused(&[("request", "a")]), (400, Some("request_not_supported")));
}

#[test]
fn nothing_that_was_pushed_is_pushed() {
    assert_eq!(refused(&[("request_uri", "urn:ietf:params:oauth:request_uri:a")]), (400, Some("invalid_request")));
}

#[test]
fn who_pushes_authenticates() {
    let body = form(&parameters(WEB, &[]));
    let refusal = provider().push(None, body.as_bytes(), now()).map(drop).unwrap_err();
    assert_eq!((refusal.status(), refusal.www_authenticate().unwrap().as_str()), (401, "Basic realm=\"openid\""));
    let other = provider().push(Some(&basic(WEB, SECRET)), form(&parameters(APP, &[])).as_bytes(), now());
    assert_eq!(other.map(drop).unwrap_err().status(), 401);
    let nameless = provider().push(Some(&basic(WEB, SECRET)), form(&parameters("", &[])).as_bytes(), now());
    assert_eq!(nameless.map(drop).unwrap_err().status(), 400);
    provider().push(None, form(&parameters(APP, &[])).as_bytes(), now()).unwrap();
}

#[test]
fn an_assertion_may_be_for_the_endpoint_where_requests_are_pushed() {
    let now = now();
    for audience in [ISSUER.to_owned(), format!("{ISSUER}/token"), format!("{ISSUER}/par")] {
        let claims = json!({ "iss": KEYED, "sub": KEYED, "aud": audience, "jti": "a", "exp": now.unix() + 60 });
        let assertion = jwt(&client_key(), &json!({ "alg": "ES256" }), &claims);
        let shown = [
            ("client_assertion", assertion.as_str()),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ];
        let pushed = provider().push(None, form(&parameters(KEYED, &shown)).as_bytes(), now).unwrap();
        assert!(pushed.replay().is_some());
        let kept = pushed.confirm(Once::First).unwrap().keep(&provider(), &mut Seeded::new(5), now).unwrap();
        assert!(!core::str::from_utf8(&kept.record).unwrap().contains("assertion"));
    }
}

#[test]
fn a_body_has_its_bounds() {
    let refusal = provider().push(None, "a".repeat((32 << 10) + 1).as_bytes(), now()).map(drop).unwrap_err();
    assert_eq!(refusal.status(), 413);
}
