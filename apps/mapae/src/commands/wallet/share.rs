//! Answering a request over the network: what a citizen reads, and what they agree to.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};

use anyhow::Context as _;
use mapae_wallet::{AskView, Asked, Consent, CopyState, DocumentView, Proposal, ProposalView};
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
        driver.run(task)?.map_err(failure)?;
        output.answer(&json!({ "shared": false }), || "Declined; nothing was shared".to_owned());
        return Ok(());
    }
    let who = proposal.view().who.clone();
    let task = driver.wallet.answer(proposal, consent, &driver.start()?);
    let shared = driver.run(task)?.map_err(failure)?;
    let said = json!({ "shared": true, "who": who, "history": shared.history, "redirect_uri": shared.redirect_uri });
    output.answer(&said, || {
        let goes_on = shared.redirect_uri.map(|uri| format!("\n  go on at {}", printable(&uri))).unwrap_or_default();
        format!("Shared with {}{goes_on}", printable(&who.name.en))
    });
    Ok(())
}

/// The least of what is required; with `all`, the first way of whatever is optional too.
fn consent(proposal: &Proposal, all: bool) -> Consent {
    let mut consent = Consent { express: true, ..proposal.least() };
    if all {
        consent.chosen.iter_mut().for_each(|chosen| *chosen = chosen.or(Some(0)));
    }
    consent
}

fn agreed() -> Outcome<bool> {
    if !stdin().is_terminal() {
        return Err(Failure::usage("nobody to ask; --yes agrees"));
    }
    write!(stderr(), "Share this? [y/N] ").context("cannot ask")?;
    let mut line = String::new();
    stdin().lock().read_line(&mut line).context("cannot read the answer")?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

fn text(view: &ProposalView, consent: &Consent) -> String {
    let purposes: Vec<String> = view.purposes.iter().map(|purpose| printable(&purpose.en)).collect();
    let mut lines = vec![format!("{} asks, for: {}", printable(&view.who.name.en), purposes.join("; "))];
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
    lines.extend(document.elements.iter().map(|element| format!("    {}", printable(&element.label.en))));
    lines
}
