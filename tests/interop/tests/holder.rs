//! npm `@openid4vc/openid4vci` as issuer, and `mapae wallet` as the wallet that takes its offer and presents what it got.

use anyhow::{Result, ensure};
use base64::Engine;
use mapae_interop::BASE64URL;
use mapae_interop::document::MDL_NAMESPACE;
use mapae_interop::issuer::{Holder, LICENCE_VCT, Offered};
use mapae_interop::mapae::authority::Authority;
use mapae_interop::mapae::folder;
use mapae_interop::peer::Peer;
use mapae_interop::pki::Root;
use mapae_interop::request::Request;
use serde_json::{Value, json};

/// How many copies the issuer gives at once.
const BATCH: usize = 5;

/// Somebody with nothing, who trusts the root.
fn holder(root: &Root) -> Result<Holder> {
    Holder::new(Authority::shared()?.bundle(&[root.pem()?])?)
}

/// Both batches are there, and judged.
fn held(answer: &Value) -> Result<()> {
    let batches = answer["batches"].as_array().map_or(&[][..], Vec::as_slice);
    ensure!(batches.len() == 2 && answer["complete"] == true, "{answer}");
    for batch in batches {
        ensure!(batch["copies"] == BATCH && batch["verdict"]["is"] == "held", "{batch}");
    }
    Ok(())
}

#[test]
fn an_offer_becomes_copies_of_both_formats_that_a_verifier_reads() -> Result<()> {
    let root = Root::new()?;
    let (wallet, offered) = (holder(&root)?, Offered::licence(&root, BATCH, false)?);
    let ran = wallet.add(&offered, &offered.tx_code)?;
    ensure!(ran.exit == 0, "{}", ran.answer);
    held(&ran.answer)?;
    let came = offered.came()?;
    ensure!(came.proofs() == &json!({ "licence-mdoc": BATCH, "licence-sd-jwt": BATCH }), "{came:?}");
    ensure!(came.events() == &json!(["credential_accepted", "credential_accepted"]), "{came:?}");
    reads(&wallet, &root, "mdoc", &Request::for_mdoc("org.iso.18013.5.1.mDL", &[(MDL_NAMESPACE, "family_name")]))?;
    let again = Request::for_sd_jwt(LICENCE_VCT, &["family_name"]).with_nonce("YW5vdGhlciBub25jZSBvZiB0aGUgdGVzdA");
    reads(&wallet, &root, "sd-jwt", &again)
}

/// What the wallet presents of it holds.
fn reads(wallet: &Holder, root: &Root, format: &str, request: &Request) -> Result<()> {
    let file = folder()?.join("request.json");
    std::fs::write(&file, request.to_json().to_string())?;
    let presented = String::from_utf8(wallet.present(&file, format)?);
    let (request, roots) = (request.to_json(), [root.pem()?]);
    let job = match presented {
        Ok(text) => json!({ "presentation": text.trim_end(), "request": request, "roots": roots }),
        Err(bytes) => {
            let response = BASE64URL.encode(bytes.into_bytes());
            json!({ "deviceResponse": response, "request": request, "roots": roots })
        }
    };
    let claims = Peer::Mapae.verify(job)?.claims()?;
    ensure!(claims.to_string().contains("Hong"), "{claims}");
    Ok(())
}

#[test]
fn what_the_issuer_puts_off_is_fetched_when_it_is_ready() -> Result<()> {
    let root = Root::new()?;
    let (wallet, offered) = (holder(&root)?, Offered::licence(&root, BATCH, true)?);
    let ran = wallet.add(&offered, &offered.tx_code)?;
    ensure!(ran.exit == 0, "{}", ran.answer);
    held(&ran.answer)?;
    let came = offered.came()?;
    ensure!(came.count("POST /credential 202") == 2 && came.count("POST /deferred 200") == 2, "{came:?}");
    Ok(())
}

#[test]
fn without_the_code_there_are_no_copies() -> Result<()> {
    let root = Root::new()?;
    let (wallet, offered) = (holder(&root)?, Offered::licence(&root, BATCH, false)?);
    let ran = wallet.add(&offered, "000000")?;
    ensure!(ran.exit != 0, "{}", ran.answer);
    let came = offered.came()?;
    ensure!(came.count("POST /token 400") == 1 && came.proofs() == &json!({}), "{came:?}");
    Ok(())
}

#[test]
fn copies_of_an_issuer_that_nobody_trusts_are_refused() -> Result<()> {
    let (wallet, offered) = (holder(&Root::new()?)?, Offered::licence(&Root::new()?, BATCH, false)?);
    let ran = wallet.add(&offered, &offered.tx_code)?;
    ensure!(ran.exit != 0, "{}", ran.answer);
    let events = offered.came()?.events().clone();
    ensure!(events.as_array().is_some_and(|all| all.contains(&json!("credential_failure"))), "{events}");
    Ok(())
}
