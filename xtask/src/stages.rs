//! The stages of `cargo xtask test`: all run even if one fails, and the last line sums them up.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::command::{run as run_command, say};
use crate::context::Context;
use crate::suites::Count;
use crate::tally::Tally;
use crate::tools::{self, Tool};
use crate::{browser, docs, layers, licences, suites, wasm};

pub(crate) struct Stage {
    name: &'static str,
    run: fn(&mut Context) -> Result<Outcome>,
}

const STAGES: &[Stage] = &[
    Stage { name: "fmt", run: fmt },
    Stage { name: "clippy", run: clippy },
    Stage { name: "layers", run: |context| Ok(Outcome::found(context, &layers::check(&context.metadata))) },
    Stage { name: "docs", run: |context| Ok(Outcome::found(context, &docs::check(context.root()))) },
    Stage { name: "licences", run: |context| Ok(Outcome::found(context, &licences::check(&context.metadata))) },
    Stage { name: "test", run: suites::workspace },
    Stage { name: "offline", run: offline },
    Stage { name: "rustdoc", run: rustdoc },
    Stage { name: "wasm", run: wasm::check },
    Stage { name: "interop", run: suites::interop },
    Stage { name: "browser", run: browser::test },
    Stage { name: "fuzz", run: suites::fuzz },
];

/// What a stage counted, and what a reader must know beyond the counts.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) tally: Tally,
    remarks: Vec<String>,
}

impl Outcome {
    pub(crate) fn of(succeeded: bool) -> Self {
        if succeeded {
            Self { tally: Tally { passed: 1, ..Tally::default() }, remarks: Vec::new() }
        } else {
            Self::failed("FAILED")
        }
    }

    pub(crate) fn counted(count: &Count) -> Self {
        let failed = (count.tally.failed > 0).then(|| "FAILED".to_owned());
        Self { tally: count.tally, remarks: failed.into_iter().chain(count.failures.lines()).collect() }
    }

    pub(crate) fn failed(why: impl Into<String>) -> Self {
        Self { tally: Tally { failed: 1, ..Tally::default() }, remarks: vec![why.into()] }
    }

    /// Passed if a check found nothing; else its findings are printed.
    fn found(context: &Context, findings: &[String]) -> Self {
        let root = format!("{}/", context.root().display());
        for finding in findings {
            say(finding.strip_prefix(&root).unwrap_or(finding));
        }
        Self::of(findings.is_empty())
    }

    /// A suite that could not run. Under CI that is a failure: nobody reads a skip there.
    pub(crate) fn skip(&mut self, context: &Context, why: &str) {
        let (count, verdict) = if context.ci {
            (&mut self.tally.failed, "FAILED, since CI skips nothing")
        } else {
            (&mut self.tally.skipped, "SKIPPED")
        };
        *count += 1;
        self.remarks.push(format!("{verdict}: {why}"));
    }

    /// A suite that is not written yet: nothing to count.
    pub(crate) fn absent(folder: &str) -> Self {
        Self { tally: Tally::default(), remarks: vec![format!("{folder} holds no workspace")] }
    }

    pub(crate) fn skipped(context: &Context, why: &str) -> Self {
        let mut outcome = Self::default();
        outcome.skip(context, why);
        outcome
    }
}

pub(crate) fn names() -> Vec<&'static str> {
    STAGES.iter().map(|stage| stage.name).collect()
}

/// The stages of these names, in their own order; all for no name; none if a name is unknown.
pub(crate) fn named(wanted: &[&str]) -> Option<Vec<&'static Stage>> {
    let known = wanted.iter().all(|name| names().contains(name));
    known.then(|| STAGES.iter().filter(|stage| wanted.is_empty() || wanted.contains(&stage.name)).collect())
}

/// Runs them all; the last line is the sum, alone.
pub(crate) fn run(stages: &[&Stage], context: &mut Context) -> ExitCode {
    let mut total = Tally::default();
    let mut summary = Vec::new();
    for stage in stages {
        let started = Instant::now();
        let outcome = (stage.run)(context).unwrap_or_else(|error| Outcome::failed(format!("FAILED: {error:#}")));
        let line = format!("== {} … {} s", stage.name, started.elapsed().as_secs());
        say(&line);
        summary.push(line);
        for remark in outcome.remarks {
            say(&format!("   {remark}"));
            summary.push(format!("   {remark}"));
        }
        total += outcome.tally;
    }
    if stages.len() > 1 {
        recall(&summary);
    }
    say(&total.to_string());
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The stages once more, since their own lines scrolled away.
fn recall(summary: &[String]) {
    say("");
    for line in summary {
        say(line);
    }
}

fn fmt(context: &mut Context) -> Result<Outcome> {
    cargo(context, &[tools::RUSTFMT], &["fmt", "--all", "--check"])
}

fn clippy(context: &mut Context) -> Result<Outcome> {
    cargo(
        context,
        &[tools::CLIPPY],
        &["clippy", "--workspace", "--all-targets", "--features", "xtask/web", "--", "-D", "warnings"],
    )
}

/// The tool without its services, as who only checks would build it.
fn offline(context: &mut Context) -> Result<Outcome> {
    cargo(context, &[], &["check", "--package", "mapae", "--no-default-features", "--quiet"])
}

fn rustdoc(context: &mut Context) -> Result<Outcome> {
    let mut command = context.cargo(&["doc", "--no-deps", "--workspace"]);
    Ok(Outcome::of(run_command(command.env("RUSTDOCFLAGS", "-Dwarnings"))?))
}

fn cargo(context: &mut Context, needed: &[Tool], arguments: &[&str]) -> Result<Outcome> {
    let missing = context.tools.missing(needed);
    if missing.is_empty() {
        Ok(Outcome::of(run_command(&mut context.cargo(arguments))?))
    } else {
        Ok(Outcome::skipped(context, &format!("needs {}", missing.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::{named, names};

    #[test]
    fn stages_are_chosen_by_name_and_run_in_their_own_order() {
        let chosen =
            |wanted: &[&str]| named(wanted).map(|stages| stages.iter().map(|stage| stage.name).collect::<Vec<_>>());
        assert_eq!(chosen(&["wasm", "fmt"]), Some(vec!["fmt", "wasm"]));
        assert_eq!(chosen(&[]), Some(names()));
        assert_eq!(chosen(&["fmt", "nonsense"]), None);
    }
}
