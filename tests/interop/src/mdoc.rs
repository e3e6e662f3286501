//! One presentation of an ISO mdoc, open to alteration.

pub mod alterations;

use anyhow::{Result, anyhow};
use base64::Engine;
use ciborium::Value;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::key::Key;
use crate::peer::{Peer, Verdict};
use crate::pki::{Root, Signer, SignerProfile};
use crate::request::Request;
use crate::times::{days, rfc3339};
use crate::{BASE64URL, cbor};

/// The document type that every peer knows.
pub const MDL: &str = "org.iso.18013.5.1.mDL";

/// Its namespace.
pub const MDL_NAMESPACE: &str = "org.iso.18013.5.1";

/// What is to be issued.
#[derive(Clone)]
pub struct Plan {
    /// The document signer's certificate.
    pub signer: SignerProfile,
    /// `signed` of the MSO.
    pub signed: OffsetDateTime,
    /// `validFrom` of the MSO.
    pub valid_from: OffsetDateTime,
    /// `validUntil` of the MSO.
    pub valid_until: OffsetDateTime,
    /// `issuing_country`; the certificates say KR.
    pub issuing_country: &'static str,
    /// How the transcript is handed to a library that wants it in tag 24: `tag24`, or `bare` by mistake.
    pub wrapping: &'static str,
    /// Whether keys carry an id. Without, `@auth0/mdl` writes `kid` as CBOR `undefined`, at which `isomdl` stops reading.
    pub key_ids: bool,
}

/// A presentation with the parties' keys, and what the verifier will be told.
#[derive(Clone)]
pub struct Scene {
    /// The issuer's root.
    pub root: Root,
    /// The document signer.
    pub signer: Signer,
    /// The holder's device key.
    pub device: Key,
    /// The request that was answered.
    pub request: Request,
    /// The `DeviceResponse`.
    pub response: Value,
    /// Bytes that go behind the response.
    pub trailing: Vec<u8>,
    /// Roots that the verifier trusts, as PEM.
    pub trusted: Vec<String>,
    /// The request that the verifier believes it sent.
    pub expected: Request,
    /// How the verifier hands the transcript to its library, see [`Plan::wrapping`].
    pub wrapping: &'static str,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            signer: SignerProfile::default(),
            signed: days(-10),
            valid_from: days(-10),
            valid_until: days(200),
            issuing_country: "KR",
            wrapping: "tag24",
            key_ids: true,
        }
    }
}

impl Scene {
    /// A document that one peer issues and another presents.
    pub fn new(issuer: Peer, holder: Peer, plan: &Plan) -> Result<Self> {
        let root = Root::new()?;
        let signer = root.signer(&plan.signer)?;
        let (device, request) = (Key::generate(), Request::sample());
        let document = issuer.make("issue", issue_job(plan, &signer, &device)?, "issuerSigned")?;
        let presented = holder.make("present", present_job(&document, plan, &device, &request)?, "deviceResponse")?;
        let response = cbor::decode(&BASE64URL.decode(presented)?)?;
        let trusted = vec![root.pem()?];
        let expected = request.clone();
        let (trailing, wrapping) = (Vec::new(), plan.wrapping);
        Ok(Self { root, signer, device, request, response, trailing, trusted, expected, wrapping })
    }

    /// What the verifier says.
    pub fn verify(&self, verifier: Peer) -> Result<Verdict> {
        verifier.verify(json!({
            "deviceResponse": BASE64URL.encode(self.encoded()?),
            "sessionTranscript": BASE64URL.encode(self.expected.transcript()?),
            "roots": self.trusted,
            "wrapping": self.wrapping,
        }))
    }

    /// The bytes on the wire.
    pub fn encoded(&self) -> Result<Vec<u8>> {
        Ok([cbor::encode(&self.response)?, self.trailing.clone()].concat())
    }

    /// The only document.
    pub fn document(&mut self) -> Result<&mut Value> {
        let documents = cbor::at(&mut self.response, "documents")?;
        cbor::items(documents)?.first_mut().ok_or_else(|| anyhow!("no document"))
    }

    /// Its `issuerAuth`: protected, unprotected, payload, signature.
    pub fn issuer_auth(&mut self) -> Result<&mut Vec<Value>> {
        cbor::items(cbor::at(cbor::at(self.document()?, "issuerSigned")?, "issuerAuth")?)
    }

    /// Its items in the licence's namespace.
    pub fn items(&mut self) -> Result<&mut Vec<Value>> {
        let signed = cbor::at(self.document()?, "issuerSigned")?;
        cbor::items(cbor::at(cbor::at(signed, "nameSpaces")?, MDL_NAMESPACE)?)
    }

    /// Its `deviceSigned`.
    pub fn device_signed(&mut self) -> Result<&mut Value> {
        cbor::at(self.document()?, "deviceSigned")
    }

    /// Its `deviceSignature`: protected, unprotected, nil, signature.
    pub fn device_signature(&mut self) -> Result<&mut Vec<Value>> {
        cbor::items(cbor::at(cbor::at(self.device_signed()?, "deviceAuth")?, "deviceSignature")?)
    }

