//! `mapae revoke`.

use std::collections::HashSet;

use serde_json::json;

use crate::{
    authority::{Authority, RevocationLine},
    cli::RevokeArgs,
    environment::now,
    failure::{Failure, Outcome},
    issued::{JournalLine, stream_journal},
    lines::{self, Appender},
    output::Output,
};

/// Records every copy of a person's document as revoked. The next bundle says so. Revoking twice changes nothing.
pub(crate) fn run(args: &RevokeArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let copies = copies(&authority, args)?;
    let path = authority.path("revocations.jsonl");
    // Held from here on: who revokes at the same time must know these lines.
    let mut revocations = Appender::open(&path)?;
    let known = known(&path, &copies)?;
    let revoked_at = now(args.at)?.to_string();
    let line = |copy: &JournalLine| RevocationLine {
        uri: copy.uri.clone(),
        idx: copy.idx,
        revoked_at: revoked_at.clone(),
        cover: false,
    };
    let new: Vec<RevocationLine> =
        copies.iter().filter(|copy| !known.contains(&(&*copy.uri, copy.idx))).map(line).collect();
    revocations.append(&lines::to_text(&new)?)?;
    answer(args, output, copies.len(), new.len());
    Ok(())
}

/// The person's copies, as the journal has them.
fn copies(authority: &Authority, args: &RevokeArgs) -> Outcome<Vec<JournalLine>> {
    let (person, document) = (args.person.as_str(), args.document.as_str());
    let of_person = |line: &JournalLine| line.person == person && line.document == document;
    let journal = stream_journal(&args.issued)?;
    let copies: Vec<JournalLine> =
        journal.filter(|line| line.as_ref().map_or(true, of_person)).collect::<anyhow::Result<_>>()?;
    if copies.is_empty() {
        let issued = args.issued.display();
        return Err(Failure::usage(format!("{issued} holds no document {document} of person {person}")));
    }
    match copies.iter().find(|line| authority.status_list_number(&line.uri).is_none()) {
        Some(foreign) => Err(Failure::usage(format!("{} is not a status list of this authority", foreign.uri))),
        None => Ok(copies),
    }
}

/// Those of these copies that are revoked already.
fn known<'c>(path: &std::path::Path, copies: &'c [JournalLine]) -> anyhow::Result<HashSet<(&'c str, u64)>> {
    let mut known = HashSet::new();
    for line in lines::stream::<RevocationLine>(path)? {
        let line = line?;
        let copy = copies.iter().find(|copy| copy.idx == line.idx && copy.uri == line.uri);
        known.extend(copy.map(|copy| (&*copy.uri, copy.idx)));
    }
    Ok(known)
}

fn answer(args: &RevokeArgs, output: &Output, copies: usize, new: usize) {
    let (person, document) = (args.person.as_str(), args.document.as_str());
    let json = json!({ "person": person, "document": document, "copies": copies, "newly_revoked": new });
    output.answer(&json, || {
        let already = copies - new;
        let before = if already > 0 { format!(" ({already} were before)") } else { String::new() };
        format!("{copies} copies revoked{before}; the next bundle says so")
    });
}
