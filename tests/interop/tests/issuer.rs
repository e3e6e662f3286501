//! npm `@openid4vc/openid4vci` as wallet at our issuer, through every flow; what it gets is read by other peers and by us.

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;

use anyhow::{Result, anyhow, ensure};
use mapae_interop::document::Document;
use mapae_interop::mapae::authority::Copy;
use mapae_interop::mapae::issuer::{Issuer, Offer};
use mapae_interop::peer::Peer;
use mapae_interop::pki::Root;
use mapae_interop::register::Person;
use mapae_interop::wallet::{Answer, Copies, Format, Proof, Wallet};
use mapae_interop::{mdoc, sd_jwt};

/// As many as a wallet gets in one format (design D7).
const BATCH: usize = 10;

/// The issuer of all tests that need no settings of their own.
pub(crate) fn shared() -> Result<&'static Issuer> {
    static STARTED: OnceLock<Result<Issuer, String>> = OnceLock::new();
    let started = STARTED.get_or_init(|| Issuer::start(&[]).map_err(|error| format!("{error:#}")));
    started.as_ref().map_err(|error| anyhow!("{error}"))
}

#[test]
fn an_offer_by_value_becomes_ten_copies_of_each_format_with_a_proof_for_each_key() -> Result<()> {
    let issuer = shared()?;
    let offer = issuer.offer(Document::Licence)?;
    let wallet = Wallet::bare(issuer);
    let redeemed = wallet.redeem(&offer.by_value, &offer.tx_code)?;
    ensure!(redeemed.has("POST /token 400 use_dpop_nonce"), "the server asks for no nonce of its own: {redeemed:?}");
    let session = redeemed.session()?;
    for format in Format::ALL {
        let answer = wallet.request(&session, &format.configuration(offer.document), Proof::Jwt, BATCH)?;
        let copies = answer.copies()?;
        read_by_all(issuer, &offer, format, &copies)?;
        let accepted = wallet.notify(&session, &copies.notification_id, "credential_accepted")?;
        ensure!(accepted.has("POST /notification 204"), "{accepted:?}");
    }
    ensure!(issuer.state(&offer.person)? == "active", "the document is not active");
    Ok(())
}

#[test]
fn an_offer_by_reference_becomes_copies_by_one_attestation_of_all_their_keys() -> Result<()> {
    let issuer = shared()?;
    let offer = issuer.offer(Document::Resident)?;
    let wallet = Wallet::attested(issuer)?;
    let session = wallet.redeem(&offer.by_reference, &offer.tx_code)?.session()?;
    for format in Format::ALL {
        let answer = wallet.request(&session, &format.configuration(offer.document), Proof::Attestation, BATCH)?;
        read_by_all(issuer, &offer, format, &answer.copies()?)?;
    }
    Ok(())
}

#[test]
fn a_proof_with_an_attestation_stands_for_all_the_keys_that_it_attests() -> Result<()> {
    let issuer = shared()?;
    let offer = issuer.offer(Document::Resident)?;
    let wallet = Wallet::attested(issuer)?;
    let session = wallet.session(&offer)?;
    let configuration = Format::SdJwt.configuration(offer.document);
    let copies = wallet.request(&session, &configuration, Proof::AttestedJwt, BATCH)?.copies()?;
    read_by_all(issuer, &offer, Format::SdJwt, &copies)
}

#[test]
fn requests_and_answers_are_encrypted_if_the_wallet_wants_it() -> Result<()> {
    let issuer = shared()?;
    let offer = issuer.offer(Document::Licence)?;
    let session = Wallet::bare(issuer).session(&offer)?;
    for (format, enc) in Format::ALL.into_iter().zip(["A128GCM", "A256GCM"]) {
        let wallet = Wallet::bare(issuer).encrypting(enc);
        let answer = wallet.request(&session, &format.configuration(offer.document), Proof::Jwt, 2)?;
        ensure!(answer.has("POST /credential 200 jwt"), "the answer was not encrypted: {answer:?}");
        read_by_all(issuer, &offer, format, &answer.copies()?)?;
    }
    Ok(())
}

