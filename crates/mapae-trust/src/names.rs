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

/// A wording is missing, too long, or holds control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to {LIMIT} characters in Korean and in English, and none that controls a terminal")]
pub struct NamesError;

impl Names {
    /// Takes both wordings.
    pub fn new(ko: impl Into<String>, en: impl Into<String>) -> Result<Self, NamesError> {
        let names = Self { ko: ko.into(), en: en.into() };
        let sound = |text: &str| {
            !text.trim().is_empty() && text.chars().count() <= LIMIT && !text.chars().any(char::is_control)
        };
        if sound(&names.ko) && sound(&names.en) { Ok(names) } else { Err(NamesError) }
    }

    /// In Korean.
    pub fn ko(&self) -> &str {
        &self.ko
    }

    /// In English.
    pub fn en(&self) -> &str {
        &self.en
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
