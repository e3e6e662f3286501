//! The mandatory elements of a driving licence (ISO 18013-5 §7.2.1, Table 5), for which a wallet must not insist on reader
//! authentication (design D15).

use mapae_dcql::{ClaimQuery, CredentialQuery, DcqlQuery, Wanted};

const DOCTYPE: &str = "org.iso.18013.5.1.mDL";
const NAMESPACE: &str = "org.iso.18013.5.1";
const MANDATORY: [&str; 11] = [
    "family_name",
    "given_name",
    "birth_date",
    "issue_date",
    "expiry_date",
    "issuing_country",
    "issuing_authority",
    "document_number",
    "portrait",
    "driving_privileges",
    "un_distinguishing_sign",
];

/// Whether a query asks for nothing else, whichever way it is answered.
pub(super) fn asks_for_mandatory_alone(query: &DcqlQuery) -> bool {
    query.credentials().iter().all(|credential| is_licence(credential) && is_mandatory_alone(credential.claims()))
}

fn is_licence(credential: &CredentialQuery) -> bool {
    matches!(credential.wanted(), Wanted::Mdoc { doctype } if doctype == DOCTYPE)
}

fn is_mandatory_alone(claims: &[ClaimQuery]) -> bool {
    let mandatory = |claim: &ClaimQuery| {
        claim.path().as_element().is_some_and(|(space, element)| space == NAMESPACE && MANDATORY.contains(&element))
    };
    !claims.is_empty() && claims.iter().all(mandatory)
}
