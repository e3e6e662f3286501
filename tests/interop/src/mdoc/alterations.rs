//! Presentations of an mdoc that break one rule each.

#![expect(clippy::unnecessary_wraps, reason = "every alteration has the type of one that can fail")]

use anyhow::{Result, anyhow};
use ciborium::Value;

use super::{Plan, Scene};
use crate::cbor;
use crate::document::MDL_NAMESPACE;
use crate::key::Key;
use crate::matrix::Alteration;
use crate::pki::{Root, SERVER_AUTHENTICATION};
use crate::times::days;

/// All of them.
pub const ALL: &[Alteration<Plan, Scene>] = &[
    Alteration::edited("an element's value changed after signing", "18013-5 §9.3.1", edited_element),
    Alteration::edited("an element whose digest id is not in the MSO", "18013-5 §9.3.1", element_not_in_mso),
    Alteration::edited("a namespace that is not in the MSO", "18013-5 §9.3.1", namespace_not_in_mso),
    Alteration::edited("the same element twice, with two values", "18013-5 §8.3.2.1.2.2", element_twice),
    Alteration::edited("a map key twice in an element, signed by the issuer", "RFC 8949 §5.6", key_twice_in_item),
    Alteration::edited("a map key twice in the document", "RFC 8949 §5.6", key_twice_in_document),
    Alteration::edited("bytes behind the response", "RFC 8949 §5.3.1", trailing_bytes),
    Alteration::edited("the issuer's signature changed", "18013-5 §9.3.1", broken_issuer_signature),
    Alteration::edited("the MSO is for another document type", "18013-5 §9.3.1", other_doc_type_in_mso),
    Alteration::edited("the MSO has a version that is not known", "18013-5 §9.1.2.4", unknown_mso_version),
    Alteration::edited("no trusted root but a stranger of the same name", "18013-5 §9.3.3", untrusted_root),
    Alteration::planned("the signer's certificate has expired", "18013-5 §9.3.3", expired_signer),
    Alteration::planned("the signer's certificate is for web servers", "18013-5 Table B.3", web_server_signer),
    Alteration::planned("the MSO was signed before the certificate was valid", "18013-5 §9.3.1", signed_too_early),
    Alteration::planned("validUntil is past", "18013-5 §9.3.1", expired),
    Alteration::planned("validFrom is to come", "18013-5 §9.3.1", not_yet_valid),
    Alteration::planned("issuing_country is not the certificate's country", "18013-5 §9.3.1", other_country),
    Alteration::edited("the MSO points to a status list, which nobody has read", "18013-5 ed. 2", status_unread),
    Alteration::edited("the device signature changed", "18013-5 §9.1.3.6", broken_device_signature),
    Alteration::edited("another device's key signed", "18013-5 §9.1.3.6", other_device),
    Alteration::edited("no deviceSigned", "18013-5 §9.1.3.4", no_device_signed),
    Alteration::edited("neither deviceSignature nor deviceMac", "18013-5 §9.1.3.4", no_device_auth),
    Alteration::edited("an element signed by a device that may not", "18013-5 §9.1.2.4", unauthorised_device_element),
    Alteration::edited("an answer to another nonce", "OpenID4VP B.2.6", other_nonce),
    Alteration::both(
        "an answer to another nonce, the transcript handed over bare",
        "peers, hole 21",
        bare,
        other_nonce,
    ),
    Alteration::edited("an answer to another client", "OpenID4VP B.2.6", other_client),
];

fn edited_element(scene: &mut Scene) -> Result<()> {
    scene.change_item(0, |item| cbor::set(item, "elementValue", "Kim".into()))
}

fn element_not_in_mso(scene: &mut Scene) -> Result<()> {
    scene.change_item(0, |item| cbor::set(item, "digestID", 77.into()))
}

fn namespace_not_in_mso(scene: &mut Scene) -> Result<()> {
    let item = scene.items()?.first().cloned().ok_or_else(|| anyhow!("no item"))?;
    let name_spaces = cbor::at(cbor::at(scene.document()?, "issuerSigned")?, "nameSpaces")?;
    cbor::set(name_spaces, "kr.example", Value::Array(vec![item]))
}

