//! Registered disabilities: the kinds of 장애인복지법 시행령, 별표 1, about as frequent as in the register.

use core::fmt;

use mapae_types::Date;

use crate::{
    dice::Dice,
    number::marked_number,
    person::{REGISTER_YEAR, register_day},
};

/// The degree of a disability, of which there are two since 2019.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// 심한.
    Severe,
    /// 심하지 않은.
    Mild,
    /// Not decided yet.
    Undecided,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Severe => "severe",
            Self::Mild => "mild",
            Self::Undecided => "undecided",
        })
    }
}

/// The registration of a disability.
#[derive(Clone, PartialEq, Eq)]
pub struct SampleWelfare {
    /// The number of the plastic card.
    pub card_number: String,
    /// The kind, in English; some have it left out.
    pub disability: Option<&'static str>,
    /// The same, Hangul.
    pub disability_hangul: Option<&'static str>,
    /// The degree.
    pub severity: Severity,
    /// The day until which the disability is to be assessed anew, if ever.
    pub reassessment_due: Option<Date>,
    /// False once the registration is cancelled.
    pub registered: bool,
    /// Whether the plastic card has been issued.
    pub physical_card: bool,
}

impl SampleWelfare {
    /// As many as are registered at an age: about one in twenty of all, one in seven from 65.
    pub(crate) fn draw(dice: &mut Dice, birth: Date) -> Option<Self> {
        let share = match birth.age_on(register_day(birth)) {
            // Nobody here is younger than 13: children stand in the register more often, that their refusal is seen.
            ..14 => 150,
            14..40 => 16,
            40..65 => 55,
            65.. => 140,
        };
        if !dice.chance(share) {
            return None;
        }
        let kind = dice.pick_weighted(KINDS, |(.., weight)| *weight);
        let severity = draw_severity(dice, kind.2);
        let shown = (!dice.chance(80)).then_some(kind);
        Some(Self {
            card_number: marked_number(dice, "SMW"),
            disability: shown.map(|kind| kind.1),
            disability_hangul: shown.map(|kind| kind.0),
            severity,
            reassessment_due: draw_reassessment(dice),
            registered: !dice.chance(25),
            physical_card: !dice.chance(30),
        })
    }
}

fn draw_severity(dice: &mut Dice, always_severe: bool) -> Severity {
    match dice.below(1000) {
        0..15 => Severity::Undecided,
        _ if always_severe => Severity::Severe,
        15..270 => Severity::Severe,
        _ => Severity::Mild,
    }
}

/// One in six is to be assessed anew; of those, one in ten has let the day pass.
fn draw_reassessment(dice: &mut Dice) -> Option<Date> {
    let (due, overdue) = (dice.chance(160), dice.chance(100));
    let years = if overdue { (REGISTER_YEAR - 1, REGISTER_YEAR - 1) } else { (REGISTER_YEAR + 1, REGISTER_YEAR + 4) };
    due.then(|| dice.day(years.0, years.1))
}

/// Hangul, English, whether it is severe by law, weight per mille.
const KINDS: &[(&str, &str, bool, u32)] = &[
    ("지체장애", "physical", false, 437),
    ("청각장애", "hearing", false, 164),
    ("시각장애", "visual", false, 94),
    ("뇌병변장애", "brain lesion", false, 91),
    ("지적장애", "intellectual", true, 87),
    ("신장장애", "kidney", false, 41),
    ("정신장애", "mental", true, 40),
    ("자폐성장애", "autistic", true, 16),
    ("언어장애", "speech", false, 9),
    ("간장애", "liver", false, 6),
    ("장루·요루장애", "stoma", false, 6),
    ("호흡기장애", "respiratory", false, 4),
    ("뇌전증장애", "epilepsy", false, 3),
    ("심장장애", "heart", false, 1),
    ("안면장애", "facial", false, 1),
];
