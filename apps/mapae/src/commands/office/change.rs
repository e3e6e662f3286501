//! `mapae office suspend`, `resume`, `revoke` and `approve`.

use clap::Args;
use serde_json::json;

use super::{client::OfficeArgs, documents};
use crate::{failure::Outcome, output::Output};

#[derive(Args)]
pub(crate) struct ChangeArgs {
    /// The document's id, as `offer` and `documents` say it
    id: String,
    /// Why, for the record; no personal data
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// What is to become of it.
#[derive(Clone, Copy)]
pub(super) enum Change {
    Suspend,
    Resume,
    Revoke,
    Approve,
}

impl Change {
    const fn name(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
            Self::Approve => "approve",
        }
    }
}

/// Asks for the change, and says what the document is then.
pub(super) async fn run(change: Change, args: &ChangeArgs, output: &Output) -> Outcome<()> {
    let path = format!("/office/documents/{}/{}", args.id, change.name());
    let answer = args.office.open()?.post(&path, &json!({ "reason": args.reason })).await?;
    output.answer(&answer, || documents::line(&answer));
    Ok(())
}
