//! `mapae wallet list`.

use serde_json::json;

use super::{ListArgs, describe, vault::Vault};
use crate::{failure::Outcome, output::Output};

/// Lists all cards.
pub(super) fn run(args: &ListArgs, output: &Output) -> Outcome<()> {
    let vault = Vault::open(&args.wallet.dir)?;
    let mut cards = Vec::new();
    for id in vault.ids()? {
        cards.extend(vault.read(&id)?.map(|card| (id, card)));
    }
    let document = json!({ "cards": cards.iter().map(|(id, card)| describe::card(id, card)).collect::<Vec<_>>() });
    output.answer(&document, || match cards.as_slice() {
        [] => "the wallet is empty".to_owned(),
        cards => cards.iter().map(|(_, card)| describe::card_text(card)).collect::<Vec<_>>().join("\n"),
    });
    Ok(())
}
