//! The round that is made every 15 minutes.

use core::fmt;
use std::{path::PathBuf, sync::Arc};

use mapae_http::{Clock, Dice, Notices, Stop};
use mapae_sql::Swap;
use mapae_status_list::RevocationList;
use mapae_types::{Duration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    DailyJournal, ListFolder, ListSigner, PublicationError, PublicationStore,
    lists::Lists,
    render::{Edition, blocking},
};
use crate::store::Lease;

/// The task of which one replica at a time has the lease.
const TASK: &str = "publication";

/// Lists that are compressed and signed together: 2 MB of them in memory.
const AT_ONCE: usize = 8;

/// Where [`Shown`] is kept.
const SHOWN: &str = "shown.json";

/// What an operator decides of publication.
#[derive(Debug, Clone)]
pub struct PublicationConfig {
    /// The folder of lists. Replicas share it, or a server of files stands before the one that publishes.
    pub dir: PathBuf,
    /// The issuer's identifier; lists are at `<base_url>/status/<number>`.
    pub base_url: String,
    /// How often lists appear. Readers are told to come every 15 minutes.
    pub every: Duration,
    /// This replica's name, the same after a restart.
    pub replica: String,
}

/// The parts of a publisher.
pub struct PublicationParts {
    /// Who signs lists.
    pub signer: ListSigner,
    /// The key that permutes status indices.
    pub status_index_key: [u8; 32],
    /// Where each day's count is entered; nowhere without a ledger.
    pub journal: Option<DailyJournal>,
    /// The time.
    pub clock: Clock,
    /// Randomness, for the amount of cover.
    pub dice: Dice,
    /// The operator's ear.
    pub notices: Notices,
}

/// Publishes lists and days.
pub struct Publisher {
    config: PublicationConfig,
    parts: PublicationParts,
    folder: ListFolder,
    lists: Lists,
    published: watch::Sender<Option<Timestamp>>,
}

/// What a round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Another replica publishes.
    Elsewhere,
    /// Lists are out.
    Published(Published),
}

/// What was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Lists, each in two forms.
    pub lists: usize,
    /// Revocations that they show for the first time.
    pub revocations: u64,
    /// Days entered into the ledger.
    pub days: u64,
}

/// Up to which revocation outsiders have seen the lists. If it is lost, some lists get cover once more.
#[derive(Serialize, Deserialize)]
struct Shown {
    revocation: u64,
}

impl Publisher {
    /// A publisher into `config.dir`, which is made if it is not there.
    pub fn new(config: PublicationConfig, parts: PublicationParts) -> Result<Self, PublicationError> {
        let open = ListFolder::open(&config.dir);
        let folder = open.map_err(|source| PublicationError::Folder { path: config.dir.clone(), source })?;
        let lists = Lists::new(parts.status_index_key);
        Ok(Self { config, parts, folder, lists, published: watch::Sender::new(None) })
    }

    /// The folder, for [`routes`](super::routes).
    pub const fn folder(&self) -> &ListFolder {
        &self.folder
    }

    /// When lists were last published by this process; for its health.
    pub fn published(&self) -> watch::Receiver<Option<Timestamp>> {
        self.published.subscribe()
    }

    /// Publishes at once, and then as often as configured, until it is told to stop. What fails is said, and tried
    /// again a minute later at the latest.
    pub async fn run(mut self, store: &impl PublicationStore, mut stop: Stop) {
        loop {
            let round = self.round(store).await;
            if let Err(error) = &round {
                self.parts.notices.say(format_args!("lists are not published: {error}"));
            }
            let every = if round.is_ok() { self.config.every } else { self.config.every.min(Duration::seconds(60)) };
            if stop.within(std::time::Duration::from_secs(every.as_seconds().max(1).unsigned_abs())).await {
                return;
            }
        }
    }

    /// One round: lists first. A ledger that is silent is said to the operator, and holds up no list.
    pub async fn round(&mut self, store: &impl PublicationStore) -> Result<Round, PublicationError> {
        let now = self.parts.clock.now()?;
        if self.lease(store, now).await? == Swap::Lost {
            return Ok(Round::Elsewhere);
        }
        let mut published = self.publish(store, now).await?;
        self.published.send_replace(Some(now));
        if let Some(journal) = &mut self.parts.journal {
            let (days, ended) = journal.enter_days(store, &self.folder, now).await;
            published.days = days;
            if let Err(error) = ended {
                self.parts.notices.say(format_args!("the day's count is not in the ledger: {error}"));
            }
        }
        Ok(Round::Published(published))
    }

    /// For longer than until the next round, so that another replica begins only when this one has missed it.
    async fn lease(&self, store: &impl PublicationStore, now: Timestamp) -> Result<Swap, PublicationError> {
        let every = self.config.every.as_seconds();
        let until = now + Duration::seconds(every + every / 2);
        let lease = Lease { task: TASK, holder: self.config.replica.clone(), until, now };
        Ok(store.lease(&lease).await?)
    }

    async fn publish(&mut self, store: &impl PublicationStore, now: Timestamp) -> Result<Published, PublicationError> {
        let shown = self.folder.kept::<Shown>(SHOWN)?.map_or(0, |shown| shown.revocation);
        let lacking = self.lists.follow(store, shown, &mut &self.parts.dice).await?;
        if lacking > 0 {
            self.parts.notices.say(format_args!("{lacking} entries of cover were not to be had: full lists"));
        }
        let edition = self.edition(now);
        let all: Vec<(u64, &RevocationList)> = self.lists.all().iter().map(|(number, list)| (*number, list)).collect();
        for some in all.chunks(AT_ONCE) {
            let some = some.iter().map(|(number, list)| (*number, (*list).clone())).collect();
            edition.publish(some, &self.parts.signer.signer).await?;
        }
        let uris: Vec<String> = all.iter().map(|(number, _)| edition.uri(*number)).collect();
        let (folder, revocation, lists) = (self.folder.clone(), self.lists.read(), all.len());
        blocking(move || {
            folder.write_aggregation(&uris)?;
            folder.keep(SHOWN, &Shown { revocation })
        })
        .await?;
        Ok(Published { lists, revocations: revocation.saturating_sub(shown), days: 0 })
    }

    fn edition(&self, at: Timestamp) -> Edition {
        let base = self.config.base_url.trim_end_matches('/');
        Edition {
            folder: self.folder.clone(),
            chain: Arc::new(self.parts.signer.chain.clone()),
            prefix: format!("{base}/status/"),
            aggregation: format!("{base}/status"),
            at,
        }
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher").field("config", &self.config).finish_non_exhaustive()
    }
}
