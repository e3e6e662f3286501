//! Whether a request stays inside its registration (design D15).
//!
//! Every alternative counts, since a wallet may take any: each `vct`, each claim (whatever claim set names it), each
//! credential query (whatever credential set names it). `multiple` asks for more copies of what is inside.
//!
//! Spec says (OpenID4VP 1.0 §6.4.1): a query without `claims` asks for nothing that is selectively disclosable. We
//! read it as asking for the whole document and never inside a registration: what is always disclosed is up to the
//! issuer of the document, and drafts before 23 let such a query ask for everything.

use core::fmt;

use mapae_dcql::{ClaimPath, CredentialQuery, DcqlQuery, PathSegment, QueryId, Wanted};
use mapae_types::RelyingPartyId;

use super::{RegisteredDocument, RegisteredKind, Registration, needs_legal_basis};
use crate::Names;

/// Proof that a request asks for nothing that its registration does not name.
#[derive(Debug, Clone)]
pub struct WithinRegistration {
    registration: Registration,
    purpose: Option<Names>,
}

/// A request that asks for more than its registration names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{relying_party} asks for more than it is registered for: {}", Listed(beyond))]
pub struct OverAsking {
    relying_party: RelyingPartyId,
    beyond: Vec<Beyond>,
}

/// One thing that was asked for beyond the registration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Beyond {
    /// A document that is not registered, in this format.
    #[error("the document {document} as {format}")]
    Document {
        /// The credential query.
        query: QueryId,
        /// The format's identifier.
        format: String,
        /// The type; empty for a format that is not known.
        document: String,
    },
    /// An element of a registered document that is not itself registered.
    #[error("{path} of {}", .document.type_name())]
    Element {
        /// The credential query.
        query: QueryId,
        /// The registered document.
        document: RegisteredKind,
        /// What of it.
        path: ClaimPath,
    },
    /// A query that names no claim, and so does not say where it ends.
    #[error("all of {}", .document.type_name())]
    Everything {
        /// The credential query.
        query: QueryId,
        /// The registered document.
        document: RegisteredKind,
    },
    /// The resident registration number, for which no legal basis is registered.
    #[error("{path} of {} without a legal basis", .document.type_name())]
    LegalBasis {
        /// The credential query.
        query: QueryId,
        /// The registered document.
        document: RegisteredKind,
        /// What of it.
        path: ClaimPath,
    },
    /// A purpose that is not registered.
    #[error("a purpose that is not registered")]
    Purpose {
        /// The purpose as the request words it.
        purpose: String,
    },
}

impl Registration {
    /// Whether a request stays inside: every document that may answer it is registered in that format, every claim
    /// lies at or below a registered path, and its purpose, if it states one, is a registered one in either language.
    pub fn covers(&self, query: &DcqlQuery, purpose: Option<&str>) -> Result<WithinRegistration, OverAsking> {
        let mut beyond = Vec::new();
        for credential in query.credentials() {
            self.add_beyond(&mut beyond, credential);
        }
        let found = purpose.map(|text| self.purpose(text).ok_or(text));
        if let Some(Err(text)) = found {
            beyond.push(Beyond::Purpose { purpose: text.to_owned() });
        }
        if beyond.is_empty() {
            let purpose = found.and_then(Result::ok).cloned();
            Ok(WithinRegistration { registration: self.clone(), purpose })
        } else {
            Err(OverAsking { relying_party: self.id().clone(), beyond })
        }
    }

    fn purpose(&self, text: &str) -> Option<&Names> {
        self.purposes().iter().find(|purpose| purpose.has(text))
    }

    fn add_beyond(&self, beyond: &mut Vec<Beyond>, query: &CredentialQuery) {
        match query.wanted() {
            Wanted::Mdoc { doctype } => self.add_beyond_document(beyond, query, &RegisteredKind::Mdoc(doctype.clone())),
            Wanted::SdJwtVc { vct_values } => {
                for vct in vct_values {
                    self.add_beyond_document(beyond, query, &RegisteredKind::SdJwtVc(vct.clone()));
                }
            }
            Wanted::Other { format, .. } => beyond.push(not_registered(query, format, "")),
            _ => beyond.push(not_registered(query, "", "")),
        }
    }

    fn add_beyond_document(&self, beyond: &mut Vec<Beyond>, query: &CredentialQuery, kind: &RegisteredKind) {
        let Some(document) = self.documents().iter().find(|document| document.kind() == kind) else {
            return beyond.push(not_registered(query, kind.format(), kind.type_name()));
        };
        if query.claims().is_empty() {
            beyond.push(Beyond::Everything { query: query.id().clone(), document: kind.clone() });
        }
        for claim in query.claims() {
            beyond.extend(self.beyond_path(query.id(), document, claim.path()));
        }
    }

    fn beyond_path(&self, query: &QueryId, document: &RegisteredDocument, path: &ClaimPath) -> Option<Beyond> {
        let (query, document_kind, asked) = (query.clone(), document.kind().clone(), path.clone());
        if !document.elements().iter().any(|registered| admits(registered, path)) {
            return Some(Beyond::Element { query, document: document_kind, path: asked });
        }
        // A registered path admits what lies below it, where the number may stand as well.
        (self.legal_basis().is_none() && needs_legal_basis(path)).then_some(Beyond::LegalBasis {
            query,
            document: document_kind,
            path: asked,
        })
    }
}

fn not_registered(query: &CredentialQuery, format: &str, document: &str) -> Beyond {
    Beyond::Document { query: query.id().clone(), format: format.to_owned(), document: document.to_owned() }
}

/// Whether the asked path selects nothing but what lies at or below the registered one. Whoever is registered for
/// one part of an object does not ask for the object.
fn admits(registered: &ClaimPath, asked: &ClaimPath) -> bool {
    let (registered, asked) = (registered.segments(), asked.segments());
    let step = |(registered, asked): (&PathSegment, &PathSegment)| {
        registered == asked || (*registered == PathSegment::All && matches!(asked, PathSegment::Index(_)))
    };
    registered.len() <= asked.len() && registered.iter().zip(asked).all(step)
}

impl WithinRegistration {
    /// Inside which registration.
    pub const fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The registered purpose, in both languages, if the request states one.
    pub const fn purpose(&self) -> Option<&Names> {
        self.purpose.as_ref()
    }
}

impl OverAsking {
    /// Who asks.
    pub const fn relying_party(&self) -> &RelyingPartyId {
        &self.relying_party
    }

    /// What was asked for beyond the registration: at least one thing.
    pub fn beyond(&self) -> &[Beyond] {
        &self.beyond
    }
}

impl Beyond {
    /// A word for programs that stays the same.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Document { .. } => "document_not_registered",
            Self::Element { .. } => "element_not_registered",
            Self::Everything { .. } => "whole_document",
            Self::LegalBasis { .. } => "legal_basis_missing",
            Self::Purpose { .. } => "purpose_not_registered",
        }
    }
}

/// One after the other.
struct Listed<'a>(&'a [Beyond]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, beyond) in self.0.iter().enumerate() {
            write!(f, "{}{beyond}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}
