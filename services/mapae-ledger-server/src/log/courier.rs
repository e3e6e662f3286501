//! One task for each witness: brings it the newest checkpoint that is being published, and its cosignature back.
//!
//! A witness that is down, slow or hostile holds up nobody but its own courier.

use std::sync::Arc;

use mapae_http::{ClientError, Stop};
use mapae_ledger::{
    AddCheckpoint, Answer, Collecting, MerkleError, NoteSignature, TreeHead, VerifierKey, WitnessFault,
};
use tokio::sync::{mpsc, watch};

use super::{core::Shared, sequencing::Message, tiles::ProofFault};

/// A checkpoint that is being published.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) collecting: Collecting,
    pub(super) head: TreeHead,
}

/// What a witness said of a head.
#[derive(Debug)]
pub(super) struct Cosigned {
    pub(super) head: TreeHead,
    pub(super) signature: NoteSignature,
}

/// The way to one witness.
pub(super) struct Courier<S> {
    pub(super) core: Shared<S>,
    pub(super) witness: VerifierKey,
    pub(super) url: String,
    pub(super) rounds: watch::Receiver<Option<Arc<Round>>>,
    pub(super) cosigned: mpsc::Sender<Cosigned>,
    pub(super) sequencing: mpsc::WeakSender<Message>,
}

/// No cosignature this time.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Silent(#[from] ClientError),
    #[error(transparent)]
    Witness(#[from] WitnessFault),
    #[error("{fault}, saying: {said}")]
    Said { fault: WitnessFault, said: String },
    #[error(transparent)]
    Proof(#[from] ProofFault),
    #[error(transparent)]
    Merkle(#[from] MerkleError),
}

impl<S: Send + Sync + 'static> Courier<S> {
    /// Goes to and fro until the stop.
    pub(super) async fn run(mut self, mut stop: Stop) {
        let mut done = TreeHead::EMPTY;
        let mut complained = false;
        loop {
            let wanted = |round: &Option<Arc<Round>>| round.as_ref().is_some_and(|round| round.head != done);
            let round = tokio::select! {
                () = stop.requested() => return,
                round = self.rounds.wait_for(wanted) => round.ok().and_then(|round| round.clone()),
            };
            let Some(round) = round else { return };
            match self.ask(&round, done.size()).await {
                Ok(signature) => {
                    (done, complained) = (round.head, false);
                    // If nobody collects any more, this log is ending.
                    drop(self.cosigned.send(Cosigned { head: round.head, signature }).await);
                }
                Err(failed) => {
                    self.complain(&failed, &mut complained);
                    if stop.within(self.core.retry).await {
                        return;
                    }
                }
            }
        }
    }

    /// Asks for one cosignature; where the witness has seen another size, from there.
    async fn ask(&self, round: &Round, last_known: u64) -> Result<NoteSignature, Failed> {
        let mut submission = round.collecting.submit_to(self.witness.clone(), last_known);
        loop {
            let proof = self.core.tiles.proof(submission.query()?).await?;
            let request = submission.request(proof).to_string();
            let url = format!("{}/add-checkpoint", self.url);
            let answer =
                self.core.client.post(&url, "text/plain; charset=utf-8", request.into(), AddCheckpoint::MAX).await?;
            match submission.answered(answer.status, &answer.body).map_err(|fault| said(fault, &answer.body))? {
                Answer::Cosigned(signature) => return Ok(signature),
                Answer::Again(again) => submission = *again,
            }
        }
    }

    /// Says it once, not at every attempt.
    fn complain(&self, failed: &Failed, complained: &mut bool) {
        if let Failed::Witness(WitnessFault::Ahead { .. }) = failed {
            // Ours may be the sequencer that is behind; if the store was rolled back, there is nothing to do but to say so.
            drop(self.sequencing.upgrade().map(|inbox| inbox.try_send(Message::LookAgain)));
        }
        if !*complained {
            self.core.notices.say(format_args!("witness {}: {failed}", self.witness.name()));
        }
        *complained = true;
    }
}

/// Ours say why in a problem document.
fn said(fault: WitnessFault, body: &[u8]) -> Failed {
    match mapae_http::Problem::parse(body) {
        Some(problem) => Failed::Said { fault, said: problem.to_string() },
        None => Failed::Witness(fault),
    }
}
