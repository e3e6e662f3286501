//! Public officials: real ministries and ranks.

use core::fmt;

use mapae_types::Date;

use crate::{
    dice::Dice,
    number::{marked_number, staff_number},
    person::{REGISTER_YEAR, register_day},
};

/// Whether an official in service does duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// At work.
    OnDuty,
    /// 휴직: on leave, such as for a child.
    OnLeave,
    /// 직위해제: released from the position.
    Released,
    /// 정직: suspended as a punishment.
    Suspended,
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OnDuty => "on-duty",
            Self::OnLeave => "on-leave",
            Self::Released => "released",
            Self::Suspended => "suspended",
        })
    }
}

/// A public office.
#[derive(Clone, PartialEq, Eq)]
pub struct SampleOfficial {
    /// The number of the IC card.
    pub card_number: String,
    /// Nine digits.
    pub staff_number: String,
    /// The ministry or agency, Hangul.
    pub ministry: &'static str,
    /// The same, Latin.
    pub ministry_latin: &'static str,
    /// Its head, who issues the card, Hangul.
    pub issuer: &'static str,
    /// The same, Latin.
    pub issuer_latin: &'static str,
    /// The rank, Hangul.
    pub rank: &'static str,
    /// The same, Latin.
    pub rank_latin: &'static str,
    /// The position, Hangul.
    pub position: &'static str,
    /// The same, Latin.
    pub position_latin: &'static str,
    /// False after retirement or dismissal.
    pub in_service: bool,
    /// Whether they do duty.
    pub duty: Duty,
    /// The first day of the appointment.
    pub appointed: Date,
    /// Its last: of retirement, or of a fixed term.
    pub appointment_ends: Date,
    /// Whether the IC card has been issued.
    pub physical_card: bool,
}

impl SampleOfficial {
    /// About 40 in a thousand between 20 and 60: 1.17 million officials.
    pub(crate) fn draw(dice: &mut Dice, birth: Date) -> Option<Self> {
        let age = birth.age_on(register_day(birth));
        if !(20..60).contains(&age) || !dice.chance(40) {
            return None;
        }
        let (ministry, ministry_latin, issuer, issuer_latin) = *dice.pick(MINISTRIES);
        let (appointed, appointment_ends) = draw_appointment(dice, birth, age);
        let years = REGISTER_YEAR - appointed.year();
        let ((rank, rank_latin), (position, position_latin)) = rank_after(dice, years);
        Some(Self {
            card_number: marked_number(dice, "SMG"),
            staff_number: staff_number(dice),
            ministry,
            ministry_latin,
            issuer,
            issuer_latin,
            rank,
            rank_latin,
            position,
            position_latin,
            in_service: !dice.chance(25),
            duty: draw_duty(dice),
            appointed,
            appointment_ends,
            physical_card: !dice.chance(15),
        })
    }
}

/// Most serve until retirement; one in eight has a term of five years, and of a few it has run out. One in seventy
/// begins with the next year.
fn draw_appointment(dice: &mut Dice, birth: Date, age: i32) -> (Date, Date) {
    let (begins_later, has_term, ran_out) = (dice.chance(14), dice.chance(125), dice.chance(120));
    let since = match (begins_later, has_term, ran_out) {
        (true, ..) => return (new_year(REGISTER_YEAR + 1, birth), retirement(birth)),
        (_, true, true) => 6,
        (_, true, false) => dice.between(0, 3),
        (_, false, _) => dice.between(0, 34),
    };
    // Nobody is appointed before 19.
    let appointed = new_year(REGISTER_YEAR - since.min(age - 19), birth);
    let term = new_year(appointed.year() + 5, birth).plus_days(-1).unwrap_or(appointed);
    (appointed, if has_term { term.min(retirement(birth)) } else { retirement(birth) })
}

fn new_year(year: i32, otherwise: Date) -> Date {
    Date::from_ymd(year, 1, 1).unwrap_or(otherwise)
}

/// 국가공무원법 §74: who turns 60 in the first half of a year retires on 30 June, else on 31 December.
fn retirement(birth: Date) -> Date {
    let (month, day) = if birth.month() <= 6 { (6, 30) } else { (12, 31) };
    Date::from_ymd(birth.year() + 60, month, day).unwrap_or(birth)
}

fn draw_duty(dice: &mut Dice) -> Duty {
    match dice.below(1000) {
        0..60 => Duty::OnLeave,
        60..75 => Duty::Released,
        75..85 => Duty::Suspended,
        _ => Duty::OnDuty,
    }
}

/// A text in Hangul and Latin.
type Both = (&'static str, &'static str);

/// A rank that somebody may have reached after so many years, and the position that goes with it.
fn rank_after(dice: &mut Dice, years: i32) -> (Both, Both) {
    let steps = dice.between(0, years.clamp(0, 30)) / 5;
    RANKS[usize::try_from(steps).unwrap_or(0).min(RANKS.len() - 1)]
}

const RANKS: &[(Both, Both)] = &[
    (("서기보(9급)", "Grade 9"), ("주무관", "Officer")),
    (("서기(8급)", "Grade 8"), ("주무관", "Officer")),
    (("주사보(7급)", "Grade 7"), ("주무관", "Officer")),
    (("주사(6급)", "Grade 6"), ("주무관", "Officer")),
    (("사무관(5급)", "Grade 5"), ("팀장", "Team Leader")),
    (("서기관(4급)", "Grade 4"), ("과장", "Director")),
    (("부이사관(3급)", "Grade 3"), ("국장", "Director General")),
];

/// Ministry and head, each in Hangul and Latin.
const MINISTRIES: &[(&str, &str, &str, &str)] = &[
    ("행정안전부", "Ministry of the Interior and Safety", "행정안전부장관", "Minister of the Interior and Safety"),
    ("인사혁신처", "Ministry of Personnel Management", "인사혁신처장", "Minister of Personnel Management"),
    ("보건복지부", "Ministry of Health and Welfare", "보건복지부장관", "Minister of Health and Welfare"),
    ("교육부", "Ministry of Education", "교육부장관", "Minister of Education"),
    (
        "국토교통부",
        "Ministry of Land, Infrastructure and Transport",
        "국토교통부장관",
        "Minister of Land, Infrastructure and Transport",
    ),
    (
        "문화체육관광부",
        "Ministry of Culture, Sports and Tourism",
        "문화체육관광부장관",
        "Minister of Culture, Sports and Tourism",
    ),
    ("외교부", "Ministry of Foreign Affairs", "외교부장관", "Minister of Foreign Affairs"),
    ("산림청", "Korea Forest Service", "산림청장", "Minister of the Korea Forest Service"),
    (
        "기상청",
        "Korea Meteorological Administration",
        "기상청장",
        "Administrator of the Korea Meteorological Administration",
    ),
    ("국가유산청", "Korea Heritage Service", "국가유산청장", "Administrator of the Korea Heritage Service"),
];
