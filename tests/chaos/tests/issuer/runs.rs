//! Runs, each with its deaths drawn from its seed.
//!
//! `MAPAE_ISSUER_RUNS` sets how many, `MAPAE_CHAOS_SEED` the first one's seed; the others count on from there. What
//! processes do in what order is not the seed's to decide.

use std::{
    collections::BTreeMap,
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, sleep},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{
    audit::audit,
    clerk::{Not, Offered},
    phone::{Acknowledged, Phone},
    site::{Nation, Site, supervise},
};
use crate::{country::temporary, dice::Dice};

/// People of a run, each of whom comes to the office once or twice.
const PEOPLE: usize = 6;
const PATIENCE: Duration = Duration::from_mins(2);

type Tally = BTreeMap<String, u64>;

fn count(tally: &mut Tally, what: &str, by: u64) {
    *tally.entry(what.to_owned()).or_default() += by;
}

/// One run; what happened and what was found.
fn run(nation: &Nation, seed: u64, dir: &Path) -> (Tally, Vec<String>) {
    let mut dice = Dice::new(seed);
    let server = if dice.once_in(5) { scratch_postgres::shared() } else { None };
    let site = Site::build(nation, dir, server.map(scratch_postgres::Server::database));
    let people = dice.some(&nation.people, PEOPLE);
    let (done, deaths) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let (given, troubles) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let mut findings = Vec::new();
    thread::scope(|scope| {
        let (own, gone) = (dice.fork(), &done);
        let (site, deaths) = (&site, &deaths);
        let supervisor = scope.spawn(move || supervise(site, own, gone, deaths));
        let citizens: Vec<_> = people
            .iter()
            .map(|person| {
                let (mut own, given, troubles) = (dice.fork(), &given, &troubles);
                scope.spawn(move || citizen(site, person, &mut own, given, troubles))
            })
            .collect();
        // One that panics must not leave the others waiting for ever.
        let panicked = citizens.into_iter().map(thread::ScopedJoinHandle::join).filter(Result::is_err).count();
        done.store(true, Ordering::Relaxed);
        findings.extend((panicked > 0).then(|| format!("{panicked} citizens panicked")));
        findings.extend(supervisor.join().unwrap().err());
    });
    let (given, troubles) = (given.into_inner().unwrap(), troubles.into_inner().unwrap());
    findings.extend(troubles.iter().filter(|trouble: &&String| trouble.contains("another result")).cloned());
    findings.extend(given.is_empty().then(|| format!("nobody got anything: {}", troubles.join("; "))));
    findings.extend(audit(&site.store, &nation.people, &given));
    let mut tally = Tally::new();
    count(&mut tally, "copies", given.iter().filter(|one| one.notified).map(|one| one.copies.len() as u64).sum());
    count(&mut tally, "given up", troubles.len() as u64);
    count(&mut tally, "on PostgreSQL", u64::from(server.is_some()));
    deaths.into_inner().unwrap().iter().for_each(|death| count(&mut tally, death, 1));
    (tally, findings)
}

/// Comes to the office, fetches the document; may come again with a new phone.
fn citizen(
    site: &Site,
    person: &str,
    dice: &mut Dice,
    given: &Mutex<Vec<Acknowledged>>,
    troubles: &Mutex<Vec<String>>,
) {
    for _ in 0..dice.between(1, 2) {
        let Some(offered) = offered(site, person, dice) else { return };
        let mut phone = Phone::new(site.at, dice.roll(u64::MAX));
        let fetched = phone.fetch(person, &offered, |got| given.lock().unwrap().push(got));
        if let Err(trouble) = fetched {
            troubles.lock().unwrap().push(trouble);
        }
    }
}

fn offered(site: &Site, person: &str, dice: &mut Dice) -> Option<Offered> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        match site.clerk.offer(person) {
            Ok(offered) => return Some(offered),
            Err(Not::Eligible) => return None,
            Err(Not::Yet) => sleep(Duration::from_millis(dice.between(10, 40))),
        }
    }
    None
}

/// The same in a directory of its own, which stays if something was found.
fn kept(nation: &Nation, seed: u64) -> Result<Tally, String> {
    let dir = temporary();
    let path = dir.path().to_owned();
    let found = match catch_unwind(AssertUnwindSafe(|| run(nation, seed, &path))) {
        Ok((tally, findings)) if findings.is_empty() => return Ok(tally),
        Ok((tally, findings)) => format!("{}\n  {tally:?}", findings.join("\n  ")),
        Err(panic) => format!("panic: {:?}", panic.downcast_ref::<String>()),
    };
    let path = dir.keep();
    Err(format!("MAPAE_CHAOS_SEED={seed} MAPAE_ISSUER_RUNS=1, kept in {}:\n  {found}", path.display()))
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().unwrap())
}

fn fresh_seed() -> u64 {
    u64::from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos())
}

/// Processes wait for each other most of the time.
fn at_once() -> usize {
    thread::available_parallelism().map_or(2, std::num::NonZero::get) * 2
}

#[test]
fn killed_at_any_moment_an_issuer_loses_nothing_and_gives_nothing_twice() {
    let first = number("MAPAE_CHAOS_SEED").unwrap_or_else(fresh_seed);
    let runs = number("MAPAE_ISSUER_RUNS").unwrap_or(50);
    let nation = Nation::found();
    let (next, sum, failed) = (AtomicU64::new(0), Mutex::new(Tally::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..at_once() {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    if nth >= runs || !failed.lock().unwrap().is_empty() {
                        return;
                    }
                    match kept(&nation, first + nth) {
                        Ok(tally) => {
                            let mut sum = sum.lock().unwrap();
                            for (what, by) in tally {
                                count(&mut sum, &what, by);
                            }
                        }
                        Err(found) => failed.lock().unwrap().push(found),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let sum = sum.into_inner().unwrap();
    assert!(sum["copies"] > 10 * runs, "hardly anybody got anything: {sum:?}");
    report(runs, first, &sum);
}

#[expect(clippy::print_stdout, reason = "the counts")]
fn report(runs: u64, seed: u64, sum: &Tally) {
    let counts: Vec<String> = sum.iter().map(|(what, count)| format!("{what} {count}")).collect();
    println!("issuer: {runs} runs from seed {seed}: {}", counts.join(", "));
}
