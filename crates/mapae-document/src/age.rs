//! Ages: when a person reaches one.

use mapae_types::Date;

/// From which day an age counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgeCount {
    /// From the birthday. Someone born on 29 February reaches an age on 1 March of other years.
    Birthday,
    /// From 1 January of the year of the birthday (청소년 보호법 §2).
    NewYear,
}

/// An age that is reached or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeThreshold {
    /// Completed years.
    pub years: u8,
    /// From which day they count.
    pub count: AgeCount,
}

impl AgeThreshold {
    /// The first day on which somebody born on `birth` has the age; `None` beyond the calendar.
    pub fn reached(self, birth: Date) -> Option<Date> {
        let years = i32::from(self.years);
        match self.count {
            AgeCount::Birthday => birth.plus_years(years).ok(),
            AgeCount::NewYear => Date::from_ymd(birth.year() + years, 1, 1).ok(),
        }
    }

    /// Whether somebody born on `birth` has the age on the day `on`.
    pub fn holds(self, birth: Date, on: Date) -> bool {
        self.reached(birth).is_some_and(|reached| reached <= on)
    }

    /// The day after `on` on which the answer changes, if it ever does.
    pub fn flip_after(self, birth: Date, on: Date) -> Option<Date> {
        self.reached(birth).filter(|reached| *reached > on)
    }
}

/// The next birthday after `on`, when an age in years changes.
pub(crate) fn birthday_after(birth: Date, on: Date) -> Option<Date> {
    birth.plus_years(birth.age_on(on) + 1).ok()
}
