//! A presentation as it reaches a reader: a file, or text that somebody pasted.

use std::borrow::Cow;

use mapae_jose::base64url;

use crate::NotAPresentation;

/// An editor or a shell ends a line of text; neither format ends with a line feed, so nothing is lost.
pub fn trim_line_end(presentation: &[u8]) -> &[u8] {
    match presentation {
        [text @ .., b'\r', b'\n'] | [text @ .., b'\n'] if text.is_ascii() => text,
        all => all,
    }
}

/// Reads pasted text: an SD-JWT as it is, or a `DeviceResponse` in base64url, as `vp_token` carries it (OpenID4VP 1.0
/// Annex B.2.5). White space comes of line breaks in mail and goes.
pub fn from_text(text: &str) -> Result<Vec<u8>, NotAPresentation> {
    let text: Cow<'_, str> = if text.contains(char::is_whitespace) {
        text.split_whitespace().collect::<String>().into()
    } else {
        text.into()
    };
    if text.contains('~') {
        return Ok(text.into_owned().into_bytes());
    }
    let bytes = base64url::decode(text.trim_end_matches('=').as_bytes()).map_err(|_| NotAPresentation)?;
    if bytes.is_empty() { Err(NotAPresentation) } else { Ok(bytes) }
}
