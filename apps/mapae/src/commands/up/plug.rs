//! The plug: all that a state runs, which may stop answering and come back, while this machine goes on.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use mapae_http::Running;
use tokio::{runtime::Handle, sync::Mutex};

use super::made::Made;
use crate::failure::{Failure, Outcome};

/// Ledger, cosigners, issuer, office and wallet provider. What is served of the bundle goes with them.
pub(super) struct Plug {
    made: Arc<Made>,
    running: Mutex<Vec<Running>>,
    is_in: AtomicBool,
}

impl Plug {
    /// Of what runs already.
    pub(super) fn new(made: Arc<Made>, running: Vec<Running>) -> Arc<Self> {
        Arc::new(Self { made, running: Mutex::new(running), is_in: AtomicBool::new(true) })
    }

    /// Whether the state answers.
    pub(super) fn is_in(&self) -> bool {
        self.is_in.load(Ordering::Acquire)
    }

    /// Everything stops: the last to start is the first, so that nobody asks who is gone.
    pub(super) async fn pull(&self) {
        let mut running = self.running.lock().await;
        self.is_in.store(false, Ordering::Release);
        for service in running.drain(..).rev() {
            service.stop().await;
        }
    }

    /// Everything starts again, where it was.
    pub(super) async fn push(self: Arc<Self>) -> Outcome<()> {
        let mut running = self.running.lock().await;
        if !running.is_empty() {
            return Ok(());
        }
        let (made, runtime) = (Arc::clone(&self.made), Handle::current());
        // Starting reads files and asks databases: not on a thread that answers others.
        let started = tokio::task::spawn_blocking(move || {
            runtime.block_on(async {
                let (mut running, _) = made.country().serve(made.ports.ledger()).await?;
                running.extend(made.begin().await?);
                Ok::<_, Failure>(running)
            })
        });
        *running = started.await??;
        self.is_in.store(true, Ordering::Release);
        Ok(())
    }
}
