//! What a cosigner signs is on its disk first, as the kernel sees it: the record in its store, then the high-water file,
//! then the answer.
//!
//! The same check is made of the trace with its syncs taken away, one kind after the other, and must find each missing.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fs::{self, File},
    process::{Child, Command},
    sync::Arc,
    thread::sleep,
    time::Duration,
};

use crate::{
    auditor::wait_for,
    country::{AGENCIES, Country, temporary},
    dice::Dice,
    program,
    stage::{Cast, Stage},
    trace::{Event, Phase, events},
};

const CALLS: &str = "trace=write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2";

/// An address that no run has.
const SLOT: u8 = 210;

/// The witness that is watched.
const WATCHED: usize = 0;

/// A rule of the order, broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Violation {
    /// The high-water file moves before the record is on the disk: it would know more than the store.
    HighWaterBeforeRecord,
    /// A cosignature leaves before the record is on the disk.
    RecordNotSynced,
    /// It leaves before the high-water file's content is.
    HighWaterNotSynced,
    /// It leaves before the high-water file's name is.
    NameNotSynced,
}

/// What may be lost if the power fails now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Loss {
    Record,
    HighWater,
    Name,
}

impl Loss {
    /// What a call puts at risk.
    fn of(event: &Event) -> Option<Self> {
        let path = event.open_path();
        match event.name.as_str() {
            // The index in shared memory is made anew.
            "write" | "pwrite64" if path.contains("/witness.db") && !path.ends_with("-shm") => Some(Self::Record),
            "write" if path.contains("/high-water/") => Some(Self::HighWater),
            "rename" | "renameat" | "renameat2" if event.arguments.contains("/high-water/") => Some(Self::Name),
            _ => None,
        }
    }

    /// Whether a sync of this file averts it.
    fn is_averted_by(self, path: &str) -> bool {
        match self {
            Self::Record => path.contains("/witness.db"),
            Self::HighWater => path.contains("/high-water/"),
            Self::Name => path.ends_with("/high-water"),
        }
    }
}

/// Follows the calls. Each loss bears the number of the call that last caused it.
#[derive(Default)]
struct Follower {
    losses: BTreeMap<Loss, usize>,
    /// What each sync found when it began.
    syncing: BTreeMap<usize, Vec<(Loss, usize)>>,
    violations: BTreeSet<Violation>,
    cosignatures: usize,
    records: usize,
}

impl Follower {
    fn event(&mut self, event: &Event) {
        if event.phase == Phase::Begun {
            self.begun(event);
        }
        if event.name.contains("sync") {
            self.sync(event);
        } else if let (Some(loss), true) = (Loss::of(event), event.phase != Phase::Ended(false)) {
            self.records += usize::from(loss == Loss::Record);
            self.losses.insert(loss, event.call);
        }
    }

    fn begun(&mut self, event: &Event) {
        let broken: &[(Loss, Violation)] = if is_cosignature(event) {
            self.cosignatures += 1;
            &[
                (Loss::Record, Violation::RecordNotSynced),
                (Loss::HighWater, Violation::HighWaterNotSynced),
                (Loss::Name, Violation::NameNotSynced),
            ]
        } else if matches!(Loss::of(event), Some(Loss::HighWater | Loss::Name)) {
            &[(Loss::Record, Violation::HighWaterBeforeRecord)]
        } else {
            &[]
        };
        let broken = broken.iter().filter(|(loss, _)| self.losses.contains_key(loss));
        self.violations.extend(broken.map(|(_, violation)| *violation));
    }

    fn sync(&mut self, event: &Event) {
        let averted = |(loss, _): &(&Loss, &usize)| loss.is_averted_by(event.open_path());
        match event.phase {
            Phase::Begun => {
                let found = self.losses.iter().filter(averted).map(|(loss, call)| (*loss, *call)).collect();
                self.syncing.insert(event.call, found);
            }
            Phase::Ended(done) => {
                for (loss, call) in self.syncing.remove(&event.call).unwrap_or_default() {
                    // What was caused anew under way may not be on the disk.
                    if done && self.losses.get(&loss) == Some(&call) {
                        self.losses.remove(&loss);
                    }
                }
            }
        }
    }
}

/// An answer to a log with a line that begins with an em dash (signed-note), as `strace` writes it. Monitors are shown an
/// older cosignature meanwhile, in an answer that no cache may keep.
fn is_cosignature(event: &Event) -> bool {
    let sent = ["write", "writev", "sendto", "sendmsg"].contains(&event.name.as_str());
    sent && event.arguments.contains("HTTP/1.1 200")
        && event.arguments.contains(r"\342\200\224 ")
        && !event.arguments.contains("no-cache")
}

