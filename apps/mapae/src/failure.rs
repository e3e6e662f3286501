//! Why a command did not do its work. Verdicts are not failures: `verify` has exit codes of its own.

use std::process::ExitCode;

/// Wrong usage: an argument that cannot be meant, or a file of the caller's that is not there.
pub(crate) const USAGE: u8 = 64;

/// A failed command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The caller can mend it by calling otherwise.
    Usage(anyhow::Error),
    /// Everything else.
    Failed(anyhow::Error),
}

/// The result of a command.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// Wrong usage, in a sentence that says what to do.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(anyhow::Error::msg(message.into()))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(USAGE),
            Self::Failed(_) => ExitCode::FAILURE,
        }
    }

    pub(crate) const fn error(&self) -> &anyhow::Error {
        match self {
            Self::Usage(error) | Self::Failed(error) => error,
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Turns an error into wrong usage, with the words that a caller understands.
pub(crate) trait OrUsage<T> {
    fn or_usage(self, context: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T, E: Into<anyhow::Error>> OrUsage<T> for Result<T, E> {
    fn or_usage(self, context: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| Failure::Usage(error.into().context(context())))
    }
}
