//! What is asked of the provider over HTTP.
//!
//! ```text
//! GET      /openid/.well-known/openid-configuration
//! GET      /openid/jwks
//! POST     /openid/par                  client   → 201, the name of a pushed request
//! GET|POST /openid/authorize            browser  → to its own page, or back to the client
//! GET      /openid/login/{id}           browser  → the page that asks for the wallet
//! GET      /openid/login/{id}/state     browser  → where it stands, with the wallet's links
//! GET      /openid/login/{id}/return    browser  → back to the client, once; or a page, where the document did not hold
//! POST     /openid/login/{id}/again     browser  → to the page of another sign-in of the same request
//! POST     /openid/token                client   → tokens, once
//! GET|POST /openid/userinfo             client   → claims
//! GET|POST /openid/logout               browser  → back to the client, or a page
//! ```

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use mapae_http::{Fault, Whole};
use mapae_oidc::{AuthorizationAnswer, ErrorCode, FormPost, PendingLogin, Refusal as Refused};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    OpenId,
    back_channel::{Asked, Denied},
    front_channel::{Again, Arrived, Beginning, Return, Returned},
    not_held::NoLogin,
    pages::{self, Frame, Language, NotHeld, Other, Trouble, Waiting},
    sign_ins::{Open, Shut, Stand},
};
use crate::{
    fault::Refusal,
    service::Service,
    store::{OpenIdStore, SessionStore},
};

/// Seconds for which discovery, keys and the look may be kept: shorter than a key is announced.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=300");

pub(crate) fn routes<S: SessionStore + OpenIdStore>(service: &Arc<Service<S>>) -> Router {
    let kept = Router::new()
        .route("/openid/.well-known/openid-configuration", get(discovery::<S>))
        .route("/openid/jwks", get(jwks::<S>))
        .route("/openid/page.css", get(|| async { file("text/css; charset=utf-8", pages::STYLE) }))
        .route("/openid/page.js", get(|| async { file("text/javascript; charset=utf-8", pages::SCRIPT) }));
    let never_kept = Router::new()
        .route("/openid/par", post(push::<S>))
        .route("/openid/authorize", get(authorize_get::<S>).post(authorize_post::<S>))
        .route("/openid/login/{id}", get(page::<S>))
        .route("/openid/login/{id}/state", get(state::<S>))
        .route("/openid/login/{id}/return", get(come_back::<S>))
        .route("/openid/login/{id}/again", post(again::<S>))
        .route("/openid/token", post(token::<S>))
        .route("/openid/userinfo", get(userinfo_get::<S>).post(userinfo_post::<S>))
        .route("/openid/logout", get(logout_get::<S>).post(logout_post::<S>))
        .layer(from_fn(|request, next: Next| async move {
            let mut response: Response = next.run(request).await;
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }));
    kept.merge(never_kept).with_state(OpenId { service: Arc::clone(service) })
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    response_code: Option<String>,
    #[serde(default)]
    cancel: Option<String>,
}

fn file(media_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CACHE_CONTROL, KEPT)], text)
        .into_response()
}

async fn discovery<S: SessionStore + OpenIdStore>(State(at): State<OpenId<S>>) -> Response {
    match at.today().await {
        Ok(today) => kept("application/json", today.provider.discovery()),
        Err(refusal) => at.broken(refusal),
    }
}

async fn jwks<S: SessionStore + OpenIdStore>(State(at): State<OpenId<S>>) -> Response {
    match (at.today().await, at.now()) {
        (Ok(today), Ok(now)) => kept("application/jwk-set+json", today.provider.keys().jwks(now)),
        (Err(refusal), _) | (_, Err(refusal)) => at.broken(refusal),
    }
}

fn kept(media_type: &'static str, body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CACHE_CONTROL, KEPT)], body)
        .into_response()
}

async fn push<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    match at.push(Asked { authorization: authorization(&headers), body: &body }).await {
        Ok(json) => json_of(StatusCode::CREATED, json),
        Err(denied) => at.denied(denied),
    }
}

