//! `mapae load`: what a service takes, asked by a real client over HTTP, with all that is needed to judge it measured in the
//! same run.
//!
//! Phones are simulated by lines: each line is a connection on which one phone follows the other. A phone comes for the first
//! time: it has no nonce, and keys that nobody has seen. Offers are made before the clock starts; what a phone computes
//! counts as the client's.

mod backlog;
mod check;
mod child;
mod floor;
mod hsm;
mod keys;
mod people;
mod phone;
mod plan;
mod proofs;
mod report;
mod run;
mod scene;
mod usage;
mod verify;
mod wire;

use std::{
    path::PathBuf,
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::anyhow;
use clap::{Args, Subcommand};
use mapae_types::DocumentName;

use self::{
    floor::Floor,
    keys::Keys,
    plan::{Plan, Profile},
    report::Report,
    run::Run,
    scene::Scene,
};
use crate::{
    failure::{Failure, Outcome},
    output::Output,
    service,
};

#[derive(Subcommand)]
pub(crate) enum LoadCommand {
    /// Redeem offers as so many phones would; print what the service took, over what its cryptography takes
    Issue(LoadIssueArgs),
    /// Go through sessions as so many relying parties and phones would; print what the verifier took, likewise
    Verify(verify::LoadVerifyArgs),
}

#[derive(Args)]
pub(crate) struct LoadIssueArgs {
    /// What each phone asks for
    #[arg(long)]
    profile: Profile,
    /// How many phones
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    requests: u32,
    /// Same seed, same people and keys
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many at the same time
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1000))]
    in_flight: u32,
    /// An issuer that runs (plain http); without it, one is started for the run and ends with it
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Its office
    #[arg(long, value_name = "URL", requires = "issuer")]
    office: Option<String>,
    /// The office's token
    #[arg(long, value_name = "FILE", requires = "issuer")]
    token_file: Option<PathBuf>,
    /// Its outbox
    #[arg(long, value_name = "DIR", requires = "issuer")]
    outbox: Option<PathBuf>,
    /// The register from which it issues `resident`
    #[arg(long, value_name = "FILE", requires = "issuer")]
    register: Option<PathBuf>,
    /// A wallet provider that it trusts, for profile B
    #[arg(long, value_name = "DIR", requires = "issuer")]
    provider: Option<PathBuf>,
    /// Where to keep the issuer that is started, while it runs; its disk is part of what is measured
    #[arg(long, value_name = "DIR", conflicts_with = "issuer")]
    dir: Option<PathBuf>,
    /// The store of the issuer that is started: `postgres://…`, an empty database; without it, SQLite
    #[arg(long, conflicts_with = "issuer")]
    store: Option<String>,
    /// Let the keys of the issuer that is started be in SoftHSM 2, which has to be installed
    #[arg(long, conflicts_with = "issuer")]
    hsm: bool,
    /// Let each commit of the issuer that is started wait so long, as a quorum of distant sites would: `2ms`
    #[arg(long, conflicts_with = "issuer")]
    commit_delay: Option<Milliseconds>,
}

/// `2ms`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Milliseconds(pub(crate) Duration);

impl FromStr for Milliseconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_suffix("ms").and_then(|number| number.parse().ok());
        number.map(|number| Self(Duration::from_millis(number))).ok_or("expected milliseconds, such as 2ms")
    }
}

/// Runs it.
pub(crate) fn run(command: &LoadCommand, output: &Output) -> Outcome<()> {
    match command {
        LoadCommand::Issue(args) => issue(args, output),
        LoadCommand::Verify(args) => verify::run(args, output),
    }
}

fn issue(args: &LoadIssueArgs, output: &Output) -> Outcome<()> {
    let started = Instant::now();
    let scene = Scene::open(args, output)?;
    let document: DocumentName = "resident".parse()?;
    service::block_on(async {
        let offers = backlog::make(&scene.office, &scene.outbox, &document, &scene.people, output).await?;
        let prepared = started.elapsed();
        let run = Arc::new(Run {
            plan: plan(args, &scene, &document)?,
            keys: Keys::new(args.seed),
            offers,
            service: scene.service(),
            bar: output.progress(args.requests.into(), "documents"),
        });
        let before = Floor::measure()?;
        let mut measured = run::go(&run, args.in_flight).await?;
        let floor = before.mean(Floor::measure()?);
        if let Some(failure) = measured.tally.failure.take() {
            let failed = measured.tally.failed;
            return Err(Failure::Failed(failure.context(anyhow!("{failed} of {} failed", args.requests))));
        }
        let checked = check::all(&run, &measured.tally, &scene.office).await?;
        let report = Report::new(args, prepared, measured, floor, checked);
        output.answer(&report.to_json(), || report.to_text());
        Ok(())
    })
}

fn plan(args: &LoadIssueArgs, scene: &Scene, document: &DocumentName) -> Outcome<Plan> {
    Ok(Plan {
        issuer: scene.issuer.clone(),
        address: scene.address,
        configurations: args.profile.configurations(document),
        copies: args.profile.copies(),
        proof: args.profile.proof(scene.provider.as_deref())?,
    })
}
