//! `cargo xtask bench load`: the runs of `mapae load` that have a target, as released, and their tables for
//! `docs/benchmarks.md`. On PostgreSQL sessions are run by hand: `mapae load verify --store`.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::command::{output, run, say};
use crate::context::Context;

/// Requests of a reopening: so many people in a queue when issuance comes back.
const REQUESTS: &str = "240000";

/// A run.
struct Run {
    name: &'static str,
    arguments: &'static [&'static str],
    /// Minutes, and the service's time over its cryptography's.
    target: Option<(f64, f64)>,
}

const RUNS: [Run; 5] = [
    Run { name: "A", arguments: &["--profile", "A"], target: Some((4.0, 4.0)) },
    Run { name: "B", arguments: &["--profile", "B"], target: Some((8.0, 2.2)) },
    Run { name: "C", arguments: &["--profile", "C"], target: Some((15.0, 1.5)) },
    Run { name: "A, 2 ms a commit", arguments: &["--profile", "A", "--commit-delay", "2ms"], target: None },
    Run { name: "A, SoftHSM", arguments: &["--profile", "A", "--hsm"], target: None },
];

const HEAD: &str = "\
| profile | documents | time | target | a second | service / cryptography | target | client | first tenth → last | memory |
|---|---|---|---|---|---|---|---|---|---|";

/// How wallets are reached in the runs of `mapae load verify`, which know their target.
const FLOWS: [&str; 2] = ["same-device", "cross-device"];

const SESSIONS_HEAD: &str = "\
| flow | sessions | a second | verifier, µs a session | cryptography, µs | ratio | target | p50 / p99 of the answer, ms | an open session, bytes |
|---|---|---|---|---|---|---|---|---|";

/// Builds, runs them one after the other, and prints the table; `arguments` go to each run, such as `--requests 10000`.
pub(crate) fn bench(context: &Context, arguments: &[&str]) -> Result<ExitCode> {
    if !run(&mut context.cargo(&["build", "--release", "-p", "mapae"]))? {
        return Ok(ExitCode::FAILURE);
    }
    let folder = context.metadata.target.join("bench-load");
    std::fs::create_dir_all(&folder)?;
    let mut lines = vec![HEAD.to_owned()];
    let mut missed = false;
    for one in &RUNS {
        let mut command = Command::new(context.metadata.target.join("release/mapae"));
        command.args(["load", "issue", "--json", "--dir"]).arg(&folder).args(one.arguments);
        if !arguments.contains(&"--requests") {
            command.args(["--requests", REQUESTS]);
        }
        context.tools.lend(command.args(arguments));
        let said: Value = serde_json::from_str(&output(&mut command)?).context("what the run says")?;
        missed |= one.misses(&said);
        lines.push(one.line(&said));
        say(&lines[lines.len() - 1]);
    }
    lines.push(String::new());
    lines.push(SESSIONS_HEAD.to_owned());
    for flow in FLOWS {
        let mut command = Command::new(context.metadata.target.join("release/mapae"));
        command.args(["load", "verify", "--json", "--sessions", "20000", "--flow", flow, "--dir"]).arg(&folder);
        let said: Value = serde_json::from_str(&output(&mut command)?).context("what the run says")?;
        missed |= number(&said, "verifier_over_cryptography") > number(&said, "target");
        lines.push(sessions(flow, &said));
        say(&lines[lines.len() - 1]);
    }
    say("");
    for line in &lines {
        say(line);
    }
    Ok(if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Run {
    fn misses(&self, said: &Value) -> bool {
        let ratio = number(said, "service_over_cryptography");
        self.target.is_some_and(|(minutes, most)| number(said, "wall_s") > minutes * 60.0 || ratio > most)
    }

    fn line(&self, said: &Value) -> String {
        let of = |name| number(said, name);
        let target = self.target.map_or(("–".to_owned(), "–".to_owned()), |(minutes, ratio)| {
            (format!("≤ {minutes} min"), format!("≤ {ratio:.1}"))
        });
        let memory = &said["memory_mb"];
        format!(
            "| {} | {} | {:.1} min | {} | {:.0} | {:.2} | {} | {:.0} s | {:.0} → {:.0} µs | {:.0} → {:.0} MB, at most {:.0} |",
            self.name,
            said["redeemed"],
            of("wall_s") / 60.0,
            target.0,
            of("per_second"),
            of("service_over_cryptography"),
            target.1,
            of("client_cpu_s"),
            of("first_tenth_us"),
            of("last_tenth_us"),
            number(memory, "start"),
            number(memory, "end"),
            number(memory, "peak"),
        )
    }
}

fn sessions(flow: &str, said: &Value) -> String {
    let of = |name| number(said, name);
    let answer = &said["steps"]["answer"];
    format!(
        "| {flow} | {} | {:.0} | {:.0} | {:.0} | {:.2} | ≤ {:.1} | {:.1} / {:.1} | {:.0} |",
        said["done"],
        of("per_second"),
        of("verifier_cpu_us"),
        number(&said["cryptography"], "session_us"),
        of("verifier_over_cryptography"),
        of("target"),
        number(answer, "p50_us") / 1e3,
        number(answer, "p99_us") / 1e3,
        number(&said["open"], "bytes_each"),
    )
}

/// NaN where the system did not say.
fn number(said: &Value, name: &str) -> f64 {
    said[name].as_f64().unwrap_or(f64::NAN)
}
