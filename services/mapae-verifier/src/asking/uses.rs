//! Named uses: what a developer means by "is 19 or older", as a query in both formats of every document that tells it.
//!
//! A use asks for no more than one thing: documents are alternatives, and so are formats (OpenID4VP 1.0 §6.2). Those that
//! the registration does not cover are left out, since a wallet refuses a request that goes beyond in any alternative.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use mapae_dcql::{
    ClaimPath, ClaimQuery, CredentialQuery, CredentialSetQuery, DcqlQuery, ExpectedValue, PathSegment, QueryError,
    QueryId, Wanted,
};
use mapae_document::{Attribute, Catalogue, DocumentType};
use mapae_trust::Registration;
use serde_json::Value;

use super::WishFault;
use crate::OwnUse;

/// A use that every verifier has.
struct BuiltIn {
    name: &'static str,
    documents: &'static [&'static str],
    attributes: &'static [&'static str],
    /// The attribute that must have the value which `region` names.
    region: Option<&'static str>,
}

const ADULTS: [&str; 3] = ["resident", "overseas", "licence"];

const BUILT_IN: [BuiltIn; 7] = [
    BuiltIn { name: "age_over_14", documents: &["resident"], attributes: &["age_over_14"], region: None },
    BuiltIn { name: "age_over_18", documents: &ADULTS, attributes: &["age_over_18"], region: None },
    BuiltIn { name: "age_over_19", documents: &ADULTS, attributes: &["age_over_19"], region: None },
    BuiltIn { name: "resident_of", documents: &["resident"], attributes: &[], region: Some("resident_state") },
    BuiltIn {
        name: "identity",
        documents: &ADULTS,
        attributes: &["family_name_hangul", "given_name_hangul", "birth_date"],
        region: None,
    },
    BuiltIn {
        name: "official_login",
        documents: &["official"],
        attributes: &["family_name_hangul", "given_name_hangul", "ministry_hangul", "staff_number"],
        region: None,
    },
    BuiltIn {
        name: "driving_licence",
        documents: &["licence"],
        attributes: &["family_name_hangul", "given_name_hangul", "driving_privileges", "expiry_date"],
        region: None,
    },
];

/// The uses that this verifier knows.
pub(crate) struct Uses {
    catalogue: Catalogue,
    own: Vec<OwnUse>,
    /// Queries that were composed: of every use without a region two at most, since a verifier has one registration.
    composed: RwLock<HashMap<(String, bool), DcqlQuery>>,
}

/// Why the operator's uses cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the use {name}: the catalogue has no {missing}")]
pub struct UnknownUse {
    /// Which use.
    name: String,
    /// The document or attribute.
    missing: String,
}

/// One attribute, and the value that it must have.
struct Ask<'c> {
    attribute: &'c Attribute,
    value: Option<&'c str>,
}

impl Uses {
    /// The built-in ones and those.
    pub(crate) fn new(catalogue: Catalogue, own: Vec<OwnUse>) -> Result<Self, UnknownUse> {
        let uses = Self { catalogue, own, composed: RwLock::default() };
        uses.own.iter().try_for_each(|own| uses.check(own))?;
        Ok(uses)
    }

    fn check(&self, own: &OwnUse) -> Result<(), UnknownUse> {
        let missing = |what: &String| UnknownUse { name: own.name.clone(), missing: what.clone() };
        for name in &own.documents {
            let document = self.document(name).ok_or_else(|| missing(name))?;
            let absent = own.attributes.iter().find(|id| document.attribute(id).is_none());
            absent.map_or(Ok(()), |id| Err(missing(id)))?;
        }
        Ok(())
    }

