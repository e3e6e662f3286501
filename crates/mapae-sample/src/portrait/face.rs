//! The face: skull and jaw, ears, brows, eyes, nose, mouth, glasses, the lines of age.

use super::{
    canvas::{Canvas, Colour, Ellipse, arc, edge, mix, shade},
    look::Look,
};

pub(crate) const MIDDLE: f32 = 180.0;
/// The line of the eyes.
pub(crate) const EYES: f32 = 214.0;
/// From the line of the eyes to the crown of the skull.
pub(crate) const SKULL: f32 = 108.0;

const DARK: Colour = [44.0, 32.0, 28.0];
const WHITE: Colour = [250.0, 249.0, 247.0];

/// Everything above the neck but the hair in front.
pub(crate) fn paint(canvas: &mut Canvas, look: &Look) {
    ears(canvas, look);
    head(canvas, look);
    for side in [-1.0, 1.0] {
        eye(canvas, look, side);
        brow(canvas, look, side);
    }
    nose(canvas, look);
    mouth(canvas, look);
    age(canvas, look);
    if let Some(frame) = look.glasses {
        glasses(canvas, look, frame);
    }
}

/// How far a point lies inside the outline of the head, in pixels: half an ellipse above the eyes, a narrowing one
/// below.
pub(crate) fn inside_head(look: &Look, x: f32, y: f32) -> f32 {
    let below = y - EYES;
    let (height, width) = if below < 0.0 {
        (SKULL, look.cheek)
    } else {
        let t = (below / look.chin).min(1.0);
        (look.chin, look.cheek * (1.0 - look.jaw * t * t))
    };
    (1.0 - Ellipse::new(MIDDLE, EYES, width, height).radius(x, y)) * width
}

fn head(canvas: &mut Canvas, look: &Look) {
    let frame = (80.0, EYES - SKULL - 2.0, 280.0, EYES + look.chin + 2.0);
    canvas.lay(
        frame,
        |x, y| edge(inside_head(look, x, y)),
        |x, y| {
            // Light from the upper left; the edge turns away from it.
            let turn = (1.0 - inside_head(look, x, y) / 34.0).clamp(0.0, 1.0);
            shade(look.skin, 1.04 - 0.0007 * (x - 150.0) - 0.0004 * (y - EYES) - 0.11 * turn * turn)
        },
    );
    for side in [-1.0, 1.0] {
        let cheek = Ellipse::new(MIDDLE + side * look.cheek * 0.56, EYES + 46.0, 27.0, 20.0);
        canvas.glow(cheek, mix(look.skin, look.lips, 0.5), 0.42);
    }
    canvas.glow(Ellipse::new(MIDDLE - 10.0, EYES - 58.0, 50.0, 28.0), WHITE, 0.18);
}

fn ears(canvas: &mut Canvas, look: &Look) {
    for side in [-1.0, 1.0] {
        let at = MIDDLE + side * (look.cheek + 3.0);
        canvas.ellipse(Ellipse::new(at, EYES + 12.0, 11.0, 25.0), shade(look.skin, 0.93), 1.0);
        canvas.ellipse(Ellipse::new(at, EYES + 12.0, 5.0, 15.0), shade(look.skin, 0.8), 0.6);
    }
}

fn eye(canvas: &mut Canvas, look: &Look, side: f32) {
    let (x, half, height) = (MIDDLE + side * look.eyes, 17.0, look.eye_height);
    canvas.glow(Ellipse::new(x, EYES - 4.0, 28.0, 17.0), shade(look.skin, 0.72), 0.4);
    let almond = move |px: f32, py: f32| {
        let t = (px - x) / half;
        edge(height * (1.0 - t * t) - (py - EYES - side * t * 0.8).abs())
    };
    canvas.shape((x - half, EYES - 14.0, x + half, EYES + 14.0), WHITE, almond);
    let iris = Ellipse::new(x, EYES, 8.4, 8.4);
    canvas.shape(iris.frame(), [74.0, 48.0, 32.0], |px, py| iris.cover(px, py).min(almond(px, py)));
    let pupil = Ellipse::new(x, EYES, 4.2, 4.2);
    canvas.shape(pupil.frame(), [18.0, 14.0, 14.0], |px, py| pupil.cover(px, py).min(almond(px, py)));
    canvas.ellipse(Ellipse::new(x - 2.6, EYES - 3.0, 1.9, 1.9), WHITE, 0.95);
    arc(canvas, (x, EYES - height), half + 2.0, height, 3.6, DARK);
    arc(canvas, (x, EYES - height - 6.0), half, height * 0.8, 1.6, shade(look.skin, 0.7));
    arc(canvas, (x, EYES + height), half - 2.0, -height, 1.4, shade(look.skin, 0.6));
}

