//! The time as an argument, so that a demo or a test can shift it.

use core::fmt;
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use mapae_types::{Duration, Timestamp};

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Result<Timestamp, ClockError> + Send + Sync>);

/// The machine's clock says a time outside the years 1970 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine's clock is far off")]
pub struct ClockError;

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(machine))
    }

    /// The machine's clock, so much ahead, or behind if negative.
    pub fn shifted(by: Duration) -> Self {
        Self(Arc::new(move || machine().map(|now| now + by)))
    }

    /// A clock of the caller's.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || Ok(now())))
    }

    /// The time.
    pub fn now(&self) -> Result<Timestamp, ClockError> {
        (self.0)()
    }
}

fn machine() -> Result<Timestamp, ClockError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| ClockError)?;
    let seconds = i64::try_from(since.as_secs()).map_err(|_| ClockError)?;
    Timestamp::from_unix(seconds).map_err(|_| ClockError)
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
