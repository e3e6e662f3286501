//! Where sample people live: real provinces and districts, roads that do not exist.

use crate::{
    dice::Dice,
    places::{District, PROVINCES, Province, ROADS},
};

/// An address of residence, with the office that keeps its register.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// In Hangul, largest unit first.
    pub full: String,
    /// In Latin letters, smallest unit first.
    pub full_latin: String,
    /// Province or metropolitan city, Latin.
    pub province_latin: String,
    /// District, city or county, Latin.
    pub city_latin: String,
    /// Five digits.
    pub postal_code: String,
    /// ISO 3166-2 code of the province, such as `KR-11`.
    pub subdivision: String,
    /// The mayor or magistrate who issues resident cards there, Hangul.
    pub office: String,
    /// The same office, Latin.
    pub office_latin: String,
}

impl Address {
    pub(crate) fn draw(dice: &mut Dice, province: &Province) -> Self {
        let (city, city_latin) = *dice.pick(province.districts);
        let (road, road_latin) = *dice.pick(ROADS);
        let number = dice.between(1, 298);
        let postal = dice.between(province.postal.0 * 1000 + 1, province.postal.1 * 1000 + 999);
        Self {
            full: format!("{} {city} {road} {number}", province.name),
            full_latin: format!("{number}, {road_latin}, {city_latin}, {}", province.latin),
            province_latin: province.latin.to_owned(),
            city_latin: city_latin.to_owned(),
            postal_code: format!("{postal:05}"),
            subdivision: province.subdivision.to_owned(),
            office: office(province, city),
            office_latin: format!("{city_latin} Office, {}", province.latin),
        }
    }
}

/// A province, as often as people live there.
pub(crate) fn draw_province(dice: &mut Dice) -> &'static Province {
    dice.pick_weighted(PROVINCES, |province| province.weight)
}

/// Where somebody was born, Latin: a district of any province, since most have moved.
pub(crate) fn draw_birth_place(dice: &mut Dice) -> String {
    let province = draw_province(dice);
    let (_, city_latin): District = *dice.pick(province.districts);
    format!("{city_latin}, {}", province.latin)
}

/// The title of the head of an office follows the kind of district: 구청장, 시장, 군수; elsewhere 장.
fn office(province: &Province, city: &str) -> String {
    let title = match city.chars().last() {
        Some('구') => "청장",
        Some('시') => "장",
        Some('군') => "수",
        // Sejong has no districts: its mayor issues the cards.
        _ => return format!("{}장", province.name),
    };
    format!("{} {city}{title}", province.name)
}
