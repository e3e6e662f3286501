//! The crate `isomdl` as issuer, holder and verifier, under the job contract of `node/mdoc.mjs`.
//!
//! Its reader session speaks proximity only; `validate_response` underneath takes any transcript. It reads documents of type
//! `org.iso.18013.5.1.mDL` with the namespace of the same name, and no others.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine;
use ciborium::Value as Cbor;
use isomdl::definitions::device_request::ItemsRequest;
use isomdl::definitions::device_signed::DeviceAuthType;
use isomdl::definitions::helpers::{NonEmptyMap, Tag24};
use isomdl::definitions::session::SessionTranscript;
use isomdl::definitions::x509::X5Chain;
use isomdl::definitions::x509::trust_anchor::{PemTrustAnchor, TrustAnchorRegistry, TrustPurpose};
use isomdl::definitions::{CoseKey, DeviceKeyInfo, DeviceResponse, DigestAlgorithm, IssuerSigned, Mso, ValidityInfo};
use isomdl::definitions::{EC2Curve, EC2Y};
use isomdl::issuance::Mdoc;
use isomdl::presentation::authentication::AuthenticationStatus;
use isomdl::presentation::device::{DeviceSession, Document, Documents, PermittedItems, RequestedItems};
use isomdl::presentation::reader::parse;
use isomdl::presentation::reader_utils::validate_response;
use p256::ecdsa::Signature;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::BASE64URL;
use crate::key::Key;

/// The result of a job, as a child process would print it.
pub fn answer(job: &Value) -> Result<Value> {
    let result = match text(job, "job")? {
        "issue" => issue(job),
        "present" => present(job),
        "verify" => verify(job),
        other => Err(anyhow!("unknown job {other:?}")),
    };
    Ok(result.unwrap_or_else(|error| json!({ "ok": false, "error": format!("{error:#}") })))
}

fn issue(job: &Value) -> Result<Value> {
    let chain = X5Chain::builder().with_pem_certificate(text(job, "issuerCertificate")?.as_bytes())?.build()?;
    let mdoc = Mdoc::builder()
        .doc_type(text(job, "docType")?.into())
        .namespaces(namespaces(object(&job["nameSpaces"])?)?)
        .validity_info(validity(&job["validity"])?)
        .digest_algorithm(DigestAlgorithm::SHA256)
        .device_key_info(DeviceKeyInfo {
            device_key: device_key(&job["deviceKey"])?,
            key_authorizations: None,
            key_info: None,
        })
        .issue::<_, Signature>(chain, Key::from_jwk(&job["issuerKey"])?.signing().clone())?;
    let signed = IssuerSigned { namespaces: Some(mdoc.namespaces), issuer_auth: mdoc.issuer_auth };
    Ok(json!({ "ok": true, "issuerSigned": BASE64URL.encode(isomdl::cbor::to_vec(&signed)?) }))
}

fn present(job: &Value) -> Result<Value> {
    let document = holder_document(&bytes(job, "issuerSigned")?)?;
    let doc_type = text(job, "docType")?.to_owned();
    let holder = Holder { documents: NonEmptyMap::new(doc_type.clone(), document), transcript: transcript(job)? };
    let (requested, permitted) = everything_asked(&doc_type, object(&job["elements"])?)?;
    let mut prepared = DeviceSession::prepare_response(&holder, &requested, permitted);
    let key = Key::from_jwk(&job["deviceKey"])?;
    while let Some(signature) = prepared.get_next_signature_payload().map(|(_, payload)| key.sign(payload)) {
        prepared.submit_next_signature(signature);
    }
    let response = prepared.finalize_response();
    ensure!(response.documents.is_some(), "no document in the response");
    Ok(json!({ "ok": true, "deviceResponse": BASE64URL.encode(isomdl::cbor::to_vec(&response)?) }))
}

fn verify(job: &Value) -> Result<Value> {
    let (encoded, transcript, anchors) = (bytes(job, "deviceResponse")?, transcript(job)?, anchors(&job["roots"])?);
    Ok(match claims(&encoded, transcript, anchors) {
        Ok(claims) => json!({ "ok": true, "verdict": "accepted", "claims": claims }),
        Err(reason) => json!({ "ok": true, "verdict": "refused", "reason": format!("{reason:#}") }),
    })
}

fn claims(encoded: &[u8], transcript: Transcript, anchors: TrustAnchorRegistry) -> Result<Value> {
    let response: DeviceResponse = isomdl::cbor::from_slice(encoded).map_err(|error| anyhow!("{error}"))?;
    let (document, chain, namespaces) = parse(&response)?;
    let outcome = validate_response(transcript, anchors, chain, document.clone(), namespaces);
    let valid = |status| status == AuthenticationStatus::Valid;
    ensure!(
        valid(outcome.issuer_authentication) && valid(outcome.device_authentication) && outcome.errors.is_empty(),
        "{}",
        json!(outcome.errors)
    );
    Ok(json!({ document.doc_type.clone(): bytes_as_text(json!(outcome.response)) }))
}

/// The library tells bytes as a list of numbers; the other peers' jobs as base64url.
fn bytes_as_text(value: Value) -> Value {
    match value {
        Value::Array(items) => match items.iter().map(byte).collect::<Option<Vec<_>>>() {
            Some(bytes) => json!({ "$bytes": BASE64URL.encode(bytes) }),
            None => items.into_iter().map(bytes_as_text).collect(),
        },
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, bytes_as_text(value))).collect(),
        other => other,
    }
}