    /// Changes the MSO and has the issuer sign it again.
    pub fn reissue(&mut self, change: impl FnOnce(&mut Value) -> Result<()>) -> Result<()> {
        let auth = self.issuer_auth()?;
        let mut mso = cbor::decode(cbor::embedded(&cbor::decode(byte_string(&auth[2])?)?)?)?;
        change(&mut mso)?;
        let payload = cbor::encode(&cbor::embed(cbor::encode(&mso)?))?;
        auth[2] = Value::Bytes(payload.clone());
        let signed = sig_structure(byte_string(&auth[0])?, payload)?;
        let signature = self.signer.key.sign(&signed);
        self.issuer_auth()?[3] = Value::Bytes(signature);
        Ok(())
    }

    /// Changes one item; the MSO stays as it was.
    pub fn change_item(&mut self, index: usize, change: impl FnOnce(&mut Value) -> Result<()>) -> Result<()> {
        let item = self.items()?.get_mut(index).ok_or_else(|| anyhow!("no item {index}"))?;
        let mut inner = cbor::decode(cbor::embedded(item)?)?;
        change(&mut inner)?;
        *item = cbor::embed(cbor::encode(&inner)?);
        Ok(())
    }

    /// Has the issuer sign the digest of an item as it now is.
    pub fn reissue_item(&mut self, index: usize) -> Result<()> {
        let item = self.items()?.get(index).cloned().ok_or_else(|| anyhow!("no item {index}"))?;
        let id = cbor::at(&mut cbor::decode(cbor::embedded(&item)?)?, "digestID")?.clone();
        let digest = Value::Bytes(Sha256::digest(cbor::encode(&item)?).to_vec());
        self.reissue(|mso| cbor::set(cbor::at(cbor::at(mso, "valueDigests")?, MDL_NAMESPACE)?, id, digest))
    }

    /// Signs the device authentication again, with the transcript of the request that was answered.
    pub fn sign_as_device(&mut self, key: &Key) -> Result<()> {
        let transcript = cbor::decode(&self.request.transcript()?)?;
        let doc_type = cbor::at(self.document()?, "docType")?.clone();
        let name_spaces = cbor::at(self.device_signed()?, "nameSpaces")?.clone();
        let authentication = Value::Array(vec!["DeviceAuthentication".into(), transcript, doc_type, name_spaces]);
        let payload = cbor::encode(&cbor::embed(cbor::encode(&authentication)?))?;
        let signature = self.device_signature()?;
        signature[3] = Value::Bytes(key.sign(&sig_structure(byte_string(&signature[0])?, payload)?));
        Ok(())
    }
}

/// `Sig_structure` of a `COSE_Sign1` (RFC 9052 §4.4) without external data.
fn sig_structure(protected: &[u8], payload: Vec<u8>) -> Result<Vec<u8>> {
    let parts = [Value::Bytes(protected.to_vec()), Value::Bytes(Vec::new()), Value::Bytes(payload)];
    let context = Value::from("Signature1");
    cbor::encode(&Value::Array(std::iter::once(context).chain(parts).collect()))
}

fn byte_string(value: &Value) -> Result<&[u8]> {
    value.as_bytes().map(Vec::as_slice).ok_or_else(|| anyhow!("not a byte string"))
}

fn issue_job(plan: &Plan, signer: &Signer, device: &Key) -> Result<Json> {
    Ok(json!({
        "issuerKey": signer.key.private_jwk(),
        "issuerCertificate": signer.pem()?,
        "deviceKey": device.public_jwk(),
        "docType": MDL,
        "nameSpaces": { MDL_NAMESPACE: licence(plan) },
        "validity": {
            "signed": rfc3339(plan.signed)?,
            "validFrom": rfc3339(plan.valid_from)?,
            "validUntil": rfc3339(plan.valid_until)?,
        },
        "kid": plan.key_ids.then_some("issuer"),
    }))
}

fn licence(plan: &Plan) -> Json {
    json!({
        "family_name": "Hong",
        "given_name": "Gildong",
        "birth_date": { "$fullDate": "1990-03-01" },
        "issue_date": { "$fullDate": "2026-01-02" },
        "expiry_date": { "$fullDate": "2036-01-01" },
        "issuing_country": plan.issuing_country,
        "issuing_authority": "National Police Agency",
        "document_number": "11-26-000000-00",
        "portrait": { "$bytes": "_9j_4AAQSkZJRg" },
        "un_distinguishing_sign": "ROK",
        "age_over_19": true,
        "driving_privileges": [{ "vehicle_category_code": "B", "issue_date": { "$fullDate": "2026-01-02" } }],
    })
}

fn present_job(issued: &str, plan: &Plan, device: &Key, request: &Request) -> Result<Json> {
    let mut device_key = device.private_jwk();
    if plan.key_ids {
        device_key["kid"] = json!("device");
    }
    Ok(json!({
        "issuerSigned": issued,
        "docType": MDL,
        "deviceKey": device_key,
        "elements": { MDL_NAMESPACE: ["family_name", "portrait", "issuing_country", "driving_privileges"] },
        "sessionTranscript": BASE64URL.encode(request.transcript()?),
        "wrapping": plan.wrapping,
    }))
}
