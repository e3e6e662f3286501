//! `mapae`: issue mobile IDs, present them, and check them with the network unplugged.

mod agency;
mod authority;
mod certify;
mod cli;
mod commands;
mod draft;
mod environment;
mod failure;
mod files;
mod issued;
mod lines;
mod memory;
mod output;
mod pinned;
#[cfg(feature = "services")]
mod ports;
mod registrar;
mod request;
#[cfg(feature = "services")]
mod service;

use std::process::ExitCode;

/// An issuer makes some thousand small values for a batch of copies and lets them go at once; with the system's allocator
/// that took an eighth of its time.
#[cfg(feature = "services")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::Parser as _;

use crate::{cli::Cli, output::Output};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let output = Output::new(cli.json);
    match commands::run(cli.command, &output) {
        Ok(code) => code,
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code()
        }
    }
}

/// `--help` and `--version` are answers; everything else that clap refuses is wrong usage (design §5: 64).
fn usage(error: &clap::Error) -> ExitCode {
    // Nothing can be done about a closed terminal.
    let _unprinted = error.print();
    if error.use_stderr() { ExitCode::from(failure::USAGE) } else { ExitCode::SUCCESS }
}
