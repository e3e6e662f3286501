//! What the verifier counts: how many, never whom.

use mapae_http::{Counter, Counters, Gauge, Metrics};
use mapae_types::Timestamp;

/// Verdicts, as results tell them.
const VERDICTS: [&str; 4] = ["held", "refused", "undecided", "declined"];

/// Counters of sessions.
#[derive(Debug, Clone)]
pub(crate) struct Measures {
    begun: Counters<1>,
    results: Counters<1>,
    bundle_as_of: Gauge,
}

impl Measures {
    pub(crate) fn declare(metrics: &Metrics) -> Self {
        Self {
            begun: metrics.counters("mapae_sessions_begun", "Sessions that were begun", ["flow"]),
            results: metrics.counters("mapae_results", "Answers that were judged, by verdict", ["verdict"]),
            bundle_as_of: metrics.gauge("mapae_bundle_as_of_seconds", "Time of which the newest bundle speaks"),
        }
    }

    pub(crate) fn begun(&self, flow: &'static str) {
        self.begun.with([flow]).inc();
    }

    /// The counter of results with that verdict.
    pub(crate) fn results(&self, verdict: &str) -> Counter {
        let known = VERDICTS.into_iter().find(|known| *known == verdict);
        self.results.with([known.unwrap_or("other")])
    }

    pub(crate) fn bundle(&self, as_of: Timestamp) {
        self.bundle_as_of.set(as_of.unix());
    }
}
