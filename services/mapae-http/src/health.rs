//! Whether a service lives, and whether it is ready to be asked.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::Problem;

/// Whether a service is ready; shared by whoever knows and whoever is asked.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<Mutex<Option<&'static str>>>);

impl Readiness {
    /// Not ready: it starts.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Some("starting"))))
    }

    /// Ready from now on.
    pub fn ready(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Not ready from now on, for the reason that `code` names.
    pub fn not_ready(&self, code: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    }

    /// Why it is not ready, if it is not.
    pub fn reason(&self) -> Option<&'static str> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `GET /health/live`, 200 while the process answers at all; `GET /health/ready`, 200 or 503 with the reason.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let ready = self.clone();
        let answer = move || async move { ready.answer() };
        Router::new().route("/health/live", get(|| async { "live\n" })).route("/health/ready", get(answer))
    }

    fn answer(&self) -> Response {
        match self.reason() {
            None => "ready\n".into_response(),
            Some(code) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, "Not ready").into_response(),
        }
    }
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}
