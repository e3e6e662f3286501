//! `mapae wallet refill`: new copies by the refresh token, for which the issuer looks at its register again (design D8).

use std::path::PathBuf;

use clap::Args;
use mapae_types::DocumentName;

use super::{
    WalletArgs, add,
    card::State,
    obtain::{Errand, read_anchors},
    session::Session,
    show::find,
    trust::TrustArgs,
    vault::Vault,
};
use crate::{
    failure::{Failure, Outcome},
    output::Output,
};

#[derive(Args)]
pub(crate) struct RefillArgs {
    /// The document, as `list` names it
    document: DocumentName,
    /// A root certificate (PEM) that must vouch for the issuer's metadata; without one its address does
    #[arg(long, value_name = "ROOT.pem")]
    issuer_root: Vec<PathBuf>,
    /// How many copies of each format to ask for, as far as the issuer gives that many
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=99))]
    copies: u8,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    wallet: WalletArgs,
}

/// Fetches them.
pub(super) fn run(args: &RefillArgs, output: &Output) -> Outcome<()> {
    let (store, anchors) = (args.trust.read()?, read_anchors(&args.issuer_root)?);
    let vault = Vault::open(&args.wallet.dir)?;
    let (id, card) = find(&vault, args.document.as_str())?;
    let (session, copies) = (Session::new(args.wallet.at)?, usize::from(args.copies));
    let mut errand = Errand { vault: &vault, id, card, session, anchors, store, provider: None, copies };
    let offer = errand.offer()?;
    let Some(grant) = errand.grant()? else {
        return Err(Failure::usage("this card was never finished; run `mapae wallet add` with its offer again"));
    };
    let issuer = errand.discover(&offer)?;
    errand.attest_wallet()?;
    // What an earlier run asked for and did not get comes first, with the keys that it noted.
    let unfinished = errand.card.batches.iter().any(|batch| !matches!(batch.state, State::Held(_)));
    if !unfinished {
        let renewed = errand.run(|context| issuer.refresh(&grant, context))?;
        errand.set_grant(&renewed)?;
        errand.plan_batches(&issuer, &offer.configurations)?;
    }
    let later = add::fetch(&mut errand, &issuer)?;
    add::answer(&errand, later, output)
}
