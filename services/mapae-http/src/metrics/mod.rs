//! Counters, gauges and histograms, told in the format of `OpenMetrics` 1.0, which Prometheus reads.
//!
//! Labels are texts of the program: a name, a number or a token cannot become one.

mod http;
mod labelled;
mod process;

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::{Router, http::header, response::IntoResponse, routing::get};
pub use prometheus_client::metrics::{counter::Counter, gauge::Gauge, histogram::Histogram};
use prometheus_client::{encoding::text, registry::Registry};

pub(crate) use http::{Answered, Requests, method_name};
pub use labelled::{Counters, Gauges, Histograms};

/// `OpenMetrics` 1.0, "Overall Structure".
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds, in seconds, of what a request takes: from a millisecond to the longest that one may take.
pub const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// What a process measures. Cheap to clone; metrics are declared once, at the start.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    requests: Requests,
}

impl Metrics {
    /// Requests by route and status, and what the process takes; the rest is declared.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let requests = Requests::register(&mut registry);
        registry.register_collector(Box::new(process::Process));
        Self { registry: Arc::new(Mutex::new(registry)), requests }
    }

    /// A number that grows; it is told as `<name>_total`.
    pub fn counter(&self, name: &str, help: &str) -> Counter {
        let counter = Counter::default();
        self.with(|registry| registry.register(name, help, counter.clone()));
        counter
    }

    /// A number that comes and goes.
    pub fn gauge(&self, name: &str, help: &str) -> Gauge {
        let gauge = Gauge::default();
        self.with(|registry| registry.register(name, help, gauge.clone()));
        gauge
    }

    /// How often a number fell below each bound.
    pub fn histogram(&self, name: &str, help: &str, bounds: &'static [f64]) -> Histogram {
        let histogram = Histogram::new(bounds.iter().copied());
        self.with(|registry| registry.register(name, help, histogram.clone()));
        histogram
    }

    /// Counters, one for each value of the labels.
    pub fn counters<const N: usize>(&self, name: &str, help: &str, labels: [&'static str; N]) -> Counters<N> {
        let counters = Counters::new(labels);
        self.with(|registry| registry.register(name, help, counters.family()));
        counters
    }

    /// Gauges, one for each value of the labels.
    pub fn gauges<const N: usize>(&self, name: &str, help: &str, labels: [&'static str; N]) -> Gauges<N> {
        let gauges = Gauges::new(labels);
        self.with(|registry| registry.register(name, help, gauges.family()));
        gauges
    }

    /// Histograms, one for each value of the labels.
    pub fn histograms<const N: usize>(
        &self,
        name: &str,
        help: &str,
        labels: [&'static str; N],
        bounds: &'static [f64],
    ) -> Histograms<N> {
        let histograms = Histograms::new(labels, bounds);
        self.with(|registry| registry.register(name, help, histograms.family()));
        histograms
    }

    /// `GET /metrics`. For operators, not for the public.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let metrics = self.clone();
        let told = move || async move { ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text()).into_response() };
        Router::new().route("/metrics", get(told))
    }

    /// What `/metrics` tells.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let told = self.with(|registry| text::encode(&mut text, registry));
        // Writing to a text cannot fail, and ours is the only collector.
        told.map_or(String::new(), |()| text)
    }

    pub(crate) const fn requests(&self) -> &Requests {
        &self.requests
    }

    fn with<T>(&self, act: impl FnOnce(&mut Registry) -> T) -> T {
        act(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}