/// A witness under `strace`.
struct Traced(Child, String);

impl Traced {
    fn start(stage: &Stage, strace: &str) -> Self {
        let party = &stage.parties[stage.witness(WATCHED)];
        let mut command = Command::new(strace);
        command.args(["-f", "-y", "-s", "4096", "-e", CALLS, "-o", "calls"]);
        command.arg(program::mapae()).args(party.arguments().split_whitespace()).current_dir(&stage.dir);
        let said = stage.dir.join("traced.out");
        let child = command.stdout(File::create(&said).unwrap()).spawn().unwrap();
        let mut pid = None;
        wait_for(&stage.board, "for the traced witness", || {
            let document: serde_json::Value = serde_json::from_slice(&fs::read(&said).unwrap()).unwrap_or_default();
            pid = document["pid"].as_u64();
            pid.is_some()
        });
        Self(child, pid.unwrap().to_string())
    }

    /// Ends it, and `strace` with it.
    fn end(mut self) {
        assert!(Command::new("kill").arg(&self.1).status().unwrap().success());
        while self.0.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(10));
        }
    }
}

/// From `MAPAE_STRACE`, or on the path.
pub(crate) fn strace() -> Option<String> {
    let path = env::var("MAPAE_STRACE").unwrap_or_else(|_| "strace".to_owned());
    // A kernel may forbid tracing: try it.
    Command::new(&path).args(["-f", "-o", "/dev/null", "true"]).output().ok().filter(|tried| tried.status.success())?;
    Some(path)
}

/// What a witness of a ledger at work asks of the kernel.
fn traced() -> Option<Vec<Event>> {
    let Some(strace) = strace() else {
        skipped();
        return None;
    };
    let dir = temporary();
    let store = format!("sqlite:{}/log/log.db", dir.path().display());
    let cast = Cast { sequencers: 1, store, one_dir: true, clocks: false };
    let mut stage = Stage::set(&Arc::new(Country::found()), dir.path(), Dice::new(3), SLOT, &cast);
    let watched = stage.witness(WATCHED);
    stage.down[watched] = true;
    let witness = Traced::start(&stage, &strace);
    stage.start();
    let statements = stage.statements();
    stage.work(&statements, 0);
    stage.settle();
    let published = stage.board.largest();
    wait_for(&stage.board, "for the traced witness", || stage.high_water(WATCHED) >= published);
    witness.end();
    let findings = stage.board.findings.lock().unwrap().clone();
    assert_eq!(findings, Vec::<String>::new(), "{}", AGENCIES[WATCHED]);
    let calls = fs::read(dir.path().join("calls")).unwrap();
    Some(events(&String::from_utf8_lossy(&calls)))
}

/// The rules that were broken, if the syncs of files with this in their path had not been there.
fn broken(events: &[Event], without: &str) -> Vec<Violation> {
    let missing = |event: &&Event| event.name.contains("sync") && event.open_path().contains(without);
    let mut follower = Follower::default();
    events.iter().filter(|event| without.is_empty() || !missing(event)).for_each(|event| follower.event(event));
    assert!(follower.cosignatures > 1 && follower.records > 1, "nothing was seen");
    follower.violations.into_iter().collect()
}

/// The same calls by a witness that answers as soon as its record is written.
fn hurried(events: &[Event]) -> Vec<Event> {
    let mut hurried: Vec<Event> = Vec::new();
    for event in events {
        let written = |event: &Event| Loss::of(event) == Some(Loss::Record) && event.phase != Phase::Begun;
        let after = hurried.iter().rposition(written).filter(|_| is_cosignature(event));
        hurried.insert(after.map_or(hurried.len(), |at| at + 1), event.clone());
    }
    hurried
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn skipped() {
    println!("SKIPPED: strace not found, or tracing is not allowed here");
}

#[test]
fn a_cosignature_leaves_after_record_and_high_water_are_on_the_disk() {
    let Some(events) = traced() else { return };
    assert_eq!(broken(&events, ""), []);
    // That it would be seen if they were not, or if it left at once.
    assert_eq!(broken(&hurried(&events), ""), [Violation::RecordNotSynced]);
    assert_eq!(broken(&events, "/witness.db"), [Violation::HighWaterBeforeRecord, Violation::RecordNotSynced]);
    assert_eq!(broken(&events, ".part"), [Violation::HighWaterNotSynced]);
    assert_eq!(broken(&events, "/high-water"), [Violation::HighWaterNotSynced, Violation::NameNotSynced]);
}
