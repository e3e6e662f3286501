//! Releases of programs.

use mapae_crypto::sha256;
use mapae_trust::ledger::{Fingerprint, Release};
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
    /// Of which the SHA-256 is taken.
    file: String,
}

pub(super) fn release(reading: &Reading) -> Outcome<Release> {
    let table: ReleaseTable = reading.parse()?;
    let sha256 = Fingerprint(sha256(&reading.file("file", &table.file)?));
    Release::new(reading.word("name", &table.name)?, sha256, table.version).or_usage(|| reading.at("version"))
}
