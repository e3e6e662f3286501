//! What each verifier does when one rule is broken, as `docs/interop.md` has it.

use anyhow::{Context, Result, bail};
use mapae_interop::matrix::{Alteration, Cell, Row, markdown};
use mapae_interop::peer::{Peer, Verdict};
use mapae_interop::{mdoc, sd_jwt};

use crate::documented::documented;

#[test]
fn mdoc_verifiers_check_what_the_document_says() -> Result<()> {
    let rows = rows(
        mdoc::alterations::ALL,
        &Peer::MDOC,
        |verifier, plan| {
            let maker = if verifier == Peer::Mapae { Peer::Auth0Mdl } else { verifier };
            mdoc::Scene::new(maker, maker, plan)
        },
        mdoc::Scene::verify,
    )?;
    documented("mdoc", &markdown(&Peer::MDOC, &rows))
}

#[test]
fn sd_jwt_verifiers_check_what_the_document_says() -> Result<()> {
    let rows = rows(
        sd_jwt::alterations::ALL,
        &Peer::SD_JWT,
        |verifier, plan| {
            let maker = if verifier == Peer::Mapae { Peer::SdJwtVc } else { verifier };
            sd_jwt::Scene::new(maker, maker, plan)
        },
        sd_jwt::Scene::verify,
    )?;
    documented("sd-jwt", &markdown(&Peer::SD_JWT, &rows))
}

/// Every verifier is tried on what it made itself, so that it can refuse for no other reason than the altered rule; Mapae, which
/// makes nothing wrong on demand, on what a peer made.
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
            row.cells.push(Cell::of(verifier, verdict));
        }
    }
    ours(&rows)?;
    Ok(rows)
}

/// Mapae lets nothing pass, is undecided only where a status has not been read, and never says no for want of an element.
fn ours(rows: &[Row]) -> Result<()> {
    for row in rows {
        match &row.cells[0] {
            Cell::Refuses(Some(code)) if code != "not_what_was_asked" => {}
            Cell::Undecided(code) if code == "status_list_missing" && row.rule.contains("status") => {}
            other => bail!("mapae verify on {}: {other:?}", row.rule),
        }
    }
    Ok(())
}
