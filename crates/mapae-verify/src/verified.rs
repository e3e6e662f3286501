//! What only verification can build.

use mapae_cose::cbor::Value;
use mapae_trust::TrustedSigner;
use mapae_types::Timestamp;
use mapae_x509::Certificate;

use crate::{Evidence, NotVerified, Refusal};

/// A presentation that holds: one credential or several, every one of them verified.
pub struct Verified {
    credentials: Vec<VerifiedCredential>,
}

/// A credential that holds.
pub struct VerifiedCredential {
    pub(crate) format: Format,
    pub(crate) document_type: String,
    pub(crate) claims: Claims,
    pub(crate) issuer: Issuer,
    pub(crate) evidence: Evidence,
    pub(crate) holder_binding: HolderBinding,
    pub(crate) valid_until: Option<Timestamp>,
}

/// In which format a credential was presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// ISO/IEC 18013-5.
    Mdoc,
    /// SD-JWT VC.
    SdJwt,
}

/// The disclosed claims, as the format has them. `Debug` does not show them.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Claims {
    /// Namespace, element identifier and value, in the order of the document.
    Mdoc(Vec<(String, String, Value)>),
    /// The disclosed claims about the subject. What the payload says of the credential itself (`vct`, `iss`, dates,
    /// `cnf`, `status`) is not among them.
    SdJwt(serde_json::Map<String, serde_json::Value>),
}

/// Who signed, by the certificate that verified and by nothing else (hole 6 of the peers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    certificate: Certificate,
    root: Certificate,
    certificate_sha256: [u8; 32],
}

/// How the holder proved to hold the copy's key in this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HolderBinding {
    /// A device signature of an mdoc.
    DeviceSignature,
    /// A device MAC of an mdoc.
    DeviceMac,
    /// A key-binding JWT, dated by the holder's clock.
    KeyBinding {
        /// Its `iat`.
        signed_at: Timestamp,
    },
}

impl Verified {
    pub(crate) const fn new(credentials: Vec<VerifiedCredential>) -> Self {
        Self { credentials }
    }

    /// The credentials: at least one.
    pub fn credentials(&self) -> &[VerifiedCredential] {
        &self.credentials
    }
}

impl VerifiedCredential {
    /// The format.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The document type of an mdoc, the `vct` of an SD-JWT VC.
    pub fn document_type(&self) -> &str {
        &self.document_type
    }

    /// The disclosed claims.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Who signed it.
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// What the verdict rests on, and how old that is.
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// How the holder was bound.
    pub const fn holder_binding(&self) -> HolderBinding {
        self.holder_binding
    }

    /// Until when the copy may be used.
    pub const fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }
}

impl Format {
    /// The format that bytes are in if they are in any: an SD-JWT is text, a `DeviceResponse` a CBOR map.
    pub const fn of(presentation: &[u8]) -> Self {
        match presentation.first() {
            Some(first) if first.is_ascii() => Self::SdJwt,
            _ => Self::Mdoc,
        }
    }

    /// A `DeviceResponse` is a CBOR map, an SD-JWT is ASCII: the first byte tells them apart.
    pub(crate) fn detect(presentation: &[u8]) -> Result<Self, NotVerified> {
        if presentation.len() > crate::PRESENTATION_LIMIT {
            return Err(Refusal::TooLarge { limit: crate::PRESENTATION_LIMIT }.into());
        }
        match presentation.first() {
            Some(0xa0..=0xbf) => Ok(Self::Mdoc),
            Some(first) if first.is_ascii_alphanumeric() || *first == b'-' || *first == b'_' => Ok(Self::SdJwt),
            _ => Err(Refusal::FormatUnknown.into()),
        }
    }

    /// Its identifier in OpenID4VP 1.0 (Annex B).
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::Mdoc => "mso_mdoc",
            Self::SdJwt => "dc+sd-jwt",
        }
    }
}

impl Claims {
    /// The claims as one JSON object: elements under their namespaces, byte strings in base64url.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::SdJwt(claims) => claims.clone().into(),
            Self::Mdoc(elements) => {
                let mut spaces = serde_json::Map::new();
                for (namespace, identifier, value) in elements {
                    let space = spaces.entry(namespace).or_insert_with(|| serde_json::Map::new().into());
                    if let Some(space) = space.as_object_mut() {
                        space.insert(identifier.clone(), value.to_json());
                    }
                }
                spaces.into()
            }
        }
    }
}

impl Issuer {
    pub(crate) fn of(signer: &TrustedSigner) -> Self {
        let certificate = signer.certificate();
        let root = signer.anchor().certificate().clone();
        Self { certificate: certificate.clone(), root, certificate_sha256: certificate.fingerprint() }
    }

    /// The subject of the signer's certificate.
    pub fn signer(&self) -> &str {
        self.certificate.subject()
    }

    /// The subject of the root.
    pub fn root(&self) -> &str {
        self.root.subject()
    }

    /// The country of the root.
    pub fn country(&self) -> Option<&str> {
        self.root.subject_country()
    }

    /// SHA-256 of the signer's certificate.
    pub const fn certificate_sha256(&self) -> &[u8; 32] {
        &self.certificate_sha256
    }
}

impl core::fmt::Debug for Claims {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Claims([redacted])")
    }
}

impl core::fmt::Debug for VerifiedCredential {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("VerifiedCredential")
            .field("document_type", &self.document_type)
            .field("issuer", &self.issuer)
            .field("evidence", &self.evidence)
            .finish_non_exhaustive()
    }
}

impl core::fmt::Debug for Verified {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(&self.credentials).finish()
    }
}
