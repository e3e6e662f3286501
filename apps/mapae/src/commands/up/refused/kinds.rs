//! What a wallet must refuse, and what is asked in each.

use mapae_dcql::{ClaimPath, ClaimQuery, CredentialQuery, CredentialSetQuery, DcqlQuery, PathSegment, QueryId, Wanted};
use mapae_document::{Attribute, Catalogue, DocumentType};
use mapae_types::Duration;
use serde::Deserialize;

use crate::{
    commands::request::{find_attribute, find_document},
    failure::Outcome,
};

/// How long a request holds.
const LIFETIME: Duration = Duration::seconds(10 * 60);
/// How long ago one was made that has expired.
const LONG_AGO: Duration = Duration::hours(2);

/// What a library card takes.
const CARD: [&str; 3] = ["family_name_hangul", "given_name_hangul", "age_over_14"];
/// What no library may ask for.
const TOO_MUCH: [&str; 5] = [
    "family_name_hangul",
    "given_name_hangul",
    "age_over_14",
    "resident_registration_number",
    "resident_address_hangul",
];
/// What others ask for.
const ADULT: [&str; 2] = ["family_name_hangul", "age_over_19"];

/// What is wrong with a request.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// It asks for more than the library is registered for.
    OverAsking,
    /// By somebody with a certificate whom the ledger does not know.
    Unregistered,
    /// By somebody who was struck off.
    Withdrawn,
    /// Made long ago.
    Expired,
    /// Made for another wallet's nonce.
    Captured,
    /// Answered before.
    Replayed,
}

impl Kind {
    /// What is asked for, in either format.
    pub(super) fn query(self) -> Outcome<DcqlQuery> {
        let catalogue = Catalogue::builtin()?;
        let resident = find_document(&catalogue, &"resident".parse()?)?;
        let find = |id: &&str| find_attribute(resident, id);
        let attributes: Vec<&Attribute> = self.elements().iter().map(find).collect::<Outcome<_>>()?;
        let credentials = vec![sd_jwt(resident, &attributes)?, mdoc(resident, &attributes)?];
        // One of the two (OpenID4VP 1.0 §6.2).
        let options = credentials.iter().map(|one| vec![one.id().clone()]).collect();
        Ok(DcqlQuery::new(credentials, vec![CredentialSetQuery::new(options)?])?)
    }

    const fn elements(self) -> &'static [&'static str] {
        match self {
            Self::OverAsking => &TOO_MUCH,
            Self::Unregistered | Self::Withdrawn => &ADULT,
            _ => &CARD,
        }
    }

    /// By how much the request is older than it should be, and how long it holds from then.
    pub(super) const fn age(self) -> (Duration, Duration) {
        match self {
            Self::Expired => (LONG_AGO, LIFETIME),
            _ => (Duration::seconds(0), LIFETIME),
        }
    }
}

fn sd_jwt(document: &DocumentType, attributes: &[&Attribute]) -> Outcome<CredentialQuery> {
    let wanted = Wanted::SdJwtVc { vct_values: vec![document.vct().to_owned()] };
    let claim = |attribute: &&Attribute| {
        let names = attribute.claim_path().iter().cloned().map(PathSegment::Key);
        Ok(ClaimQuery::new(ClaimPath::new(names.collect())?))
    };
    let claims = attributes.iter().map(claim).collect::<Outcome<_>>()?;
    Ok(CredentialQuery::new("card_sd_jwt".parse::<QueryId>()?, wanted)?.with_claims(claims, Vec::new())?)
}

fn mdoc(document: &DocumentType, attributes: &[&Attribute]) -> Outcome<CredentialQuery> {
    let wanted = Wanted::Mdoc { doctype: document.doctype().to_owned() };
    let claim =
        |attribute: &&Attribute| ClaimQuery::new(ClaimPath::element(attribute.namespace(), attribute.element()));
    let claims = attributes.iter().map(claim).collect();
    Ok(CredentialQuery::new("card_mdoc".parse::<QueryId>()?, wanted)?.with_claims(claims, Vec::new())?)
}
