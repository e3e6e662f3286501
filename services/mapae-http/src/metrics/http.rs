//! Requests, by method, route template and status. Never by path: a path may hold what is secret.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use super::{Counters, SECONDS, labelled::Bounds};

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answered<'a> {
    pub(crate) method: &'static str,
    pub(crate) route: &'a str,
    /// Nothing if the client left before, or the time was up.
    pub(crate) status: Option<StatusCode>,
    pub(crate) took: Duration,
}

/// All requests of a process.
#[derive(Debug, Clone)]
pub(crate) struct Requests {
    answered: Family<Answer, Counter>,
    took: Family<Route, Histogram, Bounds>,
    limited: Counters<1>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

impl Requests {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let answered = Family::default();
        let took = Family::new_with_constructor(Bounds(SECONDS));
        registry.register("http_requests", "Requests by route; status 0 if the client left before", answered.clone());
        registry.register("http_request_duration_seconds", "From a request's head to its answer's", took.clone());
        let limited = Counters::new(["class"]);
        registry.register(
            "http_requests_limited",
            "Requests refused as too many, by class of routes",
            limited.family(),
        );
        Self { answered, took, limited }
    }

    pub(crate) fn limited(&self, class: &'static str) {
        self.limited.with([class]).inc();
    }

    pub(crate) fn count(&self, answered: &Answered<'_>) {
        let status = answered.status.map_or(0, |status| status.as_u16());
        let route = Route { method: answered.method, route: answered.route.to_owned() };
        self.took.get_or_create(&route).observe(answered.took.as_secs_f64());
        self.answered.get_or_create(&Answer { method: route.method, route: route.route, status }).inc();
    }
}

/// A method's name as a label: those of others would be without number.
pub(crate) fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
