//! What is wrong with a file of settings. Never with the value: it may be a secret.

/// The operator's file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// It is no TOML.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A key that nobody asks for.
    #[error("`{key}` is unknown{}", nearest.as_ref().map_or(String::new(), |known| format!("; is `{known}` meant?")))]
    Unknown {
        /// The key, with its sections.
        key: String,
        /// The known key that is nearest, if one is near.
        nearest: Option<String>,
    },
    /// A setting without a default is not there.
    #[error("`{key}` is missing")]
    Missing {
        /// The key, with its sections.
        key: String,
    },
    /// A value of another kind.
    #[error("`{key}` must be {expected}")]
    Unfit {
        /// The key, with its sections.
        key: String,
        /// What it must be.
        expected: String,
    },
}

impl SettingsError {
    pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        Self::Syntax { line: before.matches('\n').count() + 1, message: error.message().to_owned() }
    }
}
