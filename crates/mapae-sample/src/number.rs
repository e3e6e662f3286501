//! Numbers of the right shape that belong to nobody.

use mapae_types::{Date, PersonId};

use crate::{dice::Dice, person::Sex};

/// The register's random id: 26 characters of base 32, 130 bits.
pub(crate) fn person_id(dice: &mut Dice) -> PersonId {
    loop {
        if let Ok(id) = base32(dice, 26).parse() {
            return id;
        }
    }
}

/// The number of the plastic card, which is not the resident number (design D15).
pub(crate) fn card_number(dice: &mut Dice) -> String {
    marked_number(dice, "SMP")
}

/// A number that begins with what it is a sample of.
pub(crate) fn marked_number(dice: &mut Dice, prefix: &str) -> String {
    format!("{prefix}{}", base32(dice, 8).to_ascii_uppercase())
}

/// The number that the personnel register gives an official: nine digits, of which nobody has those from 99.
pub(crate) fn staff_number(dice: &mut Dice) -> String {
    format!("99{:07}", dice.below(10_000_000))
}

fn base32(dice: &mut Dice, length: usize) -> String {
    let alphabet = b"abcdefghijklmnopqrstuvwxyz234567";
    (0..length).map(|_| char::from(*dice.pick(alphabet))).collect()
}

/// A resident registration number: `YYMMDD`, century and sex, region, office, order, check digit.
///
/// Region codes ran from 00 to 96 until they were given up in October 2020 for random digits, and nobody here is born
/// after 2012: 97, 98 and 99 belong to nobody of such an age, save one in millions who was given a new number since.
pub(crate) fn resident_number(dice: &mut Dice, birth: Date, sex: Sex) -> String {
    let century = match (sex, birth.year() < 2000) {
        (Sex::Male, true) => 1,
        (Sex::Female, true) => 2,
        (Sex::Male, false) => 3,
        (Sex::Female, false) => 4,
    };
    let (region, rest) = (97 + dice.below(3), dice.below(1000));
    let front = format!("{:02}{:02}{:02}", birth.year() % 100, birth.month(), birth.day());
    let digits = format!("{front}{century}{region}{rest:03}");
    let check = check_digit(digits.as_bytes());
    format!("{digits}{check}")
}

/// Whether 13 digits carry the check digit of a resident registration number.
///
/// ```
/// assert!(!mapae_sample::resident_number_holds("9001011234567"));
/// ```
pub fn resident_number_holds(number: &str) -> bool {
    let digits = number.as_bytes();
    digits.len() == 13
        && digits.iter().all(u8::is_ascii_digit)
        && u32::from(digits[12] - b'0') == check_digit(&digits[..12])
}

/// 11 − (Σ digit × weight mod 11), 10 and 11 written as 0 and 1.
fn check_digit(digits: &[u8]) -> u32 {
    let weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
    let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    (11 - sum % 11) % 10
}

/// A licence number `RR-YY-NNNNNN-CC`: the police region, the year of the first licence, a serial, two check digits.
///
/// How the police computes the last two is not published. Ours are the rest by 97, so that a mistyped sample shows.
pub(crate) fn licence_number(dice: &mut Dice, police_region: u8, first_year: i32) -> String {
    let (year, serial) = (first_year.rem_euclid(100), dice.below(1_000_000));
    let whole = u64::from(police_region) * 100_000_000 + u64::from(year.unsigned_abs()) * 1_000_000 + u64::from(serial);
    format!("{police_region:02}-{year:02}-{serial:06}-{:02}", whole % 97)
}
