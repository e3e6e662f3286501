//! Hair, behind the head and in front of it.

use super::{
    canvas::{Canvas, Colour, Ellipse, edge, shade},
    face::{EYES, MIDDLE, SKULL, inside_head},
    look::{Hair, Look},
};

/// What falls behind the neck and shoulders.
pub(crate) fn behind(canvas: &mut Canvas, look: &Look) {
    let length = match look.hair {
        Hair::Long => 262.0,
        Hair::Bob => 134.0,
        Hair::Perm => 74.0,
        _ => return,
    };
    let (colour, half) = (shade(look.hair_colour, 0.8), look.cheek + 22.0);
    canvas.lay(
        (0.0, 80.0, 360.0, 480.0),
        |x, y| {
            let bulge = half + 7.0 * (1.0 - ((y - EYES - length * 0.5) / length).abs());
            let top = Ellipse::new(MIDDLE, EYES, half, SKULL + 22.0);
            let fall = edge(bulge - (x - MIDDLE).abs()).min(edge(EYES + length - y)).min(edge(y - EYES));
            fall.max(top.cover(x, y) * edge(EYES - y + 1.0))
        },
        |x, y| strands(colour, x, y),
    );
}

/// The cap of hair over the skull, open over the face.
pub(crate) fn in_front(canvas: &mut Canvas, look: &Look) {
    if look.hair == Hair::Tied {
        canvas.ellipse(Ellipse::new(MIDDLE + 4.0, EYES - SKULL - 16.0, 34.0, 28.0), shade(look.hair_colour, 0.85), 1.0);
    }
    let volume = volume(look.hair);
    let colour = look.hair_colour;
    canvas.lay(
        (60.0, 60.0, 300.0, EYES + 150.0),
        |x, y| edge(inside_head(look, x, y) + volume).min(edge(outside_face(look, x, y))),
        |x, y| strands(colour, x, y),
    );
    if look.hair == Hair::Perm {
        curls(canvas, look);
    }
}

/// How far the hair stands off the skull.
fn volume(hair: Hair) -> f32 {
    match hair {
        Hair::Receded => 5.0,
        Hair::Parted | Hair::Tied => 11.0,
        Hair::Fringe => 15.0,
        Hair::Swept | Hair::Bob => 17.0,
        Hair::Long => 18.0,
        Hair::Perm => 20.0,
    }
}

/// How far a point lies outside the opening that shows the face, in pixels.
fn outside_face(look: &Look, x: f32, y: f32) -> f32 {
    let (dx, part) = (x - MIDDLE, x - MIDDLE - look.parting);
    let reach = dx / look.cheek;
    // The hairline over the forehead, larger is lower.
    let line = match look.hair {
        Hair::Parted => EYES - 76.0 + 0.0035 * part * part + 18.0 * reach * reach,
        Hair::Fringe => EYES - 44.0 - 5.0 * (part * 0.09).fract().abs() + 8.0 * reach * reach,
        Hair::Swept => EYES - 82.0 + 26.0 * reach * reach,
        Hair::Receded => EYES - 92.0 - 8.0 * (1.0 - reach.abs()) + 52.0 * reach * reach * reach * reach,
        Hair::Bob => EYES - 46.0 + 10.0 * reach * reach,
        Hair::Long => EYES - 78.0 + 0.0075 * part * part + 14.0 * reach * reach,
        Hair::Tied => EYES - 84.0 + 34.0 * reach * reach,
        Hair::Perm => EYES - 66.0 + 20.0 * reach * reach,
    };
    let above = line - y;
    above.max(sides(look, x, y))
}

/// Sideburns, or hair over the ears: how far a point lies outside the face on its side.
fn sides(look: &Look, x: f32, y: f32) -> f32 {
    let (end, inset) = match look.hair {
        Hair::Long | Hair::Bob => (EYES + 124.0, 7.0),
        Hair::Perm => (EYES + 24.0, 7.0),
        Hair::Tied => (EYES - 20.0, 4.0),
        _ => (EYES + 4.0, 5.0),
    };
    // At the temples the head is narrower than at the cheeks; the hair follows it.
    let temple = if y < EYES { inset - inside_head(look, x, y) } else { f32::MIN };
    let beside = ((x - MIDDLE).abs() - (look.cheek - inset)).max(temple);
    beside.min(end - y)
}

/// Streaks of light that run with the hair.
fn strands(colour: Colour, x: f32, y: f32) -> Colour {
    let along = ((x - MIDDLE) * 0.11 + (y * 0.006) * (x - MIDDLE) * 0.05).fract().abs();
    let shine = (1.0 - ((y - EYES + 74.0) / 34.0).abs()).max(0.0);
    let lift = 10.0 * (along - 0.5).abs() + 24.0 * shine;
    colour.map(|part| part + lift)
}

fn curls(canvas: &mut Canvas, look: &Look) {
    // Twelve points of a circle as fractions, so that no sine is needed.
    let ring = [(1.0, 0.0), (0.866, 0.5), (0.5, 0.866), (0.0, 1.0), (-0.5, 0.866), (-0.866, 0.5), (-1.0, 0.0)];
    for (u, v) in ring {
        let curl = Ellipse::new(MIDDLE + u * (look.cheek + 10.0), EYES - 18.0 - v * (SKULL - 2.0), 21.0, 21.0);
        canvas.ellipse(curl, look.hair_colour, 1.0);
        canvas.glow(Ellipse::new(curl.x - 4.0, curl.y - 5.0, 13.0, 11.0), shade(look.hair_colour, 1.5), 0.5);
    }
}
