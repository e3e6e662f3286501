//! Programs under fire, run after run: what a thousand crashes of `mapae issue` leave, a thousand troubles of a ledger,
//! a thousand issuers that die and are started again, and a verifier's replicas that die while thousands answer them.

use std::process::ExitCode;

use anyhow::Result;

use crate::command::{say, stream};
use crate::context::Context;

/// A harness that prints one line of counts, which begins with its name.
#[derive(Clone, Copy)]
pub(crate) struct Harness {
    /// After `cargo xtask soak`, and before its line of counts.
    name: &'static str,
    /// The same in a soak's page.
    pub(crate) title: &'static str,
    /// What of the workspace is built for it: the program, too.
    packages: &'static [&'static str],
    test: &'static str,
    /// What tells it how much, and how much that is in a soak; `cargo xtask test` has little of it.
    amount: (&'static str, &'static str),
}

/// All of them.
pub(crate) const ALL: [Harness; 4] = [CRASH, CHAOS, ISSUER, VERIFIER];

/// `mapae issue`, killed and run again.
const CRASH: Harness = Harness {
    name: "crash",
    title: "Crashes of `mapae issue`, each run to its end and audited",
    packages: &["-p", "mapae"],
    test: "killed_at_any_moment_and_run_again_it_finishes_the_job",
    amount: ("MAPAE_CRASH_RUNS", "1000"),
};

/// A ledger's processes.
const CHAOS: Harness = Harness {
    name: "chaos",
    title: "A ledger in trouble, each run audited",
    packages: &["-p", "mapae", "-p", "chaos"],
    test: "whatever_happens_nothing_forks_and_nothing_is_lost",
    amount: ("MAPAE_CHAOS_RUNS", "1000"),
};

/// An issuer's process, with clerks and phones at work.
const ISSUER: Harness = Harness {
    name: "issuer",
    title: "An issuer that dies and is started again, each run audited",
    packages: &["-p", "mapae", "-p", "chaos"],
    test: "killed_at_any_moment_an_issuer_loses_nothing_and_gives_nothing_twice",
    amount: ("MAPAE_ISSUER_RUNS", "1000"),
};

/// A verifier's processes on one database, with wallets and a shop at work.
const VERIFIER: Harness = Harness {
    name: "verifier",
    title: "Two replicas of a verifier that die and are started again, each session audited",
    packages: &["-p", "mapae", "-p", "chaos"],
    test: "killed_at_any_moment_replicas_consume_each_presentation_once_and_lose_none",
    amount: ("MAPAE_VERIFIER_SESSIONS", "10000"),
};

impl Harness {
    /// By its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|harness| harness.name == name)
    }

    /// Only this part of a soak.
    pub(crate) fn soak(self, context: &Context) -> Result<ExitCode> {
        let counts = self.counts(context)?;
        say(counts.as_deref().unwrap_or("FAILED"));
        Ok(if counts.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Its line of counts, or nothing if a run left something wrong.
    pub(crate) fn counts(self, context: &Context) -> Result<Option<String>> {
        let mut command = context.cargo(&["test"]);
        command.args(self.packages).args(["--", "--nocapture", self.test]).env(self.amount.0, self.amount.1);
        let (mut counts, start) = (None, format!("{}: ", self.name));
        let succeeded = stream(&mut command, |line| {
            if line.starts_with(&start) {
                counts = Some(line.to_owned());
            }
        })?;
        Ok(counts.filter(|_| succeeded))
    }
}
