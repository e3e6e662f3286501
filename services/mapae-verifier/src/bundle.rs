//! The trust bundle, fetched in the background. A source that cannot be had changes nothing: verdicts rest on the newest
//! bundle that was, for as long as its own ages allow (design D14).
//!
//! What is fetched is believed if the pinned key or ledger vouches for it and no newer one was used before ([`Memory`]).
//! The newest is kept in a file beside the memory, so that a verifier that starts while its source is away has one.
//!
//! Left out: continuity orders as files of their own; those that are logged come with the bundle.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use axum::http::{HeaderMap, HeaderValue, Method, header};
use mapae_crypto::PublicKey;
use mapae_http::{Client, ClientError, Clock, Notices, Request, Stop};
use mapae_ledger::MajorityPolicy;
use mapae_trust::{Age, Anchor, Bundle, BundleError, Memory, MemoryError, TrustStore};
use mapae_types::{Timestamp, UseClass};
use serde_json::{Value, json};
use tokio::{sync::Mutex, task::JoinError};

use crate::{BundleConfig, measures::Measures};

/// Bytes of a bundle at most.
const LIMIT: usize = 64 << 20;

/// Who vouches for bundles.
#[derive(Debug, Clone)]
pub enum Pinned {
    /// The ledger with that policy.
    Policy(Box<MajorityPolicy>),
    /// That key.
    Key(Box<PublicKey>),
}

/// The newest bundle, and where the next one comes from.
pub(crate) struct Bundles {
    config: BundleConfig,
    pinned: Pinned,
    client: Client,
    clock: Clock,
    measures: Measures,
    newest: RwLock<Option<Arc<TrustStore>>>,
    looking: Mutex<Seen>,
}

/// What is known of the source.
#[derive(Default)]
struct Seen {
    etag: Option<HeaderValue>,
    failure: Option<String>,
}

