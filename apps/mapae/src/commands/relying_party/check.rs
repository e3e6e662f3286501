//! `mapae relying-party check`: whether a request stays inside a registration.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use mapae_trust::{Beyond, OverAsking, WithinRegistration};
use serde_json::{Value, json};

use super::words;
use crate::{failure::Outcome, output::Output, registrar::read_registration, request};

/// The request asks for more than is registered.
const OVER_ASKING: u8 = 1;

#[derive(Args)]
pub(crate) struct CheckArgs {
    /// The registration
    #[arg(long)]
    registration: PathBuf,
    /// The request
    #[arg(long)]
    request: PathBuf,
}

/// Compares the two, and nothing else: whether the registration stands in the ledger, and whether the request is its
/// holder's, is for whoever has bundle and signature.
pub(super) fn check(args: &CheckArgs, output: &Output) -> Outcome<ExitCode> {
    let registration = read_registration(&args.registration)?;
    let request = request::read(&args.request)?;
    Ok(match registration.covers(request.query(), request.purpose()) {
        Ok(within) => answer_inside(&within, output),
        Err(over) => answer_over(&over, output),
    })
}

fn answer_inside(within: &WithinRegistration, output: &Output) -> ExitCode {
    let registration = within.registration();
    let document = json!({
        "verdict": "inside",
        "relying_party": registration.id().as_str(),
        "names": words::names(registration.names()),
        "purpose": within.purpose().map(words::names),
    });
    output.answer(&document, || {
        let names = words::both(registration.names());
        let purpose = within.purpose().map_or("none stated".to_owned(), words::both);
        format!("INSIDE  {}\n  {names}\n  purpose: {purpose}", registration.id())
    });
    ExitCode::SUCCESS
}

fn answer_over(over: &OverAsking, output: &Output) -> ExitCode {
    let beyond: Vec<Value> = over.beyond().iter().map(describe).collect();
    let document =
        json!({ "verdict": "over-asking", "relying_party": over.relying_party().as_str(), "beyond": beyond });
    output.answer(&document, || {
        let lines = over.beyond().iter().map(|beyond| format!("\n  {}: {beyond}", beyond.code()));
        format!("OVER-ASKING  {}{}", over.relying_party(), lines.collect::<String>())
    });
    ExitCode::from(OVER_ASKING)
}

fn describe(beyond: &Beyond) -> Value {
    let mut document = match beyond {
        Beyond::Document { query, format, document } => {
            json!({ "query": query.as_str(), "format": format, "document": document })
        }
        Beyond::Element { query, document, path } | Beyond::LegalBasis { query, document, path } => json!({
            "query": query.as_str(),
            "format": document.format(),
            "document": document.type_name(),
            "path": words::path(path),
        }),
        Beyond::Everything { query, document } => {
            json!({ "query": query.as_str(), "format": document.format(), "document": document.type_name() })
        }
        Beyond::Purpose { purpose } => json!({ "purpose": purpose }),
        _ => json!({}),
    };
    document["code"] = beyond.code().into();
    document
}