async fn token<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    match at.token(Asked { authorization: authorization(&headers), body: &body }).await {
        Ok(json) => json_of(StatusCode::OK, json.as_bytes().to_vec()),
        Err(denied) => at.denied(denied),
    }
}

async fn userinfo_get<S: SessionStore + OpenIdStore>(State(at): State<OpenId<S>>, headers: HeaderMap) -> Response {
    at.claims(&headers, None).await
}

async fn userinfo_post<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    at.claims(&headers, Some(&body).filter(|body| !body.is_empty()).map(|body| &body[..])).await
}

async fn authorize_get<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    at.arrive(query.unwrap_or_default().as_bytes(), &headers).await
}

async fn authorize_post<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    at.arrive(&body, &headers).await
}

async fn page<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Response {
    let cookie = at.cookie(&headers, &id);
    let stands = async {
        let open = at.open(&id, cookie.as_deref()).await?;
        let stand = at.stand(&open, None).await?;
        Ok((open, stand))
    };
    match stands.await {
        Ok((open, Stand::Waiting | Stand::Returning)) => at.waiting(&id, &open, shown.lang.as_deref(), &headers),
        Ok((open, _)) => {
            let back = open.today.provider.issuer().endpoint(&format!("login/{id}/return"));
            to(&pages::spoken(&back, shown.lang.as_deref()))
        }
        Err(shut) => at.shut(shut, shown.lang.as_deref(), &headers),
    }
}

async fn state<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match at.told(&id, at.cookie(&headers, &id).as_deref()).await {
        Ok(told) => Json(told).into_response(),
        Err(Shut::Over | Shut::Unknown) => Json(json!({ "state": "over" })).into_response(),
        Err(shut) => at.shut(shut, None, &headers),
    }
}

async fn come_back<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Response {
    let cookie = at.cookie(&headers, &id);
    let with =
        Return { cookie: cookie.as_deref(), code: shown.response_code.as_deref(), cancels: shown.cancel.is_some() };
    match at.come_back(&id, &with).await {
        Ok(Returned::Back(answer)) => {
            let mut response = carried(answer);
            response.headers_mut().append(header::SET_COOKIE, at.set_cookie(&id, "", 0));
            response
        }
        Ok(Returned::Waits(page)) => to(&pages::spoken(&page, shown.lang.as_deref())),
        Ok(Returned::NotHeld(open, no)) => at.not_held(&open, no, &shown, &headers),
        Err(shut) => at.shut(shut, shown.lang.as_deref(), &headers),
    }
}

/// By `POST`, so that nothing which looks ahead at links uses up a try. The cookie is `SameSite=Lax`: no other site posts it.
async fn again<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Response {
    let lang = shown.lang.as_deref();
    match at.again(&id, at.cookie(&headers, &id).as_deref()).await {
        Ok(Again::Began(beginning)) => {
            let mut response = at.begun(&beginning, lang);
            response.headers_mut().append(header::SET_COOKIE, at.set_cookie(&id, "", 0));
            response
        }
        Ok(Again::Stays(page)) => to(&pages::spoken(&page, lang)),
        Err(shut) => at.shut(shut, lang, &headers),
    }
}

async fn logout_get<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    at.leave(query.unwrap_or_default().as_bytes(), &headers).await
}

async fn logout_post<S: SessionStore + OpenIdStore>(
    State(at): State<OpenId<S>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    at.leave(&body, &headers).await
}

impl<S: SessionStore + OpenIdStore> OpenId<S> {
    async fn claims(&self, headers: &HeaderMap, form: Option<&[u8]>) -> Response {
        match self.userinfo(authorization(headers), form).await {
            Ok(claims) => json_of(StatusCode::OK, claims.to_vec()),
            Err(denied) => self.denied(denied),
        }
    }

    async fn arrive(&self, parameters: &[u8], headers: &HeaderMap) -> Response {
        match self.authorize(parameters).await {
            Ok(Arrived::Began(beginning)) => self.begun(&beginning, None),
            Ok(Arrived::Back(answer)) => carried(answer),
            Ok(Arrived::Page(fault)) => self.trouble(Trouble::of_request(&fault), None, headers),
            Err(refusal) => self.shut(refusal.into(), None, headers),
        }
    }

