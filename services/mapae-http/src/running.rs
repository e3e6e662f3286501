//! A service while it runs: its socket, its tasks, its end.

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use tokio::{
    net::TcpListener,
    task::{JoinError, JoinSet},
};

use crate::{Problem, Shell, Stop, Stopper, accepting::accept};

/// How long requests that have begun may go on after the stop.
const GRACE: Duration = Duration::from_secs(10);

/// Bounds on every request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body; a route may allow another number.
    pub body: usize,
    /// Time for the head of a request; also how long a connection may be silent.
    pub head: Duration,
    /// Time from the head of a request to the head of its answer, the body's arrival included.
    pub time: Duration,
}

/// A socket that is bound, and does not answer yet.
#[derive(Debug)]
pub struct Listening {
    listener: TcpListener,
    address: SocketAddr,
}

/// A service that answers. Dropping it ends it at once.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stopper: Stopper,
    tasks: JoinSet<()>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 1 << 20, head: Duration::from_secs(15), time: Duration::from_secs(30) }
    }
}

impl Listening {
    /// Binds; port 0 takes a free one.
    pub async fn on(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { address: listener.local_addr()?, listener })
    }

    /// The address, with the port that was taken.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers from now on, until it is stopped.
    pub fn serve(self, routes: Router, limits: Limits, stopper: Stopper) -> Running {
        self.answer(bounded(routes, limits), limits, stopper)
    }

    /// The same with a shell around the routes.
    pub fn serve_in(self, shell: Shell, routes: Router, limits: Limits, stopper: Stopper) -> Running {
        self.answer(shell.wrap(routes, limits), limits, stopper)
    }

    fn answer(self, routes: Router, limits: Limits, stopper: Stopper) -> Running {
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(self.listener, routes, limits.head, stopper.listener()));
        Running { address: self.address, stopper, tasks }
    }
}

fn bounded(routes: Router, limits: Limits) -> Router {
    let around = move |request: Request, next: Next| async move {
        let mut response = within(limits, next.run(request)).await;
        harden(&mut response);
        response
    };
    with_fallbacks(routes, limits).layer(from_fn(around))
}

/// What nobody serves is a problem document; a body has its bound.
pub(crate) fn with_fallbacks(routes: Router, limits: Limits) -> Router {
    routes
        .fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "not_found", "Nothing is here") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Not with this method")
        })
        .layer(DefaultBodyLimit::max(limits.body))
}

/// An answer within the time.
pub(crate) async fn within(limits: Limits, answer: impl Future<Output = Response>) -> Response {
    tokio::time::timeout(limits.time, answer).await.unwrap_or_else(|_| too_slow())
}

fn too_slow() -> Response {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The request took too long").into_response()
}

/// What we serve is data: no browser may take it for a page.
pub(crate) fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = HeaderName::from_static("content-security-policy");
    headers.entry(policy).or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
}

impl Running {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL without a slash at the end; a service that listens everywhere is called by its loopback address.
    pub fn url(&self) -> String {
        let mut address = self.address;
        match address {
            SocketAddr::V4(all) if all.ip().is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(all) if all.ip().is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        format!("http://{address}")
    }

    /// Runs a task besides; it should end soon after the stop.
    pub fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Hears of the stop.
    pub fn listener(&self) -> Stop {
        self.stopper.listener()
    }

    /// Stops: no new connection, requests that have begun are answered, tasks end.
    pub async fn stop(mut self) {
        self.stopper.stop();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        // Whoever is late is cut off when the tasks are dropped.
        drop(tokio::time::timeout(GRACE, ended).await);
    }

    /// Runs until `signal` comes, and stops then; or until a task of the service dies, which is an error.
    pub async fn until(mut self, signal: impl Future<Output = ()>) -> Result<(), JoinError> {
        tokio::select! {
            () = signal => { self.stop().await; Ok(()) }
            Some(died) = self.tasks.join_next() => { self.stop().await; died }
        }
    }
}
