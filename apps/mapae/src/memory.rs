//! The file in which a reader's memory is kept between two runs.

use std::path::Path;

use mapae_trust::Memory;

use crate::{
    failure::{OrUsage as _, Outcome},
    files::{self, Access},
};

/// Reads it; nothing if nothing was remembered yet.
pub(crate) fn read(path: &Path) -> Outcome<Option<Memory>> {
    if !path.exists() {
        return Ok(None);
    }
    let unreadable = || format!("{} is not the memory of a reader; nothing was changed", path.display());
    files::read_text(path)?.parse().map(Some).or_usage(unreadable)
}

/// Writes it, if it has changed.
pub(crate) fn write(path: &Path, before: Option<&Memory>, after: &Memory) -> anyhow::Result<()> {
    if before == Some(after) {
        return Ok(());
    }
    files::write(path, format!("{after}\n").as_bytes(), Access::Public)
}
