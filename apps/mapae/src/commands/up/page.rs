//! Serving a page on the loopback.

use std::net::SocketAddr;

use axum::Router;
use mapae_http::{Limits, Listening, Running, stopping};

use crate::failure::Outcome;

/// Answers from now on.
pub(super) async fn serve(address: SocketAddr, routes: Router) -> Outcome<Running> {
    let (stopper, _) = stopping();
    Ok(Listening::on(address).await?.serve(routes, Limits::default(), stopper))
}
