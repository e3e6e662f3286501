//! `mapae relying-party enrol-reader`: a certificate for one device.

use std::path::PathBuf;

use clap::Args;
use mapae_trust::ledger::{Change, ReaderDevice, Statement};
use mapae_types::{Timestamp, hex};
use serde_json::json;

use crate::{
    commands::entry::{self, EntryArgs},
    draft::Draft,
    environment::now,
    failure::{Failure, Outcome},
    output::Output,
    registrar::{Registrar, RelyingParty},
};

#[derive(Args)]
pub(crate) struct EnrolArgs {
    /// The registrar's directory
    #[arg(long)]
    registrar: PathBuf,
    /// The relying party's directory
    #[arg(long)]
    relying_party: PathBuf,
    /// What the relying party calls the device, such as counter-1
    #[arg(long)]
    name: String,
    /// Directory for reader.pem and reader.key
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    entry: EntryArgs,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Gives a device its certificate, in a directory that holds none.
pub(super) fn enrol(args: &EnrolArgs, output: &Output) -> Outcome<()> {
    let registrar = Registrar::open(&args.registrar)?;
    let relying_party = RelyingParty::open(&args.relying_party)?;
    let (registration, at) = (relying_party.registration(), now(args.at)?);
    if !registrar.certified(registration.certificate(), at) {
        let (id, dir) = (registration.id(), relying_party.dir().display());
        return Err(Failure::usage(format!("{id} in {dir} has no valid access certificate of this registrar")));
    }
    if args.out.join("reader.pem").exists() || args.out.join("reader.key").exists() {
        return Err(Failure::usage(format!("{} already holds a reader; nothing was changed", args.out.display())));
    }
    let mut draft = Draft::default();
    let certificate = registrar.certify(&mut draft, "reader", (registration.names().en(), &args.name), at)?;
    let reader = ReaderDevice { relying_party: registration.id().clone(), certificate: certificate.clone() };
    let entry = args.entry.sign(&Statement::Reader(Change::Enter(reader)), at)?;
    draft.write(&args.out)?;
    entry.as_ref().map_or(Ok(()), entry::NewEntry::write)?;
    let out = args.out.display().to_string();
    let document = json!({
        "reader": out,
        "relying_party": registration.id().as_str(),
        "certificate": { "subject": certificate.subject(), "sha256": hex::encode(&certificate.fingerprint()) },
        "entry": entry::place(entry.as_ref()),
    });
    output.answer(&document, || {
        let (subject, until) = (certificate.subject(), certificate.not_after());
        let next = entry::next(entry.as_ref());
        format!("Reader {} of {} in {out}\n  {subject}, valid until {until}\n  {next}", args.name, registration.id())
    });
    Ok(())
}
