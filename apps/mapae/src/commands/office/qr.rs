//! A QR code in letters, for a terminal.

use qrcode::{QrCode, render::unicode::Dense1x2};

/// Two modules to a letter, light on dark, since most terminals are dark; scanners read either. Nothing where the text is
/// longer than any QR code.
pub(super) fn for_terminal(text: &str) -> String {
    let Ok(code) = QrCode::new(text) else { return String::new() };
    code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build()
}