/// Why there is no newer bundle.
#[derive(Debug, thiserror::Error)]
enum NotFetched {
    #[error("{0}")]
    Client(#[from] ClientError),
    #[error("the source answers {status}")]
    Status { status: u16 },
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Bundle(#[from] BundleError),
    #[error("{0}")]
    Memory(#[from] MemoryError),
    #[error("the memory file is no memory of a verifier")]
    MemoryUnreadable,
    #[error("{0}")]
    Clock(#[from] mapae_http::ClockError),
    #[error("{0}")]
    Died(#[from] JoinError),
}

impl Bundles {
    pub(crate) fn new(config: BundleConfig, pinned: Pinned, client: Client, clock: Clock, measures: Measures) -> Self {
        Self { config, pinned, client, clock, measures, newest: RwLock::default(), looking: Mutex::default() }
    }

    /// The newest that could be had.
    pub(crate) fn newest(&self) -> Option<Arc<TrustStore>> {
        self.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts with what was kept, and looks for what is newer.
    pub(crate) async fn begin(&self, notices: &Notices) {
        if let Ok(Some(kept)) = read_if_there(&self.kept())
            && let Err(reason) = self.take(kept).await
        {
            notices.say(format_args!("the bundle that was kept is not used: {reason}"));
        }
        self.look(notices).await;
    }

    /// Looks until the stop.
    pub(crate) async fn watch(self: Arc<Self>, notices: Notices, mut stop: Stop) {
        let every = u64::try_from(self.config.every.as_seconds()).unwrap_or(1).max(1);
        while !stop.within(std::time::Duration::from_secs(every)).await {
            self.look(&notices).await;
        }
    }

    /// Looks once. Each new failure is said once.
    pub(crate) async fn look(&self, notices: &Notices) {
        let mut seen = self.looking.lock().await;
        let failure = self.refresh(&mut seen).await.err().map(|reason| reason.to_string());
        match &failure {
            Some(reason) if seen.failure.as_ref() != Some(reason) => {
                notices.say(format_args!("no newer bundle: {reason}"));
            }
            _ => {}
        }
        seen.failure = failure;
    }

    async fn refresh(&self, seen: &mut Seen) -> Result<(), NotFetched> {
        let Some((etag, file)) = self.fetch(seen.etag.as_ref()).await? else { return Ok(()) };
        if self.newest().is_none_or(|newest| newest.file() != file) {
            self.take(file).await?;
        }
        seen.etag = etag;
        Ok(())
    }

    /// The file and its tag; nothing if it is the one that was seen.
    async fn fetch(&self, etag: Option<&HeaderValue>) -> Result<Option<(Option<HeaderValue>, Vec<u8>)>, NotFetched> {
        let source = &self.config.source;
        if !source.contains("://") {
            return Ok(Some((None, std::fs::read(source)?)));
        }
        let mut headers = HeaderMap::new();
        headers.extend(etag.map(|etag| (header::IF_NONE_MATCH, etag.clone())));
        let request = Request { method: Method::GET, url: source.clone(), headers, body: Vec::new() };
        let mut answer = self.client.send(request, LIMIT).await?;
        match answer.status {
            200 => Ok(Some((answer.headers.remove(header::ETAG), answer.body))),
            304 => Ok(None),
            status => Err(NotFetched::Status { status }),
        }
    }

    /// Believes a file, remembers that, and goes by it from now on.
    async fn take(&self, file: Vec<u8>) -> Result<(), NotFetched> {
        let (pinned, now) = (self.pinned.clone(), self.clock.now()?);
        let (memory, kept) = (self.config.memory.clone(), self.kept());
        // Verifying unpacks and checks every list.
        let open = move || admit(file, &pinned, &memory, &kept, now);
        let store = tokio::task::spawn_blocking(open).await??;
        self.measures.bundle(store.as_of());
        *self.newest.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(store));
        Ok(())
    }

    fn kept(&self) -> PathBuf {
        let mut name = self.config.memory.file_name().unwrap_or_default().to_owned();
        name.push(".bundle");
        self.config.memory.with_file_name(name)
    }

    /// What is told of it beside the service's health.
    pub(crate) fn told(&self, class: &UseClass) -> Value {
        let (Some(store), Ok(now)) = (self.newest(), self.clock.now()) else { return json!({ "bundle": null }) };
        let age = store.as_of().age_at(now).as_seconds();
        json!({ "bundle": { "as_of": store.as_of().to_string(), "age_seconds": age, "band": band(&store, class, now) } })
    }

    /// Whether there is one by which something can be held.
    pub(crate) fn check(&self, class: &UseClass) -> Result<(), String> {
        let (Some(store), Ok(now)) = (self.newest(), self.clock.now()) else { return Err("there is none".to_owned()) };
        match band(&store, class, now) {
            "fresh" | "marked" | "ordered" => Ok(()),
            unusable => Err(format!("as of {}: {unusable}", store.as_of())),
        }
    }
}

fn band(store: &TrustStore, class: &UseClass, now: Timestamp) -> &'static str {
    match store.freshness(Some(class), now).map(|freshness| freshness.judge(store.as_of(), now)) {
        Some(Age::Fresh(_)) => "fresh",
        Some(Age::Marked(_)) => "marked",
        Some(Age::Ordered(_)) => "ordered",
        Some(Age::TooOld { .. }) => "too_old",
        Some(Age::ClockBehind { .. }) => "clock_behind",
        None => "class_unknown",
    }
}

/// Persisted only after all checks (peers' hole 15).
fn admit(file: Vec<u8>, pinned: &Pinned, memory: &Path, kept: &Path, now: Timestamp) -> Result<TrustStore, NotFetched> {
    let anchor = match pinned {
        Pinned::Policy(policy) => Anchor::Policy(policy),
        Pinned::Key(key) => Anchor::Key(key),
    };
    let store = Bundle::parse(file)?.verify(anchor)?;
    let before = match read_if_there(memory)? {
        None => None,
        Some(bytes) => {
            let text = core::str::from_utf8(&bytes).map_err(|_| NotFetched::MemoryUnreadable)?;
            Some(text.parse::<Memory>().map_err(|_| NotFetched::MemoryUnreadable)?)
        }
    };
    let after = Memory::admit(before.as_ref(), &store, now)?;
    if before.as_ref() != Some(&after) {
        replace(memory, format!("{after}\n").as_bytes())?;
    }
    if read_if_there(kept)?.as_deref() != Some(store.file()) {
        replace(kept, store.file())?;
    }
    Ok(store)
}

fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A reader sees the old content or the new.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut part = path.file_name().unwrap_or_default().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(part);
    let mut file = std::fs::File::create(&part)?;
    io::Write::write_all(&mut file, content)?;
    file.sync_all()?;
    std::fs::rename(&part, path)
}
