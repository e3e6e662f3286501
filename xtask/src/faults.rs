//! Programs under fire, run after run: what a thousand crashes of `mapae issue` leave, a thousand troubles of a ledger,
//! and a thousand issuers that die and are started again.

use std::process::ExitCode;

use anyhow::Result;

use crate::command::{say, stream};
use crate::context::Context;

/// Runs of each harness in a soak; `cargo xtask test` has fifty.
const RUNS: &str = "1000";

/// A harness that prints one line of counts, which begins with its name.
#[derive(Clone, Copy)]
pub(crate) struct Harness {
    name: &'static str,
    /// What of the workspace is built for it: the program, too.
    packages: &'static [&'static str],
    test: &'static str,
    runs: &'static str,
}

/// `mapae issue`, killed and run again.
pub(crate) const CRASH: Harness = Harness {
    name: "crash",
    packages: &["-p", "mapae"],
    test: "killed_at_any_moment_and_run_again_it_finishes_the_job",
    runs: "MAPAE_CRASH_RUNS",
};

/// A ledger's processes.
pub(crate) const CHAOS: Harness = Harness {
    name: "chaos",
    packages: &["-p", "mapae", "-p", "chaos"],
    test: "whatever_happens_nothing_forks_and_nothing_is_lost",
    runs: "MAPAE_CHAOS_RUNS",
};

/// An issuer's process, with clerks and phones at work.
pub(crate) const ISSUER: Harness = Harness {
    name: "issuer",
    packages: &["-p", "mapae", "-p", "chaos"],
    test: "killed_at_any_moment_an_issuer_loses_nothing_and_gives_nothing_twice",
    runs: "MAPAE_ISSUER_RUNS",
};

impl Harness {
    /// Only this part of a soak.
    pub(crate) fn soak(self, context: &Context) -> Result<ExitCode> {
        let counts = self.counts(context)?;
        say(counts.as_deref().unwrap_or("FAILED"));
        Ok(if counts.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Its line of counts, or nothing if a run left something wrong.
    pub(crate) fn counts(self, context: &Context) -> Result<Option<String>> {
        let mut command = context.cargo(&["test"]);
        command.args(self.packages).args(["--", "--nocapture", self.test]).env(self.runs, RUNS);
        let (mut counts, start) = (None, format!("{}: ", self.name));
        let succeeded = stream(&mut command, |line| {
            if line.starts_with(&start) {
                counts = Some(line.to_owned());
            }
        })?;
        Ok(counts.filter(|_| succeeded))
    }
}
