//! What a phone is given is on the disk first, as the kernel sees it: between the answer before and this one the store's
//! log is written and forced to the disk. There is one phone at a time, so what happens in between is this request's.
//!
//! The same check is made of the trace with its syncs taken away, and must find every one missing.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{
    clerk::Not,
    phone::Phone,
    site::{Nation, Site},
};
use crate::{
    country::temporary,
    durability::strace,
    program,
    trace::{Event, Phase, events},
};

const CALLS: &str = "trace=write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync";
const PATIENCE: Duration = Duration::from_mins(2);

/// Names in answers that promise something; what follows one tells one promise from another.
const PROMISES: [&str; 2] = ["access_token", "notification_id"];

fn is(event: &Event, kinds: &[&str]) -> bool {
    kinds.contains(&event.name.as_str())
}

/// Nobody reads a repeated promise as a new one.
const PROMISE: usize = 64;

fn is_answer(event: &Event) -> bool {
    let sent = is(event, &["write", "writev", "sendto", "sendmsg"]) && event.phase == Phase::Begun;
    sent && event.arguments.contains("HTTP/1.1 ")
}

fn promise(event: &Event) -> Option<String> {
    let found = PROMISES.iter().find_map(|name| event.arguments.find(name))?;
    Some(event.arguments[found..].chars().take(PROMISE).collect())
}

/// The log that is forced to the disk at a commit. The file itself follows at checkpoints.
fn is_of_the_log(event: &Event) -> bool {
    event.open_path().ends_with("/issuer.db-wal")
}

fn writes(event: &Event) -> bool {
    is(event, &["write", "pwrite64"]) && is_of_the_log(event) && event.phase == Phase::Ended(true)
}

/// Whether some of these calls are a write of the log and a sync that began after it and succeeded.
fn is_durable(calls: &[Event]) -> bool {
    let Some(written) = calls.iter().position(writes) else { return false };
    let syncs = |event: &&Event| is(event, &["fsync", "fdatasync"]) && is_of_the_log(event);
    let begun = calls[written..].iter().filter(syncs).filter(|event| event.phase == Phase::Begun);
    let done = |call| calls.iter().any(|event| event.call == call && event.phase == Phase::Ended(true));
    begun.into_iter().any(|event| done(event.call))
}

/// How many promises were made, and how many of them too early.
fn judged(events: &[Event]) -> (usize, usize) {
    let (mut before, mut early, mut promises) = (0, 0, BTreeSet::new());
    for (place, event) in events.iter().enumerate().filter(|(_, event)| is_answer(event)) {
        let new = promise(event).is_some_and(|promise| promises.insert(promise));
        early += usize::from(new && !is_durable(&events[before..place]));
        before = place;
    }
    (promises.len(), early)
}

/// An issuer under `strace`, ended when dropped.
struct Traced(Child, String);

impl Traced {
    fn start(site: &Site, strace: &str) -> Self {
        let mut command = Command::new(strace);
        command.args(["-f", "-y", "-s", "100000", "-e", CALLS, "-o", "calls"]).arg(program::mapae());
        let arguments = format!("{} --listen {} --json", site.arguments, site.at);
        let said = site.dir.join("traced.out");
        let output = File::create(&said).unwrap();
        let told = File::create(site.dir.join("traced.log")).unwrap();
        let command = command.args(arguments.split_whitespace()).current_dir(&site.dir).stdout(output).stderr(told);
        let mut issuer = Self(command.spawn().unwrap(), String::new());
        let end = Instant::now() + PATIENCE;
        loop {
            let document: serde_json::Value = serde_json::from_slice(&fs::read(&said).unwrap()).unwrap_or_default();
            if let Some(pid) = document["pid"].as_u64() {
                issuer.1 = pid.to_string();
                return issuer;
            }
            let told = || fs::read_to_string(site.dir.join("traced.log")).unwrap_or_default();
            let is_gone = issuer.0.try_wait().unwrap().is_some();
            assert!(!is_gone && Instant::now() < end, "the traced issuer does not come up: {}", told());
            sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        if self.1.is_empty() {
            // Whom it traces nobody knows; the tracer alone can be ended.
            drop(self.0.kill());
        } else {
            drop(Command::new("kill").arg(&self.1).status());
        }
        drop(self.0.wait());
    }
}

/// One phone after the other, so that no request's commit is another's.
fn traced() -> Option<Vec<Event>> {
    let strace = strace()?;
    let (dir, nation) = (temporary(), Nation::found());
    let site = Site::build(&nation, dir.path(), None);
    let issuer = Traced::start(&site, &strace);
    let mut served = 0;
    for (seed, person) in (1..).zip(&nation.people).take(8) {
        let offered = match site.clerk.offer(person) {
            Ok(offered) => offered,
            Err(Not::Eligible) => continue,
            Err(Not::Yet) => panic!("the office does not answer"),
        };
        Phone::new(site.at, seed).fetch(person, &offered, |_| {}).unwrap();
        served += 1;
    }
    assert!(served > 2);
    drop(issuer);
    let calls = fs::read(dir.path().join("calls")).unwrap();
    Some(events(&String::from_utf8_lossy(&calls)))
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn skipped() {
    println!("SKIPPED: strace not found, or tracing is not allowed here");
}

#[test]
fn a_copy_leaves_after_its_record_is_on_the_disk() {
    let Some(events) = traced() else { return skipped() };
    let (promises, early) = judged(&events);
    assert!(promises > 6, "nothing was seen");
    assert_eq!(early, 0);
    // That it would be seen if nothing were forced to the disk.
    let unforced: Vec<Event> = events.into_iter().filter(|event| !event.name.contains("sync")).collect();
    assert_eq!(judged(&unforced), (promises, promises));
}
