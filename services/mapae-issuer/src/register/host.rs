//! What following a register takes from the service, and the loop around it.

use std::{future::Future, sync::Arc, time::Duration};

use mapae_http::{ClockError, Fault, Stop};
use mapae_types::Timestamp;

use super::{Follower, RegisterError};
use crate::{
    ids::DocumentId,
    store::{DocumentRecord, IssuerStore, Lease, Swap},
};

/// The task of which one process among several does the work.
const TASK: &str = "registers";

/// How long a process that died keeps the others from it.
const LEASE: mapae_types::Duration = mapae_types::Duration::seconds(120);

/// How often is looked whether a reading is due.
const TICK: Duration = Duration::from_secs(5);

/// What following a register takes from the service.
pub trait RegisterHost: Send + Sync + 'static {
    /// What must not be lost.
    type Store: IssuerStore;

    /// The store.
    fn store(&self) -> &Self::Store;

    /// The time.
    fn now(&self) -> Result<Timestamp, ClockError>;

    /// The id of a document that is applied for.
    fn new_document(&self, now: Timestamp) -> Result<DocumentId, Fault>;

    /// Offers a renewal that waits as identified, and tells the person. One that is offered already is no fault.
    fn renew(&self, waiting: &DocumentRecord) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Follows registers until the stop. Among several processes one does; it says by `holder` who it is.
pub async fn follow<H: RegisterHost>(host: Arc<H>, mut followers: Vec<Follower>, holder: String, mut stop: Stop) {
    loop {
        for follower in &mut followers {
            if is_due(&*host, follower) && holds(&*host, &holder).await {
                // What went wrong is in the log and in the metrics; the next reading may go well.
                drop(follower.round(&host).await);
            }
        }
        if stop.within(TICK).await {
            return;
        }
    }
}

fn is_due<H: RegisterHost>(host: &H, follower: &Follower) -> bool {
    host.now().is_ok_and(|now| follower.due().is_none_or(|due| due <= now))
}

async fn holds<H: RegisterHost>(host: &H, holder: &str) -> bool {
    let Ok(now) = host.now() else { return false };
    let lease = Lease { task: TASK, holder: holder.to_owned(), until: now + LEASE, now };
    match host.store().lease(&lease).await {
        Ok(swap) => swap == Swap::Done,
        Err(error) => {
            let error = RegisterError::from(error);
            tracing::warn!(%error, "no register is read");
            false
        }
    }
}
