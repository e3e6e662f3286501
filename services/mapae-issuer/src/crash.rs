//! Places at which the service can be told to die, so that what a crash leaves is tested and not guessed.
//!
//! `MAPAE_CRASH_AT=point[:n]` aborts the process when it comes to the point for the n-th time, the first if no n is
//! given. `docs/operations/crash-points.md` says what each leaves behind.

use std::{
    env, process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

const VARIABLE: &str = "MAPAE_CRASH_AT";

/// A place in the making of a batch of copies (design D10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Point {
    /// Numbers are reserved, and only our memory knows for what.
    AfterReserve,
    /// Everything that is to be signed is made; the store knows nothing.
    BeforeCommit,
    /// The store has the batch; nothing is signed.
    AfterCommit,
    /// All copies are signed, and only in memory.
    AfterSign,
    /// The answer is written, and no byte of it is sent.
    BeforeRelease,
    /// The answer is on its way.
    AfterRelease,
    /// The wallet says that it has the copies; the store does not know yet.
    Acknowledge,
}

impl Point {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::AfterReserve, "after-reserve"),
        (Self::BeforeCommit, "before-commit"),
        (Self::AfterCommit, "after-commit"),
        (Self::AfterSign, "after-sign"),
        (Self::BeforeRelease, "before-release"),
        (Self::AfterRelease, "after-release"),
        (Self::Acknowledge, "acknowledge"),
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
    pub fn reach(&self, point: Point) {
        let plan = self.0.as_ref().filter(|plan| plan.point == point);
        if plan.is_some_and(|plan| plan.reached.fetch_add(1, Ordering::Relaxed) + 1 == plan.nth) {
            process::abort();
        }
    }
}

impl Crash {
    /// Dies here if it is time, once what was handed over had a moment to be sent.
    pub fn reach_soon(&self, point: Point) {
        if self.0.as_ref().is_some_and(|plan| plan.point == point) {
            let crash = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                crash.reach(point);
            });
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
