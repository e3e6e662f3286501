//! Serving a page on the loopback.

use axum::Router;
use mapae_http::{Limits, Listening, Running, stopping};

/// Answers from now on.
pub(super) fn serve(listening: Listening, routes: Router) -> Running {
    let (stopper, _) = stopping();
    listening.serve(routes, Limits::default(), stopper)
}
