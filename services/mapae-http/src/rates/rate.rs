//! How often is too often.

use core::{fmt, num::NonZeroU32, str::FromStr};
use std::time::Duration;

/// So many within a time, and so many at once. Written `20/s burst 40`; the time is `s`, `min` or `h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    count: NonZeroU32,
    unit: Unit,
    burst: NonZeroU32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
}

/// No rate: one reads `20/s burst 40`, none of the numbers being zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a rate; one reads \"20/s burst 40\"")]
pub struct RateError;

impl Rate {
    /// Time that one use takes up.
    pub(super) fn interval(self) -> Duration {
        self.unit.time() / self.count.get()
    }

    /// Uses at once, after a silence.
    pub(super) const fn burst(self) -> u32 {
        self.burst.get()
    }
}

impl Unit {
    const ALL: [Self; 3] = [Self::Second, Self::Minute, Self::Hour];

    const fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
            Self::Hour => "h",
        }
    }

    const fn time(self) -> Duration {
        match self {
            Self::Second => Duration::from_secs(1),
            Self::Minute => Duration::from_mins(1),
            Self::Hour => Duration::from_hours(1),
        }
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (rate, burst) = text.split_once(" burst ").ok_or(RateError)?;
        let (count, unit) = rate.split_once('/').ok_or(RateError)?;
        let unit = Unit::ALL.into_iter().find(|known| known.name() == unit).ok_or(RateError)?;
        let number = |text: &str| text.parse().map_err(|_| RateError);
        Ok(Self { count: number(count)?, unit, burst: number(burst)? })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} burst {}", self.count, self.unit.name(), self.burst)
    }
}