    /// The query of a use, and its purpose if it states one. It is always the same registration.
    pub(crate) fn query(
        &self,
        name: &str,
        region: Option<&str>,
        registration: &Registration,
        sd_jwt_only: bool,
    ) -> Result<(DcqlQuery, Option<&str>), WishFault> {
        if region.is_some() {
            return self.compose(name, region, registration, sd_jwt_only);
        }
        let key = (name.to_owned(), sd_jwt_only);
        if let Some(query) = self.composed.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            let own = self.own.iter().find(|own| own.name == name);
            return Ok((query.clone(), own.and_then(|own| own.purpose.as_deref())));
        }
        let (query, purpose) = self.compose(name, None, registration, sd_jwt_only)?;
        self.composed.write().unwrap_or_else(PoisonError::into_inner).insert(key, query.clone());
        Ok((query, purpose))
    }

    fn compose(
        &self,
        name: &str,
        region: Option<&str>,
        registration: &Registration,
        sd_jwt_only: bool,
    ) -> Result<(DcqlQuery, Option<&str>), WishFault> {
        if let Some(own) = self.own.iter().find(|own| own.name == name) {
            refuse_region(region)?;
            let (documents, attributes) = (strings(&own.documents), strings(&own.attributes));
            let all = self.alternatives(&documents, &attributes, None)?;
            return Ok((inside(all, registration, sd_jwt_only)?, own.purpose.as_deref()));
        }
        let built_in = BUILT_IN.iter().find(|use_| use_.name == name).ok_or(WishFault::UseUnknown)?;
        let region = match (built_in.region, region) {
            (Some(attribute), Some(value)) => Some((attribute, value)),
            (Some(_), None) => return Err(WishFault::RegionMissing),
            (None, region) => refuse_region(region).map(|()| None)?,
        };
        let all = self.alternatives(built_in.documents, built_in.attributes, region)?;
        Ok((inside(all, registration, sd_jwt_only)?, None))
    }

    fn alternatives(
        &self,
        documents: &[&str],
        attributes: &[&str],
        region: Option<(&str, &str)>,
    ) -> Result<Vec<CredentialQuery>, QueryError> {
        let mut all: Vec<CredentialQuery> = Vec::new();
        for document in documents.iter().filter_map(|name| self.document(name)) {
            let asks = attributes.iter().map(|id| (*id, None)).chain(region.map(|(id, value)| (id, Some(value))));
            let asks = asks.filter_map(|(id, value)| Some(Ask { attribute: document.attribute(id)?, value }));
            let asks: Vec<Ask<'_>> = asks.collect();
            for query in [sd_jwt(document, &asks)?, mdoc(document, &asks)?] {
                // The mdocs of the resident card and of its overseas sister are of one type.
                if !all.iter().any(|one| one.wanted() == query.wanted() && one.claims() == query.claims()) {
                    all.push(query);
                }
            }
        }
        Ok(all)
    }

    fn document(&self, name: &str) -> Option<&DocumentType> {
        self.catalogue.documents().iter().find(|document| document.name().as_str() == name)
    }

    pub(crate) const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }
}

const fn refuse_region(region: Option<&str>) -> Result<(), WishFault> {
    if region.is_some() { Err(WishFault::RegionUnused) } else { Ok(()) }
}

fn strings(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// Those that the registration covers. Where none is, all are asked for, and the refusal names what is beyond.
fn inside(
    mut all: Vec<CredentialQuery>,
    registration: &Registration,
    sd_jwt_only: bool,
) -> Result<DcqlQuery, QueryError> {
    if sd_jwt_only {
        all.retain(|query| matches!(query.wanted(), Wanted::SdJwtVc { .. }));
    }
    let covered = |query: &&CredentialQuery| {
        let alone = DcqlQuery::new(vec![(*query).clone()], Vec::new());
        alone.is_ok_and(|alone| registration.covers(&alone, None).is_ok())
    };
    let inside: Vec<CredentialQuery> = all.iter().filter(covered).cloned().collect();
    any_of(if inside.is_empty() { all } else { inside })
}

fn any_of(queries: Vec<CredentialQuery>) -> Result<DcqlQuery, QueryError> {
    let options = queries.iter().map(|query| vec![query.id().clone()]).collect();
    let set = CredentialSetQuery::new(options)?;
    DcqlQuery::new(queries, vec![set])
}

fn sd_jwt(document: &DocumentType, asks: &[Ask<'_>]) -> Result<CredentialQuery, QueryError> {
    let wanted = Wanted::SdJwtVc { vct_values: vec![document.vct().to_owned()] };
    let path =
        |ask: &Ask<'_>| ClaimPath::new(ask.attribute.claim_path().iter().cloned().map(PathSegment::Key).collect());
    let claims = asks.iter().map(|ask| claim(path(ask)?, ask.value)).collect::<Result<_, _>>()?;
    CredentialQuery::new(id(document, "sd_jwt")?, wanted)?.with_claims(claims, Vec::new())
}

fn mdoc(document: &DocumentType, asks: &[Ask<'_>]) -> Result<CredentialQuery, QueryError> {
    let wanted = Wanted::Mdoc { doctype: document.doctype().to_owned() };
    let path = |ask: &Ask<'_>| ClaimPath::element(ask.attribute.namespace(), ask.attribute.element());
    let claims = asks.iter().map(|ask| claim(path(ask), ask.value)).collect::<Result<_, _>>()?;
    CredentialQuery::new(id(document, "mdoc")?, wanted)?.with_claims(claims, Vec::new())
}

fn claim(path: ClaimPath, value: Option<&str>) -> Result<ClaimQuery, QueryError> {
    let claim = ClaimQuery::new(path);
    match value {
        Some(value) => claim.with_values(vec![ExpectedValue::new(Value::from(value))?]),
        None => Ok(claim),
    }
}

fn id(document: &DocumentType, format: &str) -> Result<QueryId, QueryError> {
    format!("{}_{format}", document.name()).parse()
}
