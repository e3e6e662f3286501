//! `cargo xtask bench bundle`: a nation's status lists in one bundle – how large, how large the day's delta, and how fast
//! and in how little memory the released `mapae verify` judges with it.
//!
//! Sizes are compared with the entropy of the lists, which no encoder beats, and with zlib at its best and at its usual
//! level. They depend on the seed alone, but for some bytes of signatures; times are this machine's.

mod nation;
mod program;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use mapae_benches::{operations, report::Machine, scene::Scene};
use mapae_status_list::Encoding;
use mapae_trust::{Bundle, BundleDelta, TrustStore};
use mapae_types::Duration;
use nation::{Encoded, Nation, zlib};
use program::Program;

/// A nation's bundle: its size, its delta, and what a check with it takes.
#[derive(Parser)]
#[command(name = "mapae-bench-bundle")]
struct Arguments {
    /// The program to measure, as released
    #[arg(long)]
    mapae: PathBuf,
    /// Where to put the files; it must be new, and is removed at the end
    #[arg(long)]
    dir: PathBuf,
    /// Status lists: 969 hold 10 + 10 copies for each of 50 million people
    #[arg(long, default_value_t = 969, value_parser = clap::value_parser!(u16).range(1..))]
    lists: u16,
    /// Exit with 1 if a target is missed
    #[arg(long)]
    check: bool,
}

/// Bytes of all tokens over the entropy of all lists.
const TARGET_RATIO: f64 = 1.45;
/// Bytes of the day's delta.
const TARGET_DELTA: usize = 300_000;
/// Milliseconds from the start of the program to its verdict.
const TARGET_START: f64 = 100.0;
/// MiB of the program at most.
const TARGET_MEMORY: f64 = 32.0;

fn main() -> Result<ExitCode> {
    let mut arguments = Arguments::parse();
    arguments.mapae = arguments.mapae.canonicalize().context("--mapae is not there")?;
    fs::create_dir(&arguments.dir).with_context(|| format!("{} must be new", arguments.dir.display()))?;
    let met = measure(&arguments);
    fs::remove_dir_all(&arguments.dir)?;
    let met = met?;
    say(if met { "\nall targets are met" } else { "\na target is MISSED" })?;
    Ok(if arguments.check && !met { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whether all targets are met.
fn measure(arguments: &Arguments) -> Result<bool> {
    let machine = Machine::this();
    say(&format!("{}, {} cores, {}", machine.cpu, machine.cores, machine.platform))?;
    say(&format!("{} lists of 2^20 entries, 1 in 100 revoked at random, each a signed CWT\n", arguments.lists))?;
    let scene = Scene::new()?;
    let mut nation = Nation::new(&scene, arguments.lists.into())?;
    let today = nation.tokens(scene.now)?;
    let compact = sizes(&nation, &today)?;
    let old = store(&scene, nation.bundle(today, scene.now)?)?;
    nation.revoke_a_days()?;
    let tomorrow = scene.now + Duration::days(1);
    let new = store(&scene, nation.bundle(nation.tokens(tomorrow)?, tomorrow)?)?;
    let small_delta = delta(&old, &new)?;
    let small_program = programs(arguments, &scene, old.file())?;
    Ok(compact && small_delta && small_program)
}

fn store(scene: &Scene, file: Vec<u8>) -> Result<TrustStore> {
    Ok(Bundle::parse(file)?.verify(scene.bundle_key.public())?)
}

fn sizes(nation: &Nation<'_>, tokens: &[Vec<u8>]) -> Result<bool> {
    let entropy = nation.entropy();
    say(&format!("{:<42} {:>11} {:>10} {:>10}", "", "bytes", "× entropy", "ms a list"))?;
    say(&format!("{:<42} {entropy:>11.0} {:>10.3}", "entropy of the lists", 1.0))?;
    let row = |name: &str, encoded: &Encoded| {
        let (bytes, ratio, ms) = (encoded.bytes, count(encoded.bytes) / entropy, encoded.ms_a_list);
        say(&format!("{name:<42} {bytes:>11} {ratio:>10.3} {ms:>10.2}"))
    };
    row("lists, compressed by us", &nation.encode(|list| Ok(Encoding::Mapae1.compress(list)))?)?;
    row("lists, by zlib-rs at level 9", &nation.encode(|list| zlib(list, 9))?)?;
    row("lists, by zlib-rs at level 6", &nation.encode(|list| zlib(list, 6))?)?;
    let bytes = tokens.iter().map(Vec::len).sum();
    let ratio = count(bytes) / entropy;
    say(&format!(
        "{:<42} {bytes:>11} {ratio:>10.3}   target {TARGET_RATIO}",
        "CWTs: our lists, certificate, signature"
    ))?;
    Ok(ratio <= TARGET_RATIO)
}

/// The delta as a receiver gets and applies it, on one core.
fn delta(old: &TrustStore, new: &TrustStore) -> Result<bool> {
    let key = old.sealed_by().key().context("a key vouches for the bundle")?;
    let begun = Instant::now();
    let delta = BundleDelta::between(old, new)?;
    let made = begun.elapsed().as_secs_f64();
    ensure!(delta.whole_lists() == 0, "{} lists are carried whole", delta.whole_lists());
    let bytes = delta.to_bytes();
    let begun = Instant::now();
    let rebuilt = BundleDelta::parse(&bytes)?.apply(old, key)?;
    let applied = begun.elapsed().as_secs_f64();
    ensure!(rebuilt.file() == new.file(), "another bundle was rebuilt");
    let (size, lists) = (bytes.len(), new.status_lists().len());
    say(&format!("\nthe day's delta, {} new entries a list: {size} bytes, target {TARGET_DELTA}", nation::NEW_A_DAY))?;
    say(&format!("  {} bytes a list; made in {made:.1} s, applied in {applied:.1} s", size / lists))?;
    Ok(size <= TARGET_DELTA)
}

/// The program with a bundle of one list, and with the nation's.
fn programs(arguments: &Arguments, scene: &Scene, bundle: &[u8]) -> Result<bool> {
    let (presentation, request) = operations::presentation(scene)?;
    let write = |name: &str, bytes: &[u8]| -> Result<PathBuf> {
        let path = arguments.dir.join(name);
        fs::write(&path, bytes)?;
        Ok(path)
    };
    let program = Program {
        mapae: &arguments.mapae,
        bundle_key: &write("key.pem", scene.bundle_key.public().to_spki_pem().as_bytes())?,
        request: &write("request.json", request.to_string().as_bytes())?,
        presentation: &write("presentation.cbor", &presentation)?,
        now: scene.now,
    };
    say(&format!(
        "\n{:<42} {:>10} {:>10} {:>10}",
        "mapae verify, from its start to its end", "best, ms", "median", "MiB"
    ))?;
    let measure = |name: &str, bundle: &Path| {
        let [best, median, memory] = program.measure(bundle)?;
        say(&format!("{name:<42} {best:>10.1} {median:>10.1} {memory:>10.1}"))?;
        Ok::<_, anyhow::Error>(median <= TARGET_START && memory <= TARGET_MEMORY)
    };
    measure("with a bundle of one list", &write("one.bundle", &scene.bundle)?)?;
    let met = measure("with the nation's bundle", &write("nation.bundle", bundle)?)?;
    say(&format!("{:<42} {:>10} {TARGET_START:>10} {TARGET_MEMORY:>10}", "target", ""))?;
    Ok(met)
}

#[expect(clippy::cast_precision_loss, reason = "a ratio in four digits")]
fn count(bytes: usize) -> f64 {
    bytes as f64
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
