//! A drawn portrait: simple shapes and gradients, different for each person, with the band 견본 SAMPLE.
//!
//! Only additions, multiplications, divisions and square roots of `f32`, which IEEE 754 rounds alike everywhere: the
//! same person has the same bytes on every machine.

mod band;
mod canvas;
mod clothes;
mod face;
mod hair;
mod jpeg;
mod look;

use crate::{dice::Dice, person::Sex};
use canvas::Canvas;
use look::Look;

/// Who sits for the portrait.
#[derive(Clone, Copy)]
pub(crate) struct Sitter {
    pub(crate) sex: Sex,
    pub(crate) age: i32,
}

/// Width and height of a portrait in pixels: 3 : 4, as on the cards (3.5 × 4.5 cm, cropped).
const SIZE: (u16, u16) = (360, 480);

/// Draws a sitter and returns a JPEG of 8 to 12 kB.
pub(crate) fn portrait(dice: &mut Dice, sitter: Sitter) -> Vec<u8> {
    let look = Look::draw(dice, sitter);
    let mut canvas = Canvas::new(SIZE);
    clothes::background(&mut canvas, &look);
    hair::behind(&mut canvas, &look);
    clothes::shoulders(&mut canvas, &look);
    face::paint(&mut canvas, &look);
    hair::in_front(&mut canvas, &look);
    band::paint(&mut canvas);
    jpeg::encode(&canvas.into_rgb(), SIZE)
}
