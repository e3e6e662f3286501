//! This program again as a service of its own process, which ends with the run.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context as _, anyhow};
use serde_json::Value;

use crate::{failure::Outcome, files};

/// A process that ends with the run.
pub(super) struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Service {
    /// This program, to be given what it serves.
    pub(super) fn command() -> Outcome<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        Ok(command)
    }

    /// Starts it, and waits until it says where it is.
    pub(super) fn start(mut command: Command, log: &Path) -> Outcome<(Self, Value)> {
        command.stderr(File::create(log)?);
        let mut service = Self(command.spawn().context("this program again")?);
        let said = said(service.0.stdout.take()).ok_or_else(|| {
            let told = files::read_text(log).unwrap_or_default();
            anyhow!("the service did not start: {}", told.lines().last().unwrap_or_default())
        })?;
        Ok((service, said))
    }

    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }
}

fn said(output: Option<ChildStdout>) -> Option<Value> {
    let mut document = String::new();
    for line in BufReader::new(output?).lines() {
        let line = line.ok()?;
        document.push_str(&line);
        if line == "}" {
            break;
        }
    }
    serde_json::from_str(&document).ok()
}
