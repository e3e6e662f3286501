//! `mapae revoke`.

use serde_json::json;

use crate::{
    authority::{Authority, RevocationLine},
    cli::RevokeArgs,
    environment::now,
    failure::{Failure, Outcome},
    issued::read_journal,
    lines,
    output::Output,
};

/// Records every copy of a person's document as revoked. The next bundle says so. Revoking twice changes nothing.
pub(crate) fn run(args: &RevokeArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let (person, document) = (args.person.as_str(), args.document.as_str());
    let journal = read_journal(&args.issued)?;
    let copies: Vec<_> = journal.iter().filter(|line| line.person == person && line.document == document).collect();
    if copies.is_empty() {
        let issued = args.issued.display();
        return Err(Failure::usage(format!("{issued} holds no document {document} of person {person}")));
    }
    if let Some(foreign) = copies.iter().find(|line| authority.status_list_number(&line.uri).is_none()) {
        return Err(Failure::usage(format!("{} is not a status list of this authority", foreign.uri)));
    }
    let known = authority.revocations()?;
    let revoked_at = now(args.at)?.to_string();
    let new: Vec<RevocationLine> = copies
        .iter()
        .filter(|line| !known.iter().any(|old| old.uri == line.uri && old.idx == line.idx))
        .map(|line| RevocationLine { uri: line.uri.clone(), idx: line.idx, revoked_at: revoked_at.clone() })
        .collect();
    lines::append(&authority.path("revocations.jsonl"), &new)?;
    let document =
        json!({ "person": person, "document": document, "copies": copies.len(), "newly_revoked": new.len() });
    output.answer(&document, || {
        let already = copies.len() - new.len();
        let before = if already > 0 { format!(" ({already} were before)") } else { String::new() };
        format!("{} copies revoked{before}; the next bundle says so", copies.len())
    });
    Ok(())
}
