//! What an entry says, for programs and for people.

use std::path::Path;

use mapae_trust::{
    Distrust,
    ledger::{Change, Fingerprint, SignedEntry, Statement},
};
use mapae_types::hex;
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
        Statement::Founding(founding) => {
            let agencies: Vec<&str> = founding.agencies().iter().map(|agency| agency.id.as_str()).collect();
            format!("{} found the ledger {}", agencies.join(", "), founding.policy().origin())
        }
        Statement::Agency(change) => said(
            change,
            |agency| {
                let rights: Vec<&str> = agency.rights.iter().map(|right| right.as_str()).collect();
                format!("{} ({}), rights: {}", agency.id, agency.names.en(), rights.join(", "))
            },
            ToString::to_string,
        ),
        Statement::Policy(policy) => {
            let majority = policy.majority();
            format!(
                "generation {}, {} of {} witnesses",
                policy.generation(),
                majority.threshold(),
                majority.witnesses().len()
            )
        }
        Statement::OrderSigners(signers) => {
            let agencies: Vec<&str> = signers.keys().iter().map(|(agency, _)| agency.as_str()).collect();
            format!("{} of {}", signers.threshold(), agencies.join(", "))
        }
        Statement::Issuer(change) => said(
            change,
            |issuer| {
                let (root, status) = (issuer.root.certificate().subject(), issuer.status.name());
                format!("{root}, status {status}, signers {}", issuer.signers.name())
            },
            Fingerprint::to_string,
        ),
        Statement::Signer(signer) => signer.certificate.subject().to_owned(),
        Statement::Distrust(distrusted) => match distrusted.distrust {
            Distrust::Compromised => format!("{} compromised", distrusted.signer),
            Distrust::CeasedAt(at) => format!("{} ceased at {at}", distrusted.signer),
        },
        Statement::Status(change) => {
            said(change, |location| format!("{} of {}", location.prefix(), location.root()), Clone::clone)
        }
        Statement::Registrar(change) => {
            said(change, |root| root.certificate().subject().to_owned(), Fingerprint::to_string)
        }
        Statement::RelyingParty(change) => said(
            change,
            |party| format!("{} ({}), class {}", party.id(), party.names().en(), party.use_class()),
            ToString::to_string,
        ),
        Statement::Reader(change) => said(
            change,
            |reader| format!("{} of {}", reader.certificate.subject(), reader.relying_party),
            Fingerprint::to_string,
        ),
        Statement::WalletProvider(change) => {
            said(change, |provider| format!("{} ({})", provider.id, provider.names.en()), ToString::to_string)
        }
        other => says_of_publication(other),
    }
}

fn says_of_publication(statement: &Statement) -> String {
    match statement {
        Statement::Catalogue(catalogue) => format!("version {} {}", catalogue.version, hex::encode(&catalogue.sha256)),
        Statement::Freshness(classes) => {
            let class = |(name, ages): (&mapae_types::UseClass, &mapae_trust::Freshness)| {
                format!("{name} {} / {}", ages.fresh_for(), ages.usable_for())
            };
            classes.iter().map(class).collect::<Vec<_>>().join(", ")
        }
        Statement::Journal(journal) => {
            format!("{} has {} records by day {}, root {}", journal.issuer, journal.count, journal.day, journal.root)
        }
        Statement::Bundle(bundle) => format!("as of {}, manifest {}", bundle.as_of(), hex::encode(bundle.manifest())),
        Statement::Order(order) => {
            let terms = order.order().unverified();
            format!("{} from {} until {}", terms.id, terms.from, terms.until)
        }
        other => format!("a statement of kind {}", other.kind()),
    }
}

fn said<T, K>(change: &Change<T, K>, enter: impl Fn(&T) -> String, withdraw: impl Fn(&K) -> String) -> String {
    match change {
        Change::Enter(entered) => enter(entered),
        Change::Withdraw(key) => format!("withdrawn: {}", withdraw(key)),
    }
}
