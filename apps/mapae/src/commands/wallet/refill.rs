//! `mapae wallet refill`: new copies by the refresh token, for which the issuer looks at its register again (design D8).

use std::path::PathBuf;

use clap::Args;
use mapae_types::DocumentName;

use super::{
    WalletArgs, add,
    drive::Driver,
    failure,
    show::find,
    trust::{TrustArgs, read_anchors},
    vault::Vault,
};
use crate::{failure::Outcome, output::Output};

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

/// Fetches them. What an earlier run asked for and did not get comes first, with the keys that it noted.
pub(super) fn run(args: &RefillArgs, output: &Output) -> Outcome<()> {
    let (store, anchors) = (args.trust.read()?, read_anchors(&args.issuer_root)?);
    let mut driver = Driver::open(Vault::open(&args.wallet.dir)?, args.wallet.at)?;
    let judged = store.is_some();
    driver.wallet.rely_on(store);
    driver.wallet.rely_on_issuers(anchors);
    let (id, _) = find(&driver.wallet, args.document.as_str())?;
    let task = driver.wallet.refill(&id, usize::from(args.copies), &driver.start()?);
    let added = driver.run(task)?.map_err(failure)?;
    let added = add::wait(&mut driver, added)?;
    add::answer(&driver, &added, judged, output)
}
