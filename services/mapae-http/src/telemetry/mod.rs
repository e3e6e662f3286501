//! The log: what the operator reads, in lines of text or JSON on standard error.
//!
//! What is secret or personal is not logged in the first place (design D18). That a line is searched for what looks like a
//! token before it is written is the last net, not the rule.

mod redact;
mod writer;

use std::{io, time::Duration};

use serde::{Deserialize, Serialize};
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{filter::Targets, fmt::MakeWriter, layer::SubscriberExt as _};

use crate::settings::{Declare, Note, Settings, SettingsError};

pub use redact::redact;
use writer::Redacting;

/// Our own parts begin so; of others' parts only warnings are logged, since nobody here knows what they say.
const OURS: &str = "mapae";

/// What is logged, and how.
#[derive(Debug, Clone, Copy)]
pub struct Log {
    format: Format,
    level: Level,
    requests: RequestLog,
}

/// Which requests are logged.
#[derive(Debug, Clone, Copy)]
pub struct RequestLog {
    which: Which,
    slow: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Which {
    All,
    Failed,
}

/// Somebody else listens to this process already.
#[derive(Debug, thiserror::Error)]
#[error("the process has a log already")]
pub struct LogTaken;

impl Settings for Log {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let format = Note::new("\"text\" for people, \"json\" for machines.");
        let level = Note::new("The least level that is logged: error, warn, info, debug or trace.")
            .cost("debug and trace write several lines a request.");
        let requests = Note::new("\"all\" logs every request; \"failed\" those that failed on our side or were slow.")
            .cost("A line of some 200 bytes and some microseconds a request.");
        let slow = Note::new("Milliseconds from which a request counts as slow.");
        Ok(Self {
            format: declare.value("format", Format::Text, format)?,
            level: declare.value("level", Level::Info, level)?,
            requests: RequestLog {
                which: declare.value("requests", Which::Failed, requests)?,
                slow: Duration::from_millis(declare.number("slow_milliseconds", 1000, 1..=60_000, slow)?),
            },
        })
    }
}

impl Log {
    /// Everything, for tests: every level of our own parts, every request.
    pub fn everything() -> Self {
        Self { format: Format::Json, level: Level::Trace, requests: RequestLog::all() }
    }

    /// Which requests are logged.
    pub const fn requests(&self) -> RequestLog {
        self.requests
    }

    /// Logs to standard error from now on, for the whole process.
    pub fn install(&self) -> Result<(), LogTaken> {
        tracing::subscriber::set_global_default(self.subscriber(io::stderr)).map_err(|_| LogTaken)
    }

    /// Logs to `writer`, wherever the caller puts it.
    pub fn subscriber<W>(&self, writer: W) -> Box<dyn Subscriber + Send + Sync>
    where
        W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    {
        let targets = Targets::new().with_default(LevelFilter::WARN).with_target(OURS, self.level.filter());
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Redacting(writer));
        let registry = tracing_subscriber::registry().with(targets);
        match self.format {
            Format::Text => Box::new(registry.with(lines)),
            Format::Json => Box::new(registry.with(lines.json().flatten_event(true).with_span_list(false))),
        }
    }
}

impl RequestLog {
    /// Every request.
    pub const fn all() -> Self {
        Self { which: Which::All, slow: Duration::from_secs(1) }
    }

    /// Those that failed on our side, or took a second or more.
    pub const fn failed() -> Self {
        Self { which: Which::Failed, slow: Duration::from_secs(1) }
    }

    pub(crate) fn tells(self, failed: bool, took: Duration) -> bool {
        self.which == Which::All || failed || took >= self.slow
    }
}

impl Level {
    const fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}
