//! Whether the credentials of an answer are one person's (peers' hole 18).

use std::collections::BTreeMap;

use mapae_dcql::{ClaimPath, ClaimQuery, CredentialQuery, PathSegment, Wanted};
use mapae_document::{Attribute, Catalogue, DocumentType};
use serde_json::Value;

use super::claims::documents;

/// Attributes that say who somebody is, and stay the same from one document to the next. An address is none: registers
/// learn of a removal at different times.
const PERSONAL: [&str; 7] = [
    "family_name",
    "given_name",
    "family_name_hangul",
    "given_name_hangul",
    "birth_date",
    "sex",
    "resident_registration_number",
];

/// A name in one script. One of the two is what makes two documents comparable.
const NAMES: [[&str; 2]; 2] = [["family_name", "given_name"], ["family_name_hangul", "given_name_hangul"]];

/// What a credential tells of its holder.
pub(super) type Person = BTreeMap<String, Value>;

/// Why two credentials are not taken for one person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Apart {
    /// Both tell it, and otherwise.
    Differ(&'static str),
    /// They have no name in common.
    NotComparable,
}

/// Compares every two.
pub(super) fn one_person(all: &[&Person]) -> Result<(), Apart> {
    let mut pairs =
        all.iter().enumerate().flat_map(|(place, one)| all.iter().skip(place + 1).map(move |other| (one, other)));
    pairs.try_for_each(|(one, other)| compare(one, other))
}

fn compare(one: &Person, other: &Person) -> Result<(), Apart> {
    let differs = |id: &&str| matches!((one.get(*id), other.get(*id)), (Some(one), Some(other)) if one != other);
    if let Some(id) = PERSONAL.into_iter().find(|id| differs(id)) {
        return Err(Apart::Differ(id));
    }
    let tells = |person: &Person, name: &[&str; 2]| name.iter().all(|id| person.contains_key(*id));
    if NAMES.iter().any(|name| tells(one, name) && tells(other, name)) { Ok(()) } else { Err(Apart::NotComparable) }
}

/// Whether who answers a query tells a name, whichever claim set it chooses.
pub(crate) fn asks_for_a_name(query: &CredentialQuery, catalogue: &Catalogue) -> bool {
    let kinds: Vec<&str> = match query.wanted() {
        Wanted::Mdoc { doctype } => vec![doctype],
        Wanted::SdJwtVc { vct_values } => vct_values.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let always =
        |claim: &&ClaimQuery| query.claim_sets().iter().all(|set| claim.id().is_some_and(|id| set.contains(id)));
    let asked: Vec<&ClaimPath> = query.claims().iter().filter(always).map(ClaimQuery::path).collect();
    let told = |document: &DocumentType, id: &str| document.attribute(id).is_some_and(|one| asked_in(one, &asked));
    let tells = |document: &DocumentType| NAMES.iter().any(|name| name.iter().all(|id| told(document, id)));
    kinds.iter().all(|kind| documents(catalogue, kind).into_iter().any(tells))
}

/// Whether an attribute is asked for, in either format.
fn asked_in(attribute: &Attribute, asked: &[&ClaimPath]) -> bool {
    let element = ClaimPath::element(attribute.namespace(), attribute.element());
    let claim = ClaimPath::new(attribute.claim_path().iter().cloned().map(PathSegment::Key).collect()).ok();
    asked.iter().any(|path| **path == element || Some(*path) == claim.as_ref())
}
