//! `mapae demo`: the whole story in under a minute, by the very commands that everybody has.
//!
//! Each step runs the functions behind `mapae issue`, `present`, `verify` and the others, on files in a directory. Each
//! check is a [`stage::Case`]: its files, its time, and the verdict that the story needs. A verdict that differs ends the
//! demonstration as failed, so that it cannot tell what is not so. With `--keep` files and cases stay, and `mapae verify`
//! judges them alike.

mod attack;
mod cast;
mod ledger;
mod orders;
mod outage;
mod stage;
mod tale;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{
    cli::DemoArgs,
    environment::now,
    failure::{Failure, Outcome},
    files,
    output::Output,
};

use self::{cast::Cast, stage::Stage, tale::Tale};

/// Tells the story.
pub(crate) fn run(args: &DemoArgs, output: &Output) -> Outcome<()> {
    let scratch = Scratch::new(args.keep.as_deref())?;
    let mut stage = Stage::new(std::path::absolute(scratch.path())?, now(args.at)?, Tale::new(output));
    stage.tale.title();
    let (cast, ledger) = Cast::assemble(&mut stage)?;
    let shown = cast::show(&mut stage, &cast)?;
    attack::all(&mut stage, &cast, &shown)?;
    attack::insiders(&mut stage, &ledger)?;
    let last = outage::revoke(&mut stage, &cast, &ledger)?;
    orders::keep_what_an_order_needs(&stage)?;
    outage::centre_gone(&mut stage, &cast, ledger, &last)?;
    orders::given(&mut stage, &cast, &last)?;
    stage.finish(args.keep.as_deref())
}

/// The directory of the story: the caller's, or one that goes when the story ends.
enum Scratch {
    Kept(PathBuf),
    Passing(TempDir),
}

impl Scratch {
    fn new(keep: Option<&Path>) -> Outcome<Self> {
        let Some(keep) = keep else { return Ok(Self::Passing(TempDir::with_prefix("mapae-demo-")?)) };
        if keep.exists() && (!keep.is_dir() || keep.read_dir()?.next().is_some()) {
            return Err(Failure::usage(format!(
                "--keep takes a new or empty directory; {} is neither",
                keep.display()
            )));
        }
        files::create_dir(keep)?;
        Ok(Self::Kept(keep.to_owned()))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(dir) => dir,
            Self::Passing(dir) => dir.path(),
        }
    }
}
