//! Places at which `mapae issue` can be told to die, so that what a crash leaves is tested and not guessed.
//!
//! `MAPAE_CRASH_AT=point:n` aborts the process when it comes to the point for the n-th time. `docs/operations/crash-points.md`
//! says what each leaves behind.

use std::{
    env, process,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::failure::{Failure, Outcome};

const VARIABLE: &str = "MAPAE_CRASH_AT";

/// A place in the life of a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// Numbers are reserved on the disk, and nobody knows for what.
    AfterReserve,
    /// Copies are prepared, and nothing is written of them.
    BeforeJournal,
    /// Half of a batch's lines are in the journal.
    TornJournal,
    /// The lines are on the disk; nothing is signed.
    AfterJournal,
    /// A person's copies are signed, and in memory only.
    AfterSign,
    /// One more file is in the hidden place.
    MidFiles,
    /// All files are in the hidden place, and not yet on the disk.
    BeforeSync,
    /// They are on the disk; nobody of the batch has a directory.
    BeforeRename,
    /// One more person has a directory.
    MidRename,
    /// All of a batch have theirs, perhaps not yet on the disk.
    AfterRename,
    /// Their directories are on the disk; the checkpoint does not know it.
    BeforeCheckpoint,
    /// The checkpoint knows it.
    AfterCheckpoint,
}

impl Point {
    const ALL: [(Self, &'static str); 12] = [
        (Self::AfterReserve, "after-reserve"),
        (Self::BeforeJournal, "before-journal"),
        (Self::TornJournal, "torn-journal"),
        (Self::AfterJournal, "after-journal"),
        (Self::AfterSign, "after-sign"),
        (Self::MidFiles, "mid-files"),
        (Self::BeforeSync, "before-sync"),
        (Self::BeforeRename, "before-rename"),
        (Self::MidRename, "mid-rename"),
        (Self::AfterRename, "after-rename"),
        (Self::BeforeCheckpoint, "before-checkpoint"),
        (Self::AfterCheckpoint, "after-checkpoint"),
    ];

    fn named(wanted: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == wanted).map(|(point, _)| *point)
    }
}

/// Where this process is to die, if anywhere.
pub(super) struct Crash(Option<Plan>);

struct Plan {
    point: Point,
    nth: u64,
    reached: AtomicU64,
}

impl Crash {
    /// Reads the variable. What it cannot mean is wrong usage, so that no test takes a run for a crash.
    pub(super) fn from_environment() -> Outcome<Self> {
        let Some(value) = env::var_os(VARIABLE) else { return Ok(Self(None)) };
        let plan = value.to_str().and_then(Plan::read).ok_or_else(|| Failure::usage(help()))?;
        Ok(Self(Some(plan)))
    }

    /// Dies here if it is time.
    pub(super) fn reach(&self, point: Point) {
        if self.is_due(point) {
            process::abort();
        }
    }

    /// Passes a point; says whether it is time to die.
    pub(super) fn is_due(&self, point: Point) -> bool {
        let plan = self.0.as_ref().filter(|plan| plan.point == point);
        plan.is_some_and(|plan| plan.reached.fetch_add(1, Ordering::Relaxed) + 1 == plan.nth)
    }
}

impl Plan {
    fn read(text: &str) -> Option<Self> {
        let (name, nth) = text.split_once(':')?;
        let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
        Some(Self { point: Point::named(name)?, nth, reached: AtomicU64::new(0) })
    }
}

fn help() -> String {
    let names: Vec<&str> = Point::ALL.iter().map(|(_, name)| *name).collect();
    format!("{VARIABLE} takes point:n with n from 1 and a point of: {}", names.join(", "))
}
