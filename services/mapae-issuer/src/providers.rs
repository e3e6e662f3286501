//! Which wallet providers are trusted: those that the operator pinned, and those that stand in the ledger (design D13).
//!
//! The ledger is read at the start and at an interval. While it is away, what it said last counts: a burning ledger stops no
//! issuance. A provider that was withdrawn counts no longer from the next reading on.

use std::{sync::Arc, time::Duration};

use mapae_http::{Clock, Notices, Stop};
use mapae_ledger::MajorityPolicy;
use mapae_ledger_server::client::{LedgerClient, LedgerError};
use mapae_oid4vci::TrustedProviders;
use mapae_x509::TrustAnchor;

use crate::service::Providers;

/// How often the ledger is read, and how soon again after a failure.
const EVERY: Duration = Duration::from_mins(15);
const AGAIN: Duration = Duration::from_mins(1);

/// A ledger that says whose attestations count.
#[derive(Debug)]
pub struct ProviderLedger {
    /// Where it is.
    pub client: LedgerClient,
    /// The policy by which it is believed.
    pub policy: MajorityPolicy,
    /// Those that count besides, whatever it says.
    pub pinned: Vec<TrustAnchor>,
}

impl ProviderLedger {
    /// Those of now.
    pub async fn read(&self, clock: &Clock) -> Result<TrustedProviders, LedgerError> {
        let now = clock.now().map_err(|_| LedgerError::Empty)?;
        let state = self.client.read(&self.policy, now).await?.state;
        let entered = state.wallet_providers().values().map(|provider| provider.root.clone());
        Ok(TrustedProviders::new(self.pinned.iter().cloned().chain(entered).collect()))
    }

    /// Keeps `providers` as the ledger says, until the stop.
    pub async fn follow(self, providers: Arc<Providers>, clock: Clock, notices: Notices, mut stop: Stop) {
        loop {
            let read = self.read(&clock).await;
            let pause = if read.is_ok() { EVERY } else { AGAIN };
            match read {
                Ok(trusted) => providers.replace(trusted),
                Err(error) => notices.say(format_args!("wallet providers stay as they were: {error}")),
            }
            if stop.within(pause).await {
                return;
            }
        }
    }
}
