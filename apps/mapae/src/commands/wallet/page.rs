//! Answering a request that a page gave its browser (OpenID4VP 1.0 Appendix A, the Digital Credentials API).
//!
//! A wallet of an operating system is called by the browser; this program is called with the same request in a file, and the
//! origin of the page. What it writes is what the browser would hand to the page.

use std::{fs, path::Path};

use anyhow::Context as _;
use mapae_oid4vp::BrowserCall;
use mapae_wallet::{Asked, ProposalView};
use serde_json::json;

use super::{
    describe::printable,
    drive::Driver,
    failure,
    present::refused,
    share::{Wanted, agreed, consent, text},
};
use crate::{
    failure::{Failure, Outcome},
    files::{self, Access},
    output::Output,
};

/// Asks the holder, and writes the answer.
pub(super) fn run(
    driver: &mut Driver,
    (file, origin, out): (&Path, &str, &Path),
    wanted: Wanted,
    output: &Output,
) -> Outcome<()> {
    let request = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let call = BrowserCall::parse(&request, origin).map_err(|fault| Failure::Failed(fault.into()))?;
    let start = driver.start()?;
    let asked = match wanted.anybody {
        Some(roots) => driver.wallet.ask_by_browser_unregistered(&call, roots, &start),
        None => driver.wallet.ask_by_browser(&call, &start),
    };
    let proposal = match asked {
        Asked::Proposal(proposal) => *proposal,
        Asked::Refusal(refusal) => return Err(refused(&refusal)),
    };
    let consent = consent(&proposal, wanted.all);
    Output::note(&text(proposal.view(), &consent));
    if !wanted.yes && !agreed()? {
        let task = driver.wallet.decline(proposal, &driver.start()?);
        driver.run(task)?.map_err(failure)?;
        output.answer(&json!({ "shared": false }), || "Declined; nothing was written".to_owned());
        return Ok(());
    }
    let ProposalView { who, transactions, .. } = proposal.view().clone();
    let task = driver.wallet.make(proposal, consent, &driver.start()?);
    let made = driver.run(task)?.map_err(failure)?;
    let answer = made.for_page.context("nothing to hand over")?;
    files::write(out, &serde_json::to_vec(&answer)?, Access::Public)?;
    let (out, line) = (out.display().to_string(), made.history);
    let said = json!({ "shared": true, "who": who, "authorised": transactions, "history": line, "out": out });
    output.answer(&said, || format!("Answer to {} written to {out}", printable(&who.name.en)));
    Ok(())
}
