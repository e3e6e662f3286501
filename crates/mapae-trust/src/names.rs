//! What something is called, in both languages that people read (design D19).

use mapae_cose::cbor::{CborError, Key, Reader, Writer};

/// Characters beyond which a name is not read.
const LIMIT: usize = 400;

/// A Korean and an English wording.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Names {
    ko: String,
    en: String,
}

/// A wording is missing, too long, has space around it, or holds characters that no screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to {LIMIT} characters in Korean and in English, and none that controls a terminal or is unseen")]
pub struct NamesError;

impl Names {
    /// Takes both wordings.
    pub fn new(ko: impl Into<String>, en: impl Into<String>) -> Result<Self, NamesError> {
        let names = Self { ko: ko.into(), en: en.into() };
        if is_sound(&names.ko) && is_sound(&names.en) { Ok(names) } else { Err(NamesError) }
    }

    /// In Korean.
    pub fn ko(&self) -> &str {
        &self.ko
    }

    /// In English.
    pub fn en(&self) -> &str {
        &self.en
    }

    /// Whether the text is one of the two wordings.
    pub fn has(&self, text: &str) -> bool {
        self.ko == text || self.en == text
    }

    /// Writes `{"en": tstr, "ko": tstr}`.
    pub fn write(&self, writer: &mut Writer) {
        writer.map(2).text("en").text(&self.en).text("ko").text(&self.ko);
    }

    /// Reads what [`Names::write`] wrote.
    pub fn read<E: From<CborError>>(reader: &mut Reader<'_>) -> Result<Self, E> {
        let at = reader.position();
        let (mut ko, mut en) = (None, None);
        reader.map(|reader, key| {
            match key {
                Key::Text("ko") => ko = Some(reader.text()?),
                Key::Text("en") => en = Some(reader.text()?),
                _ => return Err(CborError::Unexpected(at)),
            }
            Ok(())
        })?;
        let missing = |member| CborError::Missing(at, member);
        let (ko, en) = (ko.ok_or_else(|| missing("ko"))?, en.ok_or_else(|| missing("en"))?);
        Self::new(ko, en).map_err(|_| CborError::Unexpected(at).into())
    }
}

fn is_sound(text: &str) -> bool {
    let fits = (1..=LIMIT).contains(&text.chars().count()) && text.trim() == text;
    fits && !text.chars().any(|c| c.is_control() || is_unseen(c))
}

/// Characters that cannot be seen, or change the order of others: with them one name looks like another (Unicode
/// TR 36 §2.5).
const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
