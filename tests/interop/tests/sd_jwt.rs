//! SD-JWT VC: every party issues, presents and verifies with every other.

use anyhow::{Context, Result, ensure};
use mapae_interop::peer::Peer;
use mapae_interop::sd_jwt::alterations::set_status;
use mapae_interop::sd_jwt::{Plan, Scene};

#[test]
fn what_one_issues_another_presents_and_a_third_accepts() -> Result<()> {
    for issuer in Peer::SD_JWT {
        for holder in Peer::SD_JWT {
            let scene = Scene::new(issuer, holder, &Plan::default())?;
            for verifier in Peer::SD_JWT {
                accepted(&scene, verifier).with_context(|| format!("{issuer:?} to {holder:?} to {verifier:?}"))?;
            }
        }
    }
    Ok(())
}

/// The matrix has the revoked one refused; this one shows that it is the status that decides.
#[test]
fn a_credential_that_its_list_does_not_revoke_is_accepted() -> Result<()> {
    let mut scene = Scene::new(Peer::SdJwtVc, Peer::SdJwtVc, &Plan::default())?;
    set_status(&mut scene, 1)?;
    accepted(&scene, Peer::SdJwtVc)?;
    set_status(&mut scene, 0)?;
    ensure!(!scene.verify(Peer::SdJwtVc)?.accepted(), "index 0 is revoked");
    Ok(())
}

fn accepted(scene: &Scene, verifier: Peer) -> Result<()> {
    let claims = scene.verify(verifier)?.claims()?;
    ensure!(claims["family_name"] == "Hong" && claims["address"]["country"] == "KR", "{claims}");
    ensure!(claims["given_name"].is_null(), "a claim that was not presented: {claims}");
    Ok(())
}
