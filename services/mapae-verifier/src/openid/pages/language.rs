//! In which language a page speaks.

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::openid) enum Language {
    /// Korean.
    Korean,
    /// English.
    English,
}

impl Language {
    /// What the person chose, what the client says that they prefer (`ui_locales`), what the browser says (RFC 9110 §12.5.4);
    /// else Korean.
    pub(in crate::openid) fn choose(chosen: Option<&str>, preferred: &[String], accepts: Option<&str>) -> Self {
        let accepted = accepts.unwrap_or_default().split(',').map(|range| range.split(';').next().unwrap_or_default());
        let mut wishes = chosen.into_iter().chain(preferred.iter().map(String::as_str)).chain(accepted);
        wishes.find_map(Self::of).unwrap_or(Self::Korean)
    }

    /// By the first subtag (RFC 5646 §2.2.1).
    pub(super) fn of(tag: &str) -> Option<Self> {
        match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
            "ko" => Some(Self::Korean),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Korean => "한국어",
            Self::English => "English",
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Korean => Self::English,
            Self::English => Self::Korean,
        }
    }

    /// The first of two texts in Korean, the second in English.
    pub(in crate::openid) const fn said<'t>(self, korean: &'t str, english: &'t str) -> &'t str {
        match self {
            Self::Korean => korean,
            Self::English => english,
        }
    }
}
