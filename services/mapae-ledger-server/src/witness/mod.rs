//! A witness: checks, persists, and only then cosigns (C2SP tlog-witness).

mod audit;
mod cosigning;
mod high_water;
mod refusal;
mod routes;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use mapae_http::{Bounds, Clock, Limits, Listening, Notices, Readiness, Running, stopping};
use mapae_ledger::{AddCheckpoint, Entry, KeyName, Origin, SignatureType, VerifierKey, Witness};
use mapae_types::{Entropy, hex};

use self::{
    cosigning::{Audited, Cosigning, Watched},
    high_water::HighWater,
    refusal::NotCosigned,
    routes::routes,
};
use crate::{
    Crash, KeyFileError, NamedKey, ServeError, StateLost,
    client::{LedgerClient, LedgerError},
    disk::{self, Access},
    store::{BirthMark, Swap, WitnessStore},
};

/// What an operator decides about a witness.
#[derive(Debug, Clone)]
pub struct WitnessConfig {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where its key, birth mark and high-water files are, as [`init`] made them.
    pub dir: PathBuf,
    /// The keys of the logs that it watches.
    pub logs: Vec<VerifierKey>,
    /// Whether it reads along and judges; then it watches one log.
    pub audit: Option<AuditConfig>,
}

/// What an auditing witness needs besides.
#[derive(Debug, Clone)]
pub struct AuditConfig {
    /// Where the log serves its entries and drafts.
    pub log_url: String,
    /// The entry that founds the log, if it is known; then no other is accepted.
    pub founding: Option<Entry>,
}

/// What a witness works with.
#[derive(Debug)]
pub struct WitnessDeps<S> {
    /// What it must not lose: made by [`init`] together with its key.
    pub store: S,
    /// The time that it puts into its cosignatures.
    pub clock: Clock,
    /// The operator's ear.
    pub notices: Notices,
    /// Where to die, in tests.
    pub crash: Crash,
}

/// The key's files are `witness.key` and `witness.vkey`.
const STEM: &str = "witness";

/// The mark that key and store were born with.
const BIRTH: &str = "witness.birth";

/// Makes a witness: its key in `dir` (`witness.key`, `witness.vkey`) and, both born together, the mark in its store.
///
/// The store must be empty, and the directory without a key.
pub async fn init<S: WitnessStore>(
    dir: &Path,
    name: KeyName,
    store: &S,
    entropy: &mut (dyn Entropy + Send),
) -> Result<NamedKey, ServeError> {
    let mut mark = [0; 32];
    entropy.fill(&mut mark).map_err(KeyFileError::Entropy)?;
    let key = NamedKey::generate(name, SignatureType::CosignatureV1, &mut *entropy).map_err(KeyFileError::Entropy)?;
    let birth = dir.join(BIRTH);
    let disk = |error| ServeError::Disk { path: birth.clone(), error };
    disk::create_dir(dir).map_err(disk)?;
    disk::write_new(&birth, hex::encode(&mark).as_bytes(), Access::Public).map_err(disk)?;
    if store.mark(key.verifier().id(), BirthMark(mark)).await? == Swap::Lost {
        return Err(ServeError::RetireKey(StateLost::OtherBirth));
    }
    // The key last: there is none without its state.
    key.write(dir, STEM)?;
    Ok(key)
}

/// Takes up a witness, and answers from then on. [`ServeError::RetireKey`] if its state is lost.
pub async fn serve<S: WitnessStore>(config: WitnessConfig, deps: WitnessDeps<S>) -> Result<Running, ServeError> {
    let key = NamedKey::open(&config.dir, STEM)?;
    check_birth(&config.dir, &key, &deps.store).await?;
    let origins: Vec<Origin> = config.logs.iter().map(|log| Origin::from(log.name())).collect();
    let cosigning = Arc::new(cosigning(&config, deps, key, &origins)?);
    for origin in &origins {
        begin(&cosigning, origin).await?;
    }
    cosigning.readiness.ready();
    let routes = cosigning.readiness.routes().merge(routes(Arc::clone(&cosigning)));
    let limits = Limits { body: AddCheckpoint::MAX, ..Limits::default() };
    Ok(Listening::on(config.listen).await.map_err(ServeError::Listen)?.serve(routes, limits, stopping().0))
}

/// A key beside a store that was not born with it must not sign.
async fn check_birth<S: WitnessStore>(dir: &Path, key: &NamedKey, store: &S) -> Result<(), ServeError> {
    let path = dir.join(BIRTH);
    let written = disk::read(&path).map_err(|error| ServeError::Disk { path, error })?;
    let written = written.and_then(|text| hex::decode(str::from_utf8(&text).ok()?));
    match store.birth(key.verifier().id()).await? {
        None => Err(ServeError::RetireKey(StateLost::Unmarked)),
        Some(BirthMark(mark)) if written.as_deref() == Some(&mark[..]) => Ok(()),
        Some(_) => Err(ServeError::RetireKey(StateLost::OtherBirth)),
    }
}

fn cosigning<S: WitnessStore>(
    config: &WitnessConfig,
    deps: WitnessDeps<S>,
    key: NamedKey,
    origins: &[Origin],
) -> Result<Cosigning<S>, ServeError> {
    if config.audit.is_some() && audit::only_log(origins).is_none() {
        return Err(ServeError::AuditsOneLog);
    }
    let audited = |audit: &AuditConfig| {
        let log = LedgerClient::new(&audit.log_url, Bounds::default())?;
        Ok::<_, LedgerError>(Audited { log, founding: audit.founding.clone() })
    };
    Ok(Cosigning {
        witness: Witness::new(key.verifier().clone(), config.logs.clone())?,
        key,
        store: deps.store,
        dir: config.dir.clone(),
        clock: deps.clock,
        notices: deps.notices,
        crash: deps.crash,
        readiness: Readiness::new(),
        audited: config.audit.as_ref().map(audited).transpose()?,
        logs: origins.iter().map(|origin| (origin.clone(), Watched::default())).collect(),
    })
}

/// Takes up one log: the high-water file is made if nothing was cosigned ever.
async fn begin<S: WitnessStore>(cosigning: &Cosigning<S>, origin: &Origin) -> Result<(), ServeError> {
    let path = cosigning.dir.clone();
    let disk = |error| ServeError::Disk { path, error };
    if cosigning.store.record(origin).await?.is_none() {
        let file = HighWater::of(&cosigning.dir, origin);
        disk::blocking(move || file.begin()).await.map_err(disk)?;
    }
    match cosigning.take_up(origin).await {
        Ok(()) => Ok(()),
        Err(NotCosigned::RetireKey(lost)) => Err(ServeError::RetireKey(lost)),
        Err(NotCosigned::Store(error)) => Err(error.into()),
        Err(other) => Err(ServeError::TakeUp(other.to_string())),
    }
}
