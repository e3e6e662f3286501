//! `cargo xtask bench issue`: how many people a second `mapae issue` serves, over the plain limit's number in the same
//! run.
//!
//! The limit is what nobody can avoid, by aws-lc-rs and the system alone: as many key generations, signatures and digests,
//! and the same directories and files of the same sizes, written plainly, on all cores. Nothing of it is synced,
//! nobody is asked for twice, and nothing is on record.
//!
//! Nothing is removed before the end: for some minutes ext4 looks at every inode that was freed before it takes a new one,
//! and a disk that discards blocks is busy with those.

mod plain;
mod register;
mod watch;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use mapae_benches::report::Machine;
use plain::Work;
use watch::{Watched, cpu_seconds};

/// People a second, over the plain limit's number.
#[derive(Parser)]
#[command(name = "mapae-bench-issue")]
struct Arguments {
    /// The program to measure, as released
    #[arg(long)]
    mapae: PathBuf,
    /// Where to work; it is left empty. The disk is part of what is measured
    #[arg(long)]
    dir: PathBuf,
    /// Sizes of registers
    #[arg(long, value_delimiter = ',', default_value = "20000,200000")]
    people: Vec<u64>,
    /// How often each size is measured
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Portraits of so many bytes in place of the sample's, to save room
    #[arg(long)]
    portrait_bytes: Option<usize>,
    /// Exit with 1 if less than 60 % of the limit is reached
    #[arg(long)]
    check: bool,
}

/// What `mapae issue` should reach of the limit.
const TARGET: f64 = 0.6;

fn main() -> Result<std::process::ExitCode> {
    let mut arguments = Arguments::parse();
    arguments.mapae = arguments.mapae.canonicalize().context("--mapae is not there")?;
    fs::create_dir(&arguments.dir).with_context(|| format!("{} must be new", arguments.dir.display()))?;
    let measured = measure(&arguments);
    fs::remove_dir_all(&arguments.dir)?;
    let reached = measured?;
    Ok(if arguments.check && reached < TARGET {
        std::process::ExitCode::FAILURE
    } else {
        std::process::ExitCode::SUCCESS
    })
}

/// Measures each size; the least of the sizes' best ratios.
fn measure(arguments: &Arguments) -> Result<f64> {
    let bench = Bench::new(arguments)?;
    let machine = Machine::this();
    say(&format!("{}, {} cores, {}; issue --copies 1", machine.cpu, machine.cores, machine.platform))?;
    say(&format!("each person: {}\n", bench.work.describe()))?;
    say("          |    people a second    |  CPU µs for each person   |   ours, people a second |  ours")?;
    say("   people     limit     ours  ratio       limit     ours  ratio  first tenth     last  peak MB")?;
    let mut least = f64::INFINITY;
    for people in &arguments.people {
        bench.write_register(*people)?;
        let mut best = 0.0_f64;
        for round in 0..arguments.rounds {
            best = best.max(bench.round(*people, round)?);
        }
        least = least.min(best);
    }
    say(&format!("\nbest ratio at the worst size: {least:.2}, target {TARGET:.2}"))?;
    Ok(least)
}

/// An authority, templates of rows, and the work that each row makes.
struct Bench<'a> {
    arguments: &'a Arguments,
    rows: register::Rows,
    work: Work,
}

impl<'a> Bench<'a> {
    fn new(arguments: &'a Arguments) -> Result<Self> {
        let rows = register::Rows::new(arguments.portrait_bytes);
        let mut bench = Self { arguments, rows, work: Work::default() };
        bench.ok(&["authority", "init", "--dir", "A"])?;
        bench.write_register(bench.rows.len())?;
        bench.issue(bench.rows.len(), "sample")?;
        bench.work = Work::of(&bench.path("sample"))?;
        Ok(bench)
    }

    /// The limit, then ours, each on a disk that has nothing left to do. Prints a line; gives the ratio.
    fn round(&self, people: u64, round: u32) -> Result<f64> {
        settle()?;
        let (begun, before) = (Instant::now(), cpu_seconds("/proc/self"));
        self.work.run(&self.path(&format!("plain-{people}-{round}")), people)?;
        let limit = rate(people, begun.elapsed().as_secs_f64());
        let limit_cpu = each(people, cpu_seconds("/proc/self") - before);
        settle()?;
        let ours = self.issue(people, &format!("issued-{people}-{round}"))?;
        let (rate, cpu, ratio) =
            (rate(people, ours.seconds), each(people, ours.cpu), rate(people, ours.seconds) / limit);
        let [first, last] = ours.tenths.map(|seconds| rate_of_tenth(people, seconds));
        let memory = ours.peak_memory >> 20;
        say(&format!(
            "{people:>9} {limit:>9.0} {rate:>8.0} {ratio:>6.2} {limit_cpu:>11.0} {cpu:>8.0} {:>6.2} {first:>12.0} {last:>8.0} {memory:>8}",
            limit_cpu / cpu
        ))?;
        Ok(ratio)
    }

    fn issue(&self, people: u64, out: &str) -> Result<Watched> {
        let words = "issue --authority A --document resident --register register.csv --copies 1 --json --out";
        let mut command = self.command(&words.split(' ').chain([out]).collect::<Vec<_>>());
        let watched = Watched::run(command.stdout(Stdio::piped()), &self.path(out).join("journal.jsonl"))?;
        let answer: serde_json::Value = serde_json::from_slice(&watched.stdout)?;
        ensure!(answer["issued"] == people, "not everybody was served: {answer}");
        Ok(watched)
    }

    fn write_register(&self, people: u64) -> Result<()> {
        self.rows.write(&self.path("register.csv"), people)
    }

    fn ok(&self, words: &[&str]) -> Result<()> {
        let status = self.command(words).stdout(Stdio::null()).status()?;
        ensure!(status.success(), "mapae {} failed: {status}", words.join(" "));
        Ok(())
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.arguments.mapae);
        command.args(words).current_dir(&self.arguments.dir);
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.arguments.dir.join(name)
    }
}

/// Waits until the disk has everything that was written so far.
fn settle() -> Result<()> {
    ensure!(Command::new("sync").status()?.success(), "sync failed");
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a rate in three digits")]
fn rate(people: u64, seconds: f64) -> f64 {
    people as f64 / seconds
}

/// Microseconds for each.
#[expect(clippy::cast_precision_loss, reason = "a time in three digits")]
fn each(people: u64, seconds: f64) -> f64 {
    seconds * 1e6 / people as f64
}

fn rate_of_tenth(people: u64, seconds: f64) -> f64 {
    rate(people, seconds) / 10.0
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// Every file below a directory, in order.
fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}
