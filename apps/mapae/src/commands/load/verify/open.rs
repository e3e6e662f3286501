//! What sessions take that nobody has answered: they are begun and left.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use anyhow::Context as _;

use super::{
    run::Run,
    session::{Session, Wires},
};

/// Sessions that were left open, and the verifiers' memory in bytes before them and with them.
pub(super) struct Open {
    pub(super) sessions: u32,
    pub(super) before: u64,
    pub(super) with: u64,
}

impl Open {
    /// Bytes for each session: what the memory grew by.
    pub(super) fn each(&self) -> f64 {
        let grown = u32::try_from(self.with.saturating_sub(self.before)).unwrap_or(u32::MAX);
        f64::from(grown) / f64::from(self.sessions)
    }
}

/// Begins so many sessions. Nothing where the system does not tell memory, or none are asked for.
pub(super) async fn measure(run: &Arc<Run>, sessions: u32, in_flight: u32) -> anyhow::Result<Option<Open>> {
    let Some((_, before)) = run.scene.usage().filter(|_| sessions > 0) else { return Ok(None) };
    let begun = Arc::new(AtomicU32::new(0));
    let lines =
        (0..in_flight as usize).map(|number| tokio::spawn(line(Arc::clone(run), Arc::clone(&begun), sessions, number)));
    for line in lines.collect::<Vec<_>>() {
        line.await.context("a line died")??;
    }
    Ok(run.scene.usage().map(|(_, with)| Open { sessions, before, with }))
}

async fn line(run: Arc<Run>, begun: Arc<AtomicU32>, sessions: u32, number: usize) -> anyhow::Result<()> {
    let mut wires = Wires::open(&run.scene, number).await?;
    while begun.fetch_add(1, Ordering::Relaxed) < sessions {
        Session::new(&run.scene, &mut wires).begin().await?;
    }
    Ok(())
}
