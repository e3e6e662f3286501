//! The history as a table (RFC 4180), in both languages.

use core::fmt::Write as _;

use crate::{HistoryLine, Outcome, TransactionView, words::Words};

const HEAD: &str =
    "at,relying_party_id,name_ko,name_en,client_id,purposes,documents,elements,outcome,detail,authorised\r\n";

/// One row for each line, after the names of the columns.
pub(super) fn csv(lines: &[HistoryLine]) -> String {
    lines.iter().fold(HEAD.to_owned(), |mut text, line| {
        let cells = row(line).map(|text| cell(&text));
        let _ = write!(text, "{}\r\n", cells.join(","));
        text
    })
}

fn row(line: &HistoryLine) -> [String; 11] {
    let (outcome, detail) = outcome(&line.outcome);
    let mut documents = line.documents.iter().map(|document| &document.document);
    let mut elements = line.documents.iter().flat_map(|document| &document.elements);
    [
        line.at.0.to_string(),
        line.who.id.clone().unwrap_or_default(),
        line.who.name.ko.clone(),
        line.who.name.en.clone(),
        line.who.client_id.clone(),
        both(&mut line.purposes.iter()),
        both(&mut documents),
        both(&mut elements),
        outcome.to_owned(),
        detail,
        line.transactions.iter().map(transaction).collect::<Vec<_>>().join(" | "),
    ]
}

fn transaction(transaction: &TransactionView) -> String {
    let mut words = vec![&transaction.title];
    for line in &transaction.lines {
        words.extend([&line.label, &line.value]);
    }
    both(&mut words.into_iter())
}

/// One function for every iterator: the page carries each instance over the network.
fn both(words: &mut dyn Iterator<Item = &Words>) -> String {
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
