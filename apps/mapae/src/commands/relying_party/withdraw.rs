//! `mapae relying-party withdraw`: the entry that takes a registration back.

use clap::Args;
use mapae_trust::ledger::{Change, Statement};
use mapae_types::{RelyingPartyId, Timestamp};
use serde_json::json;

use crate::{
    commands::entry::{self, EntryArgs},
    environment::now,
    failure::{Failure, Outcome},
    output::Output,
};

#[derive(Args)]
pub(crate) struct WithdrawArgs {
    /// By which the ledger names it
    #[arg(long)]
    id: RelyingPartyId,
    #[command(flatten)]
    entry: EntryArgs,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Signs the entry. From the next bundle on wallets say since when the registration is withdrawn.
pub(super) fn withdraw(args: &WithdrawArgs, output: &Output) -> Outcome<()> {
    let (id, at) = (&args.id, now(args.at)?);
    let statement = Statement::RelyingParty(Change::Withdraw(id.clone()));
    let Some(entry) = args.entry.sign(&statement, at)? else {
        return Err(Failure::usage("--agency and --entry-out say who withdraws it, and where the entry goes"));
    };
    entry.write()?;
    let document = json!({ "id": id.as_str(), "withdrawn_at": at.to_string(), "entry": entry::place(Some(&entry)) });
    output.answer(&document, || {
        let next = entry::next(Some(&entry));
        format!(
            "Relying party {id} withdrawn at {at}, with its readers\n  {next}\n  the next bundle says so to wallets"
        )
    });
    Ok(())
}