#[test]
fn what_waits_for_approval_is_fetched_once_it_is_given() -> Result<()> {
    let issuer = shared()?;
    let offer = issuer.held_offer(Document::Resident)?;
    let wallet = Wallet::bare(issuer).encrypting("A256GCM");
    let session = wallet.session(&offer)?;
    let configuration = Format::Mdoc.configuration(offer.document);
    let deferred = wallet.request(&session, &configuration, Proof::Jwt, BATCH)?;
    ensure!(deferred.is_deferred() && deferred.has("POST /credential 202 jwt"), "{deferred:?}");
    let waiting = wallet.collect(&session, &deferred)?;
    ensure!(waiting.is_deferred() && waiting.has("POST /deferred 202 jwt"), "{waiting:?}");
    issuer.approve(&offer)?;
    let fetched = wallet.collect(&session, &deferred)?;
    ensure!(fetched.has("POST /deferred 200 jwt"), "{fetched:?}");
    read_by_all(issuer, &offer, Format::Mdoc, &fetched.copies()?)?;
    wallet.notify(&session, &fetched.copies()?.notification_id, "credential_accepted")?;
    let over = wallet.collect(&session, &deferred)?;
    ensure!(over.refused() == Some("invalid_transaction_id"), "{over:?}");
    Ok(())
}

#[test]
fn a_wallet_whose_copies_were_withdrawn_fetches_others_with_its_refresh_token() -> Result<()> {
    let issuer = shared()?;
    let offer = issuer.offer(Document::Licence)?;
    let wallet = Wallet::attested(issuer)?;
    let session = wallet.session(&offer)?;
    let configuration = Format::SdJwt.configuration(offer.document);
    let first = wallet.request(&session, &configuration, Proof::Attestation, BATCH)?.copies()?;
    let early = wallet.refresh(&session)?;
    ensure!(early.refused() == Some("invalid_grant"), "there are copies enough: {early:?}");
    issuer.suspend_and_resume(&offer)?;
    let renewed = wallet.refresh(&session)?.session()?;
    let second = wallet.request(&renewed, &configuration, Proof::Attestation, BATCH)?.copies()?;
    read_by_all(issuer, &offer, Format::SdJwt, &second)?;
    ensure!(first.credentials.iter().all(|copy| !second.credentials.contains(copy)), "a copy came twice");
    Ok(())
}

#[test]
fn metadata_are_signed_below_the_root_that_documents_are_signed_below() -> Result<()> {
    let issuer = shared()?;
    let signed = Wallet::bare(issuer).trusting(vec![issuer.authority.root()?]).metadata()?.0;
    ensure!(signed["signed"] == true, "{signed}");
    let unsigned = Wallet::bare(issuer).metadata()?.0;
    ensure!(unsigned["signed"] == false, "{unsigned}");
    let mut told = signed["metadata"].clone();
    for claim in ["iat", "exp", "sub", "iss"] {
        told.as_object_mut().map(|members| members.remove(claim));
    }
    ensure!(told == unsigned["metadata"], "signed {told}\nunsigned {}", unsigned["metadata"]);
    let stranger = Wallet::bare(issuer).trusting(vec![Root::new()?.pem()?]).metadata();
    ensure!(stranger.is_err(), "the wallet takes a stranger's signature: {stranger:?}");
    Ok(())
}

#[test]
fn metadata_say_what_haip_asks_for() -> Result<()> {
    let answer = Wallet::bare(shared()?).metadata()?.0;
    let (metadata, server) = (&answer["metadata"], &answer["authorizationServer"]);
    ensure!(metadata["nonce_endpoint"].is_string(), "HAIP §4.1: a nonce endpoint");
    for (name, configuration) in metadata["credential_configurations_supported"].as_object().into_iter().flatten() {
        ensure!(configuration["scope"].is_string(), "HAIP §4.1: {name} has no scope");
        ensure!(configuration["proof_types_supported"]["jwt"].is_object(), "HAIP §4.5.1: {name} knows no jwt");
        ensure!(configuration["proof_types_supported"]["attestation"].is_object(), "HAIP §4.5.1: {name}, attestation");
    }
    let enc = &metadata["credential_response_encryption"]["enc_values_supported"];
    ensure!(*enc == serde_json::json!(["A128GCM", "A256GCM"]), "HAIP §5: {enc}");
    ensure!(server["dpop_signing_alg_values_supported"] == serde_json::json!(["ES256"]), "HAIP §4: DPoP with ES256");
    Ok(())
}

