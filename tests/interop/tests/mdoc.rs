//! ISO mdoc: every party issues, presents and verifies with every other.

use anyhow::{Context, Result, ensure};
use mapae_interop::claims::plain;
use mapae_interop::document::{Document, MDL_NAMESPACE};
use mapae_interop::matrix::{Direction, Reading, directions};
use mapae_interop::mdoc::{Plan, Scene};
use mapae_interop::peer::Peer;
use serde_json::{Value, json};

use crate::documented::documented;

#[test]
fn what_one_issues_another_presents_and_a_third_reads_as_issued() -> Result<()> {
    let mut rows = Vec::new();
    for document in [Document::Licence, Document::Resident] {
        for issuer in Peer::MDOC {
            for holder in Peer::MDOC {
                rows.push(shown(document, issuer, holder)?);
            }
        }
    }
    documented("mdoc directions", &directions(&Peer::MDOC, &rows))
}

/// What `@auth0/mdl` makes by default, and the reason why our plans name keys when `isomdl` is among the parties.
#[test]
fn a_key_id_of_undefined_is_passed_over_by_mapae_and_stops_isomdl() -> Result<()> {
    for document in [Document::Licence, Document::Resident] {
        let plan = Plan { document, key_ids: false, ..Plan::default() };
        let scene = Scene::new(Peer::Auth0Mdl, Peer::Auth0Mdl, &plan)?;
        read(&scene, document, Peer::Auth0Mdl)?;
        read(&scene, document, Peer::Mapae)?;
        ensure!(!scene.verify(Peer::Isomdl)?.accepted(), "isomdl reads it now: drop Plan::key_ids");
        read(&Scene::new(Peer::Auth0Mdl, Peer::Mapae, &plan)?, document, Peer::Mapae)?;
    }
    Ok(())
}

fn shown(document: Document, issuer: Peer, holder: Peer) -> Result<Direction> {
    let named = || format!("{document:?} from {issuer:?} by {holder:?}");
    let scene = Scene::new(issuer, holder, &Plan { document, ..Plan::default() }).with_context(named)?;
    let mut direction = Direction { document, issuer, holder, read: Vec::new() };
    for verifier in Peer::MDOC {
        let reading = reading(&scene, document, verifier);
        direction.read.push(reading.with_context(|| format!("{} to {verifier:?}", named()))?);
    }
    Ok(direction)
}

fn reading(scene: &Scene, document: Document, verifier: Peer) -> Result<Reading> {
    if !verifier.reads(document) {
        return Ok(Reading::Untried);
    }
    read(scene, document, verifier)?;
    Ok(Reading::AsIssued)
}

/// The very elements that were asked for, as they were issued.
pub(crate) fn read(scene: &Scene, document: Document, verifier: Peer) -> Result<()> {
    let claims = plain(&scene.verify(verifier)?.claims()?);
    let told = if verifier == Peer::Mapae { &claims } else { &claims[document.doc_type()] };
    let issued = known_to(verifier, &scene.issued);
    ensure!(*told == issued, "told {told}\nissued {issued}");
    Ok(())
}

/// `isomdl` reads the licence's own namespace and no national one.
fn known_to(verifier: Peer, issued: &Value) -> Value {
    match verifier {
        Peer::Isomdl => json!({ MDL_NAMESPACE: issued[MDL_NAMESPACE] }),
        _ => issued.clone(),
    }
}
