//! What each verifier does when one rule is broken, as `docs/interop.md` has it.

use anyhow::{Context, Result};
use mapae_interop::matrix::{Alteration, Cell, Row, markdown};
use mapae_interop::peer::Peer;
use mapae_interop::{mdoc, sd_jwt};

#[test]
fn mdoc_verifiers() -> Result<()> {
    let rows = rows(
        mdoc::alterations::ALL,
        |alteration, peer| {
            alteration.scene(mdoc::Plan::default(), |plan| mdoc::Scene::new(peer, peer, plan))?.verify(peer)
        },
        Peer::MDOC,
    )?;
    println!("{}", markdown(&Peer::MDOC.map(Peer::name), &rows));
    Ok(())
}

#[test]
fn sd_jwt_verifiers() -> Result<()> {
    let rows = rows(
        sd_jwt::alterations::ALL,
        |alteration, peer| {
            alteration.scene(sd_jwt::Plan::default(), |plan| sd_jwt::Scene::new(peer, peer, plan))?.verify(peer)
        },
        Peer::SD_JWT,
    )?;
    println!("{}", markdown(&Peer::SD_JWT.map(Peer::name), &rows));
    Ok(())
}

fn rows<P, S>(
    alterations: &[Alteration<P, S>],
    verify: impl Fn(&Alteration<P, S>, Peer) -> Result<mapae_interop::peer::Verdict>,
    verifiers: [Peer; 2],
) -> Result<Vec<Row>> {
    alterations
        .iter()
        .map(|alteration| {
            let cell = |verifier| {
                let verdict =
                    verify(alteration, verifier).with_context(|| format!("{verifier:?}: {}", alteration.rule))?;
                eprintln!("{} | {verifier:?} | {verdict:?}", alteration.rule);
                Ok(Cell::from(verdict.accepted()))
            };
            let cells = verifiers.into_iter().map(cell).collect::<Result<_>>()?;
            Ok(Row { rule: alteration.rule, source: alteration.source, cells })
        })
        .collect()
}
