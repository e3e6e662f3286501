//! The project's chores: `cargo xtask` lists them.
//!
//! Leaves out whatever cargo does well alone. Depends on little, because CI builds it before anything else.

mod bench;
mod browser;
mod command;
mod context;
mod docs;
mod failures;
mod faults;
mod layers;
mod licences;
mod load;
mod metadata;
mod soak;
mod sources;
mod stages;
mod suites;
mod tally;
mod tools;
mod up;
mod wasm;
mod web;

use std::process::ExitCode;

use context::Context;
use faults::Harness;

const HELP: &str = "\
cargo xtask up [--fresh]         a country on this machine: ledger, issuer, wallet, reader, sample relying parties; one address
cargo xtask test [STAGE]…        fetch what the tests need and run all of them, or only the named stages
cargo xtask layers               what may depend on what, and the rules that no lint checks
cargo xtask docs                 the tables of docs/standards, and a test for every hole found in others
cargo xtask licences             every package's licence against the allow-list
cargo xtask fuzz-replay          the fuzzing corpora once, without a fuzzer
cargo xtask soak [--minutes N]   fuzz each target for N minutes (10), crash `mapae issue` 1,000 times, bring trouble upon
                                 a ledger 1,000 times, kill an issuer in 1,000 runs and a verifier's replicas under 10,000 sessions,
                                 bench; writes docs/soak.md; `soak crash`, `soak chaos`, `soak issuer` and `soak verifier` alone
cargo xtask web [PAGE]           the pages `reader` and `wallet`, or one, as plain files in target/web/PAGE
cargo xtask bench [--json]       our time over the cryptographic limit's
cargo xtask bench issue [ARG]…   people a second of `mapae issue` over the plain limit's, on this disk
cargo xtask bench bundle [ARG]…  a nation's bundle: bytes over entropy, the day's delta, and `mapae verify` with it
cargo xtask bench load [ARG]…    documents a second of `mapae serve issuer`, and its time over its cryptography's
cargo xtask bench ledger [ARG]…  entries a second of `mapae serve ledger` over the disk's fsyncs in the same seconds";

/// Wrong usage, as `sysexits.h` and the `mapae` binary number it.
const USAGE: u8 = 64;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    dispatch(&words).unwrap_or_else(|error| {
        command::say(&format!("error: {error:#}"));
        ExitCode::FAILURE
    })
}

fn dispatch(words: &[&str]) -> anyhow::Result<ExitCode> {
    match words {
        [] | ["help" | "--help" | "-h"] => Ok(help(ExitCode::SUCCESS)),
        ["test", names @ ..] => match stages::named(names) {
            Some(stages) => Ok(stages::run(&stages, &mut Context::open()?)),
            None => Ok(help(ExitCode::from(USAGE))),
        },
        [name @ ("layers" | "docs" | "licences")] => dispatch(&["test", name]),
        ["fuzz-replay"] => dispatch(&["test", "fuzz"]),
        ["up", arguments @ ..] => up::start(&mut Context::open()?, arguments),
        ["bench", "load", arguments @ ..] => load::bench(&Context::open()?, arguments),
        ["web"] => web::run(&mut Context::open()?, &web::PAGES),
        ["web", pages @ ..] if pages.iter().all(|page| web::PAGES.contains(page)) => {
            web::run(&mut Context::open()?, pages)
        }
        ["bench"] => soak::bench(&Context::open()?, &[]),
        ["bench", "--json"] => soak::bench(&Context::open()?, &["--json"]),
        ["bench", name @ ("issue" | "bundle" | "ledger"), arguments @ ..] => {
            bench::program(&Context::open()?, name, arguments)
        }
        ["soak"] => soak::run(&mut Context::open()?, soak::MINUTES),
        ["soak", "--minutes", minutes] => match minutes.parse() {
            Ok(minutes @ 1..) => soak::run(&mut Context::open()?, minutes),
            _ => Ok(help(ExitCode::from(USAGE))),
        },
        ["soak", name] => match Harness::named(name) {
            Some(harness) => harness.soak(&Context::open()?),
            None => Ok(help(ExitCode::from(USAGE))),
        },
        _ => Ok(help(ExitCode::from(USAGE))),
    }
}

fn help(code: ExitCode) -> ExitCode {
    command::say(HELP);
    command::say(&format!("\nstages: {}", stages::names().join(" ")));
    code
}
