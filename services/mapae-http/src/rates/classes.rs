//! Which rate holds for which route.

use std::{collections::HashMap, net::IpAddr, time::Instant};

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{Proxies, Rate, RateLimiter, Wait};
use crate::Problem;

/// Routes that share a bucket.
#[derive(Debug, Clone, Copy)]
pub struct RateClass {
    /// Its name in metrics.
    pub name: &'static str,
    /// Their templates, as the router knows them.
    pub routes: &'static [&'static str],
    /// What a client address may do.
    pub rate: Rate,
}

/// Rates by client address and class of route.
#[derive(Debug)]
pub struct Rates {
    addresses: usize,
    proxies: Proxies,
    classes: Vec<Limited>,
    routes: HashMap<&'static str, usize>,
}

#[derive(Debug)]
struct Limited {
    name: &'static str,
    limiter: RateLimiter<IpAddr>,
}

/// A client that asks too often.
#[derive(Debug)]
pub(crate) struct TooMany {
    class: &'static str,
    wait: Wait,
}

impl Rates {
    /// This rate for every route, and memory for `addresses` clients in each class.
    pub fn new(rate: Rate, addresses: usize, proxies: Proxies) -> Self {
        let other = Limited { name: "other", limiter: RateLimiter::new(rate, addresses) };
        Self { addresses, proxies, classes: vec![other], routes: HashMap::new() }
    }

    /// Another rate for some routes.
    pub fn class(mut self, class: RateClass) -> Self {
        self.routes.extend(class.routes.iter().map(|route| (*route, self.classes.len())));
        self.classes.push(Limited { name: class.name, limiter: RateLimiter::new(class.rate, self.addresses) });
        self
    }

    pub(crate) fn check(&self, route: &str, peer: IpAddr, headers: &HeaderMap) -> Result<(), TooMany> {
        let place = self.routes.get(route).copied().unwrap_or_default();
        let Some(class) = self.classes.get(place) else { return Ok(()) };
        let client = self.proxies.client(peer, headers);
        class.limiter.take(client, Instant::now()).map_err(|wait| TooMany { class: class.name, wait })
    }
}

impl TooMany {
    /// The name of the routes that it asked too often.
    pub(crate) const fn class(&self) -> &'static str {
        self.class
    }
}

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        let seconds = u32::try_from(self.wait.0.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests")
            .retry_after(seconds)
            .into_response()
    }
}
