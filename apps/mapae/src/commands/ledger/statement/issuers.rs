//! Issuers, their signers, lists and journals.

use mapae_ledger::TreeHash;
use mapae_trust::{
    Distrust, StatusRule,
    ledger::{Distrusted, Issuer, Journal, SignerListing, SignerStatement, StatusLocation},
};
use mapae_types::{Date, Timestamp};
use serde::Deserialize;

use super::reading::Reading;
use crate::failure::{OrUsage as _, Outcome};

const DAY: i64 = 86_400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerTable {
    #[serde(rename = "kind")]
    _kind: String,
    root: String,
    status: Status,
    signers: Signers,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Required,
    None,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Signers {
    Listed,
    Any,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignerTable {
    #[serde(rename = "kind")]
    _kind: String,
    certificate: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DistrustTable {
    #[serde(rename = "kind")]
    _kind: String,
    signer: String,
    #[serde(default)]
    compromised: bool,
    ceased_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusTable {
    #[serde(rename = "kind")]
    _kind: String,
    prefix: String,
    root: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JournalTable {
    #[serde(rename = "kind")]
    _kind: String,
    issuer: String,
    day: String,
    count: u64,
    root: String,
}

pub(super) fn issuer(reading: &Reading) -> Outcome<Issuer> {
    let table: IssuerTable = reading.parse()?;
    Ok(Issuer {
        root: reading.root("root", &table.root)?,
        status: match table.status {
            Status::Required => StatusRule::Required,
            Status::None => StatusRule::NotPublished,
        },
        signers: match table.signers {
            Signers::Listed => SignerListing::Listed,
            Signers::Any => SignerListing::Any,
        },
    })
}

pub(super) fn signer(reading: &Reading) -> Outcome<SignerStatement> {
    let table: SignerTable = reading.parse()?;
    Ok(SignerStatement { certificate: reading.certificate("certificate", &table.certificate)? })
}

/// A compromise is final, so that it is said and never left to be understood.
pub(super) fn distrust(reading: &Reading) -> Outcome<Distrusted> {
    let table: DistrustTable = reading.parse()?;
    let distrust = match (table.compromised, &table.ceased_at) {
        (true, None) => Distrust::Compromised,
        (false, Some(time)) => Distrust::CeasedAt(reading.word::<Timestamp>("ceased_at", time)?),
        _ => return Err(reading.fault("compromised", "either `compromised = true` or `ceased_at = \"TIME\"`")),
    };
    Ok(Distrusted { signer: reading.fingerprint("signer", &table.signer)?, distrust })
}

pub(super) fn status(reading: &Reading) -> Outcome<StatusLocation> {
    let table: StatusTable = reading.parse()?;
    let root = reading.fingerprint("root", &table.root)?;
    StatusLocation::new(table.prefix, root).or_usage(|| reading.at("prefix"))
}

pub(super) fn journal(reading: &Reading) -> Outcome<Journal> {
    let table: JournalTable = reading.parse()?;
    let day = reading.word::<Date>("day", &table.day)?.midnight().unix() / DAY;
    Ok(Journal {
        issuer: reading.fingerprint("issuer", &table.issuer)?,
        day: u64::try_from(day).or_usage(|| reading.at("day"))?,
        count: table.count,
        root: TreeHash::from_bytes(reading.hash("root", &table.root)?),
    })
}
