//! Answering a request over the network: what a citizen reads, and what they agree to.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};

use anyhow::Context as _;
use mapae_wallet::{
    AskView, Asked, Consent, CopyState, DocumentView, ElementView, Proposal, ProposalView, TransactionView, Words,
};
use mapae_x509::TrustAnchor;
use serde_json::json;

use super::{describe::printable, drive::Driver, failure, present::refused};
use crate::{
    failure::{Failure, Outcome},
    output::Output,
};

/// What was said beforehand.
pub(super) struct Wanted {
    pub(super) yes: bool,
    pub(super) all: bool,
    /// Answer anybody, also those for whom these roots vouch.
    pub(super) anybody: Option<Vec<TrustAnchor>>,
}

/// Asks the holder, and answers or declines.
pub(super) fn run(driver: &mut Driver, link: &str, wanted: Wanted, output: &Output) -> Outcome<()> {
    let start = driver.start()?;
    let ask = match wanted.anybody {
        Some(roots) => driver.wallet.ask_unregistered(link, roots, &start),
        None => driver.wallet.ask(link, &start),
    };
    let proposal = match driver.run(ask)?.map_err(failure)? {
        Asked::Proposal(proposal) => *proposal,
        Asked::Refusal(refusal) => return Err(refused(&refusal)),
    };
    let consent = consent(&proposal, wanted.all);
    Output::note(&text(proposal.view(), &consent));
    if !wanted.yes && !agreed()? {
        let task = driver.wallet.decline(proposal, &driver.start()?);
        let goes_to = driver.run(task)?.map_err(failure)?.redirect_uri;
        let said = json!({ "shared": false, "redirect_uri": goes_to });
        output.answer(&said, || format!("Declined; nothing was shared{}", goes_on(goes_to.as_deref())));
        return Ok(());
    }
    let ProposalView { who, transactions, .. } = proposal.view().clone();
    let task = driver.wallet.answer(proposal, consent, &driver.start()?);
    let shared = driver.run(task)?.map_err(failure)?;
    let (noted, goes_to) = (&shared.history, &shared.redirect_uri);
    let said = json!({
        "shared": true, "who": who, "authorised": transactions, "history": noted, "redirect_uri": goes_to,
    });
    output.answer(&said, || format!("Shared with {}{}", printable(&who.name.en), goes_on(goes_to.as_deref())));
    Ok(())
}

/// OpenID4VP 1.0 §8.2: where the person's browser goes on, whatever was answered.
fn goes_on(page: Option<&str>) -> String {
    page.map(|page| format!("\n  go on at {}", printable(page))).unwrap_or_default()
}

/// The least of what is required; with `all`, the first way of whatever is optional too.
pub(super) fn consent(proposal: &Proposal, all: bool) -> Consent {
    let mut consent = Consent { express: true, ..proposal.least() };
    if all {
        consent.chosen.iter_mut().for_each(|chosen| *chosen = chosen.or(Some(0)));
    }
    consent
}

pub(super) fn agreed() -> Outcome<bool> {
    if !stdin().is_terminal() {
        return Err(Failure::usage("nobody to ask; --yes agrees"));
    }
    write!(stderr(), "Share this? [y/N] ").context("cannot ask")?;
    let mut line = String::new();
    stdin().lock().read_line(&mut line).context("cannot read the answer")?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

pub(super) fn text(view: &ProposalView, consent: &Consent) -> String {
    let purposes: Vec<String> = view.purposes.iter().map(|purpose| printable(&purpose.en)).collect();
    let mut lines = vec![format!("{} asks, for: {}", printable(&view.who.name.en), purposes.join("; "))];
    lines.extend(view.number.iter().map(|number| {
        format!(
            "  number {number} (번호 {number}): if one stands beside the code that was scanned, it must be the same"
        )
    }));
    lines.extend(view.transactions.iter().flat_map(transaction_text));
    for (ask, chosen) in view.asks.iter().zip(&consent.chosen) {
        lines.extend(ask_text(ask, *chosen));
    }
    lines.extend(
        view.warnings
            .iter()
            .map(|warning| format!("  warning: {}", json!(warning)["code"].as_str().unwrap_or_default())),
    );
    lines.join("\n")
}

fn ask_text(ask: &AskView, chosen: Option<usize>) -> Vec<String> {
    match chosen.and_then(|place| ask.options.get(place)) {
        Some(option) => option.documents.iter().flat_map(document_text).collect(),
        None => vec!["  optional, left out; --all shares it".to_owned()],
    }
}

fn document_text(document: &DocumentView) -> Vec<String> {
    let seen = if document.copy.state == CopyState::Fresh { "" } else { " (by a copy that was shown before)" };
    let mut lines = vec![format!("  of {} as {}{seen}:", document.document.en, document.format.name())];
    lines.extend(document.elements.iter().map(element_text));
    lines
}

fn element_text(element: &ElementView) -> String {
    let known = if element.recognises {
        " (이 기관이 다음에도 나를 알아볼 수 있음: lets them know you again)"
    } else {
        ""
    };
    format!("    {}{known}", printable(&element.label.en))
}

/// Whole and in both languages: it is what the holder's key signs.
pub(super) fn transaction_text(transaction: &TransactionView) -> Vec<String> {
    let mut lines = vec![format!("  by sharing you authorise (제시하면 승인됨): {}", both(&transaction.title))];
    lines.extend(transaction.lines.iter().map(|line| format!("    {}: {}", both(&line.label), both(&line.value))));
    lines
}

fn both(words: &Words) -> String {
    let (ko, en) = (printable(&words.ko), printable(&words.en));
    if ko == en { ko } else { format!("{ko} / {en}") }
}