fn byte(value: &Value) -> Option<u8> {
    value.as_u64().and_then(|number| number.try_into().ok())
}

/// A transcript that was made elsewhere.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Transcript(Cbor);

impl SessionTranscript for Transcript {}

/// A holder who signs and permits all that is asked.
struct Holder {
    documents: Documents,
    transcript: Transcript,
}

impl DeviceSession for Holder {
    type ST = Transcript;

    fn documents(&self) -> &Documents {
        &self.documents
    }

    fn session_transcript(&self) -> Transcript {
        self.transcript.clone()
    }

    fn device_auth_type(&self) -> DeviceAuthType {
        DeviceAuthType::Sign1
    }
}

/// The library keeps documents in a form of its own; its way in from foreign bytes is through the fields of `Mdoc`.
fn holder_document(issuer_signed: &[u8]) -> Result<Document> {
    let signed: IssuerSigned = isomdl::cbor::from_slice(issuer_signed).map_err(|error| anyhow!("{error}"))?;
    let payload = signed.issuer_auth.payload.as_deref().context("no MSO")?;
    let mso = isomdl::cbor::from_slice::<Tag24<Mso>>(payload).map_err(|error| anyhow!("{error}"))?.into_inner();
    let namespaces = signed.namespaces.context("no namespaces")?;
    Ok(Mdoc { doc_type: mso.doc_type.clone(), mso, namespaces, issuer_auth: signed.issuer_auth }.into())
}

fn everything_asked(doc_type: &str, elements: &Map<String, Value>) -> Result<(RequestedItems, PermittedItems)> {
    let mut asked = BTreeMap::new();
    let mut permitted = BTreeMap::new();
    for (namespace, names) in elements {
        let names: Vec<String> = serde_json::from_value(names.clone())?;
        let each: BTreeMap<String, bool> = names.iter().map(|name| (name.clone(), false)).collect();
        asked.insert(namespace.clone(), NonEmptyMap::try_from(each).map_err(|_| anyhow!("no elements"))?);
        permitted.insert(namespace.clone(), names);
    }
    let namespaces = NonEmptyMap::try_from(asked).map_err(|_| anyhow!("no namespaces"))?;
    let request = ItemsRequest { doc_type: doc_type.into(), namespaces, request_info: None };
    Ok((vec![request], BTreeMap::from([(doc_type.to_owned(), permitted)])))
}

fn anchors(roots: &Value) -> Result<TrustAnchorRegistry> {
    let roots: Vec<String> = serde_json::from_value(roots.clone())?;
    let anchor = |certificate_pem| PemTrustAnchor { certificate_pem, purpose: TrustPurpose::Iaca };
    TrustAnchorRegistry::from_pem_certificates(roots.into_iter().map(anchor).collect())
}

fn namespaces(job: &Map<String, Value>) -> Result<BTreeMap<String, BTreeMap<String, Cbor>>> {
    let element = |(name, value): (&String, &Value)| anyhow::Ok((name.clone(), cbor(value)?));
    job.iter()
        .map(|(namespace, each)| Ok((namespace.clone(), object(each)?.iter().map(element).collect::<Result<_>>()?)))
        .collect()
}

/// Values as in `node/values.mjs`.
fn cbor(value: &Value) -> Result<Cbor> {
    let tagged = |tag, text: &Value| Ok(Cbor::Tag(tag, Box::new(Cbor::serialized(text)?)));
    match value {
        Value::Object(map) if map.contains_key("$bytes") => Ok(Cbor::Bytes(bytes(value, "$bytes")?)),
        Value::Object(map) if map.contains_key("$fullDate") => tagged(1004, &map["$fullDate"]),
        Value::Object(map) if map.contains_key("$tdate") => tagged(0, &map["$tdate"]),
        Value::Object(map) => map
            .iter()
            .map(|(key, inner)| Ok((Cbor::from(key.as_str()), cbor(inner)?)))
            .collect::<Result<_>>()
            .map(Cbor::Map),
        Value::Array(items) => items.iter().map(cbor).collect::<Result<_>>().map(Cbor::Array),
        plain => Ok(Cbor::serialized(plain)?),
    }
}

fn validity(job: &Value) -> Result<ValidityInfo> {
    let time = |field| anyhow::Ok(OffsetDateTime::parse(text(job, field)?, &Rfc3339)?);
    Ok(ValidityInfo {
        signed: time("signed")?,
        valid_from: time("validFrom")?,
        valid_until: time("validUntil")?,
        expected_update: None,
    })
}

fn device_key(jwk: &Value) -> Result<CoseKey> {
    Ok(CoseKey::EC2 { crv: EC2Curve::P256, x: bytes(jwk, "x")?, y: EC2Y::Value(bytes(jwk, "y")?) })
}

fn transcript(job: &Value) -> Result<Transcript> {
    Ok(Transcript(crate::cbor::decode(&bytes(job, "sessionTranscript")?)?))
}

fn text<'j>(job: &'j Value, field: &str) -> Result<&'j str> {
    job[field].as_str().ok_or_else(|| anyhow!("job lacks {field:?}"))
}

fn bytes(job: &Value, field: &str) -> Result<Vec<u8>> {
    Ok(BASE64URL.decode(text(job, field)?)?)
}

fn object(value: &Value) -> Result<&Map<String, Value>> {
    value.as_object().ok_or_else(|| anyhow!("not an object: {value}"))
}
