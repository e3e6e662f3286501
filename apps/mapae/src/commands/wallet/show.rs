//! `mapae wallet show`: a document's contents, for its holder's eyes.

use mapae_mdoc::HeldMdoc;
use mapae_sd_jwt::SdJwt;
use mapae_wallet::{Card, CardId, Format, HeldCopy, Wallet};
use serde_json::{Value, json};

use super::{ShowArgs, describe, drive::Driver, vault::Vault};
use crate::{
    failure::{Failure, Outcome},
    output::Output,
};

/// Shows it.
pub(super) fn run(args: &ShowArgs, output: &Output) -> Outcome<()> {
    let driver = Driver::open(Vault::open(&args.wallet.dir)?, args.wallet.at)?;
    let (id, card) = find(&driver.wallet, args.document.as_str())?;
    let mut document = describe::card(&id, &card);
    let mut contents = Vec::new();
    for batch in &card.batches {
        let Some(copy) = batch.held().and_then(|held| held.copies.first()) else { continue };
        contents.push(json!({ "configuration": batch.configuration, "contents": contents_of(copy)? }));
    }
    document["contents"] = Value::Array(contents.clone());
    output.answer(&document, || {
        let mut lines = vec![describe::card_text(&card)];
        for one in contents {
            tree(&one["contents"], 2, &mut lines);
        }
        lines.join("\n")
    });
    Ok(())
}

/// The card of a document; the one that was begun last, if there are several.
pub(super) fn find(wallet: &Wallet, document: &str) -> Outcome<(CardId, Card)> {
    let of_document = wallet.held_cards().into_iter().filter(|(_, card)| card.document() == document);
    let found = of_document.max_by_key(|(_, card)| card.begun_at.0);
    found.ok_or_else(|| Failure::usage(format!("no `{document}` in this wallet; `mapae wallet list` shows what is")))
}

fn contents_of(copy: &HeldCopy) -> anyhow::Result<Value> {
    let bytes = copy.bytes();
    match copy.format {
        Format::SdJwt => Ok(Value::Object(SdJwt::parse(&copy.credential)?.claims().clone())),
        Format::Mdoc => {
            let held = HeldMdoc::parse(&bytes)?;
            let mut contents = json!({});
            for element in held.elements() {
                contents[element.namespace][element.identifier()] = element.value().to_json();
            }
            Ok(contents)
        }
    }
}

/// Long values, a portrait say, are told by their length.
fn tree(value: &Value, depth: usize, lines: &mut Vec<String>) {
    let Value::Object(members) = value else { return };
    let indent = "  ".repeat(depth);
    for (name, member) in members {
        match member {
            Value::Object(_) => {
                lines.push(format!("{indent}{name}"));
                tree(member, depth + 1, lines);
            }
            Value::String(long) if long.len() > 200 => lines.push(format!("{indent}{name}: {} characters", long.len())),
            Value::String(short) => lines.push(format!("{indent}{name}: {}", describe::printable(short))),
            other => lines.push(format!("{indent}{name}: {other}")),
        }
    }
}
