//! Command lines of this program, run in a folder as somebody would type them.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser as _;

use crate::{
    cli::Cli,
    commands,
    failure::Outcome,
    files::{self, Access},
    output::Output,
};

/// A folder in which commands run. In their lines `@/` stands for it, and a no-break space for one inside a word.
pub(super) struct Script {
    dir: PathBuf,
}

impl Script {
    pub(super) const fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// A file in the folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Runs a line without a word; what it says in error names the line.
    pub(super) fn mapae(&self, line: &str) -> Outcome<()> {
        let words = std::iter::once("mapae".to_owned()).chain(self.words(line));
        let cli = Cli::try_parse_from(words).with_context(|| line.to_owned())?;
        commands::run(cli.command, &Output::silent()).map(drop)
    }

    /// The words of a line.
    pub(super) fn words(&self, line: &str) -> Vec<String> {
        line.split(' ').filter(|word| !word.is_empty()).map(|word| self.word(&word.replace('\u{a0}', " "))).collect()
    }

    fn word(&self, word: &str) -> String {
        // Also inside a word, as in `resident=@/register/resident.csv`.
        word.replace("@/", &format!("{}/", self.dir.display()))
    }

    /// Writes a file, and the folders above it.
    pub(super) fn write(&self, name: &str, text: &str) -> Outcome<()> {
        let path = self.path(name);
        path.parent().map_or(Ok(()), |parent: &Path| files::create_dir(parent))?;
        Ok(files::write(&path, text.as_bytes(), Access::Public)?)
    }
}