    fn begun(&self, Beginning { page, cookie, id, seconds }: &Beginning, lang: Option<&str>) -> Response {
        let mut response = to(&pages::spoken(page, lang));
        response.headers_mut().append(header::SET_COOKIE, self.set_cookie(id, cookie, *seconds));
        response
    }

    async fn leave(&self, parameters: &[u8], headers: &HeaderMap) -> Response {
        match self.logout(parameters).await {
            Ok(Ok(Some(location))) => to(&location),
            Ok(Ok(None)) => self.framed(None, &[], headers, StatusCode::OK, |frame| frame.signed_out()),
            Ok(Err(fault)) => self.trouble(Trouble::of_logout(&fault), None, headers),
            Err(refusal) => self.shut(refusal.into(), None, headers),
        }
    }

    /// Where a sign-in stands, as a script or a program asks.
    async fn told(&self, id: &str, cookie: Option<&str>) -> Result<Value, Shut> {
        let open = self.open(id, cookie).await?;
        let state = match self.stand(&open, None).await? {
            Stand::Waiting => "waiting",
            Stand::Returning => "returning",
            Stand::Ready(_) | Stand::Late => "ready",
        };
        let mut told = json!({ "state": state, "same_device": open.record.same_device.link });
        let cross = open.record.cross_device.as_ref();
        let others = [
            ("wallet_page", open.record.same_device.page_link.as_deref()),
            ("cross_device", cross.map(|cross| cross.link.as_str())),
            ("number", cross.and_then(|cross| cross.number.as_deref())),
        ];
        for (name, value) in others {
            if let Some(value) = value {
                told[name] = value.into();
            }
        }
        Ok(told)
    }

