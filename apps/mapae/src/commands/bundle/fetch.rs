//! `mapae bundle fetch`: the newest bundle from mirrors, none of which is trusted.
//!
//! Sources are tried in turn until one has a bundle that proves itself, is no older than what is at hand, and is fresh by
//! its own rules; if none is fresh, the newest is taken. The file is replaced only after every check, by a rename.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::Context as _;
use clap::Args;
use mapae_trust::{Age, Bundle, BundleDelta, BundleError, Memory, MemoryError, TrustStore};
use mapae_types::{Duration, Timestamp, hex};
use serde_json::{Value, json};

use super::{
    describe, describe_text,
    mirror::{Patience, Source, Unread},
    write,
};
use crate::{
    environment::now,
    failure::{Failure, OrUsage as _, Outcome},
    files, memory,
    output::Output,
    pinned::Pinned,
};

#[derive(Args)]
pub(crate) struct FetchArgs {
    /// Where bundles are offered, tried in turn, separated by commas: http://…, https://…, file:…. A server may also
    /// offer `URL/delta/HASH`, what is new since the bundle whose manifest has that SHA-256
    #[arg(long, value_delimiter = ',', required = true, value_name = "SOURCE")]
    from: Vec<Source>,
    /// The ledger's policy: the bundle must be in its log, seen there by its cosigners
    #[arg(long, env = "MAPAE_POLICY", required_unless_present = "bundle_key", conflicts_with = "bundle_key")]
    policy: Option<PathBuf>,
    /// The public key (PEM) that must have signed it, for an authority without a ledger
    #[arg(long, env = "MAPAE_BUNDLE_KEY")]
    bundle_key: Option<PathBuf>,
    /// The bundle to replace by a newer one, or to write
    #[arg(long)]
    out: PathBuf,
    /// Let nothing older than what this file remembers take its place, and remember what is fetched
    #[arg(long, value_name = "FILE", env = "MAPAE_MEMORY")]
    memory: Option<PathBuf>,
    /// How long a source may send nothing
    #[arg(long, default_value = "10s")]
    idle: Duration,
    /// How long a source may take
    #[arg(long, default_value = "10m")]
    timeout: Duration,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Why a source's bundle is not taken.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Unread(#[from] Unread),
    #[error("{0}")]
    Bundle(#[from] BundleError),
    #[error("{0}")]
    Memory(#[from] MemoryError),
    #[error("it is as of {offered}, older than the one at hand as of {at_hand}")]
    Older { offered: Timestamp, at_hand: Timestamp },
}

impl Refused {
    /// For programs.
    const fn code(&self) -> &'static str {
        match self {
            Self::Unread(unread) => unread.code(),
            Self::Bundle(_) => "bundle",
            Self::Memory(MemoryError::RolledBack { .. }) | Self::Older { .. } => "older",
            Self::Memory(MemoryError::ClockBehind { .. }) => "clock_behind",
            Self::Memory(_) => "memory",
        }
    }
}

/// A bundle that passed every check.
struct Found {
    store: TrustStore,
    memory: Memory,
    by_delta: bool,
}

/// Fetches.
pub(crate) fn fetch(args: &FetchArgs, output: &Output) -> Outcome<()> {
    let search = Search::begin(args)?;
    let mut tried = Vec::new();
    let mut best: Option<(&Source, Found)> = None;
    for source in &args.from {
        match search.read(source) {
            Ok(found) => {
                tried.push(json!({ "from": source.to_string(), "as_of": found.store.as_of().to_string() }));
                let newer = best.as_ref().is_none_or(|(_, best)| found.store.as_of() > best.store.as_of());
                best = if newer { Some((source, found)) } else { best };
            }
            Err(refused) => {
                Output::note(&format!("note: {source} is passed over: {refused}"));
                tried.push(json!({ "from": source.to_string(), "code": refused.code(), "why": refused.to_string() }));
            }
        }
        if best.as_ref().is_some_and(|(_, found)| search.is_fresh(&found.store)) {
            break;
        }
    }
    let Some((source, found)) = best else { return Err(search.nothing(&tried)) };
    search.take(source, &found, &tried, output)
}

/// What the search rests on.
struct Search<'a> {
    args: &'a FetchArgs,
    pinned: Pinned,
    now: Timestamp,
    at_hand: Option<TrustStore>,
    before: Option<Memory>,
    patience: Patience,
}

impl<'a> Search<'a> {
    fn begin(args: &'a FetchArgs) -> Outcome<Self> {
        let pinned = Pinned::read(args.bundle_key.as_deref(), args.policy.as_deref())?;
        let pinned = pinned.ok_or_else(|| Failure::usage("--policy or --bundle-key says whose bundles to take"))?;
        if args.out.is_dir() {
            return Err(Failure::usage(format!("--out {} is a directory", args.out.display())));
        }
        let at_hand = read_at_hand(&args.out, &pinned);
        let before = args.memory.as_deref().map(memory::read).transpose()?.flatten();
        let patience = Patience { idle: patience(args.idle)?, overall: patience(args.timeout)? };
        Ok(Self { args, pinned, now: now(args.at)?, at_hand, before, patience })
    }

