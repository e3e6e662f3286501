//! What stands around every request: its id, its time, its place in log and metrics, its rate, the leave of a browser.
//!
//! Logged are the id, the method, the route's template, the status and the milliseconds. Never a path or a query (they hold
//! codes), a header (tokens) or a body (people).

use core::fmt;
use std::{
    hash::{BuildHasher as _, RandomState},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    Router,
    extract::{ConnectInfo, MatchedPath, Request},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use tracing::Instrument as _;

use crate::{
    Cors, Limits, Metrics, Rates, RequestLog,
    metrics::{Answered, method_name},
    running::{harden, with_fallbacks, within},
};

/// Tells a request's id to the client, who may quote it to us.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The route of what nobody serves.
const UNMATCHED: &str = "unmatched";

/// What stands around a service's routes.
#[derive(Debug)]
pub struct Shell {
    ids: Ids,
    metrics: Metrics,
    log: RequestLog,
    rates: Option<Rates>,
    cors: Option<Cors>,
}

/// A request's id; a handler finds it among the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u64);

/// Ids that tell nothing: neither how many came before nor when.
#[derive(Debug)]
struct Ids(AtomicU64);

/// Measures a request to its end, be it an answer or the client's leaving.
struct Measure<'a> {
    shell: &'a Shell,
    method: &'static str,
    route: &'a str,
    began: Instant,
    status: Option<StatusCode>,
}

impl Shell {
    /// Counts and logs.
    pub fn new(metrics: Metrics, log: RequestLog) -> Self {
        Self { ids: Ids::new(), metrics, log, rates: None, cors: None }
    }

    /// And refuses who asks too often.
    pub fn rates(self, rates: Rates) -> Self {
        Self { rates: Some(rates), ..self }
    }

    /// And lets pages of other origins call.
    pub fn cors(self, cors: Cors) -> Self {
        Self { cors: Some(cors), ..self }
    }

    /// The routes with everything around them, the bounds included.
    pub fn wrap(self, routes: Router, limits: Limits) -> Router {
        let shell = Arc::new(self);
        let around = move |request: Request, next: Next| {
            let shell = Arc::clone(&shell);
            async move { shell.serve(request, next, limits).await }
        };
        with_fallbacks(routes, limits).layer(from_fn(around))
    }

    async fn serve(&self, mut request: Request, next: Next, limits: Limits) -> Response {
        let id = self.ids.next();
        request.extensions_mut().insert(id);
        let matched = request.extensions().get::<MatchedPath>().cloned();
        let route = matched.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
        let method = method_name(request.method());
        let measure = Measure { shell: self, method, route, began: Instant::now(), status: None };
        let span = tracing::info_span!("request", id = %id, method, route);
        async move {
            let mut response = match self.refuse(route, &request) {
                Some(refusal) => refusal,
                None => within(limits, next.run(request)).await,
            };
            harden(&mut response);
            if let Some(cors) = self.cors {
                cors.open(route, response.headers_mut());
            }
            response.headers_mut().insert(REQUEST_ID, id.into());
            measure.answered(response.status());
            response
        }
        .instrument(span)
        .await
    }

    /// What is answered without asking the service.
    fn refuse(&self, route: &str, request: &Request) -> Option<Response> {
        if let Some(leave) = self.cors.and_then(|cors| cors.leave(route, request)) {
            return Some(leave);
        }
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let too_many = self.rates.as_ref()?.check(route, peer, request.headers()).err()?;
        self.metrics.requests().limited(too_many.class());
        Some(too_many.into_response())
    }
}

impl Measure<'_> {
    fn answered(mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for Measure<'_> {
    fn drop(&mut self) {
        let (status, took) = (self.status, self.began.elapsed());
        self.shell.metrics.requests().count(&Answered { method: self.method, route: self.route, status, took });
        let failed = status.is_some_and(|status| status.is_server_error());
        if self.shell.log.tells(failed, took) {
            let status = status.map_or(0, |status| status.as_u16());
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(status, milliseconds, "answered");
        }
    }
}

impl Ids {
    fn new() -> Self {
        Self(AtomicU64::new(RandomState::new().hash_one(())))
    }

    fn next(&self) -> RequestId {
        // Odd, so that no id comes twice in 2^64 requests (Weyl's sequence).
        RequestId(self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<RequestId> for HeaderValue {
    fn from(id: RequestId) -> Self {
        // Hexadecimal digits are a header's value.
        Self::from_str(&id.to_string()).unwrap_or(Self::from_static("none"))
    }
}
