//! One person who does not exist.

use core::fmt;

use mapae_types::{Date, PersonId};

use crate::{
    address::{Address, draw_birth_place, draw_province},
    dice::{Dice, Purpose},
    licence::SampleLicence,
    name::Name,
    number::{card_number, person_id, resident_number},
    official::SampleOfficial,
    overseas::SampleOverseas,
    portrait::{Sitter, portrait},
    welfare::SampleWelfare,
};

/// The year in which the sample registers were drawn up. A constant, for the same seed must give the same bytes
/// whenever it is asked.
pub(crate) const REGISTER_YEAR: i32 = 2026;

/// 1 July of the register's year.
pub(crate) fn register_day(otherwise: Date) -> Date {
    Date::from_ymd(REGISTER_YEAR, 7, 1).unwrap_or(otherwise)
}

/// ISO/IEC 5218, the two codes that the register uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Code 1.
    Male,
    /// Code 2.
    Female,
}

impl Sex {
    /// The code of ISO/IEC 5218.
    pub const fn code(self) -> u8 {
        match self {
            Self::Male => 1,
            Self::Female => 2,
        }
    }
}

/// A person who does not exist, with what the registers say of them.
#[derive(Clone, PartialEq, Eq)]
pub struct SamplePerson {
    seed: u64,
    number: u64,
    /// The registers' id of the person.
    pub id: PersonId,
    /// The name in both scripts.
    pub name: Name,
    /// The sex.
    pub sex: Sex,
    /// From 1930 to 2012: some are below 17.
    pub birth_date: Date,
    /// 13 digits.
    pub resident_number: String,
    /// The number of the plastic card.
    pub card_number: String,
    /// The address and its office.
    pub home: Address,
    /// Where the person was born, Latin.
    pub birth_place_latin: String,
    /// False once the death is registered.
    pub alive: bool,
    /// False while the registration of residence is cancelled.
    pub registered: bool,
    /// Whether the plastic card has been issued.
    pub physical_card: bool,
    /// When the portrait was taken.
    pub portrait_taken: Date,
    /// The driving licence, if any.
    pub licence: Option<SampleLicence>,
    /// The registration abroad, if any.
    pub overseas: Option<SampleOverseas>,
    /// The office held, if any.
    pub official: Option<SampleOfficial>,
    /// The registration of a disability, if any.
    pub welfare: Option<SampleWelfare>,
}

impl SamplePerson {
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let dice = &mut Dice::new(seed, number, Purpose::Facts);
        let id = person_id(dice);
        let sex = *dice.pick(&[Sex::Male, Sex::Female]);
        let birth_date = dice.day(1930, 2012);
        let province = draw_province(dice);
        let of = |purpose| Dice::new(seed, number, purpose);
        let overseas = SampleOverseas::draw(&mut of(Purpose::Overseas), birth_date);
        // Nobody serves at home and lives abroad.
        let at_home = overseas.is_none();
        Self {
            seed,
            number,
            id,
            name: Name::draw(dice, sex, birth_date.year()),
            sex,
            birth_date,
            resident_number: resident_number(dice, birth_date, sex),
            card_number: card_number(dice),
            home: Address::draw(dice, province),
            birth_place_latin: draw_birth_place(dice),
            alive: !dice.chance(8),
            registered: !dice.chance(6),
            physical_card: draw_physical_card(dice, birth_date),
            portrait_taken: dice.day(REGISTER_YEAR - 8, REGISTER_YEAR - 1),
            licence: SampleLicence::draw(dice, birth_date, province),
            official: SampleOfficial::draw(&mut of(Purpose::Official), birth_date).filter(|_| at_home),
            welfare: SampleWelfare::draw(&mut of(Purpose::Welfare), birth_date),
            overseas,
        }
    }

    /// The portrait: a drawn face under a band that says 견본 SAMPLE, as a baseline JPEG of 8 to 12 kB, 360 × 480.
    /// Drawn anew at each call; it takes some milliseconds.
    pub fn portrait(&self) -> Vec<u8> {
        let age = self.birth_date.age_on(self.portrait_taken);
        portrait(&mut Dice::new(self.seed, self.number, Purpose::Portrait), Sitter { sex: self.sex, age })
    }
}

/// Cards are issued from 17; one adult in a hundred has none.
fn draw_physical_card(dice: &mut Dice, birth: Date) -> bool {
    let lost = dice.chance(12);
    birth.age_on(register_day(birth)) >= 17 && !lost
}

impl fmt::Debug for SamplePerson {
    /// The id alone: habits formed on sample people carry over to real ones.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamplePerson").field("id", &self.id).finish_non_exhaustive()
    }
}
