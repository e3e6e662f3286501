//! Catalogue, ages, bundles, orders.

use mapae_crypto::sha256;
use mapae_trust::{
    Classes, DraftBundle, Freshness,
    ledger::{BundleStatement, Catalogue, OrderStatement},
};
use serde::Deserialize;

use super::reading::Reading;
use crate::failure::{OrUsage as _, Outcome};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueTable {
    #[serde(rename = "kind")]
    _kind: String,
    version: u64,
    /// Its file, of which the SHA-256 is taken.
    file: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FreshnessTable {
    #[serde(rename = "kind")]
    _kind: String,
    classes: Vec<ClassFields>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassFields {
    name: String,
    fresh_for: String,
    usable_for: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BundleTable {
    #[serde(rename = "kind")]
    _kind: String,
    draft: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderTable {
    #[serde(rename = "kind")]
    _kind: String,
    order: String,
}

pub(super) fn catalogue(reading: &Reading) -> Outcome<Catalogue> {
    let table: CatalogueTable = reading.parse()?;
    Ok(Catalogue { version: table.version, sha256: sha256(&reading.file("file", &table.file)?) })
}

pub(super) fn freshness(reading: &Reading) -> Outcome<Classes> {
    let table: FreshnessTable = reading.parse()?;
    let class = |fields: &ClassFields| {
        let fresh_for = reading.word("classes.fresh_for", &fields.fresh_for)?;
        let usable_for = reading.word("classes.usable_for", &fields.usable_for)?;
        let ages = Freshness::new(fresh_for, usable_for).or_usage(|| reading.at("classes.usable_for"))?;
        Ok((reading.word("classes.name", &fields.name)?, ages))
    };
    let classes = table.classes.iter().map(class).collect::<Outcome<_>>()?;
    Classes::new(classes).or_usage(|| reading.at("classes"))
}

pub(super) fn bundle(reading: &Reading) -> Outcome<BundleStatement> {
    let table: BundleTable = reading.parse()?;
    let draft = DraftBundle::parse(reading.file("draft", &table.draft)?).or_usage(|| reading.at("draft"))?;
    Ok(BundleStatement::new(draft.manifest_hash(), draft.as_of()))
}

pub(super) fn order(reading: &Reading) -> Outcome<OrderStatement> {
    let table: OrderTable = reading.parse()?;
    OrderStatement::new(reading.file("order", &table.order)?).or_usage(|| reading.at("order"))
}
