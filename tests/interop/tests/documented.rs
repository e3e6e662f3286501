//! The tables of `docs/interop.md`.

use std::fs;
use std::sync::Mutex;

use anyhow::{Context, Result, anyhow, ensure};
use mapae_interop::install::source;

/// The table between its two markers in `docs/interop.md`; written there when asked, else compared.
pub(crate) fn documented(name: &str, table: &str) -> Result<()> {
    static DOCUMENT: Mutex<()> = Mutex::new(());
    let _alone = DOCUMENT.lock().map_err(|_| anyhow!("another table failed"))?;
    let path = source("../../docs/interop.md");
    let document = fs::read_to_string(&path)?;
    let (head, rest) = split(&document, &format!("<!-- generated: {name} -->\n"))?;
    let (old, tail) = split(rest, "<!-- end -->\n")?;
    if std::env::var_os("MAPAE_INTEROP_WRITE").is_some() {
        return Ok(fs::write(path, format!("{head}{table}<!-- end -->\n{tail}"))?);
    }
    ensure!(old.strip_suffix("<!-- end -->\n") == Some(table), "MAPAE_INTEROP_WRITE=1 would write:\n{table}");
    Ok(())
}

/// The text up to and with the marker, and what follows.
fn split<'t>(text: &'t str, marker: &str) -> Result<(&'t str, &'t str)> {
    let start = text.find(marker).with_context(|| format!("docs/interop.md has no {marker}"))?;
    Ok(text.split_at(start + marker.len()))
}
