//! When: a point in time in whole seconds, and a calendar day.
//!
//! Fractions of a second are refused where they appear in input: ISO 18013-5 §9.1.2.4 forbids them in
//! the MSO, JWTs use whole numbers, and two clocks never agree that well.

use core::{fmt, ops, str::FromStr};

use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, between the years 1 and 9999.
///
/// ```
/// use mapae_types::Timestamp;
/// let t: Timestamp = "2026-11-21T09:00:00+09:00".parse().unwrap();
/// assert_eq!(t.to_string(), "2026-11-21T00:00:00Z");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// Whole seconds between two points in time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Duration(i64);

/// A calendar day, written `YYYY-MM-DD` (RFC 3339 `full-date`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(time::Date);

const EARLIEST: i64 = -62_135_596_800; // 0001-01-01T00:00:00Z
const LATEST: i64 = 253_402_300_799; // 9999-12-31T23:59:59Z

impl Timestamp {
    /// A point in time by its Unix seconds.
    pub fn from_unix(seconds: i64) -> Result<Self, TimeError> {
        if (EARLIEST..=LATEST).contains(&seconds) { Ok(Self(seconds)) } else { Err(TimeError::OutOfRange) }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// How long before `later` this was; negative if it was after.
    pub const fn age_at(self, later: Self) -> Duration {
        Duration(later.0 - self.0)
    }

    /// The calendar day in UTC.
    pub fn date(self) -> Date {
        Date(self.utc().date())
    }

    /// The calendar day at `offset_hours` east of Greenwich (Korea is 9).
    pub fn date_at_offset(self, offset_hours: i8) -> Date {
        (self + Duration::hours(i64::from(offset_hours))).date()
    }

    /// The start of the same day in UTC. Times inside a credential are rounded so, lest a second
    /// betray which copies belong together (design D7).
    pub fn start_of_day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(86_400))
    }

    fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl Duration {
    /// A number of seconds.
    pub const fn seconds(n: i64) -> Self {
        Self(n)
    }

    /// A number of hours.
    pub const fn hours(n: i64) -> Self {
        Self(n.saturating_mul(3600))
    }

    /// A number of days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self(n.saturating_mul(86_400))
    }

    /// The whole seconds.
    pub const fn as_seconds(self) -> i64 {
        self.0
    }
}

impl Date {
    /// A day by year, month (1–12) and day of the month.
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Result<Self, TimeError> {
        let month = time::Month::try_from(month).map_err(|_| TimeError::OutOfRange)?;
        let date = time::Date::from_calendar_date(year, month, day).map_err(|_| TimeError::OutOfRange)?;
        if (1..=9999).contains(&year) { Ok(Self(date)) } else { Err(TimeError::OutOfRange) }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day()
    }

    /// Midnight in UTC at the start of this day.
    pub fn midnight(self) -> Timestamp {
        Timestamp(self.0.midnight().assume_utc().unix_timestamp())
    }

    /// The same day `years` later; 29 February becomes 1 March where the year has none, which is when
    /// a person born on it comes of age.
    pub fn plus_years(self, years: i32) -> Result<Self, TimeError> {
        let year = self.year().checked_add(years).ok_or(TimeError::OutOfRange)?;
        Self::from_ymd(year, self.month(), self.day()).or_else(|_| Self::from_ymd(year, 3, 1))
    }

    /// `days` later, or earlier if negative.
    pub fn plus_days(self, days: i64) -> Result<Self, TimeError> {
        let moved = self.0.checked_add(time::Duration::days(days)).ok_or(TimeError::OutOfRange)?;
        Self::from_ymd(moved.year(), moved.month().into(), moved.day())
    }

    /// Completed years of age of somebody born on this day, as of `on`.
    pub fn age_on(self, on: Self) -> i32 {
        let years = on.year() - self.year();
        match self.plus_years(years) {
            Ok(birthday) if birthday <= on => years,
            _ => years - 1,
        }
    }
}

impl ops::Add<Duration> for Timestamp {
    type Output = Self;

    /// Saturates at the first and last second that can be written.
    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by.0).clamp(EARLIEST, LATEST))
    }
}

impl ops::Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(by.0).clamp(EARLIEST, LATEST))
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    /// Reads RFC 3339 with any offset and without a fraction of a second.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        // RFC 3339 is ASCII; the first fraction digit would stand at byte 19.
        if text.as_bytes().get(19) == Some(&b'.') {
            return Err(TimeError::Fraction);
        }
        let parsed = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimeError::Syntax)?;
        Self::from_unix(parsed.unix_timestamp())
    }
}

impl FromStr for Date {
    type Err = TimeError;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
        if !shaped {
            return Err(TimeError::Syntax);
        }
        let number = |from: usize, to: usize| text[from..to].parse::<u16>().map_err(|_| TimeError::Syntax);
        let part = |from, to| u8::try_from(number(from, to)?).map_err(|_| TimeError::OutOfRange);
        Self::from_ymd(i32::from(number(0, 4)?), part(5, 7)?, part(8, 10)?)
    }
}

impl FromStr for Duration {
    type Err = TimeError;

    /// Reads a whole number and a unit: `90s`, `15m`, `24h`, `35d`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let unit = match text.as_bytes().last() {
            Some(b's') => 1,
            Some(b'm') => 60,
            Some(b'h') => 3600,
            Some(b'd') => 86_400,
            _ => return Err(TimeError::Syntax),
        };
        let number = &text[..text.len() - 1];
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(TimeError::Syntax);
        }
        let count: i64 = number.parse().map_err(|_| TimeError::OutOfRange)?;
        count.checked_mul(unit).map(Self).ok_or(TimeError::OutOfRange)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.utc().to_offset(UtcOffset::UTC);
        let (date, clock) = (t.date(), t.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            clock.hour(),
            clock.minute(),
            clock.second()
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Duration {
    /// The two largest units that matter: `31 h 5 min`, `3 d 2 h`, `42 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let s = self.0.unsigned_abs();
        match (s / 86_400, s / 3600, s / 60) {
            (days, hours, _) if days >= 3 => write!(f, "{days} d {} h", hours % 24),
            (_, hours, minutes) if hours >= 1 => write!(f, "{hours} h {} min", minutes % 60),
            (_, _, minutes) if minutes >= 1 => write!(f, "{minutes} min {} s", s % 60),
            _ => write!(f, "{s} s"),
        }
    }
}

/// A time that cannot be read or represented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Not RFC 3339, `YYYY-MM-DD` or number-and-unit, whichever was expected.
    #[error("not a time in the expected form")]
    Syntax,
    /// Fractions of a second are not used by the formats here.
    #[error("a time with a fraction of a second")]
    Fraction,
    /// A day that does not exist, or a year outside 1 to 9999.
    #[error("a time or day outside the calendar")]
    OutOfRange,
}
