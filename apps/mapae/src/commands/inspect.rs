//! `mapae inspect`: what a file holds, as a tree. Nothing is verified, and the tree says so.

use serde_json::json;

use crate::{
    cli::InspectArgs,
    failure::{Failure, Outcome},
    files,
    inspect::inspect as tree,
    output::Output,
};

/// Shows a file.
pub(crate) fn run(args: &InspectArgs, output: &Output) -> Outcome<()> {
    let bytes = files::read(&args.file).map_err(Failure::Usage)?;
    let root = tree(&bytes).map_err(|error| error.context(args.file.display().to_string()))?;
    let document = json!({ "file": args.file.display().to_string(), "verified": false, "tree": root.to_json() });
    output.answer(&document, || format!("{}\n(nothing here was verified)", root.to_text()));
    Ok(())
}
