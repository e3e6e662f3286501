//! A QR code for a page: a row of letters for each row of modules, which the page draws.

use qrcode::{Color, EcLevel, QrCode};

/// `1` is dark. Empty where the text is longer than any QR code.
pub(super) fn rows(text: &str) -> Vec<String> {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::L) else { return Vec::new() };
    let letter = |color: &Color| color.select('1', '0');
    code.to_colors().chunks(code.width()).map(|row| row.iter().map(letter).collect()).collect()
}
