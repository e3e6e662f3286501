//! `cargo xtask bench ledger`: how many entries a second `mapae serve ledger` takes, over how often the disk keeps anything
//! in the same seconds and under that very load.
//!
//! One wait for the disk can keep many entries: the ratio says how well that is used, whatever the disk. Many clients
//! submit, each waiting for its answer, which comes after the entry is durable. As many auditing witnesses as make a quorum
//! run beside the log, on the same cores and the same disk; everything that is acknowledged is to be published, too.

mod clients;
mod country;
mod disk;
mod services;

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use country::Country;
use disk::FsyncMeter;
use mapae_benches::report::Machine;
use services::Services;

/// Entries a second, over the disk's fsyncs a second.
#[derive(Parser)]
#[command(name = "mapae-bench-ledger")]
struct Arguments {
    /// The program to measure, as released
    #[arg(long)]
    mapae: PathBuf,
    /// Where to work; it is left empty. The disk is part of what is measured
    #[arg(long)]
    dir: PathBuf,
    /// Entries of a round
    #[arg(long, default_value_t = 50_000)]
    entries: usize,
    /// How many submit at the same time, each on a connection of its own
    #[arg(long, default_value_t = 2048)]
    clients: usize,
    /// Witnesses that run, of three
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=3))]
    witnesses: u8,
    /// Witnesses only check that the log grows, and judge no entry
    #[arg(long)]
    plain: bool,
    /// How often it is measured, each time with a new ledger
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Exit with 1 if the target is missed
    #[arg(long)]
    check: bool,
}

/// Entries that one wait for the disk should keep.
const TARGET: f64 = 50.0;

/// What a round measured.
struct Round {
    acknowledged: f64,
    published: f64,
    fsyncs: f64,
    cpu: [f64; 3],
}

fn main() -> Result<ExitCode> {
    let mut arguments = Arguments::parse();
    arguments.mapae = arguments.mapae.canonicalize().context("--mapae is not there")?;
    fs::create_dir(&arguments.dir).with_context(|| format!("{} must be new", arguments.dir.display()))?;
    let measured = measure(&arguments);
    fs::remove_dir_all(&arguments.dir)?;
    let best = measured?;
    Ok(if arguments.check && best < TARGET { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Measures the rounds; the best ratio.
fn measure(arguments: &Arguments) -> Result<f64> {
    let machine = Machine::this();
    say(&format!("{}, {} cores, {}", machine.cpu, machine.cores, machine.platform))?;
    let kind = if arguments.plain { "plain" } else { "auditing" };
    let Arguments { entries, clients, witnesses, .. } = arguments;
    say(&format!("{entries} entries from {clients} clients; {witnesses} {kind} witnesses beside the log\n"))?;
    say("acknowledged/s  published/s  fsyncs/s   ratio   CPU µs an entry: log, witnesses, clients")?;
    let mut best = 0.0_f64;
    for round in 0..arguments.rounds {
        let measured = measure_round(arguments, round)?;
        let Round { acknowledged, published, fsyncs, cpu: [log, witnesses, clients] } = measured;
        let ratio = acknowledged / fsyncs;
        say(&format!(
            "{acknowledged:>14.0} {published:>12.0} {fsyncs:>9.0} {ratio:>7.1} {log:>22.0} {witnesses:>10.0} {clients:>8.0}"
        ))?;
        best = best.max(ratio);
    }
    say(&format!("\nbest ratio {best:.1}, target {TARGET:.0}"))?;
    Ok(best)
}

fn measure_round(arguments: &Arguments, round: u32) -> Result<Round> {
    let dir = arguments.dir.join(round.to_string());
    fs::create_dir(&dir)?;
    let country = Country::found(&arguments.mapae, &dir)?;
    let entries = country.entries(arguments.entries)?;
    let services = Services::start(&arguments.mapae, &dir, usize::from(arguments.witnesses), !arguments.plain)?;
    services.wait_published(1)?;
    let before = [services.log_cpu(), services.witnesses_cpu(), services::cpu_seconds("/proc/self")];
    let (meter, begun) = (FsyncMeter::start(&dir)?, Instant::now());
    let highest = clients::submit_all(services.log_at(), &entries, arguments.clients)?;
    let acknowledged = begun.elapsed();
    let fsyncs = meter.stop()?;
    services.wait_published(highest + 1)?;
    let published = begun.elapsed();
    ensure!(highest == u64::try_from(entries.len())?, "{highest} entries, and not those that were submitted");
    let after = [services.log_cpu(), services.witnesses_cpu(), services::cpu_seconds("/proc/self")];
    let cpu = [0, 1, 2].map(|of: usize| (after[of] - before[of]) * 1e6 / count(entries.len()));
    let rate = |time: Duration| count(entries.len()) / time.as_secs_f64();
    Ok(Round { acknowledged: rate(acknowledged), published: rate(published), fsyncs, cpu })
}

#[expect(clippy::cast_precision_loss, reason = "a rate in three digits")]
const fn count(number: usize) -> f64 {
    number as f64
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
