//! One presentation of an ISO mdoc, open to alteration.

pub mod alterations;

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use base64::Engine;
use ciborium::Value;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::claims::plain;
use crate::document::{Document, MDL_NAMESPACE};
use crate::key::Key;
use crate::mapae::authority::{Authority, Copy, asked_of};
use crate::peer::{Peer, Verdict};
use crate::pki::{Root, Signer, SignerProfile};
use crate::register::Person;
use crate::request::Request;
use crate::times::{days, rfc3339};
use crate::{BASE64URL, cbor};

/// The header of the certificates (RFC 9360 §2).
const X5CHAIN: u64 = 33;

/// What is to be issued.
#[derive(Clone)]
pub struct Plan {
    /// Which document. Of one that Mapae issues, the rest is as its catalogue says.
    pub document: Document,
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
    /// The bundle that Mapae verifies with, if not one of its shared authority.
    pub bundle: Option<PathBuf>,
    /// The elements that were asked for, as they were issued: plain JSON by namespace.
    pub issued: Json,
}

/// A document with the parties' keys, before anybody asks for it.
struct Issued {
    signer: Signer,
    root: String,
    device: Key,
    document: String,
    request: Request,
    elements: Json,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            document: Document::Licence,
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
    /// A document that one party issues and another presents.
    pub fn new(issuer: Peer, holder: Peer, plan: &Plan) -> Result<Self> {
        let made = match issuer {
            Peer::Mapae => Issued::by_mapae(plan.document)?,
            peer => Issued::by(peer, plan)?,
        };
        Self::presented(holder, made, plan)
    }

    /// A copy of Mapae's that a wallet fetched, presented by another party.
    pub fn of_copy(
        authority: &Authority,
        person: &Person,
        document: Document,
        copy: Copy,
        holder: Peer,
    ) -> Result<Self> {
        let made = Issued::as_copy(authority, person, document, copy, asked_of(document)?)?;
        Self::presented(holder, made, &Plan { document, ..Plan::default() })
    }

    fn presented(holder: Peer, made: Issued, plan: &Plan) -> Result<Self> {
        let presented = holder.make("present", present_job(&made, plan)?, "deviceResponse")?;
        let response = cbor::decode(&BASE64URL.decode(presented)?)?;
        let expected = made.request.clone();
        let Issued { signer, root, device, request, elements, .. } = made;
        let (trailing, trusted, wrapping) = (Vec::new(), vec![root], plan.wrapping);
        Ok(Self {
            signer,
            device,
            request,
            response,
            trailing,
            trusted,
            expected,
            wrapping,
            bundle: None,
            issued: elements,
        })
    }

    /// What the verifier says.
    pub fn verify(&self, verifier: Peer) -> Result<Verdict> {
        verifier.verify(json!({
            "deviceResponse": BASE64URL.encode(self.encoded()?),
            "sessionTranscript": BASE64URL.encode(self.expected.transcript()?),
            "roots": self.trusted,
            "wrapping": self.wrapping,
            "request": self.expected.to_json(),
            "bundle": self.bundle,
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

    /// Puts another certificate beside the issuer's signature, which does not cover it (18013-5 §9.1.2.4).
    pub fn set_signer(&mut self, signer: &Signer) -> Result<()> {
        cbor::set(&mut self.issuer_auth()?[1], X5CHAIN, Value::Bytes(signer.der()?))
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

impl Issued {
    fn by(issuer: Peer, plan: &Plan) -> Result<Self> {
        let root = Root::new()?;
        let (signer, device) = (root.signer(&plan.signer)?, Key::generate());
        let document = issuer.make("issue", issue_job(plan, &signer, &device)?, "issuerSigned")?;
        let asked = plan.document.asked_of_peers();
        let request = Request::for_mdoc(plan.document.doc_type(), asked);
        let elements = chosen(&plan.document.elements(plan.issuing_country), asked);
        Ok(Self { signer, root: root.pem()?, device, document, request, elements })
    }

    fn by_mapae(document: Document) -> Result<Self> {
        let authority = Authority::shared()?;
        let holding = authority.holding(document)?;
        Self::as_copy(&authority, &holding.person, document, holding.mdoc()?, holding.request()?)
    }

    fn as_copy(
        authority: &Authority,
        person: &Person,
        document: Document,
        copy: Copy,
        request: Request,
    ) -> Result<Self> {
        let (signer, root) = (authority.signer(document.signer())?, authority.root()?);
        let elements = person.elements(document)?;
        Ok(Self { signer, root, device: copy.key, document: copy.text, request, elements })
    }
}

/// The elements among these that are asked for.
fn chosen(elements: &Json, asked: &[(&str, &str)]) -> Json {
    let mut chosen = json!({});
    for (name_space, name) in asked {
        chosen[name_space][name] = plain(&elements[name_space][name]);
    }
    chosen
}

fn issue_job(plan: &Plan, signer: &Signer, device: &Key) -> Result<Json> {
    Ok(json!({
        "issuerKey": signer.key.private_jwk(),
        "issuerCertificate": signer.pem()?,
        "deviceKey": device.public_jwk(),
        "docType": plan.document.doc_type(),
        "nameSpaces": plan.document.elements(plan.issuing_country),
        "validity": {
            "signed": rfc3339(plan.signed)?,
            "validFrom": rfc3339(plan.valid_from)?,
            "validUntil": rfc3339(plan.valid_until)?,
        },
        "kid": plan.key_ids.then_some("issuer"),
    }))
}

fn present_job(issued: &Issued, plan: &Plan) -> Result<Json> {
    let mut device_key = issued.device.private_jwk();
    if plan.key_ids {
        device_key["kid"] = json!("device");
    }
    Ok(json!({
        "issuerSigned": issued.document,
        "docType": plan.document.doc_type(),
        "deviceKey": device_key,
        "elements": issued.request.elements()?,
        "sessionTranscript": BASE64URL.encode(issued.request.transcript()?),
        "wrapping": plan.wrapping,
        "request": issued.request.to_json(),
    }))
}
