//! Values as people read them.

use core::fmt::Write as _;

/// All bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes in hexadecimal, cut off with their number where they are many.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    const SHOWN: usize = 32;
    let start = hex(&bytes[..bytes.len().min(SHOWN)]);
    if bytes.len() > SHOWN { format!("h'{start}…' ({} bytes)", bytes.len()) } else { format!("h'{start}'") }
}

/// Text in quotes, cut off with its length where it is long, control characters escaped.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 120;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}… ({} characters)", &text[..end], text.chars().count()),
        None => format!("{text:?}"),
    }
}
