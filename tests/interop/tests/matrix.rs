//! What each verifier does when one rule is broken, as `docs/interop.md` has it.

use std::fs;
use std::sync::Mutex;

use anyhow::{Context, Result, anyhow, ensure};
use mapae_interop::install::source;
use mapae_interop::matrix::{Alteration, Cell, Row, markdown};
use mapae_interop::peer::{Peer, Verdict};
use mapae_interop::{mdoc, sd_jwt};

#[test]
fn mdoc_verifiers_check_what_the_document_says() -> Result<()> {
    let rows = rows(
        mdoc::alterations::ALL,
        &Peer::MDOC,
        |peer, plan| mdoc::Scene::new(peer, peer, plan),
        mdoc::Scene::verify,
    )?;
    documented("mdoc", &markdown(&Peer::MDOC.map(Peer::name), &rows))
}

#[test]
fn sd_jwt_verifiers_check_what_the_document_says() -> Result<()> {
    let rows = rows(
        sd_jwt::alterations::ALL,
        &Peer::SD_JWT,
        |peer, plan| sd_jwt::Scene::new(peer, peer, plan),
        sd_jwt::Scene::verify,
    )?;
    documented("sd-jwt", &markdown(&Peer::SD_JWT.map(Peer::name), &rows))
}

/// Every verifier is tried on what it made itself, so that it can refuse for no other reason than the altered rule.
fn rows<P: Clone + Default, S: Clone>(
    alterations: &[Alteration<P, S>],
    verifiers: &[Peer],
    make: impl Fn(Peer, &P) -> Result<S>,
    verify: impl Fn(&S, Peer) -> Result<Verdict>,
) -> Result<Vec<Row>> {
    let plan = P::default();
    let mut rows: Vec<_> = alterations.iter().map(Row::new).collect();
    for &verifier in verifiers {
        let good = make(verifier, &plan)?;
        verify(&good, verifier)?.claims().with_context(|| format!("{verifier:?} on what is right"))?;
        for (alteration, row) in alterations.iter().zip(&mut rows) {
            let tried = || verify(&alteration.apply(&good, &plan, |plan| make(verifier, plan))?, verifier);
            let verdict = tried().with_context(|| format!("{verifier:?} on {}", row.rule))?;
            row.cells.push(Cell::from(verdict.accepted()));
        }
    }
    Ok(rows)
}

/// The table between its two markers in `docs/interop.md`; written there when asked, else compared.
fn documented(name: &str, table: &str) -> Result<()> {
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
