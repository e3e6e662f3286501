//! The log: entries come in, are judged, placed, cosigned and published.

mod core;
mod courier;
mod drafts;
mod load;
mod publishing;
mod refusal;
mod rotation;
mod routes;
mod seal;
mod sequencing;
mod tiles;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::Duration,
};

use mapae_http::{Bounds, Client, Clock, Limits, Listening, Notices, Readiness, Running, stopping};
use mapae_ledger::{Entry, KeyName, MajorityPolicy, Origin};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use self::{
    core::Core,
    drafts::Drafts,
    publishing::{Publishing, Ways},
    rotation::Rotation,
    routes::{Face, LONGEST_WAIT, UPLOADS, routes},
    seal::BUNDLE,
    sequencing::{Sequencing, Submitted},
    tiles::Tiles,
};
use crate::{Crash, NamedKey, ServeError, disk, rules::Readable, store::LogStore};

pub(crate) use routes::{MAX_DRAFT, Receipt};

/// What an operator decides about a log.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where its files are: tiles, the checkpoint, rotations, the bundle. All can be made anew from the store.
    pub dir: PathBuf,
    /// The policy that the log was founded with, in the form of C2SP tlog-policy. Later ones come from the entries.
    pub policy: Vec<u8>,
    /// The entry that founds the log, if it is known. An empty log begins with it, and takes no other.
    pub founding: Option<Entry>,
    /// Where witnesses are, by the names of their keys; these come before the URLs in the policy.
    pub witnesses: BTreeMap<KeyName, String>,
    /// How long to wait before a witness that did not cosign is asked again.
    pub retry: Duration,
}

/// What a log works with.
#[derive(Debug)]
pub struct LogDeps<S> {
    /// What it must not lose.
    pub store: S,
    /// Its key; the policy names it.
    pub key: NamedKey,
    /// The time, for entries that are dated later.
    pub clock: Clock,
    /// The operator's ear.
    pub notices: Notices,
    /// Where to die, in tests.
    pub crash: Crash,
}

/// Entries that wait for the sequencer; one more is told to come again.
const INBOX: usize = 4096;

/// Takes up the log from its store, and answers from then on.
pub async fn serve<S: LogStore>(config: LogConfig, deps: LogDeps<S>) -> Result<Running, ServeError> {
    let policy = MajorityPolicy::parse(&config.policy)?;
    if policy.log().key() != deps.key.verifier() {
        return Err(ServeError::PolicyOfAnotherLog);
    }
    prepare(&config.dir)?;
    let core = Arc::new(core(&config, deps)?);
    let (inbox, received) = mpsc::channel(INBOX);
    let (head, heads) = watch::channel(None);
    let (published, seen) = watch::channel(None);
    let mut sequencing = Sequencing::start(Arc::clone(&core), head).await?;
    found(&mut sequencing, config.founding).await?;
    let rotations = Rotation::kept(&core).await.map_err(|fault| ServeError::Rotation(fault.to_string()))?;
    let ways = Ways::new(config.witnesses, inbox.downgrade());
    let publishing = Publishing { core: Arc::clone(&core), heads, published, rotations, ways };

    let routes =
        core.readiness.routes().merge(routes(Face { core, inbox, published: seen, uploads: Semaphore::new(UPLOADS) }));
    let limits = Limits { time: Limits::default().time + LONGEST_WAIT, ..Limits::default() };
    let listening = Listening::on(config.listen).await.map_err(ServeError::Listen)?;
    let mut running = listening.serve(routes, limits, stopping().0);
    let stop = running.listener();
    running.spawn(sequencing.run(received, stop.clone()));
    running.spawn(publishing.run(stop));
    Ok(running)
}

fn prepare(dir: &Path) -> Result<(), ServeError> {
    let disk = |error| ServeError::Disk { path: dir.to_owned(), error };
    disk::create_dir(&dir.join("rotations")).map_err(disk)
}

fn core<S>(config: &LogConfig, deps: LogDeps<S>) -> Result<Core<S>, ServeError> {
    let path = config.dir.join(BUNDLE);
    let bundle = disk::read(&path).map_err(|error| ServeError::Disk { path, error })?;
    Ok(Core {
        origin: Origin::from(deps.key.verifier().name()),
        key: deps.key,
        store: deps.store,
        tiles: Tiles::new(config.dir.clone(), deps.crash.clone()),
        dir: config.dir.clone(),
        client: Client::new(Bounds::default())?,
        clock: deps.clock,
        notices: deps.notices,
        crash: deps.crash,
        readiness: Readiness::new(),
        founding: config.founding.clone(),
        drafts: Drafts::default(),
        bundle: RwLock::new(bundle.map(Into::into)),
        retry: config.retry,
    })
}

/// Begins an empty log with the entry that founds it; one that has begun is asked where it stands.
async fn found<S: LogStore>(sequencing: &mut Sequencing<S>, founding: Option<Entry>) -> Result<(), ServeError> {
    let Some(entry) = founding else { return Ok(()) };
    let readable = Readable::parse(&entry).map_err(|broken| ServeError::EntryRefused { index: 0, broken })?;
    let (answer, answered) = oneshot::channel();
    sequencing.place(vec![Submitted { entry, readable, answer }]).await;
    match answered.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(fault)) => Err(ServeError::FoundingRefused(fault.problem().clone())),
        Err(_) => Err(ServeError::StoreAltered),
    }
}
