//! The one task that publishes: asks the witnesses about the newest head, and once the quorum of the policy in force has
//! seen it, keeps it in the store, serves it, and seals the bundle that it proves.
//!
//! The policy in force is the one of the last rotation, not the newest: an entry that changes the policy takes effect when
//! the old policy's quorum has seen the tree that has it. Then the same head is published under the new one.

use std::{collections::BTreeMap, sync::Arc};

use mapae_http::Stop;
use mapae_ledger::{Collecting, KeyName, MajorityPolicy, SignedCheckpoint, Unaccepted, VerifierKey};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::Instant,
};

use super::{
    core::{Head, Published, Shared},
    courier::{Cosigned, Courier, Round},
    rotation::{Rotation, RotationFault},
    seal,
    sequencing::Message,
};
use crate::{
    Point,
    rules::PolicyAt,
    store::{LogStore, StoreError, Swap},
};

/// The file of what is published.
const CHECKPOINT: &str = "checkpoint";

/// The publishing task.
pub(super) struct Publishing<S> {
    pub(super) core: Shared<S>,
    pub(super) heads: watch::Receiver<Option<Arc<Head>>>,
    pub(super) published: watch::Sender<Option<Arc<Published>>>,
    pub(super) rotations: Vec<Rotation>,
    pub(super) ways: Ways,
}

/// The ways to the witnesses.
pub(super) struct Ways {
    /// Where witnesses are, before what the policies say.
    pub(super) urls: BTreeMap<KeyName, String>,
    pub(super) sequencing: mpsc::WeakSender<Message>,
    pub(super) rounds: watch::Sender<Option<Arc<Round>>>,
    pub(super) cosigned: (mpsc::Sender<Cosigned>, mpsc::Receiver<Cosigned>),
    pub(super) couriers: JoinSet<()>,
    /// Witnesses that have a courier, by their verifier keys.
    pub(super) known: Vec<VerifierKey>,
}