#[test]
fn a_second_phone_and_a_wrong_code_are_told_so_and_a_repeated_request_gets_the_same() -> Result<()> {
    let issuer = shared()?;
    let offer = issuer.offer(Document::Licence)?;
    let wallet = Wallet::bare(issuer);
    let wrong = wallet.redeem(&offer.by_value, if offer.tx_code == "000000" { "000001" } else { "000000" })?;
    ensure!(wrong.refused() == Some("invalid_grant"), "{wrong:?}");
    let session = wallet.session(&offer)?;
    let second = wallet.redeem(&offer.by_value, &offer.tx_code)?;
    ensure!(second.refused() == Some("invalid_grant"), "{second:?}");
    let configuration = Format::SdJwt.configuration(offer.document);
    let first = wallet.request(&session, &configuration, Proof::Jwt, 3)?;
    let again = wallet.repeat(&session, &configuration, Proof::Jwt, &first)?;
    ensure!(unsigned(&first)? == unsigned(&again)?, "the copies of a repeated request are others");
    ensure!(first.copies()?.notification_id == again.copies()?.notification_id, "another notification_id");
    Ok(())
}

#[test]
fn an_attestation_by_somebody_else_is_refused() -> Result<()> {
    let issuer = shared()?;
    let offer = issuer.offer(Document::Licence)?;
    let forged = Wallet::bare(issuer).with_provider(issuer.provider.stranger()?);
    let refused = forged.redeem(&offer.by_value, &offer.tx_code)?;
    ensure!(refused.refused() == Some("invalid_client_attestation"), "{refused:?}");
    let session = Wallet::bare(issuer).session(&offer)?;
    let refused = forged.request(&session, &Format::Mdoc.configuration(offer.document), Proof::Attestation, 2)?;
    ensure!(refused.refused() == Some("invalid_proof"), "{refused:?}");
    Ok(())
}

/// Each copy has its own key, salts and status entry, and says of the person what the register says: to a peer and to us.
pub(crate) fn read_by_all(issuer: &Issuer, offer: &Offer, format: Format, copies: &Copies) -> Result<()> {
    let bundle = issuer.bundle()?;
    let mut seen = HashSet::new();
    for (text, key) in copies.each()? {
        ensure!(seen.insert(text.clone()), "a copy came twice");
        let copy = Copy { text, key };
        match format {
            Format::Mdoc => read_mdoc(issuer, &offer.person, offer.document, copy, &bundle)?,
            Format::SdJwt => read_sd_jwt(issuer, &offer.person, offer.document, copy, &bundle)?,
        }
    }
    Ok(())
}

fn read_mdoc(issuer: &Issuer, person: &Person, document: Document, copy: Copy, bundle: &Path) -> Result<()> {
    let mut scene = mdoc::Scene::of_copy(&issuer.authority, person, document, copy, Peer::Auth0Mdl)?;
    scene.bundle = Some(bundle.to_owned());
    crate::mdoc::read(&scene, document, Peer::Auth0Mdl)?;
    crate::mdoc::read(&scene, document, Peer::Mapae)
}

fn read_sd_jwt(issuer: &Issuer, person: &Person, document: Document, copy: Copy, bundle: &Path) -> Result<()> {
    let mut scene = sd_jwt::Scene::of_copy(&issuer.authority, person, document, copy, Peer::SdJwtVc)?;
    scene.bundle = Some(bundle.to_owned());
    crate::sd_jwt::read(&scene, Peer::SdJwtVc)?;
    crate::sd_jwt::read(&scene, Peer::Mapae)
}

/// Copies without their signatures, which are made anew (ECDSA).
fn unsigned(answer: &Answer) -> Result<Vec<String>> {
    let without = |copy: &String| {
        let (jwt, disclosures) = copy.split_once('~').ok_or_else(|| anyhow!("no disclosures"))?;
        let (signed, _) = jwt.rsplit_once('.').ok_or_else(|| anyhow!("no signature"))?;
        Ok(format!("{signed}~{disclosures}"))
    };
    answer.copies()?.credentials.iter().map(without).collect()
}
