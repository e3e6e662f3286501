//! A place that offers a bundle, and may be hostile: too large, too slow, cut off, leading elsewhere.
//!
//! Whether what it offers is a bundle, and which, is for `fetch` to judge; here is only that reading ends, by size and by
//! time, whatever the other side does.
//!
//! A server at URL may also offer `URL/delta/<hash>`: what is new since the bundle whose manifest has that SHA-256, in
//! hexadecimal (`mapae bundle delta` writes it). Without it, or with one that does not lead on, the whole is read.

#[cfg(feature = "services")]
mod http;

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use crate::files;

/// A source of bundles, as the command line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// `http:` or `https:`. The bundle proves itself, so that the connection need not.
    Url(String),
    /// `file:`, a USB stick say.
    File(PathBuf),
}

/// For how long a source is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For its next byte.
    #[cfg_attr(not(feature = "services"), expect(dead_code, reason = "a file does not make us wait"))]
    pub(crate) idle: Duration,
    /// For all that is read from it.
    pub(crate) overall: Duration,
}

/// Why nothing could be read of a source.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unread {
    #[cfg(feature = "services")]
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[cfg(feature = "services")]
    #[error("it answers {0}")]
    Answered(u16),
    #[cfg(feature = "services")]
    #[error("it leads elsewhere ({0}), and redirects are not followed")]
    Redirected(u16),
    #[error("it is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[cfg(feature = "services")]
    #[error("it sent nothing for as long as --idle allows")]
    Idle,
    #[cfg(feature = "services")]
    #[error("it took longer than --timeout allows")]
    TooSlow,
    #[cfg(feature = "services")]
    #[error("it broke off: {0}")]
    CutOff(String),
    #[error("{0:#}")]
    File(anyhow::Error),
    #[cfg(not(feature = "services"))]
    #[error("this program was built without services and reads `file:` alone")]
    NoNetwork,
}

impl Unread {
    /// For programs.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            #[cfg(feature = "services")]
            Self::Unreachable(_) => "unreachable",
            #[cfg(feature = "services")]
            Self::Answered(_) => "status",
            #[cfg(feature = "services")]
            Self::Redirected(_) => "redirect",
            Self::TooLarge { .. } => "too_large",
            #[cfg(feature = "services")]
            Self::Idle => "idle",
            #[cfg(feature = "services")]
            Self::TooSlow => "too_slow",
            #[cfg(feature = "services")]
            Self::CutOff(_) => "cut_off",
            Self::File(_) => "file",
            #[cfg(not(feature = "services"))]
            Self::NoNetwork => "no_network",
        }
    }
}

impl FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("file:") {
            return file_source(path).ok_or_else(|| format!("`{text}` names no file of this machine"));
        }
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        // What follows `#` is not sent, and what precedes `@` would be shown in notes.
        let plain = !host.is_empty() && !host.contains('@') && !text.contains('#') && !text.contains('?');
        if plain && text.bytes().all(|b| b.is_ascii_graphic()) {
            return Ok(Self::Url(text.trim_end_matches('/').to_owned()));
        }
        Err(format!("`{text}` is not a source: http://…, https://… or file:…, without a user, a query or a fragment"))
    }
}

/// RFC 8089: `file:path`, `file:/path`, `file:///path`; another machine's files are not ours to read.
fn file_source(text: &str) -> Option<Source> {
    let path = match text.strip_prefix("//") {
        Some(rest) => Some(rest.strip_prefix("localhost").unwrap_or(rest)).filter(|path| path.starts_with('/'))?,
        None => text,
    };
    (!path.is_empty()).then(|| Source::File(path.into()))
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.write_str(url),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

impl Source {
    /// Reads the whole bundle.
    pub(crate) fn whole(&self, patience: Patience) -> Result<Vec<u8>, Unread> {
        match self {
            Self::Url(url) => get(url, patience),
            Self::File(path) => read_file(path),
        }
    }

    /// Reads what is new since the bundle of that manifest, if the source offers it.
    pub(crate) fn delta(&self, base: &str, patience: Patience) -> Option<Vec<u8>> {
        let Self::Url(url) = self else { return None };
        get(&format!("{url}/delta/{base}"), patience).ok()
    }
}

#[cfg(feature = "services")]
fn get(url: &str, patience: Patience) -> Result<Vec<u8>, Unread> {
    http::get(url, files::READ_LIMIT, patience)
}

#[cfg(not(feature = "services"))]
fn get(_: &str, _: Patience) -> Result<Vec<u8>, Unread> {
    Err(Unread::NoNetwork)
}

/// A device or a pipe could go on for ever.
fn read_file(path: &Path) -> Result<Vec<u8>, Unread> {
    let size = path.metadata().map_err(|error| Unread::File(error.into()))?;
    if !size.is_file() {
        return Err(Unread::File(anyhow::anyhow!("not a file")));
    }
    if size.len() > files::READ_LIMIT {
        return Err(Unread::TooLarge { limit: files::READ_LIMIT });
    }
    files::read(path).map_err(Unread::File)
}
