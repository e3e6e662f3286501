//! What an entry says, for programs and for people.

use std::path::Path;

use mapae_trust::{
    Distrust, Freshness, Registration,
    ledger::{Agency, Change, Fingerprint, Issuer, ReaderDevice, Release, SignedEntry, Statement, WalletProvider},
};
use mapae_types::{UseClass, hex};
use serde_json::{Value, json};

/// An entry of a file.
pub(super) fn entry(path: &Path, entry: &SignedEntry) -> Value {
    let mut document = of(entry);
    document["file"] = json!(path.display().to_string());
    document["bytes"] = json!(entry.bytes().len());
    document
}

/// The same for people.
pub(super) fn entry_text(path: &Path, entry: &SignedEntry) -> String {
    format!("Entry {}\n  {}\n  signatures are checked when it is submitted", path.display(), text(entry))
}

/// An entry.
pub(super) fn of(entry: &SignedEntry) -> Value {
    let signers: Vec<&str> = entry.signed_by().map(mapae_types::Id::as_str).collect();
    json!({
        "kind": entry.statement().kind().as_str(),
        "at": entry.at().to_string(),
        "signed_by": signers,
        "leaf": entry.leaf().to_string(),
        "statement_sha256": hex::encode(entry.statement_hash()),
        "says": says(entry.statement()),
    })
}

/// One line.
pub(super) fn text(entry: &SignedEntry) -> String {
    let signers: Vec<&str> = entry.signed_by().map(mapae_types::Id::as_str).collect();
    format!("{}  {}: {}  [{}]", entry.at(), entry.statement().kind(), says(entry.statement()), signers.join(", "))
}

/// The statement in a line.
fn says(statement: &Statement) -> String {
    match statement {
        Statement::Founding(_) | Statement::Agency(_) | Statement::Policy(_) | Statement::OrderSigners(_) => {
            said_together(statement)
        }
        Statement::Issuer(_) | Statement::Signer(_) | Statement::Distrust(_) | Statement::Status(_) => {
            said_of_issuers(statement)
        }
        Statement::Registrar(_) | Statement::RelyingParty(_) | Statement::Reader(_) | Statement::WalletProvider(_) => {
            said_of_parties(statement)
        }
        other => said_of_publication(other),
    }
}

fn said_together(statement: &Statement) -> String {
    match statement {
        Statement::Founding(founding) => {
            let agencies: Vec<&str> = founding.agencies().iter().map(|agency| agency.id.as_str()).collect();
            format!("{} found the ledger {}", agencies.join(", "), founding.policy().origin())
        }
        Statement::Agency(change) => said(change, agency, ToString::to_string),
        Statement::Policy(policy) => {
            let (k, n) = (policy.majority().threshold(), policy.majority().witnesses().len());
            format!("generation {}, {k} of {n} witnesses", policy.generation())
        }
        Statement::OrderSigners(signers) => {
            let agencies: Vec<&str> = signers.keys().iter().map(|(agency, _)| agency.as_str()).collect();
            format!("{} of {}", signers.threshold(), agencies.join(", "))
        }
        other => unknown(other),
    }
}

fn agency(agency: &Agency) -> String {
    let rights: Vec<&str> = agency.rights.iter().map(|right| right.as_str()).collect();
    format!("{} ({}), rights: {}", agency.id, agency.names.en(), rights.join(", "))
}

fn said_of_issuers(statement: &Statement) -> String {
    match statement {
        Statement::Issuer(change) => said(change, issuer, Fingerprint::to_string),
        Statement::Signer(signer) => signer.certificate.subject().to_owned(),
        Statement::Distrust(distrusted) => match distrusted.distrust {
            Distrust::Compromised => format!("{} compromised", distrusted.signer),
            Distrust::CeasedAt(at) => format!("{} ceased at {at}", distrusted.signer),
        },
        Statement::Status(change) => {
            said(change, |location| format!("{} of {}", location.prefix(), location.root()), Clone::clone)
        }
        other => unknown(other),
    }
}

fn issuer(issuer: &Issuer) -> String {
    let (root, status) = (issuer.root.certificate().subject(), issuer.status.name());
    format!("{root}, status {status}, signers {}", issuer.signers.name())
}

fn said_of_parties(statement: &Statement) -> String {
    match statement {
        Statement::Registrar(change) => {
            said(change, |root| root.certificate().subject().to_owned(), Fingerprint::to_string)
        }
        Statement::RelyingParty(change) => {
            let party = |one: &Registration| format!("{} ({}), class {}", one.id(), one.names().en(), one.use_class());
            said(change, |registration| party(registration), ToString::to_string)
        }
        Statement::Reader(change) => {
            let reader = |one: &ReaderDevice| format!("{} of {}", one.certificate.subject(), one.relying_party);
            said(change, reader, Fingerprint::to_string)
        }
        Statement::WalletProvider(change) => said(change, wallet_provider, ToString::to_string),
        other => unknown(other),
    }
}

fn wallet_provider(provider: &WalletProvider) -> String {
    format!("{} ({}), root {}", provider.id, provider.names.en(), provider.root.certificate().subject())
}

fn said_of_publication(statement: &Statement) -> String {
    match statement {
        Statement::Catalogue(catalogue) => format!("version {} {}", catalogue.version, hex::encode(&catalogue.sha256)),
        Statement::Freshness(classes) => {
            let class =
                |(name, ages): (&UseClass, &Freshness)| format!("{name} {} / {}", ages.fresh_for(), ages.usable_for());
            classes.iter().map(class).collect::<Vec<_>>().join(", ")
        }
        Statement::Journal(journal) => {
            format!("{} has {} records by day {}, root {}", journal.issuer, journal.count, journal.day, journal.root)
        }
        Statement::Bundle(bundle) => format!("as of {}, manifest {}", bundle.as_of(), hex::encode(bundle.manifest())),
        Statement::Release(change) => said(change, release, Fingerprint::to_string),
        Statement::Order(order) => {
            let terms = order.order().unverified();
            format!("{} from {} until {}", terms.id, terms.from, terms.until)
        }
        other => unknown(other),
    }
}

fn release(release: &Release) -> String {
    format!("{} {}, sha256 {}", release.name(), release.version(), release.sha256())
}

/// Of a kind that came after this program.
fn unknown(statement: &Statement) -> String {
    format!("a statement of kind {}", statement.kind())
}

fn said<T, K>(change: &Change<T, K>, enter: impl Fn(&T) -> String, withdraw: impl Fn(&K) -> String) -> String {
    match change {
        Change::Enter(entered) => enter(entered),
        Change::Withdraw(key) => format!("withdrawn: {}", withdraw(key)),
    }
}
