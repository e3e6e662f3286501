//! `PyPI` `schemathesis` reads what issuer and verifier say of themselves, and asks what that describes for everything and its
//! opposite: nothing may fail on our side, and every answer is of its description.

use std::fs;

use anyhow::{Result, ensure};
use mapae_interop::mapae::issuer::Issuer;
use mapae_interop::relying_party::Provider;
use mapae_interop::schemathesis::conforms;

use crate::somebody::holder;

/// An issuer of its own: what is asked of its office changes it.
#[test]
fn what_is_asked_of_an_issuer_at_random_is_answered_as_its_openapi_document_says() -> Result<()> {
    let issuer = Issuer::start(&[])?;
    conforms(issuer.url(), None)?;
    let token = fs::read_to_string(issuer.office_token())?;
    conforms(issuer.office_url(), Some(token.trim_end()))
}

/// With sessions and sign-ins, once as the relying party's program, and once as somebody without a token, as every wallet is.
#[test]
fn what_is_asked_of_a_verifier_at_random_is_answered_as_its_openapi_document_says() -> Result<()> {
    let provider = Provider::start(&holder()?.country, "")?;
    let verifier = provider.verifier();
    for token in [Some(verifier.token()), None] {
        conforms(verifier.url(), token)?;
    }
    ensure!(verifier.complaints().is_empty(), "it complains: {}", verifier.complaints());
    Ok(())
}
