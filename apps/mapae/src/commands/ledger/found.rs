//! `mapae ledger found`: the policy and the first entry of a new ledger.

use std::path::PathBuf;

use clap::Args;
use mapae_trust::ledger::{Founding, Statement};
use mapae_types::Timestamp;
use serde_json::json;

use super::policy::{self, PolicyTerms};
use crate::{
    agency::{self, Agency, AgencyKey},
    draft::Draft,
    environment::now,
    failure::{Failure, OrUsage as _, Outcome},
    output::Output,
};

#[derive(Args)]
pub(crate) struct FoundArgs {
    #[command(flatten)]
    policy: PolicyTerms,
    /// The directory of an agency. Those that have their keys here sign; `mapae ledger sign` adds the others
    #[arg(long, required = true)]
    agency: Vec<PathBuf>,
    /// Directory for policy.txt, which readers hold, and founding.cbor, which the log begins with
    #[arg(long)]
    out: PathBuf,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Founds a ledger.
pub(crate) fn found(args: &FoundArgs, output: &Output) -> Outcome<()> {
    if args.out.join("founding.cbor").exists() || args.out.join("policy.txt").exists() {
        let out = args.out.display();
        return Err(Failure::usage(format!("{out} already holds a founding; nothing was changed")));
    }
    let agencies = agency::open_all(&args.agency)?;
    let policy = policy::text(&args.policy)?;
    let founders = agencies.iter().map(Agency::to_statement).collect::<Outcome<_>>()?;
    let founding = Founding::new(founders, &policy).or_usage(|| "such a ledger cannot be founded".to_owned())?;
    let (here, elsewhere): (Vec<_>, Vec<_>) = agencies.into_iter().partition(|one| one.has_key(AgencyKey::Entries));
    if here.is_empty() {
        return Err(Failure::usage("none of the agencies has its key here, so that nobody could sign"));
    }
    let unsigned = Statement::Founding(founding).prepare(now(args.at)?);
    let entry = unsigned.attach(agency::sign(&unsigned, &here)?);
    let mut draft = Draft::default();
    draft.public("policy.txt", policy);
    draft.binary("founding.cbor", &entry);
    draft.write(&args.out)?;
    answer(args, &here, &elsewhere, output);
    Ok(())
}

fn answer(args: &FoundArgs, here: &[Agency], elsewhere: &[Agency], output: &Output) {
    let names = |agencies: &[Agency]| agencies.iter().map(|one| one.id().as_str().to_owned()).collect::<Vec<_>>();
    let (signed, missing, out) = (names(here), names(elsewhere), args.out.display().to_string());
    let (n, k) = args.policy.majority();
    let document = json!({
        "policy": args.out.join("policy.txt").display().to_string(),
        "founding": args.out.join("founding.cbor").display().to_string(),
        "witnesses": n,
        "threshold": k,
        "signed_by": signed,
        "missing": missing,
    });
    output.answer(&document, || {
        let next = if missing.is_empty() {
            "the log can begin".to_owned()
        } else {
            format!("missing: {}; each runs `mapae ledger sign {out}/founding.cbor --agency DIR`", missing.join(", "))
        };
        format!(
            "Founding in {out}: {k} of {n} witnesses make a quorum\n  \
             readers hold {out}/policy.txt; the log begins with {out}/founding.cbor\n  \
             signed by {}; {next}",
            signed.join(", ")
        )
    });
}
