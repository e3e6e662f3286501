//! Long fuzzing of every decoder, programs under fire ([`crate::faults`]), and the benches; `docs/soak.md` says what was run, when, and
//! what came of it.
//!
//! The targets of `tests/fuzz` are built with libFuzzer's coverage and its address sanitizer by a stable compiler, without
//! `cargo-fuzz`. Inputs that reach new code are kept under `target/soak`, not in the repository.

mod page;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, anyhow, ensure};

use crate::command::{output, run as run_command, stream, stream_stderr};
use crate::context::Context;
use crate::faults;
use crate::metadata::Metadata;
use crate::tools::CPP;
use page::{Run, Setting};

/// How long each target is fuzzed unless told otherwise.
pub(crate) const MINUTES: u64 = 10;

/// What `cargo fuzz` passes; `--target` keeps it from build scripts and macros.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address --cfg fuzzing \
                     -Cdebug-assertions -Coverflow-checks";

pub(crate) fn run(context: &mut Context, minutes: u64) -> Result<ExitCode> {
    ensure!(context.tools.obtain(&CPP), "fuzzing needs a C++ compiler");
    let targets = build(context)?;
    let runs = fuzz_all(context, &targets, minutes)?;
    let faults = faults::ALL.iter().map(|harness| Ok((harness.title, harness.counts(context)?)));
    let faults: Vec<_> = faults.collect::<Result<_>>()?;
    let mut bench = String::new();
    let benched = stream(&mut bench_command(context, &[]), |line| bench.extend([line, "\n"]))?;
    let setting = Setting {
        minutes,
        date: said("date", &["-u", "+%F"])?,
        compiler: said("rustc", &["--version"])?,
        flags: FLAGS,
    };
    fs::write(context.root().join("docs/soak.md"), page::write(&setting, &runs, &faults, &bench))?;
    Ok(if benched && faults.iter().all(|(_, counts)| counts.is_some()) && runs.iter().all(Run::held) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

pub(crate) fn bench(context: &Context, arguments: &[&str]) -> Result<ExitCode> {
    let succeeded = run_command(&mut bench_command(context, arguments))?;
    Ok(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn bench_command(context: &Context, arguments: &[&str]) -> Command {
    let mut command = context.cargo(&["run", "--release", "-p", "mapae-benches", "--"]);
    command.args(arguments);
    command
}

/// Builds the fuzz targets and names them.
fn build(context: &Context) -> Result<Vec<String>> {
    let manifest = context.root().join("tests/fuzz/Cargo.toml");
    ensure!(manifest.is_file(), "tests/fuzz holds no workspace");
    let mut command = context.cargo(&["build", "--release", "--bins", "--target", &triple(), "--manifest-path"]);
    command.arg(&manifest).env("CARGO_TARGET_DIR", folder(context)).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", FLAGS);
    ensure!(run_command(&mut command)?, "the fuzz targets do not build");
    let mut metadata = context.cargo(&["metadata", "--format-version", "1", "--no-deps", "--manifest-path"]);
    let packages = Metadata::read(metadata.arg(&manifest))?.packages;
    let binaries = packages.into_iter().flat_map(|package| package.targets).filter(|target| target.kind == "bin");
    Ok(binaries.map(|target| target.name).collect())
}

/// As many targets at a time as there are cores, each in turn on the core that becomes free.
fn fuzz_all(context: &Context, targets: &[String], minutes: u64) -> Result<Vec<Run>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mine = std::iter::from_fn(|| targets.get(next.fetch_add(1, Ordering::Relaxed)));
        mine.map(|target| fuzz(context, target, minutes)).collect::<Result<Vec<_>>>()
    };
    let cores = std::thread::available_parallelism()?.get();
    let done: Result<Vec<Vec<Run>>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("a fuzzing thread panicked"))?).collect()
    });
    let mut runs: Vec<Run> = done?.into_iter().flatten().collect();
    runs.sort_by(|a, b| a.target.cmp(&b.target));
    Ok(runs)
}

fn fuzz(context: &Context, target: &str, minutes: u64) -> Result<Run> {
    let kept = folder(context).join("corpus").join(target);
    let failures = folder(context).join("failures").join(target);
    fs::create_dir_all(&kept)?;
    fs::create_dir_all(&failures)?;
    let mut command = Command::new(folder(context).join(triple()).join("release").join(target));
    command.current_dir(context.root()).args(limits(minutes)).arg(prefix(&failures)).arg(&kept);
    let seeds = context.root().join("tests/fuzz/corpus").join(target);
    command.args(seeds.is_dir().then_some(seeds));
    let mut run = Run::new(target);
    run.succeeded = stream_stderr(&mut command, |line| run.read(line))?;
    Ok(run)
}

/// Half a minute for one input and 2 GiB are far beyond what any decoder may take.
fn limits(minutes: u64) -> [String; 4] {
    let time = format!("-max_total_time={}", minutes * 60);
    [time, "-timeout=30".to_owned(), "-rss_limit_mb=2048".to_owned(), "-print_final_stats=1".to_owned()]
}

/// libFuzzer puts this before the name of an input that fails.
fn prefix(failures: &Path) -> OsString {
    let mut argument = OsString::from("-artifact_prefix=");
    argument.push(failures);
    argument.push("/");
    argument
}

fn folder(context: &Context) -> PathBuf {
    context.metadata.target.join("soak")
}

fn triple() -> String {
    format!("{}-unknown-linux-gnu", std::env::consts::ARCH)
}

fn said(program: &str, arguments: &[&str]) -> Result<String> {
    Ok(output(Command::new(program).args(arguments))?.trim().to_owned())
}
