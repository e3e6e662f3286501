//! Places at which a service can be told to die, so that what a crash leaves is tested and not guessed.
//!
//! `MAPAE_CRASH_AT=point[:n]` aborts the process when it comes to the point for the n-th time, the first if no n is
//! given. `docs/operations/crash-points.md` says what each leaves behind.

use std::{
    env, process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

const VARIABLE: &str = "MAPAE_CRASH_AT";

/// A place in the life of a batch of entries, or of a cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Point {
    /// Log: entries have their places, and only in memory.
    BeforeAppend,
    /// Log: they are in the store; nobody knows, and no tile does.
    AfterAppend,
    /// Log: one more tile is where it is served.
    MidTiles,
    /// Log: all tiles are; nothing is signed.
    AfterTiles,
    /// Log: the checkpoint is signed, and only in memory.
    AfterSign,
    /// Log: a quorum has cosigned, and only our memory knows.
    BeforePublish,
    /// Log: the store knows what is published; no file does.
    AfterPublish,
    /// Log: the rotation of the policy is on the disk; the checkpoint's file is old.
    AfterRotation,
    /// Log: the checkpoint is served; the bundle that rests on it is not.
    BeforeSeal,
    /// Witness: a checkpoint was found consistent (and its entries judged); nothing is written.
    AfterCheck,
    /// Witness: the record is moved in the store; the high-water file is behind.
    AfterRecord,
    /// Witness: both are on the disk; nothing is signed.
    AfterHighWater,
    /// Witness: the cosignature is made, and nobody has it.
    AfterCosign,
}

impl Point {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::BeforeAppend, "before-append"),
        (Self::AfterAppend, "after-append"),
        (Self::MidTiles, "mid-tiles"),
        (Self::AfterTiles, "after-tiles"),
        (Self::AfterSign, "after-sign"),
        (Self::BeforePublish, "before-publish"),
        (Self::AfterPublish, "after-publish"),
        (Self::AfterRotation, "after-rotation"),
        (Self::BeforeSeal, "before-seal"),
        (Self::AfterCheck, "after-check"),
        (Self::AfterRecord, "after-record"),
        (Self::AfterHighWater, "after-high-water"),
        (Self::AfterCosign, "after-cosign"),
    ];

    fn named(wanted: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == wanted).map(|(point, _)| *point)
    }
}

/// Where this process is to die, if anywhere.
#[derive(Debug, Clone, Default)]
pub struct Crash(Option<Arc<Plan>>);

#[derive(Debug)]
struct Plan {
    point: Point,
    nth: u64,
    reached: AtomicU64,
}

/// The variable says nothing that can be meant; no test may take such a run for a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("MAPAE_CRASH_AT takes point[:n] with n from 1 and a known point")]
pub struct CrashPlanMalformed;

impl Crash {
    /// Nowhere.
    pub const fn never() -> Self {
        Self(None)
    }

    /// Reads the variable.
    pub fn from_environment() -> Result<Self, CrashPlanMalformed> {
        let Some(value) = env::var_os(VARIABLE) else { return Ok(Self::never()) };
        let plan = value.to_str().and_then(Plan::read).ok_or(CrashPlanMalformed)?;
        Ok(Self(Some(Arc::new(plan))))
    }

    /// Dies here if it is time.
    pub(crate) fn reach(&self, point: Point) {
        let plan = self.0.as_ref().filter(|plan| plan.point == point);
        if plan.is_some_and(|plan| plan.reached.fetch_add(1, Ordering::Relaxed) + 1 == plan.nth) {
            process::abort();
        }
    }
}

impl Plan {
    fn read(text: &str) -> Option<Self> {
        let (name, nth) = text.split_once(':').unwrap_or((text, "1"));
        let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
        Some(Self { point: Point::named(name)?, nth, reached: AtomicU64::new(0) })
    }
}
