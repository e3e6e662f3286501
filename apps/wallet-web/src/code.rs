//! QR codes: read from a camera's picture, and made of a text (ISO/IEC 18004).

use qrcode::{Color, EcLevel, QrCode};
use quircs::Quirc;

use crate::problem::Problem;

/// Wider or higher pictures cost more than a camera's frame may.
const GREATEST_SIDE: usize = 4096;

/// The first code in a picture of grey values that can be read.
pub(crate) fn read(grey: &[u8], width: usize, height: usize) -> Result<Option<String>, Problem> {
    let fits = (1..=GREATEST_SIDE).contains(&width) && (1..=GREATEST_SIDE).contains(&height);
    if !fits || width * height != grey.len() {
        return Err(Problem::new("picture_unusable", "not a picture of that size"));
    }
    let mut scanner = Quirc::default();
    let found = scanner.identify(width, height, grey).find_map(|code| code.ok()?.decode().ok());
    Ok(found.and_then(|found| String::from_utf8(found.payload).ok()))
}

/// The modules of a code, row by row: 1 where it is dark.
pub(crate) fn made(text: &str) -> Result<Vec<u8>, Problem> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L);
    let code = code.map_err(|error| Problem::new("text_too_long", error))?;
    Ok(code.to_colors().iter().map(|color| u8::from(*color == Color::Dark)).collect())
}
