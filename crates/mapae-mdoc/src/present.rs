//! The holder's side: choosing elements of a stored copy and answering with them.

use mapae_cose::{
    Headers, UnsignedMac0, UnsignedSign1,
    cbor::{Reader, Value, Writer},
};
use mapae_crypto::{Algorithm, Signature};
use mapae_types::StatusReference;

use crate::{
    MdocError, SessionTranscript, ValidityInfo,
    device_auth::device_authentication,
    issuer_signed::{IssuerSigned, Item},
    mso::MobileSecurityObject,
};

/// `DeviceNameSpacesBytes` of a device that adds nothing: `#6.24(bstr .cbor {})`.
const NO_DEVICE_NAME_SPACES: &[u8] = &[0xd8, 0x18, 0x41, 0xa0];

/// A copy in its holder's hands, who trusts it because it was issued to them.
#[derive(Debug, Clone)]
pub struct HeldMdoc<'b> {
    issuer_signed: IssuerSigned<'b>,
    mso: MobileSecurityObject<'b>,
}

/// An element of a held copy.
#[derive(Debug, Clone, Copy)]
pub struct HeldElement<'a, 'b> {
    /// Its namespace.
    pub namespace: &'b str,
    item: &'a Item<'b>,
}

impl<'b> HeldElement<'_, 'b> {
    /// Its identifier.
    pub const fn identifier(&self) -> &'b str {
        self.item.identifier
    }

    /// Its value, copied.
    pub fn value(&self) -> Value {
        Value::from_cbor(self.item.value).unwrap_or(Value::Null)
    }
}

impl<'b> HeldMdoc<'b> {
    /// Reads an `IssuerSigned` structure.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, MdocError> {
        let issuer_signed = Reader::read_all(bytes, IssuerSigned::read)?;
        let payload = issuer_signed.issuer_auth.unverified_payload();
        let mso = MobileSecurityObject::parse(payload.ok_or(mapae_cose::CoseError::PayloadPlace)?)?;
        Ok(Self { issuer_signed, mso })
    }

    /// The document type.
    pub const fn doc_type(&self) -> &'b str {
        self.mso.doc_type
    }

    /// When the copy may be used.
    pub const fn validity(&self) -> &ValidityInfo {
        &self.mso.validity
    }

    /// Where its status is published.
    pub const fn status(&self) -> Option<&StatusReference> {
        self.mso.status.as_ref()
    }

    /// The key that it is bound to.
    pub const fn device_key(&self) -> &mapae_crypto::PublicKey {
        &self.mso.device_key
    }

    /// The issuer's certificates in DER.
    pub fn x5chain(&self) -> Result<&[&'b [u8]], MdocError> {
        self.issuer_signed.x5chain()
    }

    /// Its elements.
    pub fn elements(&self) -> impl Iterator<Item = HeldElement<'_, 'b>> {
        let spaces = self.issuer_signed.name_spaces.iter();
        spaces.flat_map(|(namespace, items)| items.iter().map(|item| HeldElement { namespace, item }))
    }

    /// Prepares an answer that discloses `elements` (namespace and identifier) in this session, and no others.
    pub fn present(
        &self,
        elements: &[(&str, &str)],
        transcript: &SessionTranscript,
    ) -> Result<UnsignedResponse, MdocError> {
        let disclosed = self.select(elements)?;
        let payload = device_authentication(transcript, self.mso.doc_type, NO_DEVICE_NAME_SPACES);
        let mut issuer_signed = Writer::new();
        issuer_signed.map(if disclosed.is_empty() { 1 } else { 2 });
        issuer_signed.text("issuerAuth").raw(self.issuer_signed.issuer_auth_raw);
        if !disclosed.is_empty() {
            write_name_spaces(issuer_signed.text("nameSpaces"), &disclosed);
        }
        let protected = Headers::algorithm(Algorithm::Es256);
        Ok(UnsignedResponse {
            doc_type: self.mso.doc_type.to_owned(),
            issuer_signed: issuer_signed.into_bytes(),
            device_signature: UnsignedSign1::new(&protected, &Headers::default(), &payload).detached(),
        })
    }

    fn select(&self, elements: &[(&str, &str)]) -> Result<Vec<(&'b str, Vec<&Item<'b>>)>, MdocError> {
        for (namespace, identifier) in elements {
            if !self.elements().any(|e| e.namespace == *namespace && e.identifier() == *identifier) {
                let (namespace, element) = ((*namespace).to_owned(), (*identifier).to_owned());
                return Err(MdocError::ElementUnknown { namespace, element });
            }
        }
        let mut disclosed = Vec::new();
        for (namespace, items) in &self.issuer_signed.name_spaces {
            let wanted = |item: &&Item<'b>| elements.contains(&(*namespace, item.identifier));
            let items: Vec<_> = items.iter().filter(wanted).collect();
            if !items.is_empty() {
                disclosed.push((*namespace, items));
            }
        }
        Ok(disclosed)
    }
}

fn write_name_spaces(writer: &mut Writer, disclosed: &[(&str, Vec<&Item<'_>>)]) {
    writer.map(disclosed.len());
    for (name, items) in disclosed {
        writer.text(name).array(items.len());
        for item in items {
            // The bytes as received: the digest was taken over them (hole 3 of the peers).
            writer.raw(item.tagged);
        }
    }
}

/// A response that waits for the device's signature or MAC (design D5).
pub struct UnsignedResponse {
    doc_type: String,
    issuer_signed: Vec<u8>,
    device_signature: UnsignedSign1,
}

impl UnsignedResponse {
    /// What the device key's holder signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.device_signature.to_be_signed()
    }

    /// The finished `DeviceResponse` with a device signature.
    pub fn attach(self, signature: &Signature) -> Vec<u8> {
        let mut auth = Writer::new();
        self.device_signature.attach_to(auth.map(1).text("deviceSignature"), signature);
        write_response(&self.doc_type, &self.issuer_signed, auth.as_bytes())
    }

    /// The finished `DeviceResponse` with a device MAC (§9.1.3.5); the key comes from
    /// [`device_mac_key`](crate::device_mac_key).
    pub fn authenticate(self, mac_key: &[u8; 32]) -> Vec<u8> {
        let mut auth = Writer::new();
        auth.map(1).text("deviceMac");
        auth.raw(&UnsignedMac0::detached(self.device_signature.payload()).authenticate(mac_key));
        write_response(&self.doc_type, &self.issuer_signed, auth.as_bytes())
    }
}

fn write_response(doc_type: &str, issuer_signed: &[u8], device_auth: &[u8]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(issuer_signed.len() + device_auth.len() + doc_type.len() + 128);
    writer.map(3).text("status").int(0).text("version").text("1.0");
    writer.text("documents").array(1).map(3);
    writer.text("docType").text(doc_type);
    writer.text("deviceSigned").map(2);
    writer.text("deviceAuth").raw(device_auth);
    writer.text("nameSpaces").raw(NO_DEVICE_NAME_SPACES);
    writer.text("issuerSigned").raw(issuer_signed);
    writer.into_bytes()
}
