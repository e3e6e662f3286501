//! A picture in `f32` and the one way to draw on it: a coverage and a colour for each pixel of a box.

/// Red, green, blue; 0 to 255.
pub(crate) type Colour = [f32; 3];

/// A box in pixels: left, top, right, bottom.
pub(crate) type Frame = (f32, f32, f32, f32);

pub(crate) struct Canvas {
    width: u16,
    height: u16,
    pixels: Vec<Colour>,
}

impl Canvas {
    pub(crate) fn new((width, height): (u16, u16)) -> Self {
        Self { width, height, pixels: vec![[255.0; 3]; usize::from(width) * usize::from(height)] }
    }

    /// The whole picture as a box.
    pub(crate) fn frame(&self) -> Frame {
        (0.0, 0.0, f32::from(self.width), f32::from(self.height))
    }

    /// Lays `colour(x, y)` over each pixel of `frame` as far as `coverage(x, y)` says, from 0 to 1.
    pub(crate) fn lay(
        &mut self,
        frame: Frame,
        coverage: impl Fn(f32, f32) -> f32,
        colour: impl Fn(f32, f32) -> Colour,
    ) {
        let (columns, rows) = (span(frame.0, frame.2, self.width), span(frame.1, frame.3, self.height));
        let width = usize::from(self.width);
        for (row, line) in rows.clone().zip(self.pixels.chunks_exact_mut(width).skip(rows.start.into())) {
            let y = f32::from(row);
            for (column, pixel) in columns.clone().zip(line.iter_mut().skip(columns.start.into())) {
                let x = f32::from(column);
                let part = coverage(x, y).clamp(0.0, 1.0);
                if part > 0.0 {
                    *pixel = mix(*pixel, colour(x, y), part);
                }
            }
        }
    }

    /// A shape of one colour.
    pub(crate) fn shape(&mut self, frame: Frame, colour: Colour, coverage: impl Fn(f32, f32) -> f32) {
        self.lay(frame, coverage, |_, _| colour);
    }

    /// A filled ellipse of one colour, `strength` opaque.
    pub(crate) fn ellipse(&mut self, ellipse: Ellipse, colour: Colour, strength: f32) {
        self.shape(ellipse.frame(), colour, |x, y| ellipse.cover(x, y) * strength);
    }

    /// An ellipse that fades from `strength` at its centre to nothing at its edge: light, shade, blush.
    pub(crate) fn glow(&mut self, ellipse: Ellipse, colour: Colour, strength: f32) {
        self.shape(ellipse.frame(), colour, |x, y| {
            let rest = (1.0 - ellipse.radius(x, y)).max(0.0);
            rest * rest * (3.0 - 2.0 * rest) * strength
        });
    }

    /// The picture as rows of red, green and blue bytes.
    pub(crate) fn into_rgb(self) -> Vec<u8> {
        self.pixels.into_iter().flatten().map(byte).collect()
    }
}

/// The whole pixels from `low` to `high`, as far as there are any.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a saturating cast, then cut to the side")]
fn span(low: f32, high: f32, side: u16) -> core::ops::Range<u16> {
    let end = (high.floor() as u16).saturating_add(1).min(side);
    (low.max(0.0).ceil() as u16).min(end)..end
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte's range just before")]
fn byte(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}

/// From `a` to `b` by `part`.
pub(crate) fn mix(a: Colour, b: Colour, part: f32) -> Colour {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * part)
}

/// Lighter (above 1) or darker (below 1).
pub(crate) fn shade(colour: Colour, factor: f32) -> Colour {
    colour.map(|part| (part * factor).clamp(0.0, 255.0))
}

/// An upright ellipse.
#[derive(Clone, Copy)]
pub(crate) struct Ellipse {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) a: f32,
    pub(crate) b: f32,
}

impl Ellipse {
    pub(crate) const fn new(x: f32, y: f32, a: f32, b: f32) -> Self {
        Self { x, y, a, b }
    }

    /// The same around the same centre, larger by `by` pixels.
    pub(crate) const fn grown(self, by: f32) -> Self {
        Self::new(self.x, self.y, self.a + by, self.b + by)
    }

    /// How far out a point lies: 0 in the centre, 1 on the edge.
    pub(crate) fn radius(self, x: f32, y: f32) -> f32 {
        let (u, v) = ((x - self.x) / self.a, (y - self.y) / self.b);
        (u * u + v * v).sqrt()
    }

    /// 1 inside, 0 outside, a soft pixel between.
    pub(crate) fn cover(self, x: f32, y: f32) -> f32 {
        edge((1.0 - self.radius(x, y)) * self.a.min(self.b))
    }

    pub(crate) fn frame(self) -> Frame {
        (self.x - self.a - 1.0, self.y - self.b - 1.0, self.x + self.a + 1.0, self.y + self.b + 1.0)
    }
}

/// Coverage from a distance inside the edge, in pixels.
pub(crate) fn edge(inside: f32) -> f32 {
    (inside + 0.5).clamp(0.0, 1.0)
}

/// A stroke along a flat parabola: from `(x - half, y + sag)` over `(x, y)` to `(x + half, y + sag)`, thinner at its
/// ends. The curve of brows, lids, lips and wrinkles.
pub(crate) fn arc(canvas: &mut Canvas, at: (f32, f32), half: f32, sag: f32, thickness: f32, colour: Colour) {
    let frame = (at.0 - half, at.1 - sag.abs() - thickness, at.0 + half, at.1 + sag.abs() + thickness);
    canvas.shape(frame, colour, |x, y| {
        let t = (x - at.0) / half;
        let middle = at.1 + sag * t * t;
        edge(thickness * 0.5 * (1.0 - 0.6 * t * t) - (y - middle).abs())
    });
}
