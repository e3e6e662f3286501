//! The ledger: what an entry is, who may state what, and the rules between entries.

mod agencies;
mod bundles;
mod entries;
mod issuers;
mod parties;
mod publication;
mod releases;
mod replay;
mod scene;
mod signers;
mod withdrawn;

use mapae_trust::ledger::RuleError;

/// The code of the rule that was broken.
fn code<T>(result: Result<T, RuleError>) -> &'static str {
    result.err().map_or("admitted", |error| error.code())
}
