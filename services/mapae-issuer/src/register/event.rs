//! Events of a register: their kinds, how soon something has to follow, and how soon it did.

use mapae_http::{Counter, Counters, Gauge, Histograms, Metrics};
use mapae_types::Duration;

use super::error::RegisterError;

/// Bounds of what an event takes, in seconds: from the shortest interval to a day.
const SECONDS: &[f64] = &[1.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 86_400.0];

/// What happened to a person in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// They died.
    Death,
    /// A rule of eligibility no longer holds.
    RightLost,
    /// They are no longer in the register.
    LeftRegister,
    /// What stands in the document has changed.
    Renewal,
}

/// How soon something has to follow each kind of event.
#[derive(Debug, Clone, Copy)]
pub struct Targets {
    /// Revoking a dead person's document.
    pub death: Duration,
    /// Revoking the document of who lost the right to it.
    pub right_lost: Duration,
    /// Revoking the document of who left the register.
    pub left_register: Duration,
    /// Offering a renewal.
    pub renewal: Duration,
}

/// What following registers is measured by.
#[derive(Debug, Clone)]
pub struct RegisterMeasures {
    took: Histograms<1>,
    late: Counters<1>,
    failed: Counters<1>,
    faults: Counter,
    alarm: Gauge,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Death, Self::RightLost, Self::LeftRegister, Self::Renewal];

    /// Stable, for metrics and reasons.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Death => "death",
            Self::RightLost => "right_lost",
            Self::LeftRegister => "left_register",
            Self::Renewal => "renewal",
        }
    }

    /// By the catalogue's code of the rule that failed.
    pub(super) fn of_rule(code: &str) -> Self {
        if code == "deceased" { Self::Death } else { Self::RightLost }
    }
}

impl Targets {
    /// The target of a kind.
    pub const fn of(&self, kind: EventKind) -> Duration {
        match kind {
            EventKind::Death => self.death,
            EventKind::RightLost => self.right_lost,
            EventKind::LeftRegister => self.left_register,
            EventKind::Renewal => self.renewal,
        }
    }
}

impl RegisterMeasures {
    /// Declares them; once for all registers.
    pub fn declare(metrics: &Metrics) -> Self {
        let took = "Seconds from a change in the register to what followed, at most";
        let late = "Changes of a register that were followed later than their target";
        let failed = "Readings of a register that failed, by cause";
        Self {
            took: metrics.histograms("mapae_register_event_seconds", took, ["kind"], SECONDS),
            late: metrics.counters("mapae_register_events_late", late, ["kind"]),
            failed: metrics.counters("mapae_register_readings_failed", failed, ["cause"]),
            faults: metrics.counter("mapae_register_rows_faulty", "Rows of a register that could not be read"),
            alarm: metrics.gauge("mapae_register_not_believed", "1 while too many people are gone from a register"),
        }
    }

    /// Something followed; whether within the target.
    pub(super) fn followed(&self, kind: EventKind, took: Duration, target: Duration) -> bool {
        // Seconds of any event are far below 2^31.
        let seconds = f64::from(i32::try_from(took.as_seconds()).unwrap_or(i32::MAX));
        self.took.with([kind.name()]).observe(seconds);
        let in_time = took <= target;
        if !in_time {
            self.late.with([kind.name()]).inc();
        }
        in_time
    }

    pub(super) fn faulty(&self) {
        self.faults.inc();
    }

    pub(super) fn read(&self, outcome: Result<(), &RegisterError>) {
        self.alarm.set(i64::from(matches!(outcome, Err(RegisterError::Vanished { .. }))));
        if let Err(error) = outcome {
            self.failed.with([error.code()]).inc();
        }
    }
}
