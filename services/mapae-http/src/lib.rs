//! The shell of every service: what all of them do alike at their edge, and nothing of what they are for.
//!
//! - [`Listening`], [`Running`]: a socket whose address is told, bounds on every request, and an orderly stop.
//! - [`Problem`]: what a client is told (RFC 9457). [`Fault`] pairs it with what only the operator is told.
//! - [`Shell`]: around every request its id, its place in log and [`Metrics`], its rate ([`Rates`]), a browser's leave ([`Cors`]).
//! - [`settings`]: a file whose keys say what they mean, what they cost and what is dangerous about them.
//! - [`Log`]: what the operator reads, with a last net for what looks like a secret.
//! - [`Health`]: `/health`, green only if all that the service needs went through lately. [`Readiness`] for services whose
//!   requests tell that by themselves.
//! - [`Whole`]: a body, read up to a bound.
//! - [`Client`]: asking others, with bounds on size and time.
//! - [`Clock`], [`Dice`], [`Notices`], [`Crash`]: the time, randomness, the operator's ear and where to die in a test, as
//!   arguments.
//!
//! Left out: TLS on the listening side (a proxy's task), authentication.
//!
//! ```
//! use axum::{Router, routing::get};
//! use mapae_http::{Bounds, Client, Limits, Listening, Readiness, stopping};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (stop, _) = stopping();
//! let readiness = Readiness::new();
//! let routes = Router::new().route("/hello", get(|| async { "hello" })).merge(readiness.routes());
//! let service = Listening::on("127.0.0.1:0".parse()?).await?.serve(routes, Limits::default(), stop);
//!
//! let client = Client::new(Bounds::default())?;
//! let answer = client.get(&format!("{}/hello", service.url()), 1 << 10).await?;
//! assert_eq!((answer.status, &answer.body[..]), (200, &b"hello"[..]));
//! service.stop().await;
//! # Ok(())
//! # }
//! ```

mod accepting;
mod body;
mod client;
mod clock;
mod cors;
mod crash;
mod dice;
mod health;
mod metrics;
mod notices;
mod probes;
mod problem;
mod rates;
mod running;
pub mod settings;
mod shell;
mod stop;
mod telemetry;

pub use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
pub use body::Whole;
pub use client::{Answer, Bounds, Client, ClientError, Request};
pub use clock::{Clock, ClockError};
pub use cors::Cors;
pub use crash::{Crash, CrashPlanMalformed, CrashPoint};
pub use dice::Dice;
pub use health::Readiness;
pub use metrics::{Counter, Counters, Gauge, Gauges, Histogram, Histograms, Metrics, SECONDS};
pub use notices::Notices;
pub use probes::{Health, Probe, ProbeTimes};
pub use problem::{Fault, PROBLEM_CONTENT_TYPE, Problem};
pub use rates::{Proxies, Rate, RateClass, RateError, RateLimiter, Rates, Wait};
pub use reqwest::Url;
pub use running::{Limits, Listening, Running};
pub use shell::{RequestId, Shell};
pub use stop::{Stop, Stopper, stop_signal, stopping};
pub use telemetry::{Log, LogTaken, RequestLog, redact};
