//! Baseline JPEG of a wanted size: the quality is searched, since no formula says how well a picture compresses.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// 8 to 12 kB, with a margin on both sides.
const WANTED: core::ops::RangeInclusive<usize> = 8_600..=11_400;

/// Encodes rows of RGB. Halves the range of qualities until the size is as wanted.
pub(crate) fn encode(rgb: &[u8], size: (u16, u16)) -> Vec<u8> {
    let (mut low, mut high, mut quality) = (20, 100, 84);
    loop {
        let jpeg = encode_at(rgb, size, quality);
        if jpeg.len() < *WANTED.start() {
            low = quality + 1;
        } else if jpeg.len() > *WANTED.end() {
            high = quality - 1;
        }
        // Low above high: no quality fits, and the last tried is the nearest.
        if WANTED.contains(&jpeg.len()) || low > high {
            return jpeg;
        }
        quality = u8::midpoint(low, high);
    }
}

fn encode_at(rgb: &[u8], (width, height): (u16, u16), quality: u8) -> Vec<u8> {
    let mut jpeg = Vec::with_capacity(16_384);
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // Fails only if `rgb` is shorter than the size says, or the writer fails; neither can be.
    match encoder.encode(rgb, width, height, ColorType::Rgb) {
        Ok(()) => jpeg,
        Err(_) => Vec::new(),
    }
}
