//! `mapae wallet history` and `export`: who was shown what. No server knows (design §1).

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mapae_wallet::{ExportAs, HistoryLine, Which};
use serde_json::json;

use super::{WalletArgs, describe::printable, drive::Driver, failure, share::transaction_text, vault::Vault};
use crate::{
    failure::Outcome,
    files::{self, Access},
    output::Output,
};

#[derive(Args)]
pub(crate) struct HistoryArgs {
    /// Delete the lines of these ids
    #[arg(long, value_name = "ID", conflicts_with = "delete_all")]
    delete: Vec<String>,
    /// Delete all lines
    #[arg(long)]
    delete_all: bool,
    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    /// In which form
    #[arg(long = "as", value_enum, default_value_t = Form::Json)]
    form: Form,
    /// The file to write; nobody else may read it
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// A list of lines
    Json,
    /// A table (RFC 4180)
    Csv,
}

/// Shows the lines, or deletes some.
pub(super) fn run(args: &HistoryArgs, output: &Output) -> Outcome<()> {
    let mut driver = Driver::open(Vault::open(&args.wallet.dir)?, args.wallet.at)?;
    if let Some(which) = which(args) {
        let task = driver.wallet.delete_history(which, &driver.start()?);
        driver.run(task)?.map_err(failure)?;
    }
    let lines = driver.wallet.history();
    output.answer(&json!({ "history": lines }), || match lines.as_slice() {
        [] => "nothing was shown to anybody".to_owned(),
        lines => lines.iter().map(text).collect::<Vec<_>>().join("\n"),
    });
    Ok(())
}

fn which(args: &HistoryArgs) -> Option<Which> {
    let some = !args.delete.is_empty();
    if args.delete_all { Some(Which::All) } else { some.then(|| Which::Lines(args.delete.clone())) }
}

/// Writes them to a file.
pub(super) fn export(args: &ExportArgs, output: &Output) -> Outcome<()> {
    let driver = Driver::open(Vault::open(&args.wallet.dir)?, args.wallet.at)?;
    let form = match args.form {
        Form::Json => ExportAs::Json,
        Form::Csv => ExportAs::Csv,
    };
    files::write(&args.out, driver.wallet.export_history(form).as_bytes(), Access::Secret)?;
    let (out, lines) = (args.out.display().to_string(), driver.wallet.history().len());
    output.answer(&json!({ "out": out, "lines": lines }), || format!("{lines} lines written to {out}"));
    Ok(())
}

fn text(line: &HistoryLine) -> String {
    let shared = line.documents.iter().map(|document| {
        let elements: Vec<&str> = document.elements.iter().map(|element| element.en.as_str()).collect();
        format!("{}: {}", document.document.en, elements.join(", "))
    });
    let shared = shared.collect::<Vec<_>>().join("; ");
    let outcome = json!(line.outcome)["is"].as_str().unwrap_or_default().to_owned();
    let told = format!("{}  {outcome:<10} {}  {}", line.at.0, printable(&line.who.name.en), printable(&shared));
    let authorised = line.transactions.iter().flat_map(transaction_text);
    [told].into_iter().chain(authorised).collect::<Vec<_>>().join("\n")
}
