//! The run itself: so many sessions at the same time, until all are through.

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
    super::usage,
    scene::Scene,
    session::{STEPS, Session, Wires},
};

/// What everybody in a run shares.
pub(super) struct Run {
    pub(super) scene: Scene,
    sessions: u64,
    bar: ProgressBar,
    next: AtomicU64,
    tally: Mutex<Tally>,
}

/// What a run took.
pub(super) struct Measured {
    pub(super) wall: Duration,
    pub(super) tally: Tally,
    pub(super) verifier_cpu: Option<Duration>,
    pub(super) client_cpu: Option<Duration>,
    pub(super) postgres_cpu: Option<Duration>,
    /// Bytes before and after.
    pub(super) memory: Option<(u64, u64)>,
}

/// What came of the sessions.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) done: u64,
    pub(super) failed: u64,
    /// Why the first of those failed.
    pub(super) failure: Option<anyhow::Error>,
    /// Of each step, every session's time.
    pub(super) took: [Vec<Duration>; STEPS.len()],
}

impl Run {
    pub(super) fn new(scene: Scene, sessions: u32, bar: ProgressBar) -> Self {
        Self { scene, sessions: sessions.into(), bar, next: AtomicU64::new(0), tally: Mutex::default() }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn postgres(&self) -> Option<Duration> {
        usage::cpu_of_backends(self.scene.database.as_deref()?)
    }
}

/// Goes through all sessions, `in_flight` at the same time.
pub(super) async fn go(run: &Arc<Run>, in_flight: u32) -> anyhow::Result<Measured> {
    let own = || usage::cpu(std::process::id());
    let (verifiers, client, postgres, started) = (run.scene.usage(), own(), run.postgres(), Instant::now());
    let lines = (0..in_flight as usize).map(|number| tokio::spawn(line(Arc::clone(run), number)));
    for line in lines.collect::<Vec<_>>() {
        line.await.context("a line died")??;
    }
    let (wall, after) = (started.elapsed(), run.scene.usage());
    let between = |before: Option<Duration>, after: Option<Duration>| Some(after?.saturating_sub(before?));
    let cpu = |used: Option<(Duration, u64)>| used.map(|(cpu, _)| cpu);
    let measured = Measured {
        wall,
        tally: std::mem::take(&mut *run.tally()),
        verifier_cpu: between(cpu(verifiers), cpu(after)),
        client_cpu: between(client, own()),
        postgres_cpu: between(postgres, run.postgres()),
        memory: verifiers.zip(after).map(|((_, before), (_, after))| (before, after)),
    };
    run.bar.finish_and_clear();
    Ok(measured)
}

/// One session after the other on the same connections.
async fn line(run: Arc<Run>, number: usize) -> anyhow::Result<()> {
    let mut wires = Wires::open(&run.scene, number).await?;
    loop {
        let turn = run.next.fetch_add(1, Ordering::Relaxed);
        if turn >= run.sessions {
            return Ok(());
        }
        let card = &run.scene.cards[usize::try_from(turn)? % run.scene.cards.len()];
        let mut session = Session::new(&run.scene, &mut wires);
        let came = session.go(card).await;
        let took = session.took;
        run.tally().add(came, took);
        run.bar.inc(1);
    }
}

impl Tally {
    fn add(&mut self, came: anyhow::Result<()>, took: [Duration; STEPS.len()]) {
        match came {
            Ok(()) => {
                self.done += 1;
                self.took.iter_mut().zip(took).for_each(|(all, one)| all.push(one));
            }
            Err(error) => {
                self.failed += 1;
                self.failure.get_or_insert(error);
            }
        }
    }
}
