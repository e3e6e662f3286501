//! The background, the shoulders and what they wear.

use super::{
    canvas::{Canvas, Colour, edge, mix, shade},
    look::{Clothes, Look},
};

const MIDDLE: f32 = 180.0;
/// Where the shoulders begin at the neck.
const COLLAR: f32 = 372.0;
const WHITE: Colour = [246.0, 246.0, 248.0];

/// Light from above, darker towards the corners, with a weave as of photographer's paper.
pub(crate) fn background(canvas: &mut Canvas, look: &Look) {
    let base = look.background;
    canvas.lay(
        canvas.frame(),
        |_, _| 1.0,
        |x, y| {
            let (u, v) = ((x - MIDDLE) / 260.0, (y - 170.0) / 340.0);
            shade(base, 1.04 - 0.16 * (u * u + v * v) + weave(x, y))
        },
    );
}

/// A small repeating unevenness.
fn weave(x: f32, y: f32) -> f32 {
    let (u, v) = ((x * 0.125).fract() - 0.5, (y * 0.125).fract() - 0.5);
    0.012 * (u * u - v * v)
}

/// The neck, the shoulders and the garment.
pub(crate) fn shoulders(canvas: &mut Canvas, look: &Look) {
    neck(canvas, look);
    let cloth = if look.clothes == Clothes::Shirt { mix(look.cloth, WHITE, 0.7) } else { look.cloth };
    let half = look.shoulders;
    canvas.lay(
        (0.0, COLLAR - 14.0, 360.0, 480.0),
        |x, y| edge(y - slope(x, half)).min(edge(opening(look.clothes, x, y))),
        |x, y| shade(cloth, 1.06 - 0.0016 * (x - 120.0).abs() - 0.0008 * (y - COLLAR) + folds(x, y)),
    );
    match look.clothes {
        Clothes::Suit => suit(canvas, look),
        Clothes::Shirt => shirt(canvas, cloth),
        Clothes::Round => round(canvas, cloth),
        Clothes::Hanbok => hanbok(canvas, look),
    }
}

fn neck(canvas: &mut Canvas, look: &Look) {
    let (skin, half) = (look.skin, look.neck);
    canvas.lay(
        (MIDDLE - half - 30.0, 290.0, MIDDLE + half + 30.0, 440.0),
        |x, y| edge(half + ((y - 350.0).max(0.0) * 0.08) - (x - MIDDLE).abs()),
        |x, y| {
            // The chin throws its shadow on the neck.
            let shadow = (1.0 - (y - 318.0) / 60.0).clamp(0.0, 1.0);
            shade(skin, 0.93 - 0.17 * shadow - 0.0012 * (x - 160.0).abs())
        },
    );
}

/// The line of the shoulders: flat by the neck, falling towards the arms.
fn slope(x: f32, half: f32) -> f32 {
    let u = ((x - MIDDLE).abs() - 40.0).max(0.0) / (half - 40.0);
    COLLAR + 8.0 + 44.0 * u * u * (0.45 + 0.55 * u * u)
}

/// How far a point lies outside the opening at the neck.
fn opening(clothes: Clothes, x: f32, y: f32) -> f32 {
    let (dx, dy) = ((x - MIDDLE).abs(), y - COLLAR);
    match clothes {
        Clothes::Suit => dx - (52.0 - dy * 0.42),
        Clothes::Shirt => dx - (40.0 - dy * 0.75),
        Clothes::Round => (dx * dx * 0.62 + (dy - 2.0) * (dy - 2.0)).sqrt() - 36.0,
        Clothes::Hanbok => dx - (42.0 - dy * 0.62),
    }
}

fn folds(x: f32, y: f32) -> f32 {
    let u = ((x * 0.021 + y * 0.013).fract() - 0.5).abs();
    0.05 * u
}

/// A white shirt, a tie in the accent colour, lapels.
fn suit(canvas: &mut Canvas, look: &Look) {
    let (cloth, accent) = (look.cloth, look.accent);
    canvas.shape((100.0, COLLAR - 8.0, 260.0, 480.0), WHITE, |x, y| {
        let (dx, dy) = ((x - MIDDLE).abs(), y - COLLAR);
        edge(52.0 - dy * 0.42 - dx).min(edge(dx - (30.0 - dy * 0.9))).min(edge(dy + dx * 0.08))
    });
    canvas.shape((160.0, COLLAR + 22.0, 200.0, 480.0), accent, |x, y| {
        let (dx, dy) = ((x - MIDDLE).abs(), y - COLLAR - 24.0);
        let half = if dy < 16.0 { 11.0 - dy * 0.25 } else { 6.0 + dy * 0.09 };
        edge(half - dx)
    });
    canvas.shape((100.0, COLLAR, 260.0, 480.0), shade(cloth, 0.72), |x, y| {
        let (dx, dy) = ((x - MIDDLE).abs(), y - COLLAR);
        edge(3.0 - (dx - (62.0 - dy * 0.36)).abs()) * edge(dy - 4.0)
    });
}

/// Two collar points and a row of buttons.
fn shirt(canvas: &mut Canvas, cloth: Colour) {
    canvas.shape((110.0, COLLAR - 8.0, 250.0, 440.0), shade(cloth, 1.08), |x, y| {
        let (dx, dy) = ((x - MIDDLE).abs(), y - COLLAR);
        edge(dx - (40.0 - dy * 0.75)).min(edge(64.0 - dy * 0.5 - dx)).min(edge(46.0 - dy))
    });
    canvas.shape((110.0, COLLAR - 8.0, 250.0, 440.0), shade(cloth, 0.78), |x, y| {
        let (dx, dy) = ((x - MIDDLE).abs(), y - COLLAR);
        edge(1.4 - (dx - (64.0 - dy * 0.5)).abs()) * edge(46.0 - dy)
    });
    canvas.shape((176.0, 428.0, 184.0, 480.0), shade(cloth, 0.82), |x, _| edge(1.0 - (x - MIDDLE).abs()));
}

/// A knitted neckline.
fn round(canvas: &mut Canvas, cloth: Colour) {
    canvas.shape((110.0, COLLAR - 10.0, 250.0, 430.0), shade(cloth, 0.84), |x, y| {
        let outside = opening(Clothes::Round, x, y);
        edge(outside).min(edge(9.0 - outside)).min(edge(y - COLLAR))
    });
}

/// The white collar strip of a jeogori and its crossing front.
fn hanbok(canvas: &mut Canvas, look: &Look) {
    canvas.shape((110.0, COLLAR - 10.0, 250.0, 480.0), WHITE, |x, y| {
        let outside = opening(Clothes::Hanbok, x, y);
        edge(outside).min(edge(13.0 - outside)).min(edge(y - COLLAR + 4.0)).min(edge(440.0 - y))
    });
    canvas.shape((110.0, COLLAR, 250.0, 480.0), look.accent, |x, y| {
        edge(7.0 - (x - MIDDLE - 8.0 - (y - 440.0) * 0.12).abs()).min(edge(y - 436.0))
    });
}
