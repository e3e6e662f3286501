//! The diagonal band that marks a portrait as a sample, in a bitmap font of the eight characters it needs.

use super::canvas::{Canvas, Colour, edge};

const BAND: Colour = [176.0, 32.0, 40.0];
const LETTER: Colour = [255.0, 255.0, 255.0];

/// The band climbs 5 for each 12 to the right; 5, 12, 13 makes the rotation exact.
const COS: f32 = 12.0 / 13.0;
const SIN: f32 = -5.0 / 13.0;
/// A point on the band's middle line, on the chest below the face.
const THROUGH: (f32, f32) = (180.0, 420.0);
const HALF: f32 = 19.0;
/// Pixels of the picture for each dot of the font.
const DOT: f32 = 1.7;

/// Lays the band over the finished picture.
pub(crate) fn paint(canvas: &mut Canvas) {
    let (left, _, right, bottom) = canvas.frame();
    let frame = (left, THROUGH.1 - 110.0, right, bottom);
    canvas.shape(frame, BAND, |x, y| edge(HALF - turned(x, y).1.abs()) * 0.82);
    let text = text();
    canvas.shape(frame, LETTER, |x, y| {
        let (along, across) = turned(x, y);
        if across.abs() > HALF {
            return 0.0;
        }
        dot(&text, along / DOT, across / DOT + 7.0) * 0.96
    });
}

/// A point as distances along and across the band.
fn turned(x: f32, y: f32) -> (f32, f32) {
    let (dx, dy) = (x - THROUGH.0, y - THROUGH.1);
    (dx * COS + dy * SIN, dy * COS - dx * SIN)
}

/// How much of a point is ink: the four dots around it, weighed by nearness.
fn dot(text: &[Vec<bool>], u: f32, v: f32) -> f32 {
    let (left, top) = ((u - 0.5).floor(), (v - 0.5).floor());
    let (s, t) = (u - 0.5 - left, v - 0.5 - top);
    let ink = |du: f32, dv: f32| if inked(text, left + du, top + dv) { 1.0 } else { 0.0 };
    let mixed = (ink(0.0, 0.0) * (1.0 - s) + ink(1.0, 0.0) * s) * (1.0 - t)
        + (ink(0.0, 1.0) * (1.0 - s) + ink(1.0, 1.0) * s) * t;
    edge((mixed - 0.5) * 2.0 * DOT)
}

#[expect(clippy::cast_possible_truncation, reason = "a saturating cast to a row or column of the picture")]
fn inked(text: &[Vec<bool>], u: f32, v: f32) -> bool {
    let (column, row) = (u as i32, v as i32);
    let width = i32::try_from(text.first().map_or(1, Vec::len)).unwrap_or(1);
    // The words repeat along the band; one of them is centred.
    let column = usize::try_from((column + width / 2).rem_euclid(width)).unwrap_or(0);
    usize::try_from(row).ok().and_then(|row| text.get(row)).is_some_and(|dots| dots[column])
}

/// The words of the band as rows of dots.
fn text() -> Vec<Vec<bool>> {
    let glyphs = [&GYEON[..], &BON, &GAP, &S, &A, &M, &P, &L, &E, &GAP];
    (0..14).map(|row| glyphs.iter().flat_map(|glyph| dots(glyph, row)).collect()).collect()
}

/// A row of a glyph and two empty columns. Glyphs of seven rows are drawn at twice their size.
fn dots(glyph: &[&str], row: usize) -> Vec<bool> {
    let scale = 14 / glyph.len();
    let line = glyph.get(row / scale).copied().unwrap_or_default();
    let mut dots: Vec<_> = line.chars().flat_map(|c| core::iter::repeat_n(c == '#', scale)).collect();
    dots.extend([false; 2]);
    dots
}

const GAP: [&str; 7] = ["    "; 7];
const S: [&str; 7] = [" ####", "#    ", "#    ", " ### ", "    #", "    #", "#### "];
const A: [&str; 7] = [" ### ", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"];
const M: [&str; 7] = ["#   #", "## ##", "# # #", "# # #", "#   #", "#   #", "#   #"];
const P: [&str; 7] = ["#### ", "#   #", "#   #", "#### ", "#    ", "#    ", "#    "];
const L: [&str; 7] = ["#    ", "#    ", "#    ", "#    ", "#    ", "#    ", "#####"];
const E: [&str; 7] = ["#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#####"];
const GYEON: [&str; 14] = [
    "           ## ",
    "#######    ## ",
    "#######  #### ",
    "     ##    ## ",
    "     ##    ## ",
    "    ##   #### ",
    "   ##      ## ",
    " ###       ## ",
    "##         ## ",
    "              ",
    "  ##          ",
    "  ##          ",
    "  ########### ",
    "  ########### ",
];
const BON: [&str; 14] = [
    "  ##      ##  ",
    "  ##      ##  ",
    "  ##########  ",
    "  ##      ##  ",
    "  ##########  ",
    "      ##      ",
    "      ##      ",
    "##############",
    "##############",
    "              ",
    "  ##          ",
    "  ##          ",
    "  ##########  ",
    "  ##########  ",
];
