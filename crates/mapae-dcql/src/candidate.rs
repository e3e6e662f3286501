//! A credential, as far as a query can see it.

use serde_json::Value;

use crate::{ClaimQuery, TrustedAuthority, Wanted, path::ClaimPath};

/// A credential that may answer a query: one that a wallet holds with all its claims, or one that a
/// presentation disclosed in part. It borrows everything and shows nothing in `Debug`.
pub struct Candidate<'a> {
    content: Content<'a>,
    authorities: Vec<(&'a str, &'a str)>,
}

enum Content<'a> {
    Mdoc { doctype: &'a str, elements: &'a dyn Elements },
    SdJwtVc { vcts: &'a [&'a str], claims: &'a Value },
}

/// The data elements of an mdoc.
pub trait Elements {
    /// Whether the element is there.
    fn contains(&self, namespace: &str, element: &str) -> bool;

    /// The element's value converted to JSON by RFC 8949 §6.1; asked only where a query restricts values.
    /// An element for which that conversion is not defined has none, and matches no expected value.
    fn json(&self, namespace: &str, element: &str) -> Option<Value>;
}

/// A JSON object of namespaces, each an object of elements.
impl Elements for Value {
    fn contains(&self, namespace: &str, element: &str) -> bool {
        self.get(namespace).and_then(|elements| elements.get(element)).is_some()
    }

    fn json(&self, namespace: &str, element: &str) -> Option<Value> {
        self.get(namespace)?.get(element).cloned()
    }
}

impl<'a> Candidate<'a> {
    /// A document of ISO 18013-5.
    pub fn mdoc(doctype: &'a str, elements: &'a dyn Elements) -> Self {
        Self { content: Content::Mdoc { doctype, elements }, authorities: Vec::new() }
    }

    /// An SD-JWT VC: its own `vct`, then those that it extends, if known; and its processed claims
    /// (disclosures in their places, no `_sd`).
    pub fn sd_jwt_vc(vcts: &'a [&'a str], claims: &'a Value) -> Self {
        Self { content: Content::SdJwtVc { vcts, claims }, authorities: Vec::new() }
    }

    /// Adds an authority that certifies the issuer, in the notation of §6.1.1: `aki` and the base64url of
    /// an authority key identifier in the credential's chain.
    pub fn certified_by(mut self, kind: &'a str, value: &'a str) -> Self {
        self.authorities.push((kind, value));
        self
    }

    pub(crate) fn has_format(&self, wanted: &Wanted) -> bool {
        matches!(
            (&self.content, wanted),
            (Content::Mdoc { .. }, Wanted::Mdoc { .. }) | (Content::SdJwtVc { .. }, Wanted::SdJwtVc { .. })
        )
    }

    pub(crate) fn has_type(&self, wanted: &Wanted) -> bool {
        match (&self.content, wanted) {
            (Content::Mdoc { doctype, .. }, Wanted::Mdoc { doctype: asked }) => doctype == asked,
            (Content::SdJwtVc { vcts, .. }, Wanted::SdJwtVc { vct_values }) => {
                vct_values.iter().any(|asked| vcts.contains(&asked.as_str()))
            }
            _ => false,
        }
    }

    /// §6.1.1: one of the values of one of the types; all do if none is named.
    pub(crate) fn is_certified(&self, asked: &[TrustedAuthority]) -> bool {
        let has = |authority: &TrustedAuthority| {
            self.authorities
                .iter()
                .any(|(kind, value)| authority.kind() == *kind && authority.values().iter().any(|v| v == value))
        };
        asked.is_empty() || asked.iter().any(has)
    }

    /// Whether the credential answers one claim.
    pub(crate) fn answers(&self, claim: &ClaimQuery) -> bool {
        match self.content {
            Content::Mdoc { elements, .. } => has_element(elements, claim),
            Content::SdJwtVc { claims, .. } => claim.path().leads_to(claims, &|value| claim.accepts(value)),
        }
    }

    /// The concrete paths by which the credential answers one claim; none if it does not.
    pub(crate) fn locate(&self, claim: &ClaimQuery) -> Vec<ClaimPath> {
        match self.content {
            Content::Mdoc { elements, .. } if has_element(elements, claim) => vec![claim.path().clone()],
            Content::Mdoc { .. } => Vec::new(),
            Content::SdJwtVc { claims, .. } => locate_claims(claims, claim),
        }
    }
}

fn has_element(elements: &dyn Elements, claim: &ClaimQuery) -> bool {
    let Some((namespace, element)) = claim.path().as_element() else { return false };
    if claim.takes_any_value() {
        return elements.contains(namespace, element);
    }
    elements.json(namespace, element).is_some_and(|value| claim.accepts(&value))
}

/// §6.4.1: an element whose value is not expected is treated as if it did not exist; others that the
/// same path selects may still answer.
fn locate_claims(claims: &Value, claim: &ClaimQuery) -> Vec<ClaimPath> {
    let selected = claim.path().locate(claims).unwrap_or_default();
    let accepted = selected.into_iter().filter(|found| claim.accepts(found.value));
    accepted.map(|found| ClaimPath::from_located(found.path)).collect()
}
