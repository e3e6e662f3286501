//! Where the same thing can be had from: URLs and files, tried in turn, none of them believed.

use core::{fmt, str::FromStr};
use std::{fs::File, io::Read as _, path::PathBuf};

use reqwest::Url;

use crate::{Client, ClientError};

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `http:` or `https:`.
    Web(Url),
    /// A file, written `file:PATH`.
    File(PathBuf),
}

/// The text names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a source is http:, https: or file: with a path")]
pub struct SourceMalformed;

/// Why a place gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum SourceError<E> {
    /// No answer came.
    #[error(transparent)]
    Silent(#[from] ClientError),
    /// It answered with a status that says that it does not have it.
    #[error("answered {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// What it gave was refused.
    #[error("refused: {0}")]
    Refused(E),
}

/// A place, and what became of it.
#[derive(Debug)]
pub struct Tried<T, E> {
    /// The place.
    pub source: Source,
    /// What it gave.
    pub result: Result<T, SourceError<E>>,
}

impl Source {
    /// Several, divided by commas.
    pub fn list(text: &str) -> Result<Vec<Self>, SourceMalformed> {
        text.split(',').map(str::parse).collect()
    }

    /// Fetches up to `limit` bytes.
    pub async fn fetch<E>(&self, client: &Client, limit: usize) -> Result<Vec<u8>, SourceError<E>> {
        match self {
            Self::Web(url) => {
                let answer = client.get(url.as_str(), limit).await?;
                if answer.status == 200 { Ok(answer.body) } else { Err(SourceError::Status { status: answer.status }) }
            }
            Self::File(path) => Ok(read(path.clone(), limit).await?),
        }
    }

    /// Asks one after the other until `judge` accepts what it is given; says what became of each that was asked.
    /// Whoever wants the newest of all asks [`Source::all`].
    pub async fn first<T, E>(
        sources: &[Self],
        client: &Client,
        limit: usize,
        judge: impl Fn(&[u8]) -> Result<T, E>,
    ) -> Vec<Tried<T, E>> {
        let mut tried: Vec<Tried<T, E>> = Vec::new();
        for source in sources {
            if tried.last().is_some_and(|last| last.result.is_ok()) {
                break;
            }
            tried.push(source.ask(client, limit, &judge).await);
        }
        tried
    }

    /// Asks all of them, one after the other: an old thing from the first must not hide a newer one.
    pub async fn all<T, E>(
        sources: &[Self],
        client: &Client,
        limit: usize,
        judge: impl Fn(&[u8]) -> Result<T, E>,
    ) -> Vec<Tried<T, E>> {
        let mut tried = Vec::new();
        for source in sources {
            tried.push(source.ask(client, limit, &judge).await);
        }
        tried
    }

    async fn ask<T, E>(&self, client: &Client, limit: usize, judge: impl Fn(&[u8]) -> Result<T, E>) -> Tried<T, E> {
        let fetched = self.fetch(client, limit).await;
        Tried { source: self.clone(), result: fetched.and_then(|bytes| judge(&bytes).map_err(SourceError::Refused)) }
    }
}

/// Reads one byte more than is allowed, to see whether there is one.
async fn read(path: PathBuf, limit: usize) -> Result<Vec<u8>, ClientError> {
    let reading = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        File::open(path)?.take(most).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    });
    let bytes = reading.await.map_err(std::io::Error::other)??;
    if bytes.len() > limit { Err(ClientError::TooLarge { limit }) } else { Ok(bytes) }
}

impl FromStr for Source {
    type Err = SourceMalformed;

    fn from_str(text: &str) -> Result<Self, SourceMalformed> {
        if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
            return Ok(Self::File(path.into()));
        }
        let url: Url = text.parse().map_err(|_| SourceMalformed)?;
        if matches!(url.scheme(), "http" | "https") { Ok(Self::Web(url)) } else { Err(SourceMalformed) }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Web(url) => f.write_str(url.as_str()),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}