    /// Reads a source: what is new, if that leads on from the bundle at hand, else the whole.
    fn read(&self, source: &Source) -> Result<Found, Refused> {
        let began = Instant::now();
        if let Some(found) = self.read_delta(source) {
            return Ok(found);
        }
        let overall = self.patience.overall.saturating_sub(began.elapsed());
        let offered = source.whole(Patience { overall, ..self.patience })?;
        let store = Bundle::parse(offered)?.verify(self.pinned.anchor())?;
        self.judge(store, false)
    }

    /// A delta that leads nowhere costs its source time, and proves nothing against its bundle.
    fn read_delta(&self, source: &Source) -> Option<Found> {
        let base = self.at_hand.as_ref()?;
        let delta = source.delta(&hex::encode(&base.manifest_hash().ok()?), self.patience)?;
        let store = BundleDelta::parse(&delta).and_then(|delta| delta.apply(base, self.pinned.anchor())).ok()?;
        // A delta proves itself by the new seal under the anchor of the old; this asks the pinned one again.
        let store = Bundle::parse(store.file()).and_then(|bundle| bundle.verify(self.pinned.anchor())).ok()?;
        self.judge(store, true).ok()
    }

    fn judge(&self, store: TrustStore, by_delta: bool) -> Result<Found, Refused> {
        if let Some(at_hand) = self.at_hand.as_ref().map(TrustStore::as_of).filter(|at_hand| store.as_of() < *at_hand) {
            return Err(Refused::Older { offered: store.as_of(), at_hand });
        }
        let memory = Memory::admit(self.before.as_ref(), &store, self.now)?;
        Ok(Found { store, memory, by_delta })
    }

    /// By its own rules, for uses that name no class.
    fn is_fresh(&self, store: &TrustStore) -> bool {
        let ages = store.classes().freshness(None);
        ages.is_some_and(|ages| matches!(ages.judge(store.as_of(), self.now), Age::Fresh(_)))
    }

    /// Writes the file, then what to remember of it: the other way round, a crash would leave a reader that refuses the
    /// only bundle that it has.
    fn take(&self, source: &Source, found: &Found, tried: &[Value], output: &Output) -> Outcome<()> {
        let Found { store, memory, by_delta } = found;
        let same = self.at_hand.as_ref().is_some_and(|at_hand| at_hand.file() == store.file());
        if !same {
            write(&self.args.out, store)?;
        }
        if let Some(path) = self.args.memory.as_deref() {
            memory::write(path, self.before.as_ref(), memory)?;
        }
        let mut document = describe(&self.args.out, store);
        document["from"] = json!(source.to_string());
        document["by"] = json!(if *by_delta { "delta" } else { "whole" });
        document["replaced"] = json!(!same);
        document["tried"] = json!(tried);
        output.answer(&document, || {
            let said = describe_text(&self.args.out, store);
            let by = if *by_delta { " by a delta" } else { "" };
            if same {
                format!("{said}\n  no source has a newer one; it was kept")
            } else {
                format!("{said}\n  from {source}{by}")
            }
        });
        Ok(())
    }

    fn nothing(&self, tried: &[Value]) -> Failure {
        let out = self.args.out.display();
        let kept = match &self.at_hand {
            Some(at_hand) => format!("{out} as of {} was kept", at_hand.as_of()),
            None => format!("{out} was not written"),
        };
        let said = |tried: &Value| format!("{}: {}", text(&tried["from"]), text(&tried["why"]));
        let reasons: Vec<String> = tried.iter().map(said).collect();
        Failure::Failed(anyhow::anyhow!("no source has a bundle to take, {kept} ({})", reasons.join("; ")))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The bundle that a newer one is to replace. What is no bundle of ours protects nothing.
fn read_at_hand(path: &Path, pinned: &Pinned) -> Option<TrustStore> {
    if !path.exists() {
        return None;
    }
    let read = || anyhow::Ok(Bundle::parse(files::read(path)?)?.verify(pinned.anchor())?);
    let unusable = |error: &anyhow::Error| {
        Output::note(&format!("note: {} is of no use and will be replaced: {error:#}", path.display()));
    };
    read().inspect_err(unusable).ok()
}

fn patience(duration: Duration) -> Outcome<std::time::Duration> {
    let seconds = u64::try_from(duration.as_seconds()).ok().filter(|seconds| *seconds > 0);
    let seconds = seconds.context("not a time").or_usage(|| "--idle and --timeout take at least 1s".to_owned())?;
    Ok(std::time::Duration::from_secs(seconds))
}
