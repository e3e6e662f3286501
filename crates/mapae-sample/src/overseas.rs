//! Koreans registered abroad: real missions and cities, streets that do not exist.

use mapae_types::Date;

use crate::{
    dice::Dice,
    number::marked_number,
    person::{REGISTER_YEAR, register_day},
};

/// A registration with an embassy or consulate (재외국민등록법).
#[derive(Clone, PartialEq, Eq)]
pub struct SampleOverseas {
    /// The number of the registration.
    pub registration_number: String,
    /// The address abroad, Latin.
    pub address_latin: String,
    /// The city.
    pub city_latin: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// The embassy or consulate, Hangul.
    pub mission: &'static str,
    /// The same, Latin.
    pub mission_latin: &'static str,
    /// False once the registration is struck out.
    pub registered: bool,
    /// False for some who were born abroad.
    pub has_resident_number: bool,
    /// False for an old passport without a chip.
    pub electronic_passport: bool,
    /// The passport's last day.
    pub passport_expires: Date,
}

impl SampleOverseas {
    /// About 45 in a thousand: 2.4 million nationals abroad to 52 million Koreans.
    pub(crate) fn draw(dice: &mut Dice, birth: Date) -> Option<Self> {
        let day = register_day(birth);
        // Nobody here is younger than 13: children stand in the register more often, that their refusal is seen.
        if !dice.chance(if birth.age_on(day) < 14 { 150 } else { 45 }) {
            return None;
        }
        let mission = dice.pick_weighted(MISSIONS, |mission| mission.weight);
        let (city, street, number) = (*dice.pick(mission.cities), *dice.pick(STREETS), dice.between(1, 998));
        Some(Self {
            registration_number: marked_number(dice, "SMO"),
            address_latin: format!("{number} {street}, {city}, {}", mission.country_latin),
            city_latin: city,
            country: mission.country,
            mission: mission.name,
            mission_latin: mission.latin,
            registered: !dice.chance(30),
            has_resident_number: !dice.chance(20),
            electronic_passport: !dice.chance(10),
            passport_expires: draw_passport_expiry(dice, day),
        })
    }
}

/// Passports run for ten years; one in thirty has been left to expire.
fn draw_passport_expiry(dice: &mut Dice, day: Date) -> Date {
    if dice.chance(33) {
        dice.day(REGISTER_YEAR - 2, REGISTER_YEAR - 1)
    } else {
        dice.day(day.year() + 1, day.year() + 9)
    }
}

/// Street names that say what they are.
const STREETS: &[&str] = &["Sample Street", "Example Avenue", "Specimen Road", "Placeholder Lane"];

/// An embassy or consulate, with cities of its district.
struct Mission {
    name: &'static str,
    latin: &'static str,
    country: &'static str,
    country_latin: &'static str,
    cities: &'static [&'static str],
    /// Roughly the share of the nationals abroad, per mille.
    weight: u32,
}

const fn mission(
    (name, latin): (&'static str, &'static str),
    (country, country_latin): (&'static str, &'static str),
    cities: &'static [&'static str],
    weight: u32,
) -> Mission {
    Mission { name, latin, country, country_latin, cities, weight }
}

const USA: (&str, &str) = ("US", "United States of America");
const CHINA: (&str, &str) = ("CN", "China");
const JAPAN: (&str, &str) = ("JP", "Japan");

const MISSIONS: &[Mission] = &[
    mission(
        ("주로스앤젤레스 대한민국 총영사관", "Consulate General of the Republic of Korea in Los Angeles"),
        USA,
        &["Los Angeles", "Irvine", "Las Vegas"],
        220,
    ),
    mission(
        ("주뉴욕 대한민국 총영사관", "Consulate General of the Republic of Korea in New York"),
        USA,
        &["New York", "Fort Lee", "Philadelphia"],
        150,
    ),
    mission(
        ("주애틀랜타 대한민국 총영사관", "Consulate General of the Republic of Korea in Atlanta"),
        USA,
        &["Atlanta", "Duluth", "Charlotte"],
        80,
    ),
    mission(
        ("주일본 대한민국 대사관", "Embassy of the Republic of Korea in Japan"),
        JAPAN,
        &["Tokyo", "Kawaguchi"],
        90,
    ),
    mission(
        ("주오사카 대한민국 총영사관", "Consulate General of the Republic of Korea in Osaka"),
        JAPAN,
        &["Osaka", "Kyoto", "Wakayama"],
        80,
    ),
    mission(
        ("주중국 대한민국 대사관", "Embassy of the Republic of Korea in China"),
        CHINA,
        &["Beijing", "Tianjin"],
        45,
    ),
    mission(
        ("주상하이 대한민국 총영사관", "Consulate General of the Republic of Korea in Shanghai"),
        CHINA,
        &["Shanghai", "Suzhou"],
        45,
    ),
    mission(
        ("주호치민 대한민국 총영사관", "Consulate General of the Republic of Korea in Ho Chi Minh City"),
        ("VN", "Viet Nam"),
        &["Ho Chi Minh City", "Bien Hoa"],
        75,
    ),
    mission(
        ("주토론토 대한민국 총영사관", "Consulate General of the Republic of Korea in Toronto"),
        ("CA", "Canada"),
        &["Toronto", "Mississauga"],
        50,
    ),
    mission(
        ("주시드니 대한민국 총영사관", "Consulate General of the Republic of Korea in Sydney"),
        ("AU", "Australia"),
        &["Sydney", "Newcastle"],
        45,
    ),
    mission(
        ("주프랑크푸르트 대한민국 총영사관", "Consulate General of the Republic of Korea in Frankfurt"),
        ("DE", "Germany"),
        &["Frankfurt am Main", "Eschborn"],
        18,
    ),
    mission(
        ("주영국 대한민국 대사관", "Embassy of the Republic of Korea in the United Kingdom"),
        ("GB", "United Kingdom"),
        &["London", "New Malden"],
        14,
    ),
    mission(
        ("주상파울루 대한민국 총영사관", "Consulate General of the Republic of Korea in São Paulo"),
        ("BR", "Brazil"),
        &["São Paulo"],
        12,
    ),
];
