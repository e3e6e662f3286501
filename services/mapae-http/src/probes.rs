//! Deep health: what a service needs is tried in the background, every few seconds, and `/health` tells when each went
//! through for the last time. Whoever asks for health costs nothing and waits for nothing.

use core::{fmt, pin::Pin};
use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    Problem, Stop,
    settings::{Declare, Note, Settings, SettingsError},
};

type Check = dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync;

/// One thing that a service needs, and how it is tried.
pub struct Probe {
    name: &'static str,
    check: Box<Check>,
}

/// When things are tried.
#[derive(Debug, Clone, Copy)]
pub struct ProbeTimes {
    /// From the end of one try to the next.
    pub every: Duration,
    /// How long a try may take.
    pub within: Duration,
    /// How old the last success may be.
    pub lately: Duration,
}

/// Green only if everything went through lately. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Health(Arc<Watched>);

#[derive(Debug)]
struct Watched {
    probes: Vec<Probed>,
    times: ProbeTimes,
}

#[derive(Debug)]
struct Probed {
    probe: Probe,
    tries: Mutex<Tries>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tries {
    succeeded: Option<Instant>,
    took: Option<Duration>,
    failures: u64,
}

/// `GET /health`.
#[derive(Debug, Serialize)]
struct Report {
    status: &'static str,
    probes: Vec<Told>,
}

#[derive(Debug, Serialize)]
struct Told {
    name: &'static str,
    ok: bool,
    /// Since it went through for the last time.
    age_seconds: Option<u64>,
    /// How long it took then.
    milliseconds: Option<u64>,
    /// Since then.
    failures: u64,
}

impl Probe {
    /// Tries by `check`. What it says when it fails goes to the log, not to whoever asks for health.
    pub fn new<F, E>(name: &'static str, check: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display,
    {
        let check = move || {
            let tried = check();
            let told: Pin<Box<dyn Future<Output = Result<(), String>> + Send>> =
                Box::pin(async move { tried.await.map_err(|error| error.to_string()) });
            told
        };
        Self { name, check: Box::new(check) }
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Probe").field(&self.name).finish()
    }
}

impl Default for ProbeTimes {
    fn default() -> Self {
        Self { every: Duration::from_secs(5), within: Duration::from_secs(3), lately: Duration::from_secs(20) }
    }
}

impl Settings for ProbeTimes {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let every = Note::new("Seconds from one try of what the service needs to the next.")
            .cost("Each try is a full-size write, a read and a signature.");
        let within = Note::new("Seconds that a try may take before it counts as failed.");
        let lately = Note::new("Seconds that the last success may be old.")
            .danger("Below the sum of the two above, a healthy service is taken out of service between two tries.");
        Ok(Self {
            every: Duration::from_secs(declare.number("every_seconds", 5, 1..=3600, every)?),
            within: Duration::from_secs(declare.number("within_seconds", 3, 1..=3600, within)?),
            lately: Duration::from_secs(declare.number("lately_seconds", 20, 1..=7200, lately)?),
        })
    }
}

impl Health {
    /// Health of what `probes` try. Nothing is green before the first success.
    pub fn new(probes: Vec<Probe>, times: ProbeTimes) -> Self {
        let untried = |probe| Probed { probe, tries: Mutex::default() };
        Self(Arc::new(Watched { probes: probes.into_iter().map(untried).collect(), times }))
    }

    /// Tries until the stop, each probe at its own pace.
    pub async fn watch(self, stop: Stop) {
        let mut watching = JoinSet::new();
        for place in 0..self.0.probes.len() {
            let (health, mut stop) = (self.clone(), stop.clone());
            watching.spawn(async move {
                let Some(probed) = health.0.probes.get(place) else { return };
                loop {
                    probed.attempt(health.0.times.within).await;
                    if stop.within(health.0.times.every).await {
                        break;
                    }
                }
            });
        }
        while watching.join_next().await.is_some() {}
    }

    /// Tries everything once, so that a service that starts well is green at once.
    pub async fn attempt(&self) {
        for probed in &self.0.probes {
            probed.attempt(self.0.times.within).await;
        }
    }

    /// The first that did not go through lately.
    pub fn failing(&self) -> Option<&'static str> {
        let mut failing = self.0.probes.iter().filter(|probed| !self.green(probed.seen()));
        failing.next().map(|probed| probed.probe.name)
    }

    /// `GET /health`, the report, 200 if all is green and 503 otherwise; `GET /health/live`, 200 while the process answers
    /// at all; `GET /health/ready`, 200 or 503 as `/health`.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let (deep, ready) = (self.clone(), self.clone());
        Router::new()
            .route("/health", get(move || async move { deep.report() }))
            .route("/health/live", get(|| async { "live\n" }))
            .route("/health/ready", get(move || async move { ready.readiness() }))
    }

    fn green(&self, tries: Tries) -> bool {
        tries.succeeded.is_some_and(|at| at.elapsed() <= self.0.times.lately)
    }

    fn report(&self) -> Response {
        let told = |probed: &Probed| {
            let tries = probed.seen();
            Told {
                name: probed.probe.name,
                ok: self.green(tries),
                age_seconds: tries.succeeded.map(|at| at.elapsed().as_secs()),
                milliseconds: tries.took.and_then(|took| took.as_millis().try_into().ok()),
                failures: tries.failures,
            }
        };
        let probes: Vec<Told> = self.0.probes.iter().map(told).collect();
        let green = probes.iter().all(|told| told.ok);
        let (code, status) = if green { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "failing") };
        let body = serde_json::to_vec(&Report { status, probes }).unwrap_or_default();
        (code, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    }

    fn readiness(&self) -> Response {
        match self.failing() {
            None => "ready\n".into_response(),
            Some(name) => {
                let code = format!("{name}_failing");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, &code, "Not ready").retry_after(1).into_response()
            }
        }
    }
}

impl Probed {
    async fn attempt(&self, within: Duration) {
        let before = Instant::now();
        let outcome = tokio::time::timeout(within, (self.probe.check)()).await;
        let failure = outcome.unwrap_or_else(|_| Err("no answer in time".to_owned())).err();
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        match failure {
            None => *tries = Tries { succeeded: Some(Instant::now()), took: Some(before.elapsed()), failures: 0 },
            Some(cause) => {
                tries.failures += 1;
                tracing::warn!(probe = self.probe.name, failures = tries.failures, cause, "a probe failed");
            }
        }
    }

    fn seen(&self) -> Tries {
        *self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
