//! Whom a credential is about, where it tells the register's random id: never told further as it is, but as a name made of it
//! that nobody else has (docs/decisions/0016).

use mapae_document::Catalogue;
use mapae_oidc::Person;
use mapae_types::PersonId;
use mapae_verify::Issuer;
use serde_json::Value;

use super::claims::documents;

/// The attribute that has the id.
pub(crate) const PERSON_ID: &str = "person_id";

/// A person of a register.
pub(crate) struct Holder {
    register: String,
    id: PersonId,
}

impl Holder {
    /// Of what a credential tells; nothing where that names nobody.
    pub(crate) fn of(told: &Value, issuer: &Issuer, document_type: &str, catalogue: &Catalogue) -> Option<Self> {
        let id = told.as_str()?.parse().ok()?;
        Some(Self { register: register(issuer.country()?, document_type, catalogue)?, id })
    }

    /// As names are made of it.
    pub(crate) fn as_person(&self) -> Person<'_> {
        Person { issuer: &self.register, id: &self.id }
    }
}

/// One name for both formats, which outlives the country's keys. Documents of one mdoc type are one register's.
fn register(country: &str, document_type: &str, catalogue: &Catalogue) -> Option<String> {
    let doctype = documents(catalogue, document_type).first()?.doctype();
    let first = documents(catalogue, doctype);
    Some(format!("{country}/{}", first.first()?.name()))
}
