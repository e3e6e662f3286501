//! QR codes: read from a camera's picture, and made of a text (ISO/IEC 18004).

use qrcode::{Color, EcLevel, QrCode};
use rqrr::PreparedImage;

use crate::problem::Problem;

/// Wider or higher pictures cost more than a camera's frame may.
const GREATEST_SIDE: usize = 4096;

/// The first code in a picture of grey values that can be read.
pub(crate) fn read(grey: &[u8], width: usize, height: usize) -> Result<Option<String>, Problem> {
    let fits = (1..=GREATEST_SIDE).contains(&width) && (1..=GREATEST_SIDE).contains(&height);
    if !fits || width * height != grey.len() {
        return Err(Problem::new("picture_unusable", "not a picture of that size"));
    }
    let mut picture =
        PreparedImage::prepare_from_greyscale(width, height, |x, y| grey.get(y * width + x).copied().unwrap_or(255));
    Ok(picture.detect_grids().iter().find_map(|grid| Some(grid.decode().ok()?.1)))
}

/// The modules of a code, row by row: 1 where it is dark.
pub(crate) fn made(text: &str) -> Result<Vec<u8>, Problem> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L);
    let code = code.map_err(|error| Problem::new("text_too_long", error))?;
    Ok(code.to_colors().iter().map(|color| u8::from(*color == Color::Dark)).collect())
}
