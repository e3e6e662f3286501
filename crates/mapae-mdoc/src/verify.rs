//! Verification in three steps, each a value that only the step before can make (design D3).
//!
//! The order is that of ISO 18013-5 §9.3.1 and §9.3.2; the signer's certificate was verified before, by
//! whoever hands its key to [`Document::verify_issuer`].

use mapae_cose::{
    CoseError,
    cbor::{CborError, Key, Reader, Value},
};
use mapae_crypto::{PublicKey, SigningKey};
use mapae_types::{StatusReference, Timestamp};

use crate::{
    Document, MdocError, SessionTranscript, ValidityInfo,
    device_auth::{device_authentication, device_mac_key},
    issuer_signed::Item,
    mso::{MobileSecurityObject, NameSpaceDigests},
    response::DeviceAuth,
};

/// A document whose issuer signed it, every disclosed element included.
#[derive(Debug, Clone)]
pub struct IssuerAuthentic<'a, 'b> {
    document: &'a Document<'b>,
    mso: MobileSecurityObject<'b>,
}

/// The same at a time at which it may be used.
#[derive(Debug, Clone)]
pub struct ValidMdoc<'a, 'b>(IssuerAuthentic<'a, 'b>);

/// The same, shown by the holder of its device key in this very session.
#[derive(Debug, Clone)]
pub struct VerifiedMdoc<'a, 'b> {
    issuer: IssuerAuthentic<'a, 'b>,
    device_elements: Vec<Element<'b>>,
    by_mac: bool,
}

/// A disclosed element.
#[derive(Clone, Copy)]
pub struct Element<'b> {
    /// Its namespace.
    pub namespace: &'b str,
    /// Its identifier.
    pub identifier: &'b str,
    value: &'b [u8],
}

impl<'b> Document<'b> {
    /// Checks the issuer's signature with the key of a signer that the caller trusts, the document type and
    /// the digest of every disclosed element.
    pub fn verify_issuer<'a>(&'a self, signer: &PublicKey) -> Result<IssuerAuthentic<'a, 'b>, MdocError> {
        let payload = self.issuer_signed.issuer_auth.verify(signer).map_err(|error| match error {
            CoseError::SignatureInvalid => MdocError::IssuerSignatureInvalid,
            other => other.into(),
        })?;
        let mso = MobileSecurityObject::parse(payload)?;
        // §9.3.1 step 4: the signed type counts, the unsigned one beside it must say the same.
        if mso.doc_type != self.doc_type {
            return Err(MdocError::DocTypeMismatch);
        }
        for (namespace, items) in &self.issuer_signed.name_spaces {
            check_digests(&mso, namespace, items)?;
        }
        Ok(IssuerAuthentic { document: self, mso })
    }
}

/// §9.3.1 step 3: every disclosed item is hashed as received and compared with its digest in the MSO; an
/// item without one was not issued.
fn check_digests(mso: &MobileSecurityObject<'_>, namespace: &str, items: &[Item<'_>]) -> Result<(), MdocError> {
    let signed = mso.value_digests.iter().find(|digests| digests.name == namespace);
    for item in items {
        let expected = signed.and_then(|digests| NameSpaceDigests::digest(digests, item.digest_id));
        let computed = mso.digest_algorithm.digest(&[item.tagged]);
        match expected {
            None => return Err(digest_error(namespace, item, true)),
            Some(digest) if digest != computed.as_ref() => return Err(digest_error(namespace, item, false)),
            Some(_) => {}
        }
    }
    refuse_twice(namespace, items)
}

fn digest_error(namespace: &str, item: &Item<'_>, missing: bool) -> MdocError {
    let (namespace, element) = (namespace.to_owned(), item.identifier.to_owned());
    if missing {
        MdocError::DigestMissing { namespace, element }
    } else {
        MdocError::DigestMismatch { namespace, element }
    }
}

/// Two items with one identifier would let two readers see two values.
fn refuse_twice(namespace: &str, items: &[Item<'_>]) -> Result<(), MdocError> {
    let mut seen: Vec<&str> = items.iter().map(|item| item.identifier).collect();
    seen.sort_unstable();
    match seen.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(MdocError::ElementTwice { namespace: namespace.to_owned(), element: pair[0].to_owned() }),
        None => Ok(()),
    }
}

impl<'a, 'b> IssuerAuthentic<'a, 'b> {
    /// The dates that the issuer signed.
    pub const fn validity(&self) -> &ValidityInfo {
        &self.mso.validity
    }

    /// Checks the copy's own validity (§9.3.1 step 5). Whether `signed` and `validUntil` fit the signer's
    /// certificate is for whoever knows that.
    pub fn valid_at(self, now: Timestamp) -> Result<ValidMdoc<'a, 'b>, MdocError> {
        let (valid_from, valid_until) = (self.mso.validity.valid_from(), self.mso.validity.valid_until());
        if now < valid_from {
            return Err(MdocError::NotYetValid { valid_from, now });
        }
        if now > valid_until {
            return Err(MdocError::Expired { valid_until, now });
        }
        Ok(ValidMdoc(self))
    }
}

