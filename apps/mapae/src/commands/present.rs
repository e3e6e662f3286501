//! `mapae present`: answers a request with one copy, as a wallet does. For sample holders, whose keys are files.

use anyhow::Context as _;
use mapae_crypto::{Algorithm, SigningKey};
use mapae_dcql::{Candidate, ClaimPath, CredentialQuery, Mismatch, PathSegment};
use mapae_issue::Format;
use mapae_mdoc::HeldMdoc;
use mapae_reader::Request;
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use mapae_types::Timestamp;
use serde_json::{Value, json};

use crate::{
    authority::read_key,
    cli::{FormatArg, PresentArgs},
    environment::now,
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    issued::{copy_file, key_file},
    output::Output,
    request,
};

/// Writes a presentation that discloses what is asked for and nothing else.
pub(crate) fn run(args: &PresentArgs, output: &Output) -> Outcome<()> {
    let request = request::read(&args.request)?;
    let format = match args.format {
        FormatArg::Mdoc => Format::Mdoc,
        FormatArg::SdJwt => Format::SdJwt,
    };
    let path = args.from.join(copy_file(format, args.copy));
    let copy = files::read(&path).map_err(Failure::Usage)?;
    let key = read_key(&args.from.join(key_file(format, args.copy))).map_err(Failure::Usage)?;
    let (presentation, disclosed) = match format {
        Format::Mdoc => present_mdoc(&copy, &key, &request),
        Format::SdJwt => present_sd_jwt(&copy, &key, &request, now(args.at)?),
    }?;
    files::write(&args.out, &presentation, Access::Public)?;
    let out = args.out.display().to_string();
    let names: Vec<String> = disclosed.iter().map(path_text).collect();
    let document = json!({
        "out": out,
        "format": format.name(),
        "copy": args.copy,
        "client_id": request.client_id(),
        "disclosed": names,
        "bytes": presentation.len(),
    });
    output.answer(&document, || {
        format!("Presentation {out} for {}\n  discloses {}", request.client_id(), names.join(", "))
    });
    Ok(())
}

/// Answers with an mdoc.
pub(super) fn present_mdoc(copy: &[u8], key: &SigningKey, request: &Request) -> Outcome<(Vec<u8>, Vec<ClaimPath>)> {
    let held = HeldMdoc::parse(copy).context("the copy cannot be read")?;
    let mut elements = serde_json::Map::new();
    for element in held.elements() {
        let space = elements.entry(element.namespace).or_insert_with(|| json!({}));
        space[element.identifier()] = element.value().to_json();
    }
    let elements = Value::Object(elements);
    let paths = select(request, &Candidate::mdoc(held.doc_type(), &elements))?;
    let wanted: Vec<(&str, &str)> = paths.iter().filter_map(ClaimPath::as_element).collect();
    let unsigned = held.present(&wanted, &request.transcript())?;
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok((unsigned.attach(&signature), paths))
}

/// Answers with an SD-JWT VC.
pub(super) fn present_sd_jwt(
    copy: &[u8],
    key: &SigningKey,
    request: &Request,
    now: Timestamp,
) -> Outcome<(Vec<u8>, Vec<ClaimPath>)> {
    let text = std::str::from_utf8(copy).context("the copy is not text")?;
    let held = SdJwt::parse(text).context("the copy cannot be read")?;
    let claims = Value::Object(held.claims().clone());
    let paths = select(request, &Candidate::sd_jwt_vc(&[held.vct()], &claims))?;
    let wanted: Vec<Vec<PathElement<'_>>> = paths.iter().map(path_elements).collect();
    let wanted: Vec<&[PathElement<'_>]> = wanted.iter().map(Vec::as_slice).collect();
    let binding = KeyBinding { audience: request.client_id(), nonce: request.nonce(), issued_at: now };
    let unsigned = held.select(&wanted)?.bind(Algorithm::Es256, &binding);
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok((unsigned.attach(&signature).into_bytes(), paths))
}

/// What of the copy answers the request.
fn select(request: &Request, candidate: &Candidate<'_>) -> Outcome<Vec<ClaimPath>> {
    let mut mismatch = Mismatch::Format;
    for query in request.query().credentials() {
        match CredentialQuery::select(query, candidate) {
            Ok(selection) => return Ok(selection.paths().cloned().collect()),
            Err(Mismatch::Format) => {}
            Err(other) => mismatch = other,
        }
    }
    Err(mismatch).or_usage(|| "this document does not answer the request".to_owned())
}

fn path_elements(path: &ClaimPath) -> Vec<PathElement<'_>> {
    path.segments().iter().map(path_element).collect()
}

fn path_element(segment: &PathSegment) -> PathElement<'_> {
    match segment {
        PathSegment::Key(name) => PathElement::Name(name),
        PathSegment::Index(index) => PathElement::Index(*index),
        PathSegment::All => PathElement::Every,
    }
}

/// A path for people.
pub(super) fn path_text(path: &ClaimPath) -> String {
    let segment = |segment: &PathSegment| match segment {
        PathSegment::Key(name) => name.clone(),
        PathSegment::Index(index) => index.to_string(),
        PathSegment::All => "*".to_owned(),
    };
    path.segments().iter().map(segment).collect::<Vec<_>>().join("/")
}
