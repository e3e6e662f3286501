//! `mapae wallet list`.

use serde_json::json;

use super::{ListArgs, describe, drive::Driver, vault::Vault};
use crate::{failure::Outcome, output::Output};

/// Lists all cards.
pub(super) fn run(args: &ListArgs, output: &Output) -> Outcome<()> {
    let driver = Driver::open(Vault::open(&args.wallet.dir)?, args.wallet.at)?;
    let cards = driver.wallet.held_cards();
    let document = json!({ "cards": cards.iter().map(|(id, card)| describe::card(id, card)).collect::<Vec<_>>() });
    output.answer(&document, || match cards.as_slice() {
        [] => "the wallet is empty".to_owned(),
        cards => cards.iter().map(|(_, card)| describe::card_text(card)).collect::<Vec<_>>().join("\n"),
    });
    Ok(())
}
