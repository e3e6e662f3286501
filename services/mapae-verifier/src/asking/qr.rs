//! A QR code as a picture for a page.

use std::fmt::Write as _;

use mapae_jose::base64url;
use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the code (ISO/IEC 18004 §6.3.8).
const MARGIN: usize = 4;

/// An SVG picture in a `data:` URL; nothing where the text is longer than any QR code.
pub(crate) fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let (width, mut path) = (code.width(), String::new());
    for (place, _) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        let (x, y) = (place % width + MARGIN, place / width + MARGIN);
        write!(path, "M{x} {y}h1v1h-1z").ok()?;
    }
    let side = width + 2 * MARGIN;
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    );
    Some(format!("data:image/svg+xml;base64,{}", base64url::encode_standard(picture)))
}
