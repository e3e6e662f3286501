//! What distinguishes one drawn face from another.

use super::{Sitter, canvas::Colour};
use crate::{dice::Dice, person::Sex};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hair {
    /// Short, parted, off the forehead.
    Parted,
    /// Short with a fringe.
    Fringe,
    /// Swept up.
    Swept,
    /// Receded.
    Receded,
    /// To the chin.
    Bob,
    /// Below the shoulders.
    Long,
    /// Tied back.
    Tied,
    /// Permed short curls.
    Perm,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clothes {
    Suit,
    Shirt,
    Round,
    Hanbok,
}

pub(crate) struct Look {
    pub(crate) skin: Colour,
    pub(crate) lips: Colour,
    pub(crate) hair_colour: Colour,
    pub(crate) hair: Hair,
    pub(crate) clothes: Clothes,
    pub(crate) cloth: Colour,
    pub(crate) accent: Colour,
    pub(crate) background: Colour,
    pub(crate) glasses: Option<Colour>,
    /// 0 young to 1 old: wrinkles and grey.
    pub(crate) wrinkles: f32,
    /// Half the width of the face at the cheekbones.
    pub(crate) cheek: f32,
    /// How narrow the jaw is, 0 square to 1 pointed.
    pub(crate) jaw: f32,
    /// From the line of the eyes to the chin.
    pub(crate) chin: f32,
    /// Half the distance between the eyes.
    pub(crate) eyes: f32,
    /// How open the eyes are.
    pub(crate) eye_height: f32,
    pub(crate) brow: f32,
    pub(crate) mouth: f32,
    /// The corners of the mouth: above 0 smiles.
    pub(crate) smile: f32,
    /// Half the width of the neck.
    pub(crate) neck: f32,
    pub(crate) shoulders: f32,
    pub(crate) parting: f32,
}

const SKINS: [Colour; 5] =
    [[247.0, 219.0, 196.0], [241.0, 208.0, 181.0], [234.0, 197.0, 168.0], [226.0, 186.0, 154.0], [214.0, 172.0, 138.0]];
const HAIRS: [Colour; 4] = [[28.0, 24.0, 24.0], [42.0, 33.0, 29.0], [60.0, 43.0, 33.0], [78.0, 54.0, 38.0]];
const GREY: Colour = [196.0, 196.0, 198.0];
const CLOTHS: [Colour; 9] = [
    [38.0, 45.0, 66.0],
    [58.0, 60.0, 66.0],
    [92.0, 38.0, 48.0],
    [34.0, 84.0, 82.0],
    [205.0, 190.0, 164.0],
    [122.0, 140.0, 176.0],
    [226.0, 226.0, 230.0],
    [168.0, 108.0, 84.0],
    [84.0, 102.0, 70.0],
];
const ACCENTS: [Colour; 5] =
    [[134.0, 32.0, 44.0], [36.0, 66.0, 128.0], [24.0, 110.0, 96.0], [188.0, 140.0, 52.0], [98.0, 72.0, 126.0]];
const BACKGROUNDS: [Colour; 5] =
    [[236.0, 240.0, 245.0], [222.0, 232.0, 244.0], [240.0, 238.0, 232.0], [226.0, 236.0, 232.0], [232.0, 228.0, 238.0]];

impl Look {
    pub(crate) fn draw(dice: &mut Dice, sitter: Sitter) -> Self {
        let female = sitter.sex == Sex::Female;
        let age = f32::from(i16::try_from(sitter.age.clamp(0, 100)).unwrap_or(30));
        let lips: Colour = if female { [196.0, 92.0, 92.0] } else { [186.0, 118.0, 104.0] };
        Self {
            skin: *dice.pick(&SKINS),
            lips,
            hair_colour: hair_colour(dice, age),
            hair: hair(dice, sitter.sex, sitter.age),
            clothes: *dice.pick(&[Clothes::Suit, Clothes::Suit, Clothes::Shirt, Clothes::Round, Clothes::Hanbok]),
            cloth: *dice.pick(&CLOTHS),
            accent: *dice.pick(&ACCENTS),
            background: *dice.pick(&BACKGROUNDS),
            glasses: dice.chance(if age > 45.0 { 420 } else { 260 }).then(|| *dice.pick(&HAIRS)),
            wrinkles: ((age - 38.0) / 42.0).clamp(0.0, 1.0),
            cheek: range(dice, 76.0, 88.0) - if female { 4.0 } else { 0.0 },
            jaw: range(dice, 0.18, 0.34) + if female { 0.1 } else { 0.0 },
            chin: range(dice, 108.0, 124.0) - if female { 5.0 } else { 0.0 },
            eyes: range(dice, 34.0, 39.0),
            eye_height: range(dice, 6.0, 9.0) + if female { 1.5 } else { 0.0 },
            brow: range(dice, 4.0, 7.5) - if female { 1.5 } else { 0.0 },
            mouth: range(dice, 23.0, 31.0),
            smile: range(dice, 0.0, 6.0),
            neck: range(dice, 40.0, 45.0) - if female { 7.0 } else { 0.0 },
            shoulders: range(dice, 138.0, 156.0) - if female { 16.0 } else { 0.0 },
            parting: range(dice, -34.0, 34.0),
        }
    }
}

fn range(dice: &mut Dice, low: f32, high: f32) -> f32 {
    low + (high - low) * dice.fraction()
}

/// Black to brown; greyer with each year past the middle forties, unless dyed.
fn hair_colour(dice: &mut Dice, age: f32) -> Colour {
    let natural = *dice.pick(&HAIRS);
    let grey = ((age - 45.0) / 35.0).clamp(0.0, 0.92);
    if dice.chance(450) { natural } else { super::canvas::mix(natural, GREY, grey) }
}

fn hair(dice: &mut Dice, sex: Sex, age: i32) -> Hair {
    let styles: &[Hair] = match (sex, age) {
        (Sex::Male, ..45) => &[Hair::Parted, Hair::Fringe, Hair::Fringe, Hair::Swept],
        (Sex::Male, _) => &[Hair::Parted, Hair::Swept, Hair::Receded, Hair::Receded],
        (Sex::Female, ..55) => &[Hair::Bob, Hair::Long, Hair::Long, Hair::Tied],
        (Sex::Female, _) => &[Hair::Bob, Hair::Tied, Hair::Perm, Hair::Perm],
    };
    *dice.pick(styles)
}
