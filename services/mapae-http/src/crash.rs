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
    time::Duration,
};

const VARIABLE: &str = "MAPAE_CRASH_AT";

/// The places of a service.
pub trait CrashPoint: Copy + Eq + Send + Sync + 'static {
    /// All of them, with their names.
    const NAMED: &'static [(Self, &'static str)];
}

/// Where this process is to die, if anywhere. Cheap to clone; clones count together.
#[derive(Debug, Clone)]
pub struct Crash<P>(Option<Arc<Plan<P>>>);

#[derive(Debug)]
struct Plan<P> {
    point: P,
    nth: u64,
    reached: AtomicU64,
}

/// The variable says nothing that can be meant; no test may take such a run for a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("MAPAE_CRASH_AT takes point[:n] with n from 1 and a known point")]
pub struct CrashPlanMalformed;

impl<P> Crash<P> {
    /// Nowhere.
    pub const fn never() -> Self {
        Self(None)
    }
}

impl<P> Default for Crash<P> {
    fn default() -> Self {
        Self::never()
    }
}

impl<P: CrashPoint> Crash<P> {
    /// Reads the variable.
    pub fn from_environment() -> Result<Self, CrashPlanMalformed> {
        let Some(value) = env::var_os(VARIABLE) else { return Ok(Self::never()) };
        let plan = value.to_str().and_then(Plan::read).ok_or(CrashPlanMalformed)?;
        Ok(Self(Some(Arc::new(plan))))
    }

    /// Dies here if it is time.
    pub fn reach(&self, point: P) {
        let plan = self.0.as_ref().filter(|plan| plan.point == point);
        if plan.is_some_and(|plan| plan.reached.fetch_add(1, Ordering::Relaxed) + 1 == plan.nth) {
            process::abort();
        }
    }

    /// The same, once what was handed over had a moment to be sent.
    pub fn reach_soon(&self, point: P) {
        if self.0.as_ref().is_some_and(|plan| plan.point == point) {
            let crash = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                crash.reach(point);
            });
        }
    }
}

impl<P: CrashPoint> Plan<P> {
    fn read(text: &str) -> Option<Self> {
        let (name, nth) = text.split_once(':').unwrap_or((text, "1"));
        let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
        let point = P::NAMED.iter().find(|(_, known)| *known == name).map(|(point, _)| *point)?;
        Some(Self { point, nth, reached: AtomicU64::new(0) })
    }
}
