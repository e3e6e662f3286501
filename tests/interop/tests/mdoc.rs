//! ISO mdoc: every party issues, presents and verifies with every other.

use anyhow::{Context, Result, ensure};
use mapae_interop::mdoc::{MDL, MDL_NAMESPACE, Plan, Scene};
use mapae_interop::peer::Peer;

#[test]
fn what_one_issues_another_presents_and_a_third_accepts() -> Result<()> {
    for issuer in Peer::MDOC {
        for holder in Peer::MDOC {
            let scene = Scene::new(issuer, holder, &Plan::default())?;
            for verifier in Peer::MDOC {
                accepted(&scene, verifier).with_context(|| format!("{issuer:?} to {holder:?} to {verifier:?}"))?;
            }
        }
    }
    Ok(())
}

/// What `@auth0/mdl` makes by default, and the reason why our own plans name keys.
#[test]
fn isomdl_cannot_read_a_key_id_of_undefined() -> Result<()> {
    let plan = Plan { key_ids: false, ..Plan::default() };
    let scene = Scene::new(Peer::Auth0Mdl, Peer::Auth0Mdl, &plan)?;
    accepted(&scene, Peer::Auth0Mdl)?;
    ensure!(!scene.verify(Peer::Isomdl)?.accepted(), "isomdl reads it now: drop Plan::key_ids");
    Ok(())
}

fn accepted(scene: &Scene, verifier: Peer) -> Result<()> {
    let claims = scene.verify(verifier)?.claims()?;
    let licence = &claims[MDL][MDL_NAMESPACE];
    ensure!(licence["family_name"] == "Hong" && licence["issuing_country"] == "KR", "{claims}");
    ensure!(licence["given_name"].is_null(), "an element that was not presented: {claims}");
    Ok(())
}
