//! What is acknowledged is on the disk, as the kernel sees it: the order of writes and syncs of `mapae issue`.
//!
//! The same check is run on a program whose syncs are taken away, one kind after the other, and must find each missing.

mod trace;

use std::{
    collections::{BTreeSet, HashMap},
    process::Command,
};

use self::trace::{Event, Phase, events};
use crate::{
    offline::strace,
    sandbox::{Sandbox, T0},
};

const CALLS: &str = "trace=openat,write,pwrite64,fsync,fdatasync,syncfs,rename,renameat,renameat2";

/// A rule of the order, broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Violation {
    /// A line is written to the journal before its numbers are taken on the disk.
    NumbersNotSynced,
    /// A file is created before its person's lines are on the disk.
    LinesNotSynced,
    /// A directory appears before its files are on the disk.
    FilesNotSynced,
    /// The checkpoint passes a directory that is not on the disk.
    CheckpointTooEarly,
    /// The answer is given before what appeared is on the disk.
    NamesNotSynced,
}

/// What may be lost if the power fails now.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Loss {
    /// The numbers that a thread took.
    Numbers(String),
    Lines(String),
    Files(String),
    Name(String),
    Refusals,
}

impl Loss {
    /// Whether a call that syncs averts it. That of another file may do so too, but nobody should count on it.
    fn is_averted_by(&self, sync: &Event) -> bool {
        let whole = sync.name == "syncfs";
        match self {
            Self::Numbers(thread) => sync.is_on("/status-counter") && sync.thread == *thread,
            Self::Lines(_) => sync.is_on("/journal.jsonl"),
            Self::Files(_) | Self::Name(_) => whole,
            Self::Refusals => whole || sync.is_on("/I"),
        }
    }
}

/// Follows the calls. Each loss bears the number of the event that last caused it.
#[derive(Default)]
struct Follower {
    losses: HashMap<Loss, usize>,
    recorded: BTreeSet<String>,
    /// What each thread's sync found when it began.
    syncing: HashMap<String, Vec<(Loss, usize)>>,
    violations: BTreeSet<Violation>,
}

impl Follower {
    fn event(&mut self, number: usize, event: &Event, people: &BTreeSet<String>) {
        let person = people.iter().find(|person| event.path().contains(&***person)).cloned();
        if event.phase == Phase::Begun {
            self.violations.extend(self.broken_by(event, person.as_ref()));
        }
        if event.name.contains("sync") {
            self.sync(event);
        } else if event.phase != Phase::Ended(false) {
            // At its beginning a call may have had its effect already; at its end it may have had it only now.
            self.losses.extend(losses(event, person, people).into_iter().map(|loss| (loss, number)));
        }
        if event.is_write() && event.is_on("/journal.jsonl") && event.phase == Phase::Ended(true) {
            self.recorded.extend(people.iter().filter(|person| event.arguments.contains(&***person)).cloned());
        }
    }

    fn sync(&mut self, event: &Event) {
        let thread = event.thread.clone();
        match event.phase {
            Phase::Begun => {
                let found = self.losses.iter().filter(|(loss, _)| loss.is_averted_by(event));
                self.syncing.insert(thread, found.map(|(loss, number)| (loss.clone(), *number)).collect());
            }
            Phase::Ended(done) => {
                let found = self.syncing.remove(&thread).unwrap_or_default();
                for (loss, number) in found {
                    // What was caused anew under way may not be on the disk.
                    if done && self.losses.get(&loss) == Some(&number) {
                        self.losses.remove(&loss);
                    }
                }
            }
        }
    }

    fn broken_by(&self, event: &Event, person: Option<&String>) -> Option<Violation> {
        let any = |kind: fn(&Loss) -> bool| self.losses.keys().any(kind);
        let names = any(|loss| matches!(loss, Loss::Name(_)));
        let violation = match person {
            _ if event.is_write() && event.is_on("/journal.jsonl") => {
                (self.risks(&Loss::Numbers(event.thread.clone())), Violation::NumbersNotSynced)
            }
            _ if event.is_write() && event.arguments.starts_with("1<") => {
                (names || any(|loss| *loss == Loss::Refusals), Violation::NamesNotSynced)
            }
            _ if event.is_rename() && event.arguments.contains("journal.checkpoint") => {
                (names, Violation::CheckpointTooEarly)
            }
            Some(person) if event.name == "openat" && event.arguments.contains("O_CREAT") => {
                let safe = self.recorded.contains(person) && !self.risks(&Loss::Lines(person.clone()));
                (!safe, Violation::LinesNotSynced)
            }
            Some(person) if event.is_rename() => (self.risks(&Loss::Files(person.clone())), Violation::FilesNotSynced),
            _ => return None,
        };
        violation.0.then_some(violation.1)
    }

