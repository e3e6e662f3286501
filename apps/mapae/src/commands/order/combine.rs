//! `mapae order combine`.

use std::path::PathBuf;

use clap::Args;
use mapae_trust::{Order, TrustStore};

use super::{Newest, describe, describe_text, read_order, signers};
use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    output::Output,
};

#[derive(Args)]
pub(crate) struct CombineArgs {
    /// The orders, each with the very same terms
    #[arg(required = true)]
    orders: Vec<PathBuf>,
    #[command(flatten)]
    newest: Newest,
    /// The order to write
    #[arg(long)]
    out: PathBuf,
}

/// Puts them together; with a bundle it also says whether that is enough.
pub(crate) fn combine(args: &CombineArgs, output: &Output) -> Outcome<()> {
    let store = args.newest.read()?;
    let orders: Vec<Order> = args.orders.iter().map(|path| read_order(path)).collect::<Outcome<_>>()?;
    let order = Order::merge(&orders).or_usage(|| "these orders cannot be combined".to_owned())?;
    if let Some(store) = &store {
        check(&order, store)?;
    }
    files::write(&args.out, order.as_bytes(), Access::Public)?;
    let document = describe(&args.out, &order, store.as_ref())?;
    output.answer(&document, || describe_text(&args.out, &document, order.unverified()));
    Ok(())
}

/// As every reader will.
fn check(order: &Order, store: &TrustStore) -> Outcome<()> {
    let ledger = store.sealed_by().log().ok_or_else(|| Failure::usage("the bundle is not a ledger's"))?;
    order.verify(signers(store)?, ledger)?;
    Ok(())
}