impl<'a, 'b> ValidMdoc<'a, 'b> {
    /// Checks that the holder of the device key answers in this session (§9.3.2). `reader_key` is the
    /// reader's ephemeral key of a proximity session, with which a device MAC is checked; over OpenID4VP
    /// there is none, and a MAC is refused.
    pub fn verify_device(
        self,
        transcript: &SessionTranscript,
        reader_key: Option<&SigningKey>,
    ) -> Result<VerifiedMdoc<'a, 'b>, MdocError> {
        let Self(issuer) = self;
        let signed = &issuer.document.device_signed;
        let message = device_authentication(transcript, issuer.mso.doc_type, signed.name_spaces_tagged);
        let by_mac = match &signed.auth {
            DeviceAuth::Signature(signature) => {
                signature.verify_detached(&issuer.mso.device_key, &message).map_err(device_signature_error)?;
                false
            }
            DeviceAuth::Mac(mac) => {
                let reader_key = reader_key.ok_or(MdocError::DeviceMacUnexpected)?;
                let key = device_mac_key(reader_key, &issuer.mso.device_key, transcript)
                    .map_err(|_| MdocError::DeviceMacInvalid)?;
                mac.verify_detached(&key, &message).map_err(device_mac_error)?;
                true
            }
        };
        let device_elements = Reader::read_all(signed.name_spaces, read_device_name_spaces)?;
        check_authorized(&issuer.mso, &device_elements)?;
        Ok(VerifiedMdoc { issuer, device_elements, by_mac })
    }
}

fn device_signature_error(error: CoseError) -> MdocError {
    if error == CoseError::SignatureInvalid { MdocError::DeviceSignatureInvalid } else { error.into() }
}

fn device_mac_error(error: CoseError) -> MdocError {
    if error == CoseError::TagInvalid { MdocError::DeviceMacInvalid } else { error.into() }
}

fn read_device_name_spaces<'b>(reader: &mut Reader<'b>) -> Result<Vec<Element<'b>>, MdocError> {
    let mut elements = Vec::new();
    reader.map(|reader, key| {
        let namespace = text_key(reader, key)?;
        reader.map(|reader, key| {
            let identifier = text_key(reader, key)?;
            elements.push(Element { namespace, identifier, value: reader.skip()? });
            Ok::<_, MdocError>(())
        })
    })?;
    Ok(elements)
}

fn text_key<'b>(reader: &Reader<'b>, key: Key<'b>) -> Result<&'b str, MdocError> {
    match key {
        Key::Text(text) => Ok(text),
        Key::Int(_) => Err(CborError::Unexpected(reader.position()).into()),
    }
}

/// §9.1.2.4: the device signs only elements that `keyAuthorizations` names.
fn check_authorized(mso: &MobileSecurityObject<'_>, elements: &[Element<'_>]) -> Result<(), MdocError> {
    match elements.iter().find(|element| !mso.authorizations.allows(element.namespace, element.identifier)) {
        None => Ok(()),
        Some(element) => Err(MdocError::DeviceElementUnauthorized {
            namespace: element.namespace.to_owned(),
            element: element.identifier.to_owned(),
        }),
    }
}

impl<'b> VerifiedMdoc<'_, 'b> {
    /// The document type.
    pub const fn doc_type(&self) -> &'b str {
        self.issuer.mso.doc_type
    }

    /// The elements that the issuer signed and the holder disclosed.
    pub fn elements(&self) -> impl Iterator<Item = Element<'b>> {
        self.issuer.document.issuer_signed.name_spaces.iter().flat_map(|(namespace, items)| {
            items.iter().map(|item| Element { namespace, identifier: item.identifier, value: item.value })
        })
    }

    /// The elements that the device signed by itself, as the issuer authorized it to.
    pub fn device_elements(&self) -> &[Element<'b>] {
        &self.device_elements
    }

    /// The dates that the issuer signed.
    pub const fn validity(&self) -> &ValidityInfo {
        &self.issuer.mso.validity
    }

    /// Where the status of this copy is published, if the issuer publishes one.
    pub const fn status(&self) -> Option<&StatusReference> {
        self.issuer.mso.status.as_ref()
    }

    /// Whether the holder proved the device key by a MAC instead of a signature.
    pub const fn by_mac(&self) -> bool {
        self.by_mac
    }
}

impl Element<'_> {
    /// The value, copied. It was checked to be acceptable CBOR when the response was parsed.
    pub fn value(&self) -> Value {
        Value::from_cbor(self.value).unwrap_or(Value::Null)
    }

    /// The value as received.
    pub const fn raw_value(&self) -> &[u8] {
        self.value
    }
}

impl core::fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Element({}/{}, [redacted])", self.namespace, self.identifier)
    }
}
