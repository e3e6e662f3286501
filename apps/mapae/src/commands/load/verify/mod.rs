//! `mapae load verify`: what a verifier takes for a session, from `POST /sessions` to the verified claims, over what a
//! session's cryptography takes in the same run.
//!
//! One process is the relying party's programs and all the phones. Cards are issued before the clock starts and shown again
//! and again, each time bound to another session; what phones compute counts as the client's.
//!
//! Left out: webhooks and server-sent events, which other tests look at, and TLS, which ends at a proxy.

mod cards;
mod costs;
mod open;
mod report;
mod run;
mod scene;
mod session;

use std::{path::PathBuf, sync::Arc};

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use self::{costs::Costs, report::Report, run::Run, scene::Scene};
use crate::{
    failure::{Failure, Outcome},
    output::Output,
    service,
};

#[derive(Args)]
pub(crate) struct LoadVerifyArgs {
    /// How many sessions
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    sessions: u32,
    /// How many at the same time
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1000))]
    in_flight: u32,
    /// How wallets are reached
    #[arg(long, default_value = "same-device")]
    flow: Flow,
    /// How many processes answer, on one PostgreSQL
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=16))]
    replicas: u32,
    /// Sessions that are begun and left open, to see the memory that they take
    #[arg(long, default_value_t = 10_000)]
    open: u32,
    /// How many people's cards are shown
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    people: u32,
    /// Same seed, same people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to keep the verifier while it runs; its disk is part of what is measured
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Its store: `postgres://…`, an empty database; without it, SQLite
    #[arg(long)]
    store: Option<String>,
    /// Fail if the verifier takes more than its target
    #[arg(long)]
    check: bool,
}

/// How wallets are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Flow {
    /// By a link on the same phone; the result is for the browser that comes back
    SameDevice,
    /// By a QR code, which the verifier draws
    CrossDevice,
}

impl LoadVerifyArgs {
    fn on_postgres(&self) -> bool {
        self.store.as_deref().is_some_and(|store| store.starts_with("postgres"))
    }
}

/// Runs it.
pub(super) fn run(args: &LoadVerifyArgs, output: &Output) -> Outcome<()> {
    if args.replicas > 1 && !args.on_postgres() {
        return Err(Failure::usage("several replicas take --store postgres://…"));
    }
    let scene = Scene::open(args, output)?;
    let report = service::block_on(async {
        let bar = output.progress(args.sessions.into(), "sessions");
        let run = Arc::new(Run::new(scene, args.sessions, bar));
        let before = Costs::measure()?;
        let mut measured = run::go(&run, args.in_flight).await?;
        let costs = before.mean(Costs::measure()?);
        if let Some(failure) = measured.tally.failure.take() {
            let failed = measured.tally.failed;
            return Err(Failure::Failed(failure.context(anyhow!("{failed} of {} failed", args.sessions))));
        }
        let open = open::measure(&run, args.open, args.in_flight).await?;
        Ok(Report::new(args, measured, costs, open))
    })?;
    output.answer(&report.to_json(), || report.to_text());
    report.check(args.check)
}
