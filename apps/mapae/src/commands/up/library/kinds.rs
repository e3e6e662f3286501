//! What is asked: a library card's worth, and what a wallet must refuse.

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
/// What may be added to it.
const PHOTO: [&str; 1] = ["portrait"];
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

/// Kinds of sessions.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// What the library is registered for.
    Card,
    /// More than that.
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

/// In which format the answer may come.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Asked {
    /// As the wallet likes.
    #[default]
    Either,
    /// `mso_mdoc`.
    Mdoc,
    /// `dc+sd-jwt`.
    SdJwt,
}

impl Kind {
    /// What is asked for.
    pub(super) fn query(self, format: Asked) -> Outcome<DcqlQuery> {
        let catalogue = Catalogue::builtin()?;
        let resident = find_document(&catalogue, &"resident".parse()?)?;
        let mut asks = vec![Ask::of(resident, "card", self.elements(), format)?];
        if self == Self::Card {
            asks.push(Ask::of(resident, "photo", &PHOTO, format)?);
        }
        let sets = asks.iter().map(Ask::set).collect::<Outcome<_>>()?;
        Ok(DcqlQuery::new(asks.into_iter().flat_map(|ask| ask.credentials).collect(), sets)?)
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

/// One thing that is asked for, in one format or either (OpenID4VP 1.0 §6.2).
struct Ask {
    credentials: Vec<CredentialQuery>,
    is_optional: bool,
}

impl Ask {
    fn of(document: &DocumentType, name: &str, elements: &[&str], format: Asked) -> Outcome<Self> {
        let attributes: Vec<&Attribute> =
            elements.iter().map(|id| find_attribute(document, id)).collect::<Outcome<_>>()?;
        let mut credentials = Vec::new();
        if format != Asked::Mdoc {
            credentials.push(sd_jwt(document, name, &attributes)?);
        }
        if format != Asked::SdJwt {
            credentials.push(mdoc(document, name, &attributes)?);
        }
        Ok(Self { credentials, is_optional: elements == PHOTO })
    }

    fn set(&self) -> Outcome<CredentialSetQuery> {
        let set = CredentialSetQuery::new(self.credentials.iter().map(|one| vec![one.id().clone()]).collect())?;
        Ok(if self.is_optional { set.optional() } else { set })
    }
}

fn sd_jwt(document: &DocumentType, name: &str, attributes: &[&Attribute]) -> Outcome<CredentialQuery> {
    let wanted = Wanted::SdJwtVc { vct_values: vec![document.vct().to_owned()] };
    let claim = |attribute: &&Attribute| {
        let names = attribute.claim_path().iter().cloned().map(PathSegment::Key);
        Ok(ClaimQuery::new(ClaimPath::new(names.collect())?))
    };
    let claims = attributes.iter().map(claim).collect::<Outcome<_>>()?;
    Ok(CredentialQuery::new(format!("{name}_sd_jwt").parse::<QueryId>()?, wanted)?.with_claims(claims, Vec::new())?)
}

/// The library keeps the name, and looks at the rest.
fn mdoc(document: &DocumentType, name: &str, attributes: &[&Attribute]) -> Outcome<CredentialQuery> {
    let wanted = Wanted::Mdoc { doctype: document.doctype().to_owned() };
    let claim = |attribute: &&Attribute| {
        let path = ClaimPath::element(attribute.namespace(), attribute.element());
        ClaimQuery::new(path).with_intent_to_retain(attribute.id().contains("_name_"))
    };
    let claims = attributes.iter().map(claim).collect();
    Ok(CredentialQuery::new(format!("{name}_mdoc").parse::<QueryId>()?, wanted)?.with_claims(claims, Vec::new())?)
}
