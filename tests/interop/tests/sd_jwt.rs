//! SD-JWT VC: every party issues, presents and verifies with every other.

use anyhow::{Context, Result, ensure};
use mapae_interop::claims::of_subject;
use mapae_interop::document::Document;
use mapae_interop::matrix::{Direction, Reading, directions};
use mapae_interop::peer::{Peer, Verdict};
use mapae_interop::pki::Root;
use mapae_interop::sd_jwt::alterations::set_status;
use mapae_interop::sd_jwt::{Plan, Scene};

use crate::documented::documented;

#[test]
fn what_one_issues_another_presents_and_a_third_reads_as_issued() -> Result<()> {
    let mut rows = Vec::new();
    for holder in Peer::SD_JWT {
        rows.push(shown(Document::Licence, Peer::Mapae, holder, &Scene::of_mapae(Document::Licence, holder)?)?);
        rows.push(shown(Document::Resident, Peer::Mapae, holder, &Scene::of_mapae(Document::Resident, holder)?)?);
    }
    for issuer in [Peer::SdJwtVc, Peer::PythonSdJwt] {
        for holder in Peer::SD_JWT {
            rows.push(shown(Document::Licence, issuer, holder, &Scene::new(issuer, holder, &Plan::default())?)?);
        }
    }
    documented("sd-jwt directions", &directions(&Peer::SD_JWT, &rows))
}

/// The matrix has the revoked one refused; this one shows that it is the status that decides.
#[test]
fn a_credential_that_its_list_does_not_revoke_is_accepted() -> Result<()> {
    let mut scene = Scene::new(Peer::SdJwtVc, Peer::SdJwtVc, &Plan::default())?;
    set_status(&mut scene, 1)?;
    read(&scene, Peer::SdJwtVc)?;
    set_status(&mut scene, 0)?;
    ensure!(!scene.verify(Peer::SdJwtVc)?.accepted(), "index 0 is revoked");
    Ok(())
}

/// The peers leave certificates to their caller; Mapae does not.
#[test]
fn a_credential_under_a_stranger_s_root_is_refused_by_mapae() -> Result<()> {
    let mut scene = Scene::new(Peer::SdJwtVc, Peer::SdJwtVc, &Plan::default())?;
    read(&scene, Peer::Mapae)?;
    scene.trusted = vec![Root::new()?.pem()?];
    let verdict = scene.verify(Peer::Mapae)?;
    ensure!(matches!(&verdict, Verdict::Refused(code) if code == "issuer_unknown"), "{verdict:?}");
    Ok(())
}

fn shown(document: Document, issuer: Peer, holder: Peer, scene: &Scene) -> Result<Direction> {
    for verifier in Peer::SD_JWT {
        read(scene, verifier).with_context(|| format!("{document:?} from {issuer:?} by {holder:?} to {verifier:?}"))?;
    }
    Ok(Direction { document, issuer, holder, read: vec![Reading::AsIssued; Peer::SD_JWT.len()] })
}

/// The very claims that were asked for, as they were issued.
pub(crate) fn read(scene: &Scene, verifier: Peer) -> Result<()> {
    let told = of_subject(&scene.verify(verifier)?.claims()?);
    ensure!(told == scene.issued, "told {told}\nissued {}", scene.issued);
    Ok(())
}
