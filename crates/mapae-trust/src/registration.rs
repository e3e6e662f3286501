//! Who may ask for what (design D15): a relying party's registration, as the ledger and the bundle carry it.
//!
//! - [`Registration`]: its names, access certificate, class of use, purposes, legal basis, documents and elements.
//! - [`Registration::covers`]: the one place that says whether a request stays inside.
//!
//! Left out: whether the registration stands in the ledger and its certificate below a registrar's root
//! ([`mapae_x509::verify_chain`]), and what a wallet does with a request that does not stay inside (D15 names one
//! exception, the mandatory elements of a driving licence).

mod covers;
mod format;

use mapae_cose::cbor::CborError;
use mapae_dcql::{ClaimPath, PathSegment};
use mapae_types::{RelyingPartyId, UseClass};
use mapae_x509::{Certificate, X509Error};

use crate::Names;
pub use covers::{Beyond, OverAsking, WithinRegistration};

/// More documents, or elements of one, than there are.
const LIMIT: usize = 256;
/// The element (and claim) that a statute must allow to be asked for (개인정보 보호법 §24-2), in whatever document
/// and namespace it stands; the catalogue marks it `requires_legal_basis`.
const NEEDS_LEGAL_BASIS: &str = "resident_registration_number";

/// What a relying party is registered for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration(NewRegistration);

/// A registration whose rules are not checked yet: see [`Registration::new`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRegistration {
    /// Its id.
    pub id: RelyingPartyId,
    /// What citizens know it by.
    pub names: Names,
    /// Its access certificate, by whose key it signs requests.
    pub certificate: Certificate,
    /// How much hangs on its checks.
    pub use_class: UseClass,
    /// What it asks for, each purpose in the words that citizens read.
    pub purposes: Vec<Names>,
    /// The statute that allows it to ask for the resident registration number, if one does.
    pub legal_basis: Option<Names>,
    /// The documents and their elements.
    pub documents: Vec<RegisteredDocument>,
}

/// A document, in one format, and the elements of it that may be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredDocument {
    kind: RegisteredKind,
    elements: Vec<ClaimPath>,
}

/// Format and type of a registered document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RegisteredKind {
    /// `mso_mdoc`, by its document type.
    Mdoc(String),
    /// `dc+sd-jwt`, by its `vct`.
    SdJwtVc(String),
}

/// Why a registration cannot be one. Whoever wrote it is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// The bytes are not acceptable CBOR, or not a registration.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// It has a member that this software does not know.
    #[error("the registration has a member that is not known")]
    MemberUnknown,
    /// It could be written in another way, and would then have another hash.
    #[error("the registration is not in its deterministic encoding")]
    NotDeterministic,
    /// The access certificate cannot be read.
    #[error("the access certificate: {0}")]
    Certificate(X509Error),
    /// It states no purpose.
    #[error("the registration states no purpose")]
    PurposeMissing,
    /// One text is that of two purposes.
    #[error("the registration states a purpose twice")]
    PurposeTwice,
    /// It names no document.
    #[error("the registration names no document")]
    DocumentMissing,
    /// It names a document twice in one format.
    #[error("the registration names {} twice", .document.type_name())]
    DocumentTwice {
        /// Which.
        document: RegisteredKind,
    },
    /// It names no element of a document.
    #[error("the registration names no element of {}", .document.type_name())]
    ElementMissing {
        /// Of which document.
        document: RegisteredKind,
    },
    /// It names an element twice.
    #[error("the registration names {path} of {} twice", .document.type_name())]
    ElementTwice {
        /// Of which document.
        document: RegisteredKind,
        /// Which.
        path: ClaimPath,
    },
    /// The path of an mdoc's element is not a namespace and an element.
    #[error("{path} is no namespace and element of {}", .document.type_name())]
    NotAnElement {
        /// Of which document.
        document: RegisteredKind,
        /// Which.
        path: ClaimPath,
    },
    /// The resident registration number without the statute that allows to ask for it (D15).
    #[error("{path} of {} takes a legal basis", .document.type_name())]
    LegalBasisMissing {
        /// Of which document.
        document: RegisteredKind,
        /// Which.
        path: ClaimPath,
    },
    /// More documents or elements than there can be.
    #[error("the registration names more than {LIMIT} documents, purposes or elements")]
    TooMany,
}

impl Registration {
    /// Checks what a registration says by itself: at least one purpose, no text in two of them; at least one
    /// document, none twice; the resident registration number only with a legal basis.
    pub fn new(new: NewRegistration) -> Result<Self, RegistrationError> {
        check_purposes(&new.purposes)?;
        check_documents(&new.documents)?;
        if new.legal_basis.is_none() {
            new.documents.iter().try_for_each(RegisteredDocument::refuse_legal_basis)?;
        }
        Ok(Self(new))
    }

