//! Documents of Mapae's own: what peers make of their status lists, and that no edit of one passes.

use std::fs;

use anyhow::{Result, bail, ensure};
use mapae_interop::document::Document;
use mapae_interop::mapae::authority::{Authority, Holding};
use mapae_interop::mapae::{folder, mapae, succeed};
use mapae_interop::matrix::Alteration;
use mapae_interop::peer::{Peer, Verdict};
use mapae_interop::{mdoc, sd_jwt};
use serde_json::json;

#[test]
fn our_status_list_tells_a_peer_and_ourselves_who_is_revoked() -> Result<()> {
    let authority = Authority::new()?;
    let holding = authority.holding(Document::Licence)?;
    authority.bundle(&[])?;
    ensure!(by_a_peer(&authority, &holding)?.accepted(), "a peer takes a valid copy for revoked");
    ensure!(by_ourselves(&authority, &holding)? == [None, None], "we take a valid copy for revoked");
    authority.revoke(&holding)?;
    authority.bundle(&[])?;
    ensure!(!by_a_peer(&authority, &holding)?.accepted(), "a peer takes a revoked copy for valid");
    let revoked = Some("revoked".to_owned());
    ensure!(by_ourselves(&authority, &holding)? == [revoked.clone(), revoked], "we take a revoked copy for valid");
    Ok(())
}

/// An authority trusts its own root whatever others it is told to trust.
const OF_OTHERS: &str = "no trusted root but a stranger of the same name";

/// The alterations of the matrix that need no wrong issuer, on documents that have a status and an issuer who must.
#[test]
fn no_edit_of_our_own_documents_passes() -> Result<()> {
    let plan = mdoc::Plan::default();
    let good = mdoc::Scene::new(Peer::Mapae, Peer::Mapae, &plan)?;
    none_passes(mdoc::alterations::ALL, &good, &plan, |scene| scene.verify(Peer::Mapae))?;
    let good = sd_jwt::Scene::of_mapae(Document::Licence, Peer::Mapae)?;
    none_passes(sd_jwt::alterations::ALL, &good, &sd_jwt::Plan::default(), |scene| scene.verify(Peer::Mapae))
}

fn none_passes<P: Clone, S: Clone>(
    alterations: &[Alteration<P, S>],
    good: &S,
    plan: &P,
    verify: impl Fn(&S) -> Result<Verdict>,
) -> Result<()> {
    verify(good)?.claims()?;
    for alteration in alterations.iter().filter(|alteration| alteration.is_an_edit() && alteration.rule != OF_OTHERS) {
        let altered = alteration.apply(good, plan, |_| bail!("planned"))?;
        ensure!(!verify(&altered)?.accepted(), "mapae verify lets {} pass", alteration.rule);
    }
    Ok(())
}

/// `@sd-jwt/sd-jwt-vc` reads the JWT that lies beside our keys.
fn by_a_peer(authority: &Authority, holding: &Holding) -> Result<Verdict> {
    let (copy, request) = (holding.sd_jwt()?, holding.request()?);
    let job = json!({
        "sdJwt": copy.text,
        "holderKey": copy.key.private_jwk(),
        "disclose": request.disclosures()?,
        "nonce": request.nonce,
        "aud": request.client_id,
    });
    let presentation = Peer::SdJwtVc.make("present", job, "presentation")?;
    let uri = copy.status_uri()?;
    Peer::SdJwtVc.verify(json!({
        "presentation": presentation,
        "issuerKey": authority.signer("sd-jwt-signer")?.key.public_jwk(),
        "nonce": request.nonce,
        "statusTokens": { &uri: authority.status_token(&uri)? },
        "statusKey": authority.signer("status-signer")?.key.public_jwk(),
    }))
}

/// The reason not to hold, in either format.
fn by_ourselves(authority: &Authority, holding: &Holding) -> Result<[Option<String>; 2]> {
    let (bundle, here) = (authority.bundle(&[])?, folder()?);
    let (request, shown) = (here.join("request.json"), here.join("presentation"));
    fs::write(&request, holding.request()?.to_json().to_string())?;
    let verdict = |format| {
        let from = holding.folder();
        succeed(&[&"present", &"--from", &from, &"--request", &request, &"--format", &format, &"--out", &shown])?;
        let ran = mapae(&[&"verify", &"--bundle", &bundle, &"--request", &request, &shown])?;
        let code = ran.answer["reason"]["code"].as_str().map(str::to_owned);
        ensure!(ran.exit == i32::from(code.is_some()), "exits {}: {}", ran.exit, ran.answer);
        Ok(code)
    };
    Ok([verdict("mdoc")?, verdict("sd-jwt")?])
}