fn element_twice(scene: &mut Scene) -> Result<()> {
    let item = scene.items()?.first().cloned().ok_or_else(|| anyhow!("no item"))?;
    scene.items()?.push(item);
    let last = scene.items()?.len() - 1;
    scene.change_item(last, |item| {
        cbor::set(item, "digestID", 77.into())?;
        cbor::set(item, "elementValue", "Kim".into())
    })?;
    scene.reissue_item(last)
}

fn key_twice_in_item(scene: &mut Scene) -> Result<()> {
    scene.change_item(0, |item| {
        cbor::entries(item)?.push(("elementValue".into(), "Kim".into()));
        Ok(())
    })?;
    scene.reissue_item(0)
}

fn key_twice_in_document(scene: &mut Scene) -> Result<()> {
    let document = scene.document()?;
    let doc_type = cbor::at(document, "docType")?.clone();
    cbor::entries(document)?.push(("docType".into(), doc_type));
    Ok(())
}

fn trailing_bytes(scene: &mut Scene) -> Result<()> {
    scene.trailing = vec![0];
    Ok(())
}

fn broken_issuer_signature(scene: &mut Scene) -> Result<()> {
    flip(&mut scene.issuer_auth()?[3])
}

fn other_doc_type_in_mso(scene: &mut Scene) -> Result<()> {
    scene.reissue(|mso| cbor::set(mso, "docType", "org.iso.23220.photoid.1".into()))
}

fn unknown_mso_version(scene: &mut Scene) -> Result<()> {
    scene.reissue(|mso| cbor::set(mso, "version", "9.0".into()))
}

fn untrusted_root(scene: &mut Scene) -> Result<()> {
    scene.trusted = vec![Root::new()?.pem()?];
    Ok(())
}

fn expired_signer(plan: &mut Plan) {
    plan.signer.not_after = days(-1);
}

fn web_server_signer(plan: &mut Plan) {
    plan.signer.usage = Some(SERVER_AUTHENTICATION);
}

fn signed_too_early(plan: &mut Plan) {
    plan.signed = days(-200);
}

fn expired(plan: &mut Plan) {
    plan.valid_until = days(-1);
}

fn not_yet_valid(plan: &mut Plan) {
    plan.valid_from = days(1);
}

fn other_country(plan: &mut Plan) {
    plan.issuing_country = "JP";
}

fn status_unread(scene: &mut Scene) -> Result<()> {
    let list = Value::Map(vec![("idx".into(), 0.into()), ("uri".into(), "https://interop.example/status/1".into())]);
    scene.reissue(|mso| cbor::set(mso, "status", Value::Map(vec![("status_list".into(), list)])))
}

fn broken_device_signature(scene: &mut Scene) -> Result<()> {
    flip(&mut scene.device_signature()?[3])
}

fn other_device(scene: &mut Scene) -> Result<()> {
    scene.sign_as_device(&Key::generate())
}

fn no_device_signed(scene: &mut Scene) -> Result<()> {
    cbor::remove(scene.document()?, "deviceSigned")
}

fn no_device_auth(scene: &mut Scene) -> Result<()> {
    cbor::remove(cbor::at(scene.device_signed()?, "deviceAuth")?, "deviceSignature")
}

fn unauthorised_device_element(scene: &mut Scene) -> Result<()> {
    let elements = Value::Map(vec![("family_name".into(), "Kim".into())]);
    let name_spaces = cbor::encode(&Value::Map(vec![(MDL_NAMESPACE.into(), elements)]))?;
    cbor::set(scene.device_signed()?, "nameSpaces", cbor::embed(name_spaces))?;
    let device = scene.device.clone();
    scene.sign_as_device(&device)
}

fn other_nonce(scene: &mut Scene) -> Result<()> {
    scene.expected = scene.request.with_nonce("another nonce");
    Ok(())
}

fn bare(plan: &mut Plan) {
    plan.wrapping = "bare";
}

fn other_client(scene: &mut Scene) -> Result<()> {
    scene.expected.client_id = "redirect_uri:https://stranger.example/response".into();
    Ok(())
}

fn flip(signature: &mut Value) -> Result<()> {
    let bytes = signature.as_bytes_mut().ok_or_else(|| anyhow!("no signature"))?;
    bytes.last_mut().map(|last| *last ^= 1).ok_or_else(|| anyhow!("empty signature"))
}