    /// Its id.
    pub const fn id(&self) -> &RelyingPartyId {
        &self.0.id
    }

    /// What citizens know it by.
    pub const fn names(&self) -> &Names {
        &self.0.names
    }

    /// Its access certificate.
    pub const fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }

    /// How much hangs on its checks.
    pub const fn use_class(&self) -> &UseClass {
        &self.0.use_class
    }

    /// What it asks for.
    pub fn purposes(&self) -> &[Names] {
        &self.0.purposes
    }

    /// The statute that allows it to ask for the resident registration number.
    pub const fn legal_basis(&self) -> Option<&Names> {
        self.0.legal_basis.as_ref()
    }

    /// The documents and their elements.
    pub fn documents(&self) -> &[RegisteredDocument] {
        &self.0.documents
    }
}

impl RegisteredDocument {
    /// Elements of a document, at least one, none twice; those of an mdoc are a namespace and an element each. A
    /// path into an SD-JWT VC admits everything at and below it.
    pub fn new(kind: RegisteredKind, elements: Vec<ClaimPath>) -> Result<Self, RegistrationError> {
        if elements.is_empty() {
            return Err(RegistrationError::ElementMissing { document: kind });
        }
        if elements.len() > LIMIT {
            return Err(RegistrationError::TooMany);
        }
        let mut numbered = elements.iter().zip(0..);
        if let Some((path, _)) = numbered.find(|(path, at)| elements[..*at].contains(path)) {
            return Err(RegistrationError::ElementTwice { document: kind, path: path.clone() });
        }
        let is_mdoc = matches!(kind, RegisteredKind::Mdoc(_));
        match elements.iter().find(|path| is_mdoc && path.as_element().is_none()).cloned() {
            Some(path) => Err(RegistrationError::NotAnElement { document: kind, path }),
            None => Ok(Self { kind, elements }),
        }
    }

    /// Its format and type.
    pub const fn kind(&self) -> &RegisteredKind {
        &self.kind
    }

    /// What of it may be asked for.
    pub fn elements(&self) -> &[ClaimPath] {
        &self.elements
    }

    fn refuse_legal_basis(&self) -> Result<(), RegistrationError> {
        match self.elements.iter().find(|path| needs_legal_basis(path)) {
            Some(path) => Err(RegistrationError::LegalBasisMissing { document: self.kind.clone(), path: path.clone() }),
            None => Ok(()),
        }
    }
}

impl RegisteredKind {
    /// The format's identifier (OpenID4VP 1.0 Annex B).
    pub const fn format(&self) -> &'static str {
        match self {
            Self::Mdoc(_) => "mso_mdoc",
            Self::SdJwtVc(_) => "dc+sd-jwt",
        }
    }

    /// The document type or `vct`.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Mdoc(name) | Self::SdJwtVc(name) => name,
        }
    }
}

fn check_purposes(purposes: &[Names]) -> Result<(), RegistrationError> {
    let mut numbered = purposes.iter().zip(0..);
    let repeats = |names: &Names, at: usize| {
        let mut earlier = purposes[..at].iter();
        names.ko() == names.en() || earlier.any(|other| other.has(names.ko()) || other.has(names.en()))
    };
    match purposes {
        [] => Err(RegistrationError::PurposeMissing),
        _ if purposes.len() > LIMIT => Err(RegistrationError::TooMany),
        _ if numbered.any(|(names, at)| repeats(names, at)) => Err(RegistrationError::PurposeTwice),
        _ => Ok(()),
    }
}

fn check_documents(documents: &[RegisteredDocument]) -> Result<(), RegistrationError> {
    if documents.is_empty() {
        return Err(RegistrationError::DocumentMissing);
    }
    if documents.len() > LIMIT {
        return Err(RegistrationError::TooMany);
    }
    let is_earlier = |kind: &RegisteredKind, at: usize| documents[..at].iter().any(|other| other.kind == *kind);
    match documents.iter().zip(0..).find(|(document, at)| is_earlier(&document.kind, *at)) {
        Some((document, _)) => Err(RegistrationError::DocumentTwice { document: document.kind.clone() }),
        None => Ok(()),
    }
}

/// Wherever the name stands in the path: `[…, "resident_registration_number", 0]` asks for it as well.
fn needs_legal_basis(path: &ClaimPath) -> bool {
    path.segments().iter().any(|segment| matches!(segment, PathSegment::Key(key) if key == NEEDS_LEGAL_BASIS))
}
