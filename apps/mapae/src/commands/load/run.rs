//! The run itself: so many phones at the same time, until every offer is redeemed.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context as _;
use indicatif::ProgressBar;

use super::{
    backlog::Offer,
    keys::Keys,
    phone::{Phone, Redeemed, Work},
    plan::Plan,
    usage,
    wire::Wire,
};

/// Copies that are kept for a look at them afterwards.
const KEPT: u64 = 40_000;

/// How often the service's memory is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// What everybody in a run shares.
pub(super) struct Run {
    pub(super) plan: Plan,
    pub(super) keys: Keys,
    pub(super) offers: Vec<Offer>,
    /// The service's process, if it is on this machine.
    pub(super) service: Option<u32>,
    pub(super) bar: ProgressBar,
}

/// What a run took.
pub(super) struct Measured {
    pub(super) wall: Duration,
    pub(super) tally: Tally,
    pub(super) service_cpu: Option<Duration>,
    pub(super) client_cpu: Option<Duration>,
    pub(super) postgres_cpu: Option<Duration>,
    pub(super) memory: Option<Memory>,
}

/// The service's memory in bytes.
#[derive(Clone, Copy)]
pub(super) struct Memory {
    pub(super) start: u64,
    pub(super) peak: u64,
    pub(super) end: u64,
}

/// What came of the phones.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) work: Work,
    pub(super) redeemed: u64,
    pub(super) failed: u64,
    /// Why the first of those failed.
    pub(super) failure: Option<anyhow::Error>,
    /// Phones by number, and their copies.
    pub(super) kept: Vec<(u64, Vec<String>)>,
    /// The service's time when a tenth was done, and when nine tenths were.
    pub(super) tenths: [Option<Duration>; 2],
}

/// Where the run is.
#[derive(Default)]
struct Progress {
    next: AtomicU64,
    done: AtomicU64,
    peak: AtomicU64,
    tally: Mutex<Tally>,
}

/// Times on the processor.
struct Used {
    service: Option<Duration>,
    client: Option<Duration>,
    postgres: Option<Duration>,
}

/// Redeems all offers, `in_flight` at the same time.
pub(super) async fn go(run: &Arc<Run>, in_flight: u32) -> anyhow::Result<Measured> {
    let progress = Arc::new(Progress::default());
    let watch = tokio::spawn(watch(Arc::clone(run), Arc::clone(&progress)));
    let start = run.service.and_then(usage::memory);
    let (before, started) = (Used::until_now(run.service), Instant::now());
    let lines = (0..in_flight).map(|_| tokio::spawn(line(Arc::clone(run), Arc::clone(&progress))));
    for line in lines.collect::<Vec<_>>() {
        line.await.context("a phone died")??;
    }
    let (wall, used) = (started.elapsed(), Used::until_now(run.service));
    watch.abort();
    run.bar.finish_and_clear();
    let end = run.service.and_then(usage::memory);
    let tally = std::mem::take(&mut *progress.tally());
    let peak = progress.peak.load(Ordering::Relaxed);
    let memory = start.zip(end).map(|(start, end)| Memory { start, peak: peak.max(start).max(end), end });
    let between = |before: Option<Duration>, after: Option<Duration>| Some(after?.saturating_sub(before?));
    Ok(Measured {
        wall,
        tally: tally.since(before.service),
        service_cpu: between(before.service, used.service),
        client_cpu: between(before.client, used.client),
        postgres_cpu: between(before.postgres, used.postgres),
        memory,
    })
}

impl Used {
    fn until_now(service: Option<u32>) -> Self {
        Self {
            service: service.and_then(usage::cpu),
            client: usage::cpu(std::process::id()),
            postgres: usage::cpu_of_all("postgres"),
        }
    }
}

/// One phone after the other on one connection.
async fn line(run: Arc<Run>, progress: Arc<Progress>) -> anyhow::Result<()> {
    let mut wire = Wire::open(run.plan.address).await?;
    loop {
        let number = progress.next.fetch_add(1, Ordering::Relaxed);
        let Some(offer) = usize::try_from(number).ok().and_then(|at| run.offers.get(at)) else { return Ok(()) };
        let redeemed = Phone::new(&run.plan, &run.keys, number)?.redeem(&mut wire, offer).await;
        progress.add(&run, number, redeemed);
        run.bar.inc(1);
    }
}

async fn watch(run: Arc<Run>, progress: Arc<Progress>) {
    loop {
        let memory = run.service.and_then(usage::memory).unwrap_or(0);
        progress.peak.fetch_max(memory, Ordering::Relaxed);
        tokio::time::sleep(LOOK).await;
    }
}

impl Progress {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, run: &Run, number: u64, redeemed: anyhow::Result<Redeemed>) {
        let (all, done) = (run.offers.len() as u64, self.done.fetch_add(1, Ordering::Relaxed) + 1);
        let mut tally = self.tally();
        tally.add(number, redeemed);
        for (tenths, at) in [all / 10, all - all / 10].into_iter().enumerate() {
            if done == at {
                tally.tenths[tenths] = run.service.and_then(usage::cpu);
            }
        }
    }
}

impl Tally {
    fn add(&mut self, number: u64, redeemed: anyhow::Result<Redeemed>) {
        match redeemed {
            Ok(redeemed) => {
                self.redeemed += 1;
                if self.work.copies < KEPT {
                    self.kept.push((number, redeemed.credentials));
                }
                self.work.add(&redeemed.work);
            }
            Err(error) => {
                self.failed += 1;
                self.failure.get_or_insert(error);
            }
        }
    }

    /// The tenths since the run began.
    fn since(mut self, before: Option<Duration>) -> Self {
        let since = |at: Option<Duration>| Some(at?.saturating_sub(before?));
        self.tenths = self.tenths.map(since);
        self
    }
}

impl Measured {
    /// What the service took for the first tenth of the phones, and for the last.
    pub(super) fn tenths(&self) -> Option<(Duration, Duration)> {
        let [first, nine] = self.tally.tenths;
        Some((first?, self.service_cpu?.saturating_sub(nine?)))
    }
}
