//! Claims by their names in OpenID Connect (Core §5.1), from the catalogue's attributes and back.
//!
//! Every attribute is a claim of its own name; some have a standard name and form beside. `person_id` is none.

use std::collections::BTreeMap;

use mapae_dcql::{ClaimPath, PathSegment};
use mapae_document::{Attribute, Catalogue, DocumentType};
use mapae_jose::{Object, Value};
use mapae_verify::{Format, VerifiedCredential};

use crate::judging::{PERSON_ID, claims_by_attribute};

/// A standard claim, and the attributes that make it, as far as a document has them.
struct Standard {
    name: &'static str,
    attributes: &'static [&'static str],
    /// Whether it takes all of them.
    whole: bool,
    make: fn(&Object) -> Option<Value>,
}

const NAME: [&str; 2] = ["family_name_hangul", "given_name_hangul"];

/// The members of `address` (§5.1.1), the first attribute of each that is there.
const ADDRESS: [(&str, &[&str]); 5] = [
    ("formatted", &["resident_address_hangul", "resident_address"]),
    ("locality", &["resident_city"]),
    ("region", &["resident_state"]),
    ("postal_code", &["resident_postal_code"]),
    ("country", &["resident_country"]),
];

const STANDARD: [Standard; 4] = [
    Standard { name: "name", attributes: &NAME, whole: true, make: name },
    Standard { name: "birthdate", attributes: &["birth_date"], whole: true, make: birthdate },
    Standard { name: "gender", attributes: &["sex"], whole: true, make: gender },
    Standard {
        name: "address",
        attributes: &[
            "resident_address_hangul",
            "resident_address",
            "resident_city",
            "resident_state",
            "resident_postal_code",
            "resident_country",
        ],
        whole: false,
        make: address,
    },
];

/// Scopes that everybody knows (§5.4), with the claims of theirs that documents have.
pub(super) const SCOPES: [(&str, &[&str]); 2] =
    [("profile", &["name", "family_name", "given_name", "birthdate", "gender"]), ("address", &["address"])];

/// The claims that a document gives, with the elements of a format that make them.
pub(super) fn of_document(document: &DocumentType, format: Format) -> BTreeMap<String, Vec<ClaimPath>> {
    let own = document.attributes().iter().filter(|attribute| attribute.id() != PERSON_ID);
    let mut claims: BTreeMap<_, _> =
        own.filter_map(|one| Some((one.id().to_owned(), vec![path(one, format)?]))).collect();
    for standard in &STANDARD {
        let found = standard.attributes.iter().filter_map(|id| path(document.attribute(id)?, format));
        let found: Vec<ClaimPath> = found.collect();
        if !found.is_empty() && (!standard.whole || found.len() == standard.attributes.len()) {
            claims.insert(standard.name.to_owned(), found);
        }
    }
    claims
}

/// The element of a document that says who somebody is.
pub(super) fn person(document: &DocumentType, format: Format) -> Option<ClaimPath> {
    path(document.attribute(PERSON_ID)?, format)
}

fn path(attribute: &Attribute, format: Format) -> Option<ClaimPath> {
    match format {
        Format::Mdoc => Some(ClaimPath::element(attribute.namespace(), attribute.element())),
        Format::SdJwt => ClaimPath::new(attribute.claim_path().iter().cloned().map(PathSegment::Key).collect()).ok(),
    }
}

/// The claims of a verified credential.
pub(super) fn shape(credential: &VerifiedCredential, catalogue: &Catalogue) -> Object {
    let mut claims = claims_by_attribute(credential, catalogue);
    claims.remove(PERSON_ID);
    let standard: Vec<(String, Value)> =
        STANDARD.iter().filter_map(|one| Some((one.name.to_owned(), (one.make)(&claims)?))).collect();
    claims.extend(standard);
    claims
}

/// Korean names have no space in them.
fn name(claims: &Object) -> Option<Value> {
    let [family, given] = NAME.map(|id| claims.get(id).and_then(Value::as_str));
    Some(format!("{}{}", family?, given?).into())
}

fn birthdate(claims: &Object) -> Option<Value> {
    claims.get("birth_date").cloned()
}

/// ISO/IEC 5218 in §5.1's words.
fn gender(claims: &Object) -> Option<Value> {
    match claims.get("sex")?.as_u64()? {
        1 => Some("male".into()),
        2 => Some("female".into()),
        _ => None,
    }
}

fn address(claims: &Object) -> Option<Value> {
    let told = |ids: &[&str]| ids.iter().find_map(|id| claims.get(*id).cloned());
    let members: Object = ADDRESS.iter().filter_map(|(name, ids)| Some(((*name).to_owned(), told(ids)?))).collect();
    (!members.is_empty()).then(|| members.into())
}
