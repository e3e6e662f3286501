//! The citizen's browser: that it is the same one on its way there and back, and what it shows where no wallet can be
//! told.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use mapae_http::Url;
use mapae_types::Duration;

use crate::{
    ids::SignInId,
    seal::{BROWSER, Seal},
};

/// Characters of a query.
const MAX_QUERY: usize = 8 << 10;

/// What a browser is told that cannot be sent back to a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// The address is not one that a wallet or the provider made.
    Malformed,
    /// Used, expired, or never there.
    Gone,
    /// Another browser began.
    OtherBrowser,
    /// The provider or something of ours is away.
    Away,
    /// Something of ours failed.
    Ours,
}

impl Page {
    const fn text(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "주소가 올바르지 않습니다. 지갑 앱에서 다시 시작하세요.",
                "This address is not complete. Please begin again in your wallet.",
            ),
            Self::Gone => (
                StatusCode::BAD_REQUEST,
                "이미 사용되었거나 시간이 지난 주소입니다. 지갑 앱에서 다시 시작하세요.",
                "This address was used before or is too old. Please begin again in your wallet.",
            ),
            Self::OtherBrowser => (
                StatusCode::FORBIDDEN,
                "이 브라우저에서 시작하지 않은 로그인입니다. 다른 사람이 보낸 주소라면 창을 닫으세요. 아니면 지갑 앱에서 다시 시작하세요.",
                "This sign-in did not begin in this browser. If somebody sent you the address, close this window; \
                 otherwise begin again in your wallet.",
            ),
            Self::Away => (
                StatusCode::SERVICE_UNAVAILABLE,
                "지금은 로그인할 수 없습니다. 잠시 뒤에 지갑 앱에서 다시 시작하세요.",
                "Signing in is not possible right now. Please begin again in your wallet in a while.",
            ),
            Self::Ours => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "문제가 생겼습니다. 지갑 앱에서 다시 시작하세요.",
                "Something went wrong. Please begin again in your wallet.",
            ),
        }
    }

    /// The page, in which nothing stands that came with the request.
    pub(super) fn into_response(self) -> Response {
        let (status, ko, en) = self.text();
        let body = format!(
            "<!doctype html>\n<html lang=\"ko\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>로그인 · Sign-in</title>\n\
             <main>\n<p>{ko}</p>\n<p lang=\"en\">{en}</p>\n</main>\n</html>\n"
        );
        let mut response = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response();
        never_kept(&mut response);
        response
    }
}

/// Sends the browser elsewhere.
pub(super) fn redirect(to: &str, cookie: Option<String>) -> Response {
    let Ok(location) = HeaderValue::try_from(to) else { return Page::Ours.into_response() };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    never_kept(&mut response);
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// RFC 9700 §4.2.4, §4.12: codes in addresses are neither kept nor passed on as the referrer.
fn never_kept(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// The mark in a browser that a sign-in began there (RFC 9700 §4.7.1). Without it, whoever begins one and sends the
/// provider's answer to somebody else would have that person's document on their own phone, or theirs on that person's.
///
/// It is the sealed id, so nobody can make one, and `__Host-` keeps neighbours of the same domain from setting it.
pub(super) struct Mark<'a> {
    seal: &'a Seal,
    id: SignInId,
    is_https: bool,
}

impl<'a> Mark<'a> {
    pub(super) fn new(seal: &'a Seal, id: SignInId, issuer: &str) -> Self {
        Self { seal, id, is_https: issuer.starts_with("https://") }
    }

    /// One name for each sign-in, so that two in one browser do not hinder each other.
    fn name(&self) -> String {
        let prefix = if self.is_https { "__Host-" } else { "" };
        let id = self.id.to_string();
        format!("{prefix}mapae-sign-in-{}", id.get(16..).unwrap_or_default())
    }

    /// `Set-Cookie`. `Lax`: the way back comes from the provider's site.
    pub(super) fn set(&self, lifetime: Duration) -> String {
        self.cookie(&self.seal.seal(BROWSER, self.id), lifetime.as_seconds())
    }

    /// `Set-Cookie` that takes it back.
    pub(super) fn clear(&self) -> String {
        self.cookie("", 0)
    }

    fn cookie(&self, value: &str, age: i64) -> String {
        let secure = if self.is_https { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}", self.name())
    }

    /// Whether the browser has it.
    pub(super) fn is_in(&self, headers: &HeaderMap) -> bool {
        let name = self.name();
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.any(|(found, value)| found == name && self.seal.open(BROWSER, value) == Some(self.id))
    }
}

/// The parameters of an address, none of them twice (RFC 6749 §3.1).
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(query: Option<&str>) -> Option<Self> {
        let query = query.filter(|query| query.len() <= MAX_QUERY)?;
        let url = Url::parse(&format!("https://query.invalid/?{query}")).ok()?;
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let twice =
            pairs.iter().enumerate().any(|(at, (name, _))| pairs[..at].iter().any(|(before, _)| before == name));
        (!twice).then_some(Self(pairs))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}
