//! Registering who asks.

use mapae_crypto::{SeededEntropy, SigningKey, sha256_of};
use mapae_dcql::{ClaimPath, PathSegment, QueryError};
use mapae_document::{Attribute, DocumentType};
use mapae_trust::{Names, NewRegistration, RegisteredDocument, RegisteredKind, Registration};

use crate::{Country, SandboxError};

/// Who asks, and for what. Names are in Korean and English.
#[derive(Debug, Clone, Copy)]
pub struct RelyingPartyPlan<'a> {
    /// Its id, such as `sejong-library`. The same id has the same key.
    pub id: &'a str,
    /// What citizens know it by.
    pub names: (&'a str, &'a str),
    /// How much hangs on its checks: `low`, `substantial` or `high`.
    pub use_class: &'a str,
    /// What it asks for, each purpose in both languages.
    pub purposes: &'a [(&'a str, &'a str)],
    /// Documents of the catalogue, each with the attributes that may be asked for, in both formats.
    pub asks: &'a [(&'a str, &'a [&'a str])],
}

impl Country {
    /// Registers a relying party; what it asks by, and the key of its certificate.
    pub fn relying_party(&self, plan: &RelyingPartyPlan<'_>) -> Result<(Registration, SigningKey), SandboxError> {
        let seed = sha256_of(&[b"mapae sandbox relying party\0", self.seed(), plan.id.as_bytes()]);
        let access = self.pki().access(&format!("SAMPLE {}", plan.id), &mut SeededEntropy::new(&seed))?;
        let (certificate, key) = access.into_parts();
        let names = |(ko, en): (&str, &str)| Names::new(ko, en);
        let mut asks: Vec<Ask> = Vec::new();
        for (name, attributes) in plan.asks {
            for ask in both_formats(self.document(name)?, attributes)? {
                add(&mut asks, ask);
            }
        }
        let documents = asks.into_iter().map(|(kind, paths)| RegisteredDocument::new(kind, paths));
        let registration = Registration::new(NewRegistration {
            id: plan.id.parse()?,
            names: names(plan.names)?,
            certificate,
            use_class: plan.use_class.parse()?,
            purposes: plan.purposes.iter().map(|purpose| names(*purpose)).collect::<Result<_, _>>()?,
            legal_basis: None,
            documents: documents.collect::<Result<_, _>>()?,
        })?;
        Ok((registration, key))
    }
}

/// A document in one format, and what of it.
type Ask = (RegisteredKind, Vec<ClaimPath>);

/// The mdocs of the resident card and of its overseas sister are of one type, which is registered once.
fn add(asks: &mut Vec<Ask>, (kind, paths): Ask) {
    let Some((_, known)) = asks.iter_mut().find(|(known, _)| *known == kind) else { return asks.push((kind, paths)) };
    for path in paths {
        if !known.contains(&path) {
            known.push(path);
        }
    }
}

fn both_formats(document: &DocumentType, ids: &[&str]) -> Result<[Ask; 2], SandboxError> {
    let attributes = ids.iter().map(|id| attribute(document, id)).collect::<Result<Vec<_>, _>>()?;
    let elements = attributes.iter().map(|one| ClaimPath::element(one.namespace(), one.element())).collect();
    let claims = attributes.iter().map(|one| claim(one)).collect::<Result<_, _>>()?;
    Ok([
        (RegisteredKind::Mdoc(document.doctype().to_owned()), elements),
        (RegisteredKind::SdJwtVc(document.vct().to_owned()), claims),
    ])
}

fn attribute<'d>(document: &'d DocumentType, id: &str) -> Result<&'d Attribute, SandboxError> {
    document.attribute(id).ok_or_else(|| SandboxError::AttributeUnknown {
        document: document.name().to_string(),
        attribute: id.to_owned(),
    })
}

fn claim(attribute: &Attribute) -> Result<ClaimPath, QueryError> {
    ClaimPath::new(attribute.claim_path().iter().cloned().map(PathSegment::Key).collect())
}