fn brow(canvas: &mut Canvas, look: &Look, side: f32) {
    let x = MIDDLE + side * (look.eyes + 1.0);
    arc(canvas, (x, EYES - 28.0), 23.0, 6.0, look.brow, mix(look.hair_colour, look.skin, 0.18));
}

fn nose(canvas: &mut Canvas, look: &Look) {
    canvas.glow(Ellipse::new(MIDDLE + 9.0, EYES + 26.0, 10.0, 34.0), shade(look.skin, 0.78), 0.45);
    canvas.glow(Ellipse::new(MIDDLE - 2.0, EYES + 24.0, 7.0, 36.0), WHITE, 0.3);
    canvas.glow(Ellipse::new(MIDDLE, EYES + 52.0, 19.0, 13.0), shade(look.skin, 0.84), 0.6);
    for side in [-1.0, 1.0] {
        canvas.ellipse(Ellipse::new(MIDDLE + side * 7.5, EYES + 56.0, 4.4, 2.6), shade(look.skin, 0.52), 0.85);
        arc(canvas, (MIDDLE + side * 14.0, EYES + 49.0), 4.0, 5.0, 2.0, shade(look.skin, 0.74));
    }
}

fn mouth(canvas: &mut Canvas, look: &Look) {
    let (y, half) = (EYES + look.chin * 0.7, look.mouth);
    let frame = (MIDDLE - half, y - 14.0, MIDDLE + half, y + 16.0);
    let line = move |x: f32| y - look.smile * ((x - MIDDLE) / half) * ((x - MIDDLE) / half);
    canvas.shape(frame, shade(look.lips, 0.92), |x, py| {
        let t = (x - MIDDLE) / half;
        let dip = 1.0 - 0.35 * (1.0 - (t * 4.0).abs()).max(0.0);
        edge(6.0 * (1.0 - t * t) * dip - (line(x) - py)).min(edge(line(x) - py))
    });
    canvas.shape(frame, look.lips, |x, py| {
        let t = (x - MIDDLE) / half;
        edge(8.5 * (1.0 - t * t) - (py - line(x))).min(edge(py - line(x)))
    });
    canvas.shape(frame, shade(look.lips, 0.55), |x, py| edge(0.9 - (py - line(x)).abs()));
    canvas.glow(Ellipse::new(MIDDLE - 4.0, y + 5.0, 12.0, 3.6), WHITE, 0.3);
    canvas.glow(Ellipse::new(MIDDLE, y + 17.0, 24.0, 7.0), shade(look.skin, 0.8), 0.5);
}

/// Lines on the forehead, beside the nose and under the eyes.
fn age(canvas: &mut Canvas, look: &Look) {
    let line = mix(look.skin, shade(look.skin, 0.62), look.wrinkles);
    if look.wrinkles < 0.08 {
        return;
    }
    for row in [0.0, 1.0, 2.0] {
        arc(canvas, (MIDDLE, EYES - 58.0 - row * 13.0), 42.0 - row * 4.0, 3.0, 1.8 * look.wrinkles + 0.4, line);
    }
    for side in [-1.0, 1.0] {
        let x = MIDDLE + side * look.eyes;
        arc(canvas, (x, EYES + 21.0), 15.0, -4.0, 1.9, line);
        fold(canvas, side, line);
    }
}

/// From the wing of the nose to the corner of the mouth.
fn fold(canvas: &mut Canvas, side: f32, line: Colour) {
    let frame = (MIDDLE - 50.0, EYES + 50.0, MIDDLE + 50.0, EYES + 76.0);
    canvas.shape(frame, line, |x, y| {
        let t = (y - EYES - 50.0) / 26.0;
        edge(0.9 - (side * (x - MIDDLE) - 21.0 - 12.0 * t).abs())
    });
}

fn glasses(canvas: &mut Canvas, look: &Look, frame: Colour) {
    for side in [-1.0, 1.0] {
        let lens = Ellipse::new(MIDDLE + side * (look.eyes + 1.0), EYES + 3.0, 29.0, 23.0);
        canvas.ellipse(lens, WHITE, 0.1);
        let outer = lens.grown(3.0);
        canvas.shape(outer.frame(), frame, |x, y| outer.cover(x, y) * (1.0 - lens.cover(x, y)));
        let temple = (MIDDLE + side * (look.eyes + 31.0), MIDDLE + side * (look.cheek + 6.0));
        let bar = (temple.0.min(temple.1), EYES - 4.0, temple.0.max(temple.1), EYES + 2.0);
        canvas.shape(bar, frame, |_, y| edge(1.6 - (y - EYES + 1.0).abs()));
    }
    arc(canvas, (MIDDLE, EYES - 3.0), (look.eyes - 28.0).max(5.0), 2.5, 4.0, frame);
}
