//! `mapae request`: what a relying party asks for, in both formats.

use std::path::Path;

use mapae_dcql::{ClaimPath, ClaimQuery, CredentialQuery, CredentialSetQuery, DcqlQuery, PathSegment, QueryId, Wanted};
use mapae_document::{Attribute, Catalogue, DocumentType};
use mapae_jose::base64url;
use mapae_types::{DocumentName, Entropy as _};
use serde_json::json;

use crate::{
    cli::RequestArgs,
    environment::{SystemEntropy, now},
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    output::Output,
    request,
};

/// Writes a request for some elements of a document.
pub(crate) fn run(args: &RequestArgs, output: &Output) -> Outcome<()> {
    let catalogue = load_catalogue(args.catalogue.as_deref())?;
    let document = find_document(&catalogue, &args.document)?;
    let attributes = args.elements.iter().map(|id| find_attribute(document, id)).collect::<Outcome<Vec<_>>>()?;
    if !args.response_uri.starts_with("https://") {
        return Err(Failure::usage("--response-uri takes an https URL"));
    }
    let request = json!({
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "client_id": format!("redirect_uri:{}", args.response_uri),
        "response_uri": args.response_uri,
        "nonce": base64url::encode(SystemEntropy.array::<24>()?),
        "iat": now(args.at)?.unix(),
        "dcql_query": query(document, &attributes)?.to_json(),
        "purpose": args.purpose,
    });
    files::write(&args.out, format!("{request:#}\n").as_bytes(), Access::Public)?;
    let written = request::read(&args.out)?;
    output.answer(&request, || {
        let out = args.out.display();
        let asked = args.elements.join(", ");
        format!("Request {} in {out}\n  asks for {asked}\n  of the document {}", written.fingerprint(), args.document)
    });
    Ok(())
}

/// The built-in catalogue, or that of a directory.
pub(crate) fn load_catalogue(dir: Option<&Path>) -> Outcome<Catalogue> {
    let Some(dir) = dir else { return Ok(Catalogue::builtin()?) };
    let mut files = Vec::new();
    let entries = std::fs::read_dir(dir).or_usage(|| format!("cannot read the catalogue {}", dir.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push((path.display().to_string(), files::read_text(&path)?));
        }
    }
    files.sort();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Catalogue::from_toml(&files).or_usage(|| format!("the catalogue {} cannot be used", dir.display()))
}

/// The document, or an error that lists those that there are.
pub(crate) fn find_document<'c>(catalogue: &'c Catalogue, name: &DocumentName) -> Outcome<&'c DocumentType> {
    catalogue.get(name).ok_or_else(|| {
        let known: Vec<&str> = catalogue.documents().iter().map(|document| document.name().as_str()).collect();
        Failure::usage(format!("there is no document {name}; there are: {}", known.join(", ")))
    })
}

pub(crate) fn find_attribute<'d>(document: &'d DocumentType, id: &str) -> Outcome<&'d Attribute> {
    let id = id.trim();
    document.attribute(id).ok_or_else(|| {
        let known: Vec<&str> = document.attributes().iter().map(Attribute::id).collect();
        Failure::usage(format!("{} has no element {id}; it has: {}", document.name(), known.join(", ")))
    })
}

/// Either format answers (OpenID4VP 1.0 §6.2).
fn query(document: &DocumentType, attributes: &[&Attribute]) -> Outcome<DcqlQuery> {
    let id = |text: &str| text.parse::<QueryId>();
    let mdoc = CredentialQuery::new(id("mdoc")?, Wanted::Mdoc { doctype: document.doctype().to_owned() })?;
    let elements = attributes.iter().map(|a| ClaimQuery::new(ClaimPath::element(a.namespace(), a.element())));
    let mdoc = mdoc.with_claims(elements.collect(), Vec::new())?;
    let sd_jwt = CredentialQuery::new(id("sd-jwt")?, Wanted::SdJwtVc { vct_values: vec![document.vct().to_owned()] })?;
    let claims = attributes.iter().map(|a| claim_path(a).map(ClaimQuery::new)).collect::<Outcome<_>>()?;
    let sd_jwt = sd_jwt.with_claims(claims, Vec::new())?;
    let either = CredentialSetQuery::new(vec![vec![id("mdoc")?], vec![id("sd-jwt")?]])?;
    Ok(DcqlQuery::new(vec![mdoc, sd_jwt], vec![either])?)
}

fn claim_path(attribute: &Attribute) -> Outcome<ClaimPath> {
    let names = attribute.claim_path().iter().cloned().map(PathSegment::Key);
    Ok(ClaimPath::new(names.collect())?)
}
