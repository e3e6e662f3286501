//! Certificates and lists put together byte by byte: those that no decent library would make.

use mapae_crypto::SigningKey;
use mapae_types::Timestamp;
use mapae_x509::{Certificate, ObjectIdentifier, TrustAnchor, X509Error, purpose};

pub(crate) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub(crate) const KEY_USAGE: &str = "2.5.29.15";
pub(crate) const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
pub(crate) const SUBJECT_KEY_ID: &str = "2.5.29.14";
pub(crate) const AUTHORITY_KEY_ID: &str = "2.5.29.35";

/// `digitalSignature`, and `keyCertSign` with `cRLSign`.
pub(crate) const SIGN: &[u8] = &[0x03, 0x02, 0x07, 0x80];
pub(crate) const CERTIFY: &[u8] = &[0x03, 0x02, 0x01, 0x06];

#[derive(Clone)]
pub(crate) struct ForgedExtension {
    pub(crate) oid: &'static str,
    pub(crate) critical: bool,
    pub(crate) content: Vec<u8>,
}

/// Every part of a certificate, to be changed one at a time.
#[derive(Clone)]
pub(crate) struct Forge {
    pub(crate) version: u8,
    pub(crate) serial: Vec<u8>,
    pub(crate) inner_algorithm: Vec<u8>,
    pub(crate) outer_algorithm: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    pub(crate) subject: Vec<u8>,
    pub(crate) spki: Vec<u8>,
    pub(crate) extensions: Vec<ForgedExtension>,
}

impl Forge {
    fn new(key: &SigningKey, subject: Vec<u8>, issuer: Vec<u8>) -> Self {
        Self {
            version: 2,
            serial: vec![0x42; 16],
            inner_algorithm: ecdsa_with_sha256(),
            outer_algorithm: ecdsa_with_sha256(),
            issuer,
            not_before: time("2026-01-01T00:00:00Z"),
            not_after: time("2027-03-01T00:00:00Z"),
            subject,
            spki: key.public().to_spki_der(),
            extensions: Vec::new(),
        }
    }

    /// A root that lasts ten years.
    pub(crate) fn root(key: &SigningKey) -> Self {
        let name = name(&[("2.5.4.6", "KR"), ("2.5.4.3", "Forged root")]);
        let mut forge = Self::new(key, name.clone(), name);
        forge.not_after = time("2036-01-01T00:00:00Z");
        forge.put(KEY_USAGE, true, CERTIFY);
        forge.put(BASIC_CONSTRAINTS, true, &tlv(0x30, &[&[0x01, 0x01, 0xff]]));
        forge
    }

    /// An authority between root and leaf.
    pub(crate) fn intermediate(key: &SigningKey, issuer: &Self, common_name: &str) -> Self {
        let mut forge = Self::root(key);
        forge.subject = name(&[("2.5.4.6", "KR"), ("2.5.4.3", common_name)]);
        forge.issuer.clone_from(&issuer.subject);
        forge
    }

    /// A document signer.
    pub(crate) fn signer(key: &SigningKey, issuer: &Self) -> Self {
        let subject = name(&[("2.5.4.6", "KR"), ("2.5.4.3", "Forged signer")]);
        let mut forge = Self::new(key, subject, issuer.subject.clone());
        forge.put(KEY_USAGE, true, SIGN);
        forge.put(EXTENDED_KEY_USAGE, true, &purposes(&[purpose::MDL_DOCUMENT_SIGNER]));
        forge
    }

    /// Adds an extension, or replaces it.
    pub(crate) fn put(&mut self, oid: &'static str, critical: bool, content: &[u8]) {
        self.drop_extension(oid);
        self.extensions.push(ForgedExtension { oid, critical, content: content.to_vec() });
    }

    pub(crate) fn drop_extension(&mut self, oid: &str) {
        self.extensions.retain(|extension| extension.oid != oid);
    }

    /// The signed certificate in DER.
    pub(crate) fn der(&self, issuer: &SigningKey) -> Vec<u8> {
        let mut parts = vec![
            tlv(0x02, &[&self.serial]),
            self.inner_algorithm.clone(),
            self.issuer.clone(),
            tlv(0x30, &[&generalized(self.not_before), &generalized(self.not_after)]),
            self.subject.clone(),
            self.spki.clone(),
        ];
        if self.version > 0 {
            parts.insert(0, tlv(0xa0, &[&[0x02, 0x01, self.version]]));
        }
        if !self.extensions.is_empty() {
            parts.push(tlv(0xa3, &[&sequence(self.extensions.iter().map(encode_extension))]));
        }
        signed(&sequence(parts), &self.outer_algorithm, issuer)
    }

    pub(crate) fn certificate(&self, issuer: &SigningKey) -> Certificate {
        Certificate::from_der(&self.der(issuer)).unwrap()
    }

    pub(crate) fn read(&self, issuer: &SigningKey) -> Result<Certificate, X509Error> {
        Certificate::from_der(&self.der(issuer))
    }

    /// The certificate as a root that signs itself.
    pub(crate) fn anchor(&self, key: &SigningKey) -> TrustAnchor {
        TrustAnchor::new(self.certificate(key)).unwrap()
    }
}

/// `SIGNED{…}` around what is to be signed.
pub(crate) fn signed(to_be_signed: &[u8], algorithm: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature = key.sign(to_be_signed).unwrap().to_der();
    tlv(0x30, &[to_be_signed, algorithm, &tlv(0x03, &[&[0], &signature])])
}

pub(crate) fn ecdsa_with_sha256() -> Vec<u8> {
    tlv(0x30, &[&oid("1.2.840.10045.4.3.2")])
}

pub(crate) fn oid(text: &str) -> Vec<u8> {
    tlv(0x06, &[ObjectIdentifier::new(text).unwrap().as_bytes()])
}

/// The content of an extended key usage.
pub(crate) fn purposes(oids: &[ObjectIdentifier]) -> Vec<u8> {
    sequence(oids.iter().map(|oid| tlv(0x06, &[oid.as_bytes()])))
}

/// The content of a subject's and an authority's key identifier.
pub(crate) fn subject_key_id(id: &[u8]) -> Vec<u8> {
    tlv(0x04, &[id])
}

pub(crate) fn authority_key_id(id: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x80, &[id])])
}

pub(crate) fn name(attributes: &[(&str, &str)]) -> Vec<u8> {
    sequence(attributes.iter().map(|(kind, text)| {
        let tag = if *kind == "2.5.4.6" { 0x13 } else { 0x0c };
        tlv(0x31, &[&tlv(0x30, &[&oid(kind), &tlv(tag, &[text.as_bytes()])])])
    }))
}

pub(crate) fn generalized(time: Timestamp) -> Vec<u8> {
    let digits: String = time.to_string().chars().filter(char::is_ascii_digit).collect();
    tlv(0x18, &[digits.as_bytes(), b"Z"])
}

pub(crate) fn sequence(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    tlv(0x30, &[&parts.into_iter().collect::<Vec<_>>().concat()])
}

/// Tag, length, value.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let length = u16::try_from(value.len()).unwrap().to_be_bytes();
    let head = match value.len() {
        0..128 => vec![tag, length[1]],
        128..256 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [head, value].concat()
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn encode_extension(extension: &ForgedExtension) -> Vec<u8> {
    let critical: &[u8] = if extension.critical { &[0x01, 0x01, 0xff] } else { &[] };
    tlv(0x30, &[&oid(extension.oid), critical, &tlv(0x04, &[&extension.content])])
}
