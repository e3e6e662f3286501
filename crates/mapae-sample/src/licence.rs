//! Driving licences: the Korean classes and the ISO vehicle categories that each wholly covers.

use core::fmt;

use mapae_types::Date;

use crate::{
    dice::Dice,
    number::licence_number,
    person::{REGISTER_YEAR, register_day},
    places::Province,
};

/// A class of the Road Traffic Act, article 80.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenceClass {
    /// 1종 대형: every car, bus and lorry.
    FirstLarge,
    /// 1종 보통: cars, vans up to 15 people, lorries below 12 t.
    FirstOrdinary,
    /// 2종 보통: cars, vans up to 10 people, lorries up to 4 t.
    SecondOrdinary,
    /// 2종 보통 for automatic gears only.
    SecondOrdinaryAutomatic,
    /// 2종 소형: every motorcycle.
    SecondSmall,
    /// 원동기장치자전거: motorcycles up to 125 cm³.
    Moped,
}

impl LicenceClass {
    /// The class as printed on the card.
    pub const fn korean(self) -> &'static str {
        match self {
            Self::FirstLarge => "1종 대형",
            Self::FirstOrdinary => "1종 보통",
            Self::SecondOrdinary => "2종 보통",
            Self::SecondOrdinaryAutomatic => "2종 보통(자동)",
            Self::SecondSmall => "2종 소형",
            Self::Moped => "원동기장치자전거",
        }
    }

    /// The ISO/IEC 18013-1 vehicle categories that the class covers entirely, so that no right is overstated abroad.
    /// Every class includes motorcycles up to 125 cm³ (A1).
    pub const fn categories(self) -> &'static [&'static str] {
        match self {
            Self::FirstLarge => &["A1", "B", "C1", "C", "D1", "D"],
            Self::FirstOrdinary => &["A1", "B", "C1"],
            Self::SecondOrdinary | Self::SecondOrdinaryAutomatic => &["A1", "B"],
            Self::SecondSmall => &["A", "A1"],
            Self::Moped => &["A1"],
        }
    }

    const fn least_age(self) -> i32 {
        match self {
            Self::FirstLarge => 19,
            Self::Moped => 16,
            _ => 18,
        }
    }
}

/// What the licence register says of a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenceStatus {
    /// In force.
    Valid,
    /// Suspended for a time.
    Suspended,
    /// Withdrawn.
    Revoked,
}

impl fmt::Display for LicenceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Valid => "valid",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        })
    }
}

/// A driving licence.
#[derive(Clone, PartialEq, Eq)]
pub struct SampleLicence {
    /// `RR-YY-NNNNNN-CC`.
    pub number: String,
    /// The classes held, each with the day it was obtained.
    pub classes: Vec<(LicenceClass, Date)>,
    /// The day until which the licence runs.
    pub expires: Date,
    /// Whether it is in force.
    pub status: LicenceStatus,
    /// The police authority that issued it, Latin.
    pub authority_latin: String,
}

impl SampleLicence {
    /// A licence for about 65 % of adults, and for some who are 16.
    pub(crate) fn draw(dice: &mut Dice, birth: Date, home: &Province) -> Option<Self> {
        let age = birth.age_on(register_day(birth));
        if age < 16 || !dice.chance(if age < 19 { 100 } else { 650 }) {
            return None;
        }
        let classes = draw_classes(dice, birth, age);
        let first = classes.iter().map(|(_, obtained)| obtained.year()).min()?;
        Some(Self {
            number: licence_number(dice, home.police_region, first),
            expires: draw_expiry(dice, age, first, birth),
            classes,
            status: draw_status(dice),
            authority_latin: home.police_latin.to_owned(),
        })
    }

    /// The classes as printed, such as `1종 보통, 2종 소형`.
    pub fn classes_korean(&self) -> String {
        let names: Vec<_> = self.classes.iter().map(|(class, _)| class.korean()).collect();
        names.join(", ")
    }

    /// The ISO categories as the register writes them: `CATEGORY ISSUED EXPIRES [CODE…]`, joined by `;`. A category
    /// that two classes cover counts from the earlier. Code 78 means automatic gears only (ISO/IEC 18013-1, Annex A).
    pub fn driving_privileges(&self) -> String {
        let mut entries: Vec<(&str, Date, bool)> = Vec::new();
        for (class, obtained) in &self.classes {
            let automatic = *class == LicenceClass::SecondOrdinaryAutomatic;
            for category in class.categories() {
                merge(&mut entries, category, *obtained, automatic && *category == "B");
            }
        }
        let texts: Vec<_> = entries.into_iter().map(|entry| self.entry(entry)).collect();
        texts.join(";")
    }

    fn entry(&self, (category, obtained, automatic): (&str, Date, bool)) -> String {
        let code = if automatic { " 78" } else { "" };
        format!("{category} {obtained} {}{code}", self.expires)
    }
}

fn merge<'a>(entries: &mut Vec<(&'a str, Date, bool)>, category: &'a str, obtained: Date, automatic: bool) {
    match entries.iter_mut().find(|entry| entry.0 == category) {
        Some(entry) => *entry = (category, entry.1.min(obtained), entry.2 && automatic),
        None => entries.push((category, obtained, automatic)),
    }
}

fn draw_classes(dice: &mut Dice, birth: Date, age: i32) -> Vec<(LicenceClass, Date)> {
    let main = match (age, dice.below(100)) {
        (..18, _) => LicenceClass::Moped,
        (25.., 0..8) => LicenceClass::FirstLarge,
        (_, 0..45) => LicenceClass::FirstOrdinary,
        (_, 45..65) => LicenceClass::SecondOrdinary,
        _ => LicenceClass::SecondOrdinaryAutomatic,
    };
    let mut classes = vec![(main, draw_obtained(dice, birth, main))];
    if age >= 20 && dice.chance(50) {
        classes.push((LicenceClass::SecondSmall, draw_obtained(dice, birth, LicenceClass::SecondSmall)));
    }
    classes
}

/// A day from the birthday that allows the class to at most eight years later, and never after the register's day.
fn draw_obtained(dice: &mut Dice, birth: Date, class: LicenceClass) -> Date {
    let allowed = birth.plus_years(class.least_age()).unwrap_or(birth);
    let obtained = allowed.plus_days(i64::from(dice.below(8 * 365))).unwrap_or(allowed);
    obtained.min(register_day(birth)).max(allowed)
}

/// Licences run to the end of the tenth year after the last test of fitness, of the fifth from 65 and of the third
/// from 75. About three in a hundred have let theirs expire.
fn draw_expiry(dice: &mut Dice, age: i32, first_year: i32, birth: Date) -> Date {
    let term = match age {
        ..65 => 10,
        65..75 => 5,
        75.. => 3,
    };
    let renewed = REGISTER_YEAR - dice.between(0, term - 1).min(REGISTER_YEAR - first_year);
    let expired = dice.chance(30) && first_year < REGISTER_YEAR - 12;
    let year = if expired { REGISTER_YEAR - dice.between(1, 2) } else { renewed + term };
    Date::from_ymd(year, 12, 31).unwrap_or(birth)
}

fn draw_status(dice: &mut Dice) -> LicenceStatus {
    match dice.below(1000) {
        0..15 => LicenceStatus::Suspended,
        15..20 => LicenceStatus::Revoked,
        _ => LicenceStatus::Valid,
    }
}
