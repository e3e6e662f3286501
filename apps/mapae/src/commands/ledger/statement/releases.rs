//! Releases of programs.

use mapae_trust::ledger::Release;
use serde::Deserialize;

use super::reading::Reading;
use crate::failure::{OrUsage as _, Outcome};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseTable {
    #[serde(rename = "kind")]
    _kind: String,
    name: String,
    version: String,
    /// The file of which the SHA-256 is taken, or the hash itself.
    sha256: String,
}

pub(super) fn release(reading: &Reading) -> Outcome<Release> {
    let table: ReleaseTable = reading.parse()?;
    let sha256 = reading.released("sha256", &table.sha256)?;
    Release::new(reading.word("name", &table.name)?, sha256, table.version).or_usage(|| reading.at("version"))
}
