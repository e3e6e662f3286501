//! What a command says: for people line by line, or for programs as one JSON document on standard output.

use std::io::{IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::failure::Failure;

/// Where answers go.
pub(crate) struct Output {
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    #[cfg(feature = "services")]
    Silent,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { form: if json { Form::Json } else { Form::Text } }
    }

    /// For commands that another command runs, and speaks of itself.
    #[cfg(feature = "services")]
    pub(crate) const fn silent() -> Self {
        Self { form: Form::Silent }
    }

    /// A line of a longer story, for people only.
    #[cfg(feature = "services")]
    pub(crate) fn line(&self, text: &str) {
        if self.form == Form::Text {
            write_line(text);
        }
    }

    /// The answer of a command: `document` for programs, `text` for people.
    pub(crate) fn answer(&self, document: &Value, text: impl FnOnce() -> String) {
        match self.form {
            Form::Json => write_line(&format!("{document:#}")),
            Form::Text => write_line(text().trim_end()),
            #[cfg(feature = "services")]
            Form::Silent => {}
        }
    }

    /// A remark on the way, on standard error.
    pub(crate) fn note(text: &str) {
        // Nothing can be done about a closed standard error.
        let _unwritten = writeln!(std::io::stderr(), "{text}");
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        let detail = format!("{:#}", failure.error());
        if self.form == Form::Json {
            let code = if matches!(failure, Failure::Usage(_)) { "usage" } else { "failed" };
            write_line(&format!("{:#}", json!({ "error": { "code": code, "detail": detail } })));
        }
        Self::note(&format!("mapae: {detail}"));
    }

    /// A bar for long work, shown on a terminal only.
    pub(crate) fn progress(&self, length: u64, unit: &'static str) -> ProgressBar {
        if self.form != Form::Text || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let template = format!("{{wide_bar}} {{human_pos}}/{{human_len}} {unit}  {{per_sec}}  {{eta}} left");
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(length).with_style(style)
    }
}

fn write_line(text: &str) {
    // A reader that closed the pipe has seen enough.
    let _unwritten = writeln!(std::io::stdout(), "{text}");
}