    fn risks(&self, loss: &Loss) -> bool {
        self.losses.contains_key(loss)
    }
}

impl Event {
    /// The file that the call is about.
    fn path(&self) -> &str {
        if self.is_write() { self.open_path() } else { &self.arguments }
    }
}

/// What a call puts at risk.
fn losses(event: &Event, person: Option<String>, people: &BTreeSet<String>) -> Vec<Loss> {
    match person {
        _ if event.is_write() && event.is_on("/status-counter") => vec![Loss::Numbers(event.thread.clone())],
        _ if event.is_write() && event.is_on("/journal.jsonl") => {
            let named = people.iter().filter(|person| event.arguments.contains(&***person));
            named.cloned().map(Loss::Lines).collect()
        }
        Some(person) if event.is_write() => vec![Loss::Files(person)],
        Some(person) if event.is_rename() => vec![Loss::Name(person)],
        None if event.is_rename() && event.arguments.contains("refused.csv") => vec![Loss::Refusals],
        _ => Vec::new(),
    }
}

/// Issues under `strace`, which may keep calls from happening; what rules were broken, and in how many calls.
fn traced(strace: &str, batch: u32, inject: Option<&str>) -> (BTreeSet<Violation>, usize) {
    let sandbox = Sandbox::with_people(12);
    // So that the counter exists, and is not new.
    sandbox
        .ok(&format!("issue --authority A --document licence --register R/licence.csv --out L --copies 1 --at {T0}"));
    let arguments = format!(
        "issue --authority A --document resident --register R/resident.csv --out I --copies 1 --batch {batch} --at {T0}"
    );
    let mut command = Command::new(strace);
    command.args(["-f", "-y", "-s", "1000000", "-e", CALLS, "-o", "calls"]);
    command.args(inject.iter().flat_map(|inject| ["-e", inject]));
    command.arg(env!("CARGO_BIN_EXE_mapae")).args(arguments.split(' ')).current_dir(sandbox.root());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let people: BTreeSet<String> = sandbox.people_with("resident").into_iter().collect();
    assert!(people.len() > 8, "{people:?}");
    let events = events(&String::from_utf8_lossy(&sandbox.read("calls")));
    let mut follower = Follower::default();
    events.iter().enumerate().for_each(|(number, event)| follower.event(number, event, &people));
    (follower.violations, events.len())
}

/// What of the calls this takes away is missed, and nothing else.
fn assert_broken(inject: &str, expected: &[Violation]) {
    let Some(strace) = strace() else { return skipped() };
    let (broken, _) = traced(&strace, 100, Some(inject));
    assert_eq!(broken, expected.iter().copied().collect(), "without {inject}");
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn skipped() {
    println!("SKIPPED: strace not found, or tracing is not allowed here");
}

#[test]
fn numbers_lines_files_and_names_are_on_the_disk_before_what_rests_on_them() {
    let Some(strace) = strace() else { return skipped() };
    for batch in [2, 100] {
        let (broken, events) = traced(&strace, batch, None);
        assert_eq!(broken, BTreeSet::new(), "in batches of {batch}");
        assert!(events > 300, "{events} events are too few to have shown anything");
    }
}

#[test]
fn without_the_counters_sync_numbers_are_seen_to_be_at_risk() {
    assert_broken("inject=fsync:retval=0:when=1", &[Violation::NumbersNotSynced]);
}

#[test]
fn without_the_journals_sync_lines_are_seen_to_be_at_risk() {
    assert_broken("inject=fdatasync:retval=0", &[Violation::LinesNotSynced]);
}

#[test]
fn without_the_sync_before_the_renames_files_are_seen_to_be_at_risk() {
    assert_broken("inject=syncfs:retval=0:when=1", &[Violation::FilesNotSynced]);
}

#[test]
fn without_the_sync_after_the_renames_names_are_seen_to_be_at_risk() {
    assert_broken("inject=syncfs:retval=0:when=2+", &[Violation::CheckpointTooEarly, Violation::NamesNotSynced]);
}

#[test]
fn without_the_last_sync_the_refusals_are_seen_to_be_at_risk() {
    assert_broken("inject=fsync:retval=0:when=2", &[Violation::NamesNotSynced]);
}
