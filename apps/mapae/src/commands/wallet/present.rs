//! `mapae wallet present`: answers a request with a copy of the wallet (design D7).

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use mapae_reader::Request;
use mapae_types::DocumentName;
use serde_json::json;

use super::{
    WalletArgs,
    card::{Batch, Card, Format, HeldCopy},
    show::find,
    vault::Vault,
};
use crate::{
    cli::FormatArg,
    commands::present::{self, path_text},
    environment::now,
    failure::{Failure, Outcome},
    files::{self, Access},
    output::Output,
    request,
};

#[derive(Args)]
pub(crate) struct PresentArgs {
    /// The request to answer
    #[arg(long)]
    request: PathBuf,
    /// The document, as `list` names it
    #[arg(long)]
    document: DocumentName,
    /// In which format
    #[arg(long)]
    format: FormatArg,
    /// The presentation to write
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    wallet: WalletArgs,
}

/// Writes a presentation that discloses what is asked for and nothing else, and remembers to whom.
pub(super) fn run(args: &PresentArgs, output: &Output) -> Outcome<()> {
    let request = request::read(&args.request)?;
    let format = match args.format {
        FormatArg::Mdoc => Format::Mdoc,
        FormatArg::SdJwt => Format::SdJwt,
    };
    let vault = Vault::open(&args.wallet.dir)?;
    let (id, mut card) = find(&vault, args.document.as_str())?;
    let (batch, index) = choose(&card, format, request.client_id())?;
    let seen = !copy_at(&card, batch, index)?.shown_to.is_empty();
    let copy = copy_at(&card, batch, index)?;
    let (bytes, key) = (copy.bytes()?, &card.batches[batch].keys[copy.key].0);
    let (presentation, disclosed) = match format {
        Format::Mdoc => present::present_mdoc(&bytes, key, &request),
        Format::SdJwt => present::present_sd_jwt(&bytes, key, &request, now(args.wallet.at)?),
    }?;
    // A copy that may have been seen is one that was: this is on the disk before the presentation is.
    remember(&mut card, batch, index, &request)?;
    vault.write(&id, &card)?;
    files::write(&args.out, &presentation, Access::Public)?;
    let names: Vec<String> = disclosed.iter().map(path_text).collect();
    let out = args.out.display().to_string();
    let document = json!({
        "out": out,
        "format": format.name(),
        "copy": index + 1,
        "used_before": seen,
        "client_id": request.client_id(),
        "disclosed": names,
        "bytes": presentation.len(),
    });
    output.answer(&document, || {
        format!("Presentation {out} for {}\n  discloses {}", request.client_id(), names.join(", "))
    });
    if seen {
        Output::note("note: no copy is left that nobody has seen; `mapae wallet refill` gets new ones");
    }
    Ok(())
}

/// A fresh copy; else one that this relying party has seen already; else the least used (design D7).
fn choose(card: &Card, format: Format, client: &str) -> Outcome<(usize, usize)> {
    let of_format = |batch: &Batch| {
        batch.held().is_some_and(|held| !held.is_refused() && held.copies.iter().any(|copy| copy.format == format))
    };
    let none = || Failure::usage(format!("no copy as {} in this wallet", format.name()));
    let batch = card.batches.iter().rposition(of_format).ok_or_else(none)?;
    let copies = card.batches[batch].held().map(|held| held.copies.as_slice()).unwrap_or_default();
    let rank = |copy: &HeldCopy| {
        let uses = copy.shown_to.len();
        (uses > 0, !copy.shown_to.iter().any(|shown| shown == client), uses)
    };
    let index = (0..copies.len()).min_by_key(|&index| rank(&copies[index])).ok_or_else(none)?;
    Ok((batch, index))
}

fn copy_at(card: &Card, batch: usize, index: usize) -> anyhow::Result<&HeldCopy> {
    card.batches[batch].held().and_then(|held| held.copies.get(index)).context("the copy is gone")
}

fn remember(card: &mut Card, batch: usize, index: usize, request: &Request) -> anyhow::Result<()> {
    let held = card.batches[batch].held_mut().context("the copy is gone")?;
    held.copies[index].shown_to.push(request.client_id().to_owned());
    Ok(())
}
