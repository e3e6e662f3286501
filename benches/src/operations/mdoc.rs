//! A licence as mdoc, issued and presented, and taken apart again for the limit.

use anyhow::{Context as _, Result};
use mapae_cose::cbor::{Value, Writer};
use mapae_mdoc::{Copy, HeldMdoc, SessionTranscript, Template, UnsignedMdoc, ValidityInfo};
use mapae_types::{Duration, Entropy, StatusReference};

use crate::{
    limit::Signed,
    scene::{CLIENT_ID, NONCE, RESPONSE_URI, STATUS_INDEX, STATUS_URI, Scene},
};

const NAMESPACE: &str = "org.iso.18013.5.1";
/// What the verifier asks for: six elements, with the portrait.
const ASKED: [(&str, &str); 6] = [
    (NAMESPACE, "family_name"),
    (NAMESPACE, "given_name"),
    (NAMESPACE, "birth_date"),
    (NAMESPACE, "document_number"),
    (NAMESPACE, "driving_privileges"),
    (NAMESPACE, "portrait"),
];

/// A presentation, and what it costs at least to verify.
pub(super) struct Presented {
    pub(super) bytes: Vec<u8>,
    pub(super) issuer: Signed,
    pub(super) device: Signed,
    /// What is hashed besides what is signed: the items disclosed, and the handover's content.
    pub(super) hashed: Vec<Vec<u8>>,
}

/// From the typed elements to what the issuer signs.
pub(super) fn prepare(scene: &Scene, entropy: &mut dyn Entropy) -> Result<UnsignedMdoc> {
    let day = scene.now.start_of_day();
    let copy = Copy {
        device_key: scene.holder.key.public(),
        validity: ValidityInfo::new(day, day, day + Duration::days(365))?,
        status: Some(StatusReference { uri: STATUS_URI.to_owned(), idx: STATUS_INDEX.into() }),
        x5chain: &[scene.authority.document.certificate.der()],
    };
    Ok(Template::new(&scene.holder.doctype, &scene.holder.elements).issue(&copy, entropy)?)
}

/// What binds the answer to the request.
pub(super) fn transcript() -> SessionTranscript {
    SessionTranscript::openid4vp(CLIENT_ID, NONCE, None, RESPONSE_URI)
}

/// The query that the presentation answers.
pub(super) fn query(scene: &Scene) -> serde_json::Value {
    let path = |(namespace, element): &(&str, &str)| serde_json::json!({ "path": [namespace, element] });
    serde_json::json!({ "credentials": [{
        "id": "licence",
        "format": "mso_mdoc",
        "meta": { "doctype_value": scene.holder.doctype },
        "claims": ASKED.iter().map(path).collect::<Vec<_>>(),
    }] })
}

pub(super) fn present(scene: &Scene, entropy: &mut dyn Entropy) -> Result<Presented> {
    let signer = &scene.authority.document.key;
    let unsigned = prepare(scene, entropy)?;
    let signature = signer.sign(unsigned.to_be_signed())?;
    let issuer = signed(signer, unsigned.to_be_signed(), &signature);
    let copy = unsigned.attach(&signature);
    let device_key = &scene.holder.key;
    let unsigned = HeldMdoc::parse(&copy)?.present(&ASKED, &transcript())?;
    let signature = device_key.sign(unsigned.to_be_signed())?;
    let device = signed(device_key, unsigned.to_be_signed(), &signature);
    let bytes = unsigned.attach(&signature);
    let mut hashed = disclosed_items(&bytes)?;
    hashed.push(handover());
    Ok(Presented { bytes, issuer, device, hashed })
}

fn signed(key: &mapae_crypto::SigningKey, message: &[u8], signature: &mapae_crypto::Signature) -> Signed {
    let (point, signature) = (key.public().sec1().to_vec(), signature.as_bytes().to_vec());
    Signed { point, message: message.to_vec(), signature }
}

/// `OpenID4VPHandoverInfo` (OpenID4VP 1.0 B.2.6.1), of which the transcript has the hash.
fn handover() -> Vec<u8> {
    let mut info = Writer::new();
    info.array(4).text(CLIENT_ID).text(NONCE).null().text(RESPONSE_URI);
    info.into_bytes()
}

fn disclosed_items(response: &[u8]) -> Result<Vec<Vec<u8>>> {
    let response = Value::from_cbor(response)?;
    match member(&response, "documents") {
        Some(Value::Array(documents)) => documents.first().and_then(|document| member(document, "issuerSigned")),
        _ => None,
    }
    .and_then(items)
    .context("a response has items")
}

/// The items of an `IssuerSigned` as their digests see them.
pub(super) fn items(issuer_signed: &Value) -> Option<Vec<Vec<u8>>> {
    let Value::Map(name_spaces) = member(issuer_signed, "nameSpaces")? else { return None };
    let mut items = Vec::new();
    for (_, elements) in name_spaces {
        let Value::Array(elements) = elements else { return None };
        // Our encoding is deterministic, so this gives the bytes that were there.
        items.extend(elements.iter().map(Value::to_cbor));
    }
    Some(items)
}

fn member<'v>(map: &'v Value, name: &str) -> Option<&'v Value> {
    let Value::Map(entries) = map else { return None };
    entries.iter().find(|(key, _)| *key == Value::from(name)).map(|(_, value)| value)
}
