//! What agencies state together.

use mapae_trust::{
    OrderSigners,
    ledger::{self, Founding, PolicyStatement, Right},
};
use serde::Deserialize;

use super::reading::{NamesTable, Reading};
use crate::failure::{OrUsage as _, Outcome};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FoundingTable {
    #[serde(rename = "kind")]
    _kind: String,
    policy: String,
    agencies: Vec<AgencyFields>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgencyTable {
    #[serde(rename = "kind")]
    _kind: String,
    agency: AgencyFields,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgencyFields {
    id: String,
    names: NamesTable,
    /// Its public key (PEM).
    key: String,
    rights: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyTable {
    #[serde(rename = "kind")]
    _kind: String,
    policy: String,
    generation: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderSignersTable {
    #[serde(rename = "kind")]
    _kind: String,
    threshold: usize,
    keys: Vec<OrderKeyFields>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderKeyFields {
    agency: String,
    key: String,
}

pub(super) fn founding(reading: &Reading) -> Outcome<Founding> {
    let table: FoundingTable = reading.parse()?;
    let agencies = table.agencies.into_iter().map(|fields| agency_of(reading, "agencies", fields));
    let agencies = agencies.collect::<Outcome<_>>()?;
    Founding::new(agencies, &reading.text("policy", &table.policy)?).or_usage(|| reading.at("agencies"))
}

pub(super) fn agency(reading: &Reading) -> Outcome<ledger::Agency> {
    let table: AgencyTable = reading.parse()?;
    agency_of(reading, "agency", table.agency)
}

fn agency_of(reading: &Reading, table: &str, fields: AgencyFields) -> Outcome<ledger::Agency> {
    let key = |name: &str| format!("{table}.{name}");
    let right = |right: &String| reading.word::<Right>(&key("rights"), right);
    Ok(ledger::Agency {
        id: reading.word(&key("id"), &fields.id)?,
        names: reading.names(&key("names"), fields.names)?,
        key: reading.key(&key("key"), &fields.key)?,
        rights: fields.rights.iter().map(right).collect::<Outcome<_>>()?,
    })
}

pub(super) fn policy(reading: &Reading) -> Outcome<PolicyStatement> {
    let table: PolicyTable = reading.parse()?;
    let text = reading.text("policy", &table.policy)?;
    PolicyStatement::new(text, table.generation).or_usage(|| format!("{}: {}", reading.at("policy"), table.policy))
}

pub(super) fn order_signers(reading: &Reading) -> Outcome<OrderSigners> {
    let table: OrderSignersTable = reading.parse()?;
    let key = |fields: &OrderKeyFields| {
        let agency = reading.word("keys.agency", &fields.agency)?;
        Ok((agency, reading.key("keys.key", &fields.key)?))
    };
    let keys = table.keys.iter().map(key).collect::<Outcome<_>>()?;
    OrderSigners::new(table.threshold, keys).or_usage(|| reading.at("threshold"))
}
