//! What the issuer counts.

use mapae_http::{Counter, Gauge, Metrics};

/// Counters of issuance.
#[derive(Debug, Clone)]
pub(crate) struct Measures {
    /// Copies that were signed and handed out.
    pub(crate) copies: Counter,
    /// Documents that moved to another device.
    pub(crate) replaced: Counter,
    /// People who wait for an offer.
    pub(crate) waiting: Gauge,
    /// Checks of DPoP proofs, a signature each.
    pub(crate) dpop_proofs: Counter,
    /// Checks of client attestations: two signatures and a chain each.
    pub(crate) client_attestations: Counter,
    /// Checks of key proofs of type `jwt`, a signature each.
    pub(crate) key_proofs: Counter,
    /// Checks of key attestations: a signature and a chain each.
    pub(crate) key_attestations: Counter,
}

impl Measures {
    pub(crate) fn declare(metrics: &Metrics) -> Self {
        Self {
            copies: metrics.counter("mapae_copies", "Copies that were signed"),
            replaced: metrics.counter("mapae_documents_replaced", "Documents that moved to another device"),
            waiting: metrics.gauge("mapae_waiting", "People who wait for an offer"),
            dpop_proofs: metrics.counter("mapae_dpop_proofs", "DPoP proofs that were checked"),
            client_attestations: metrics.counter("mapae_client_attestations", "Client attestations that were checked"),
            key_proofs: metrics.counter("mapae_key_proofs", "Key proofs of type jwt that were checked"),
            key_attestations: metrics.counter("mapae_key_attestations", "Key attestations that were checked"),
        }
    }
}
