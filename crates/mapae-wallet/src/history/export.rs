//! The history as a table (RFC 4180), in both languages.

use core::fmt::Write as _;

use crate::{HistoryLine, Outcome, words::Words};

const HEAD: &str = "at,relying_party_id,name_ko,name_en,client_id,purposes,documents,elements,outcome,detail\r\n";

/// One row for each line, after the names of the columns.
pub(super) fn csv(lines: &[HistoryLine]) -> String {
    lines.iter().fold(HEAD.to_owned(), |mut text, line| {
        let cells = row(line).map(|text| cell(&text));
        let _ = write!(text, "{}\r\n", cells.join(","));
        text
    })
}

fn row(line: &HistoryLine) -> [String; 10] {
    let (outcome, detail) = outcome(&line.outcome);
    let documents = line.documents.iter().map(|document| &document.document);
    let elements = line.documents.iter().flat_map(|document| &document.elements);
    [
        line.at.0.to_string(),
        line.who.id.clone().unwrap_or_default(),
        line.who.name.ko.clone(),
        line.who.name.en.clone(),
        line.who.client_id.clone(),
        both(line.purposes.iter()),
        both(documents),
        both(elements),
        outcome.to_owned(),
        detail,
    ]
}

fn both<'w>(words: impl Iterator<Item = &'w Words>) -> String {
    let one =
        |words: &Words| if words.ko == words.en { words.ko.clone() } else { format!("{} / {}", words.ko, words.en) };
    words.map(one).collect::<Vec<_>>().join("; ")
}

fn outcome(outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Shared => ("shared", String::new()),
        Outcome::Unanswered => ("unanswered", String::new()),
        Outcome::Prepared => ("prepared", String::new()),
        Outcome::Declined => ("declined", String::new()),
        Outcome::Refused { code } => ("refused", code.clone()),
        Outcome::Failed { status } => ("failed", status.to_string()),
    }
}

/// Quoted always. What a spreadsheet would take for a formula gets an apostrophe: names are by others.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
