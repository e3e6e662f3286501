//! `PyPI` `schemathesis` reads the issuer's own description of itself, and asks what it describes for everything and its
//! opposite: nothing may fail on our side, and every answer is of its description.

use std::fs;

use anyhow::Result;
use mapae_interop::mapae::issuer::Issuer;
use mapae_interop::schemathesis::conforms;

/// An issuer of its own: what is asked of its office changes it.
#[test]
fn what_is_asked_of_an_issuer_at_random_is_answered_as_its_openapi_document_says() -> Result<()> {
    let issuer = Issuer::start(&[])?;
    conforms(issuer.url(), None)?;
    let token = fs::read_to_string(issuer.office_token())?;
    conforms(issuer.office_url(), Some(token.trim_end()))
}