/// A head could not be published though a quorum has seen it.
#[derive(Debug, thiserror::Error)]
pub(super) enum PublishFault {
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    #[error("the files: {0}")]
    Disk(#[from] std::io::Error),
    #[error(transparent)]
    Rotation(#[from] RotationFault),
    #[error("the bundle: {0}")]
    Seal(#[from] seal::SealFault),
}

impl Ways {
    pub(super) fn new(urls: BTreeMap<KeyName, String>, sequencing: mpsc::WeakSender<Message>) -> Self {
        let (rounds, _) = watch::channel(None);
        Self { urls, sequencing, rounds, cosigned: mpsc::channel(16), couriers: JoinSet::new(), known: Vec::new() }
    }
}

impl<S: LogStore> Publishing<S> {
    /// Publishes what is signed, until the stop.
    pub(super) async fn run(mut self, mut stop: Stop) {
        let mut done = self.take_up().await;
        loop {
            let newer = |head: &Option<Arc<Head>>| head.as_ref().is_some_and(|head| head.size() > done);
            let head = tokio::select! {
                () = stop.requested() => return,
                head = self.heads.wait_for(newer) => head.ok().and_then(|head| head.clone()),
            };
            let Some(head) = head else { return };
            if self.round(&head, &mut stop).await {
                done = head.size();
            }
            if stop.is_requested() {
                return;
            }
        }
    }

    /// Serves what was published before; says its size if nothing is left to be done for it.
    async fn take_up(&mut self) -> u64 {
        let head = self.heads.borrow().clone();
        let stored = super::load::published(&self.core).await;
        let (Some(head), Ok(Some(checkpoint))) = (head, stored) else { return 0 };
        let size = checkpoint.unverified().size();
        let checkpoint = self.with_later_cosignatures(&head, checkpoint).await;
        let taken_up = match self.publish(&head, checkpoint.clone()).await {
            Ok(false) => self.serve_older(&head, checkpoint).await.map(|()| false),
            taken_up => taken_up,
        };
        match taken_up {
            Ok(true) => size,
            Ok(false) => 0,
            Err(fault) => {
                self.core.notices.say(format_args!("what was published cannot be taken up: {fault}"));
                0
            }
        }
    }

    /// The file has more cosignatures than the store if the same head was published under one policy after the other.
    async fn with_later_cosignatures(&self, head: &Head, stored: SignedCheckpoint) -> SignedCheckpoint {
        let file = self.core.read(CHECKPOINT).await.ok().flatten();
        let file = file.and_then(|text| SignedCheckpoint::parse(&text).ok());
        let accepted = |file: &SignedCheckpoint| {
            let in_force = self.in_force(head);
            file.unverified() == stored.unverified() && in_force.is_some_and(|at| at.policy.accept(file).is_ok())
        };
        file.filter(accepted).unwrap_or(stored)
    }

    /// What an earlier policy's quorum has seen is served until that of the one in force has.
    async fn serve_older(&mut self, head: &Head, checkpoint: SignedCheckpoint) -> Result<(), PublishFault> {
        let known = self.rotations.len().min(head.policies.len());
        let accepting = head.policies[..known].iter().rposition(|at| at.policy.accept(&checkpoint).is_ok());
        let Some(led_here) = accepting.filter(|_| self.published.borrow().is_none()) else { return Ok(()) };
        let policy = head.policies[led_here].text.clone();
        self.serve(head, Published { checkpoint, policy }, led_here).await
    }

    /// Asks about one head until it is published; gives up if there is a newer one and the quorum takes its time.
    async fn round(&mut self, head: &Arc<Head>, stop: &mut Stop) -> bool {
        self.send_couriers(head, stop);
        let mut collecting = Collecting::new(head.checkpoint.clone());
        let tree = head.checkpoint.unverified().head();
        self.ways.rounds.send_replace(Some(Arc::new(Round { collecting: collecting.clone(), head: tree })));
        let patience = Instant::now() + self.core.retry;
        loop {
            let mut heads = self.heads.clone();
            let newer = async {
                tokio::time::sleep_until(patience).await;
                heads.wait_for(|newest| newest.as_ref().is_some_and(|newest| newest.size() > head.size())).await.is_ok()
            };
            let cosigned = tokio::select! {
                () = stop.requested() => return false,
                cosigned = self.ways.cosigned.1.recv() => cosigned,
                _ = newer => return false,
            };
            let Some(cosigned) = cosigned.filter(|cosigned| cosigned.head == tree) else { continue };
            // The courier verified it; one that comes twice changes nothing.
            if let Ok(more) = collecting.clone().with_cosignature(cosigned.signature) {
                collecting = more;
            }
            if self.try_publish(head, &collecting, stop).await {
                return true;
            }
        }
    }

    /// Publishes if the quorum is there; tries again while our store or disk fails.
    async fn try_publish(&mut self, head: &Head, collecting: &Collecting, stop: &mut Stop) -> bool {
        loop {
            let Some(in_force) = self.in_force(head) else { return false };
            let checkpoint = match collecting.publish(&in_force.policy) {
                Ok(published) => published.checkpoint().clone(),
                Err(Unaccepted::QuorumNotMet { .. }) => return false,
                Err(error) => {
                    self.core.notices.say(format_args!("the policy does not accept our checkpoint: {error}"));
                    return false;
                }
            };
            match self.publish(head, checkpoint).await {
                Ok(complete) => return complete,
                Err(fault) => {
                    self.core.notices.say(format_args!("publishing failed: {fault}"));
                    if stop.within(self.core.retry).await {
                        return false;
                    }
                }
            }
        }
    }

    /// The policy under which is published now.
    fn in_force<'h>(&self, head: &'h Head) -> Option<&'h PolicyAt> {
        head.policies.get(self.rotations.len())
    }

    /// Publishes under every policy that accepts the checkpoint, one rotation after the other; says whether the newest
    /// is among them.
    async fn publish(&mut self, head: &Head, checkpoint: SignedCheckpoint) -> Result<bool, PublishFault> {
        let size = checkpoint.unverified().size();
        let accepts = |policy: &MajorityPolicy| policy.accept(&checkpoint).is_ok();
        while let Some(in_force) = self.in_force(head).filter(|in_force| accepts(&in_force.policy)) {
            self.keep(&checkpoint).await?;
            let published = Published { checkpoint: checkpoint.clone(), policy: in_force.text.clone() };
            let led_here = self.rotations.len();
            let next = head.policies.get(led_here + 1).filter(|next| next.index < size);
            if let Some(next) = next {
                let rotation = Rotation::make(&self.core, next, &checkpoint).await?;
                rotation.keep(&self.core, led_here as u64 + 1).await?;
                self.rotations.push(rotation);
                self.core.crash.reach(Point::AfterRotation);
            }
            self.serve(head, published, led_here).await?;
            if next.is_none() {
                return Ok(self.rotations.len() + 1 == head.policies.len());
            }
        }
        Ok(false)
    }

    /// In the store first: what is served may never go back.
    async fn keep(&self, checkpoint: &SignedCheckpoint) -> Result<(), PublishFault> {
        self.core.crash.reach(Point::BeforePublish);
        let (size, text) = (checkpoint.unverified().size(), checkpoint.to_string());
        let swap = self.core.store.publish(&self.core.origin, size, &text).await?;
        if swap == Swap::Done {
            self.core.crash.reach(Point::AfterPublish);
        }
        Ok(())
    }

    /// A bundle carries the rotations that led to the policy which accepts its proof: with one more, its readers would
    /// ask for the cosignatures of a quorum that is not there yet.
    async fn serve(&mut self, head: &Head, published: Published, led_here: usize) -> Result<(), PublishFault> {
        if self.published.borrow().as_ref().is_some_and(|before| before.size() > published.size()) {
            return Ok(());
        }
        self.core.write(CHECKPOINT, published.checkpoint.to_string().into_bytes()).await?;
        let published = Arc::new(published);
        self.published.send_replace(Some(Arc::clone(&published)));
        self.core.crash.reach(Point::BeforeSeal);
        let rotations = self.rotations.get(..led_here).unwrap_or_default();
        // Each cosignature beyond the quorum is one more for every reader to verify.
        let pared = head.policies.get(led_here).and_then(|at| at.policy.pare(published.checkpoint.clone()).ok());
        Ok(seal::seal(&self.core, head, pared.as_ref().unwrap_or(&published.checkpoint), rotations).await?)
    }

    /// Sends a courier to every witness of the policy in force and of those after it.
    fn send_couriers(&mut self, head: &Head, stop: &Stop) {
        let policies = head.policies.iter().skip(self.rotations.len());
        for witness in policies.flat_map(|at| at.policy.witnesses()) {
            if self.ways.known.contains(witness.key()) {
                continue;
            }
            let said = || witness.url().map(ToString::to_string);
            let Some(url) = self.ways.urls.get(witness.key().name()).cloned().or_else(said) else { continue };
            let courier = Courier {
                core: Arc::clone(&self.core),
                witness: witness.key().clone(),
                url: url.trim_end_matches('/').to_owned(),
                rounds: self.ways.rounds.subscribe(),
                cosigned: self.ways.cosigned.0.clone(),
                sequencing: self.ways.sequencing.clone(),
            };
            self.ways.couriers.spawn(courier.run(stop.clone()));
            self.ways.known.push(witness.key().clone());
        }
    }
}
