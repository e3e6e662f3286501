//! A statement as people write it: a TOML file with the words of the entry, certificates and keys by the paths of their
//! files, from the folder of the statement. What is withdrawn is named by its id, or by the path or SHA-256 of a
//! certificate or of what was released.
//!
//! ```toml
//! kind = "issuer"
//! root = "authority/iaca.pem"
//! status = "required"          # or "none"
//! signers = "listed"           # or "any"
//! ```
//!
//! `docs/operations/ledger.md` shows every kind.

mod agencies;
mod issuers;
mod parties;
mod publication;
mod reading;
mod releases;

use std::path::Path;

use mapae_trust::ledger::{Change, Kind, Statement};
use serde::Deserialize;

use crate::failure::{OrUsage as _, Outcome};
use reading::Reading;

/// What every statement has.
#[derive(Deserialize)]
struct Head {
    kind: String,
    withdrawn: Option<String>,
}

/// A statement that takes something back has nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawal {
    #[serde(rename = "kind")]
    _kind: String,
    withdrawn: String,
}

/// Reads a statement, and what it names.
pub(super) fn read(path: &Path) -> Outcome<Statement> {
    let reading = Reading::open(path)?;
    let head: Head = reading.parse()?;
    let kind: Kind = head.kind.parse().or_usage(|| reading.at("kind"))?;
    if head.withdrawn.is_some() { withdrawal(kind, &reading) } else { entered(kind, &reading) }
}

fn entered(kind: Kind, reading: &Reading) -> Outcome<Statement> {
    Ok(match kind {
        Kind::Founding => Statement::Founding(agencies::founding(reading)?),
        Kind::Agency => Statement::Agency(Change::Enter(agencies::agency(reading)?)),
        Kind::Policy => Statement::Policy(agencies::policy(reading)?),
        Kind::OrderSigners => Statement::OrderSigners(agencies::order_signers(reading)?),
        Kind::Issuer => Statement::Issuer(Change::Enter(issuers::issuer(reading)?)),
        Kind::Signer => Statement::Signer(issuers::signer(reading)?),
        Kind::Distrust => Statement::Distrust(issuers::distrust(reading)?),
        Kind::Status => Statement::Status(Change::Enter(issuers::status(reading)?)),
        Kind::Journal => Statement::Journal(issuers::journal(reading)?),
        Kind::Registrar => Statement::Registrar(Change::Enter(parties::registrar(reading)?)),
        Kind::RelyingParty => Statement::RelyingParty(Change::Enter(Box::new(parties::relying_party(reading)?))),
        Kind::Reader => Statement::Reader(Change::Enter(parties::reader(reading)?)),
        Kind::WalletProvider => Statement::WalletProvider(Change::Enter(parties::wallet_provider(reading)?)),
        Kind::Release => Statement::Release(Change::Enter(releases::release(reading)?)),
        Kind::Catalogue => Statement::Catalogue(publication::catalogue(reading)?),
        Kind::Freshness => Statement::Freshness(publication::freshness(reading)?),
        Kind::Bundle => Statement::Bundle(publication::bundle(reading)?),
        Kind::Order => Statement::Order(publication::order(reading)?),
        other => return Err(reading.fault("kind", &format!("this program does not write {other}"))),
    })
}

fn withdrawal(kind: Kind, reading: &Reading) -> Outcome<Statement> {
    const KEY: &str = "withdrawn";
    let Withdrawal { withdrawn, .. } = reading.parse()?;
    Ok(match kind {
        Kind::Agency => Statement::Agency(Change::Withdraw(reading.word(KEY, &withdrawn)?)),
        Kind::Issuer => Statement::Issuer(Change::Withdraw(reading.fingerprint(KEY, &withdrawn)?)),
        Kind::Registrar => Statement::Registrar(Change::Withdraw(reading.fingerprint(KEY, &withdrawn)?)),
        Kind::RelyingParty => Statement::RelyingParty(Change::Withdraw(reading.word(KEY, &withdrawn)?)),
        Kind::Reader => Statement::Reader(Change::Withdraw(reading.fingerprint(KEY, &withdrawn)?)),
        Kind::Status => Statement::Status(Change::Withdraw(withdrawn)),
        Kind::WalletProvider => Statement::WalletProvider(Change::Withdraw(reading.word(KEY, &withdrawn)?)),
        Kind::Release => Statement::Release(Change::Withdraw(reading.released(KEY, &withdrawn)?)),
        other => return Err(reading.fault(KEY, &format!("what an entry of kind {other} says is not withdrawn"))),
    })
}
