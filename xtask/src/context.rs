//! What every stage is given: where the workspace stands, the tools found so far, and how to call cargo.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::metadata::Metadata;
use crate::tools::Tools;

pub(crate) struct Context {
    pub(crate) metadata: Metadata,
    pub(crate) tools: Tools,
    /// Under CI nothing may be skipped.
    pub(crate) ci: bool,
}

impl Context {
    pub(crate) fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask stands in a workspace")?;
        let metadata = Metadata::read(cargo_in(root).args(["metadata", "--format-version", "1"]))?;
        let tools = Tools::new(metadata.target.join("tools"));
        Ok(Self { metadata, tools, ci: std::env::var_os("CI").is_some_and(|ci| ci == "true") })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.metadata.root
    }

    /// Cargo at the root of the workspace, with the fetched tools on its path.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = cargo_in(self.root());
        command.args(arguments);
        self.tools.lend(&mut command);
        if let Some(vectors) = self.vectors() {
            command.env("MAPAE_VECTORS", vectors);
        }
        command
    }

    /// Test data made by others, which the project does not copy.
    pub(crate) fn vectors(&self) -> Option<PathBuf> {
        let told = std::env::var_os("MAPAE_VECTORS").map(PathBuf::from);
        let beside = || self.root().parent().map(|parent| parent.join("shared/vectors"));
        told.or_else(beside).filter(|folder| folder.is_dir())
    }
}

/// Cargo tells the program that it runs about the package it came from; passed on, that would make build scripts which
/// watch those variables run again.
fn cargo_in(root: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}