    fn waiting(&self, id: &str, open: &Open, chosen: Option<&str>, headers: &HeaderMap) -> Response {
        let here = open.today.provider.issuer().endpoint(&format!("login/{id}"));
        let other = open.record.cross_device.as_ref().and_then(|cross| {
            Some(Other { link: &cross.link, qr: cross.qr.as_deref()?, number: cross.number.as_deref()? })
        });
        let sandbox = self.service.sandbox.as_ref();
        let sandbox = sandbox
            .map(|_| format!("{}/sandbox/sessions/{}", self.service.config.base_url, open.record.same_device.session));
        let say = |frame: &Frame<'_>| {
            frame.waiting(&Waiting {
                here: &here,
                application: self.application(&open.pending, frame.language),
                purpose: self.purpose(&open.pending, frame.language),
                link: &open.record.same_device.link,
                page_link: open.record.same_device.page_link.as_deref(),
                other,
                sandbox: sandbox.as_deref(),
            })
        };
        self.framed(chosen, open.pending.ui_locales(), headers, StatusCode::OK, say)
    }

    fn not_held(&self, open: &Open, no: NoLogin, shown: &Shown, headers: &HeaderMap) -> Response {
        let here = open.today.provider.issuer().endpoint(&format!("login/{}", open.pending.id()));
        let say = |frame: &Frame<'_>| {
            frame.not_held(&NotHeld {
                here: &here,
                response_code: shown.response_code.as_deref(),
                application: self.application(&open.pending, frame.language),
                reason: no.reason,
                again: open.may_again(),
            })
        };
        let chosen = shown.lang.as_deref();
        let mut page = self.framed(chosen, open.pending.ui_locales(), headers, StatusCode::OK, say);
        let policy = HeaderValue::from_static(pages::POLICY_OF_FORMS);
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        page
    }

    /// What people call the application.
    fn application(&self, pending: &PendingLogin, language: Language) -> Option<&str> {
        let clients = &self.service.config.openid.clients;
        let [ko, en] = &clients.iter().find(|client| client.id == pending.client().id)?.names;
        let (ko, en) = (ko.as_deref().or(en.as_deref())?, en.as_deref().or(ko.as_deref())?);
        Some(language.said(ko, en))
    }

    /// The registered purpose that the wallet tells as well.
    fn purpose(&self, pending: &PendingLogin, language: Language) -> Option<&str> {
        let mut all = self.service.by.registration().purposes().iter();
        let names = match &pending.client().purpose {
            Some(text) => all.find(|names| names.has(text)),
            None => all.next(),
        };
        names.map(|names| language.said(names.ko(), names.en()))
    }

    fn framed(
        &self,
        chosen: Option<&str>,
        preferred: &[String],
        headers: &HeaderMap,
        status: StatusCode,
        say: impl FnOnce(&Frame<'_>) -> String,
    ) -> Response {
        let accepts = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = Language::choose(chosen, preferred, accepts);
        let names = self.service.by.registration().names();
        let issuer = format!("{}/openid", self.service.config.base_url);
        let page = say(&Frame { issuer: &issuer, language, organisation: language.said(names.ko(), names.en()) });
        html(status, HeaderValue::from_static(pages::POLICY), page)
    }

    fn trouble(&self, trouble: Trouble, chosen: Option<&str>, headers: &HeaderMap) -> Response {
        self.framed(chosen, &[], headers, trouble.status(), |frame| frame.trouble(trouble))
    }

    fn shut(&self, shut: Shut, chosen: Option<&str>, headers: &HeaderMap) -> Response {
        let trouble = match shut {
            Shut::Unknown => Trouble::Unknown,
            Shut::Over => Trouble::Over,
            Shut::Browser => Trouble::Browser,
            Shut::Code => Trouble::Code,
            Shut::Broken(refusal) => {
                self.service.notices.say(format_args!("a sign-in: {refusal}"));
                Trouble::Unavailable
            }
        };
        self.trouble(trouble, chosen, headers)
    }

    fn denied(&self, denied: Denied) -> Response {
        let refused = match denied {
            Denied::Protocol(refused) => refused,
            Denied::Broken(refusal) => {
                self.service.notices.say(format_args!("the OpenID provider: {refusal}"));
                match refusal {
                    Refusal::Store(_) => Refused::new(ErrorCode::TemporarilyUnavailable),
                    _ => Refused::new(ErrorCode::ServerError),
                }
            }
        };
        let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = json_of(status, refused.to_json());
        if let Some(challenge) = refused.www_authenticate().and_then(|text| HeaderValue::try_from(text).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }

    fn broken(&self, refusal: Refusal) -> Response {
        Fault::from(refusal).tell(&self.service.notices).into_response()
    }

    /// Over TLS the browser takes it from this host alone (RFC 6265bis §4.1.3.2).
    fn cookie_name(&self, id: &str) -> String {
        let prefix = if self.is_tls() { "__Host-" } else { "" };
        format!("{prefix}mapae-login-{id}")
    }

    fn is_tls(&self) -> bool {
        self.service.config.base_url.starts_with("https://")
    }

    /// `Lax`: the wallet, which is another site to the browser, sends it back.
    fn set_cookie(&self, id: &str, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.is_tls() { "; Secure" } else { "" };
        let name = self.cookie_name(id);
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    fn cookie(&self, headers: &HeaderMap, id: &str) -> Option<String> {
        let name = self.cookie_name(id);
        let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(own, _)| *own == name).map(|(_, value)| value.to_owned())
    }
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default())
}

fn json_of(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn html(status: StatusCode, policy: HeaderValue, page: String) -> Response {
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        // The address of a sign-in is nobody else's business.
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (status, headers, page).into_response()
}

fn to(location: &str) -> Response {
    let Ok(location) = HeaderValue::try_from(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

fn carried(answer: AuthorizationAnswer) -> Response {
    match answer {
        AuthorizationAnswer::Redirect(location) => to(&location),
        AuthorizationAnswer::FormPost(post) => {
            let policy = HeaderValue::try_from(FormPost::content_security_policy());
            let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'"));
            let mut page = html(StatusCode::OK, policy, post.to_html());
            // Without a referrer the form would be posted by `Origin: null`, which clients may refuse.
            page.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
            page
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
