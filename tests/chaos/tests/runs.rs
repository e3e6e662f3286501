//! Runs, each a kind of trouble drawn from its seed: at the end no acknowledged entry is lost, nobody accepted a fork, and
//! no bundle that the policy does not cover.
//!
//! `MAPAE_CHAOS_RUNS` sets how many runs, `MAPAE_CHAOS_SEED` the first one's seed; the others count on from there. What
//! processes do in what order is not the seed's to decide.

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    country::{Country, temporary},
    dice::Dice,
    stage::{Cast, Stage, Tally},
    troubles::{hostile_mirrors, killed, lost_state, restored_directory, rogue_operator, too_few, two_sequencers},
};

/// A kind of trouble.
type Trouble = (&'static str, fn(&mut Stage));

/// By seed, in turn: in ten runs each of them comes at least once.
const TROUBLES: [Trouble; 10] = [
    ("killed", killed),
    ("two sequencers", two_sequencers),
    ("k-1 witnesses", too_few),
    ("killed", killed),
    ("lost state", lost_state),
    ("rogue operator", rogue_operator),
    ("two sequencers", two_sequencers),
    ("hostile mirrors", hostile_mirrors),
    ("restored directory", restored_directory),
    ("killed", killed),
];

fn cast(trouble: &str, dice: &mut Dice, dir: &Path) -> Cast {
    let clocks = trouble != "hostile mirrors" && dice.once_in(2);
    let store = || format!("sqlite:{}/log/log.db", dir.display());
    if trouble != "two sequencers" {
        return Cast { sequencers: 1, store: store(), one_dir: true, clocks };
    }
    let server = if dice.once_in(2) { scratch_postgres::shared() } else { None };
    let store = server.map_or_else(store, scratch_postgres::Server::database);
    Cast { sequencers: 2, store, one_dir: dice.once_in(2), clocks }
}

/// One run; what happened and what was found.
fn run(country: &Arc<Country>, seed: u64, slot: u8, dir: &Path) -> (Tally, Vec<String>) {
    let mut dice = Dice::new(seed);
    let (name, trouble) = TROUBLES[usize::try_from(seed).unwrap() % TROUBLES.len()];
    let cast = cast(name, &mut dice, dir);
    let mut stage = Stage::set(country, dir, dice, slot, &cast);
    stage.count(name);
    if cast.store.starts_with("postgres") {
        stage.count("on PostgreSQL");
    }
    trouble(&mut stage);
    stage.end()
}

/// The same in a directory of its own, which stays if something was found.
fn kept(country: &Arc<Country>, seed: u64, slot: u8) -> Result<Tally, String> {
    let dir = temporary();
    let path = dir.path().to_owned();
    let ran = catch_unwind(AssertUnwindSafe(|| run(country, seed, slot, &path)));
    let found = match ran {
        Ok((tally, findings)) if findings.is_empty() => return Ok(tally),
        Ok((_, findings)) => findings.join("\n  "),
        Err(panic) => format!("panic: {:?}", panic.downcast_ref::<String>()),
    };
    let path = dir.keep();
    Err(format!("MAPAE_CHAOS_SEED={seed} MAPAE_CHAOS_RUNS=1, kept in {}:\n  {found}", path.display()))
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().unwrap())
}

fn fresh_seed() -> u64 {
    u64::from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos())
}

/// Processes wait for each other most of the time.
fn at_once() -> u8 {
    let cores = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    u8::try_from((cores * 4).min(24)).unwrap()
}

#[test]
fn whatever_happens_nothing_forks_and_nothing_is_lost() {
    let first = number("MAPAE_CHAOS_SEED").unwrap_or_else(fresh_seed);
    let runs = number("MAPAE_CHAOS_RUNS").unwrap_or(50);
    let country = Arc::new(Country::found());
    let (next, sum, failed) = (AtomicU64::new(0), Mutex::new(Tally::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for slot in 0..at_once() {
            let (country, next, sum, failed) = (&country, &next, &sum, &failed);
            scope.spawn(move || {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    if nth >= runs || !failed.lock().unwrap().is_empty() {
                        return;
                    }
                    match kept(country, first + nth, slot) {
                        Ok(tally) => add(&mut sum.lock().unwrap(), tally),
                        Err(found) => failed.lock().unwrap().push(found),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    report(runs, first, &sum.into_inner().unwrap());
}

fn add(sum: &mut Tally, tally: Tally) {
    for (what, count) in tally {
        *sum.entry(what).or_default() += count;
    }
}

#[expect(clippy::print_stdout, reason = "the counts")]
fn report(runs: u64, seed: u64, sum: &Tally) {
    let counts: Vec<String> = sum.iter().map(|(what, count)| format!("{what} {count}")).collect();
    println!("chaos: {runs} runs from seed {seed}: {}", counts.join(", "));
}
