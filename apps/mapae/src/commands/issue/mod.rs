//! `mapae issue`: a register goes in, documents in both formats come out.

mod copies;
mod person;
mod report;

use std::{fs::File, path::Path};

use mapae_document::DocumentType;

use self::{person::Issuer, report::Report};
use crate::{
    authority::Authority,
    cli::IssueArgs,
    commands::request::{find_document, load_catalogue},
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
};

/// Issues a document to everybody in a register who may have it and has none yet.
pub(crate) fn run(args: &IssueArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let catalogue = load_catalogue(args.catalogue.as_deref())?;
    let document = find_document(&catalogue, &args.document)?;
    let register = File::open(&args.register).or_usage(|| format!("cannot read {}", args.register.display()))?;
    let size = register.metadata()?.len();
    let mut rows = csv::ReaderBuilder::new().from_reader(register);
    let header = rows.headers().or_usage(|| args.register.display().to_string())?.clone();
    check_columns(&header, document, &args.register)?;
    files::create_dir(&args.out)?;
    let mut issuer = Issuer::new(&authority, document, args)?;
    let mut report = Report::new(args)?;
    let progress = output.progress(size, "bytes");
    let mut record = csv::StringRecord::new();
    loop {
        let line = rows.position().line();
        match rows.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => issuer.row(&header, &record, &mut report)?,
            Err(error) => report.malformed(line, "", &error.to_string())?,
        }
        progress.set_position(rows.position().byte());
    }
    progress.finish_and_clear();
    report.answer(output)
}

fn check_columns(header: &csv::StringRecord, document: &DocumentType, register: &Path) -> Outcome<()> {
    let missing: Vec<&str> = document.columns().filter(|column| !header.iter().any(|name| name == *column)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{}: the document {} needs the columns {}",
        register.display(),
        document.name(),
        missing.join(", ")
    )))
}
