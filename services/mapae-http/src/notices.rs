//! What a service has to tell its operator, one line at a time. Never personal data (design D18).

use core::fmt;
use std::{io::Write as _, sync::Arc};

use crate::redact;

/// Where a service's lines go.
#[derive(Clone)]
pub struct Notices(Arc<dyn Fn(&str) + Send + Sync>);

impl Notices {
    /// To `ear`.
    pub fn to(ear: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(ear))
    }

    /// To nobody.
    pub fn silent() -> Self {
        Self::to(|_| ())
    }

    /// To the log, as warnings with the name of the part that says them; inside a request with its id.
    pub fn logged(part: &'static str) -> Self {
        Self::to(move |line| tracing::warn!(target: "mapae::notices", part, "{line}"))
    }

    /// To standard error, each line with the name of the part that says it.
    pub fn stderr(part: &'static str) -> Self {
        Self::to(move |line| {
            // Who closed our standard error does not stop the service.
            drop(writeln!(std::io::stderr().lock(), "{part}: {}", redact(line)));
        })
    }

    /// Says a line.
    pub fn say(&self, line: impl fmt::Display) {
        (self.0)(&line.to_string());
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notices")
    }
}
